"""Cases of OASIS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from scumble.models.keys import Entry, KeyMap
from scumble.models.oasis.config import OASISConfig, SegmenterConfig
from scumble.models.oasis.discriminator import ResidualBlock, Segmenter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.labelmix import consistency, label_mask, mix
from scumble.models.oasis.losses import fake_loss, pixel_weights, real_loss
from scumble.models.oasis.painting import oasis_painter
from scumble.models.oasis.published import block_entries, discriminator_keys, generator_keys, residual_entries
from scumble.models.oasis.recipe import SynthesisLosses, SynthesisRecipe
from scumble.nn.regions import DenseMap
from scumble.nn.spade import SPADEBlock
from scumble.training.ema import EMA
from tests.reference.case import Case, Computed
from tests.reference.systems.editing import computed, expect, prepared
from tests.reference.systems.synthesis import entries, load, step, synthesis_batch


def generator_config(config: Mapping[str, Any]) -> OASISConfig:
    """The generator that a case describes."""
    expect(config, num_res_blocks=6, param_free_norm="syncbatch", spade_ks=3, no_spectral_norm=False)
    noise = 0 if config["no_3dnoise"] else config["z_dim"]
    return OASISConfig(
        config["semantic_nc"], config["channels_G"], noise, config["crop_size"], config["aspect_ratio"]
    )


@torch.no_grad()
def generator(case: Case) -> Computed:
    """The whole generator."""
    config = generator_config(case.config)
    keys = generator_keys(config)
    network = prepared(OASISGenerator(config), keys, case)
    noise = case.tensor("z") if "z" in case.inputs else None
    return computed(network, keys, image=network(case.tensor("label").long(), noise))


@torch.no_grad()
def generator_block(case: Case) -> Computed:
    """One block on a condition that may differ from pixel to pixel."""
    config = case.config
    expect(config, param_free_norm="syncbatch", spade_ks=3)
    keys = KeyMap(block_entries(learned=config["fin"] != config["fout"]))
    block = SPADEBlock(config["fin"], config["fout"], config["semantic_nc"] + config["z_dim"])
    prepared(block, keys, case)
    return computed(block, keys, y=block(case.tensor("x"), DenseMap(case.tensor("seg"))))


@torch.no_grad()
def discriminator(case: Case) -> Computed:
    """The whole discriminator."""
    config = SegmenterConfig()
    keys = discriminator_keys(config)
    network = prepared(Segmenter(config, case.config["semantic_nc"]), keys, case)
    return computed(network, keys, logits=network(case.tensor("x")).classes)


@torch.no_grad()
def discriminator_block(case: Case) -> Computed:
    """One block of the discriminator."""
    config = case.config
    learned = config["fin"] != config["fout"]
    if config["up_or_down"] == 1:
        block, position = ResidualBlock(config["fin"], config["fout"], "up"), 2
    elif config["first"]:
        block, position = ResidualBlock(config["fin"], config["fout"], "first"), 0
    else:
        block, position = ResidualBlock(config["fin"], config["fout"], "down"), 1
    keys = KeyMap(residual_entries(position, learned=learned))
    return computed(prepared(block, keys, case), keys, y=block(case.tensor("x")))


def losses(case: Case) -> Computed:
    """Targets, weights and both losses, with and without balancing and the don't-care rule."""
    logits, labels = case.tensor("logits"), case.tensor("label").long()
    found: dict[str, Tensor] = {"target_real": labels + 1, "target_fake": torch.zeros_like(labels)}
    for dont_care in (0, 1):
        for balance in (0, 1):
            name = f"dontcare{dont_care}_balance{balance}"
            weights = None
            if balance:
                weights = pixel_weights(
                    labels, case.config["semantic_nc"], dont_care=0 if dont_care else None
                )
                found[f"{name}_weight_map"] = weights[:, None]
            found[f"{name}_real"] = real_loss(logits, labels, weights)
            found[f"{name}_fake"] = fake_loss(logits)
    return Computed(found)


def labelmix(case: Case) -> Computed:
    """Mask, mixed picture and consistency."""
    labels = case.tensor("label").long()
    mask = label_mask(labels, case.tensor("draws"), collision=case.config["labelmix_quirk"])
    mixed, real, fake = (case.tensor(f"d_{name}") for name in ("mixed", "real", "fake"))
    loss = consistency(mixed, real, fake, mask)
    picture = mix(case.tensor("real"), case.tensor("fake"), mask)
    return Computed({"mask": mask, "mixed": picture, "loss_unweighted": loss})


def ema_update(case: Case) -> Computed:
    """One update of the averaged network."""
    config = case.config
    keys = KeyMap(block_entries(learned=True))
    networks = {}
    for name in ("netEMA", "netG"):
        block = SPADEBlock(config["fin"], config["fout"], config["semantic_nc"] + config["z_dim"])
        mine = {k.removeprefix(f"{name}."): v for k, v in case.weights.items() if k.startswith(f"{name}.")}
        block.load_state_dict(keys.to_ours(mine))
        networks[name] = block
    ema = EMA(networks["netEMA"], config["EMA_decay"])
    ema.update(networks["netG"])
    after = KeyMap(Entry(f"netEMA.{e.published}", e.ours, e.part, e.parts) for e in keys.entries)
    return Computed({}, after.to_published(ema.average.state_dict()))


def train_step(case: Case) -> Computed:
    """Both steps with Adam; gradients of each loss, and the entries afterwards."""
    config = case.config
    model = generator_config(config)
    generator = OASISGenerator(model)
    discriminator = Segmenter(SegmenterConfig(), model.label_channels)
    keys = {"netG": generator_keys(model), "netD": discriminator_keys(SegmenterConfig())}
    networks: dict[str, nn.Module] = {"netG": generator, "netD": discriminator}
    load(networks, keys, case)
    losses = SynthesisLosses(
        labelmix=config["lambda_labelmix"],
        dont_care=config["contain_dontcare_label"],
        labelmix_collision=config["labelmix_quirk"],
        generator_rate=config["lr_g"],
        discriminator_rate=config["lr_d"],
        betas=tuple(config["betas"]),
    )
    recipe = SynthesisRecipe(
        generator, discriminator, model.label_channels, oasis_painter(generator), losses, 0
    )
    batch = synthesis_batch(case)
    first = recipe.generator_update(
        batch, generator(batch.labels, case.tensor("z_g")), np.random.default_rng(0), []
    )
    gradients = step(generator, keys["netG"], "netG", first.loss, losses.generator_rate, losses.betas)
    with torch.no_grad():
        fake = generator(batch.labels, case.tensor("z_d"))
    second = recipe.discriminator_update(batch, fake, case.tensor("draws"))
    gradients |= step(
        discriminator, keys["netD"], "netD", second.loss, losses.discriminator_rate, losses.betas
    )
    named = {f"loss_D_{name.removeprefix('d_')}": term for name, term in second.terms.items()}
    return Computed(
        {"loss_G": first.loss, "loss_D": second.loss, **named}, entries(networks, keys), gradients
    )


KINDS = {
    "discriminator": discriminator,
    "discriminator_block": discriminator_block,
    "ema_update": ema_update,
    "generator": generator,
    "generator_block": generator_block,
    "labelmix": labelmix,
    "losses": losses,
    "train_step": train_step,
}
