"""Cases of iPOSE's geometry and networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from scumble.models.ipose.blocks import PSM, PartBlock, Parts
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.geometry import compose, outlines, part_mask, with_margin
from scumble.models.ipose.inference import infer_parts
from scumble.models.ipose.published import block_entries, generator_keys, modulation_entries
from scumble.models.keys import KeyMap
from scumble.models.oasis.config import OASISConfig, SegmenterConfig
from scumble.models.oasis.discriminator import Segmenter
from scumble.models.oasis.published import discriminator_keys, spade_entries
from scumble.models.oasis.recipe import Draws, SynthesisBatch, SynthesisLosses, SynthesisRecipe
from scumble.models.partnet.config import PartNetConfig
from scumble.models.partnet.supports import one_hot
from scumble.nn.regions import DenseMap
from scumble.nn.spade import SPADE
from tests.reference.case import Case, Computed
from tests.reference.systems.editing import computed, prepared
from tests.reference.systems.synthesis import entries, gradients_of, load, synthesis_batch


def decompose_compose(case: Case) -> Computed:
    """Cut objects out and paste something back."""
    ids = case.tensor("instance")[:, 0].long()
    boxes, counts = case.tensor("boxes"), case.tensor("count")
    objects, codes = with_margin(boxes, counts, *ids.shape[-2:])
    values = codes if case.config["dataset"] == "cityscapes" else codes % 1000
    crops = outlines(ids, values, objects)
    pasted = (case.tensor(f"pasted_{name}") for name in ("features", "logits"))
    features, logits, covered = compose((len(ids), *ids.shape[-2:]), objects, crops, *pasted)
    rows, columns = objects.padding.unbind(1)
    categories = torch.tensor(case.config["categories"])
    return Computed(
        {
            "crops": crops,
            "box_after_margin": objects.box,
            "window": torch.stack([rows, -rows, columns, -columns], 1),
            "square_size": objects.side,
            "image_index": objects.picture,
            "category_index": (codes[:, None] // 1000 == categories).int().argmax(1),
            "features": features,
            "covered": covered,
            "logits": logits,
            "part_mask": part_mask(logits),
        }
    )


def generator_config(config: Mapping[str, Any]) -> IPOSEConfig:
    """The generator that a case describes."""
    base = OASISConfig(config["C"], config["ch"], config["Z"], config["crop_size"], config["aspect_ratio"])
    partnet = PartNetConfig(supports=config["k"], coordinates=config["use_coord"])
    return IPOSEConfig(base, partnet, part_features=config["part_nc"])


@torch.no_grad()
def generator(case: Case) -> Computed:
    """The whole generator with its intermediate results."""
    config = generator_config(case.config)
    keys = generator_keys(config)
    network = prepared(IPOSEGenerator(config), keys, case)
    seen: dict[str, Tensor] = {}
    for i in (0, 5):
        network.blocks[i].register_forward_hook(lambda _, __, out, i=i: seen.update({f"block{i}": out}))
    ids = case.tensor("instance")[:, 0].long()
    objects, codes = with_margin(case.tensor("boxes"), case.tensor("count"), *ids.shape[-2:])
    values = codes if case.config["dataset"] == "cityscapes" else codes % 1000
    rows = (codes[:, None] // 1000 == torch.tensor(case.config["categories"])).int().argmax(1)
    supports = network.partnet.encode_supports(one_hot(case.inputs["supports"])).of(rows)
    found = infer_parts(network.partnet, ids, values, objects, supports)
    parts = network.modulating(found)
    labels = case.tensor("label")[:, 0].long()
    image = network(labels, case.tensor("z"), parts, case.tensor("n0"))
    noise0 = network.noise(case.tensor("n0"), labels)[0]
    return computed(
        network,
        keys,
        image=image,
        part_mask=found.mask,
        part_logits=found.logits,
        part_features=parts.features,
        noise0=noise0,
        **seen,
    )


def train_step(case: Case) -> Computed:
    """Losses and gradients of one step of each network, without updates in between."""
    config = case.config
    model = generator_config(config)
    generator, segmenter = IPOSEGenerator(model), SegmenterConfig(global_head=True)
    discriminator = Segmenter(segmenter, config["C"])
    keys = {"netG": generator_keys(model), "netD": discriminator_keys(segmenter)}
    networks: dict[str, nn.Module] = {"netG": generator, "netD": discriminator}
    load(networks, keys, case)
    losses = SynthesisLosses(
        labelmix=config["lambda_labelmix"],
        dont_care=config["dont_care"],
        labelmix_collision=config["labelmix_quirk"],
    )
    recipe = SynthesisRecipe(generator, discriminator, config["C"], _no_painter, losses, 0)
    batch = synthesis_batch(case)
    ids = case.tensor("instance")[:, 0].long()
    objects, codes = with_margin(batch.boxes, batch.counts, *ids.shape[-2:])
    rows = (codes[:, None] // 1000 == torch.tensor(config["categories"])).int().argmax(1)
    supports = generator.partnet.encode_supports(one_hot(case.inputs["supports"])).of(rows)
    found = infer_parts(generator.partnet, ids, codes % 1000, objects, supports)
    fake = generator(batch.labels, case.tensor("z_g"), generator.modulating(found), case.tensor("n0_g"))
    first = recipe.generator_update(batch, fake, np.random.default_rng(0), [])
    gradients = gradients_of(generator, keys["netG"], "netG", first.loss)
    trained = [p for name, p in generator.named_parameters() if not name.startswith("partnet.")]
    without = torch.tensor(sum(p.grad is None for p in trained))
    with torch.no_grad():
        fake = generator(batch.labels, case.tensor("z_d"), generator.modulating(found), case.tensor("n0_d"))
    present = torch.unique(batch.labels)
    coins = torch.zeros(config["C"], dtype=torch.int64)
    coins[present] = case.tensor("bits_in_order")
    second = recipe.discriminator_update(batch, fake, coins)
    gradients |= gradients_of(discriminator, keys["netD"], "netD", second.loss)
    named = {"loss_g": first.loss, "loss_d": second.loss, "without_grad": without, **second.terms}
    return Computed(named, entries(networks, keys), gradients)


def _no_painter(batch: SynthesisBatch, draws: Draws) -> Tensor:
    raise NotImplementedError("a case brings its own noise")


@torch.no_grad()
def block(case: Case) -> Computed:
    """One block."""
    config = case.config
    keys = KeyMap(block_entries(learned=config["c_in"] != config["c_out"]))
    network = PartBlock(config["c_in"], config["c_out"], config["C"] + config["Z"], 32, "modulation")
    prepared(network, keys, case)
    parts = Parts(case.tensor("part"), case.tensor("mask"))
    out = network(case.tensor("x"), DenseMap(case.tensor("condition")), parts, case.tensor("noise"))
    return computed(network, keys, out=out)


@torch.no_grad()
def psm_norm(case: Case) -> Computed:
    """Part semantic modulation; without a mask the noise alone modulates."""
    keys = KeyMap(modulation_entries())
    network = prepared(PSM(case.config["c"], 32), keys, case)
    x, noise = case.tensor("x"), case.tensor("noise")
    parts = Parts(case.tensor("part"), case.tensor("mask"))
    found = computed(network, keys, out=network(x, parts, noise))
    if "out_without_mask" not in case.outputs:
        return found
    unseen = Parts(parts.features, torch.zeros_like(parts.mask))
    return Computed({**found.outputs, "out_without_mask": network(x, unseen, noise)}, found.entries)


@torch.no_grad()
def spade_norm(case: Case) -> Computed:
    """The conditional norm."""
    keys = KeyMap(spade_entries())
    network = prepared(SPADE(case.config["c"], case.config["cond"]), keys, case)
    return computed(network, keys, out=network(case.tensor("x"), DenseMap(case.tensor("condition"))))


KINDS = {
    "block": block,
    "decompose_compose": decompose_compose,
    "generator": generator,
    "psm_norm": psm_norm,
    "spade_norm": spade_norm,
    "train_step": train_step,
}
