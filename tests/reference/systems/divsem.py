"""Cases of DivSem."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from scumble.models.divsem.config import DivSemConfig, StyleConfig, published_divsem_config
from scumble.models.divsem.generator import DivSemGenerator
from scumble.models.divsem.published import class_of_published_id, generator_keys, style_encoder_entries
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.divsem.style_encoder import GivenCodes, StyleEncoder
from scumble.models.keys import KeyMap
from scumble.models.spmpgan.conditioning import EditBatch
from scumble.nn.pooling import Instances, find_instances
from scumble.nn.regions import RegionMap
from tests.reference.case import Case, Computed
from tests.reference.systems import editing
from tests.reference.systems.editing import computed, edit_batch, expect, picture, prepared, pyramid_outputs


def _style_config(case: Case) -> StyleConfig:
    config = case.config
    expect(config, G_norm_type="in")
    return StyleConfig(
        length=config["style_length"],
        pooling=config.get("pooling", "all"),
        valid_ratio_norm=config.get("valid_ratio_norm", True),
    )


def _style_encoder(case: Case) -> tuple[StyleEncoder, KeyMap]:
    config = _style_config(case)
    keys = KeyMap(style_encoder_entries(config))
    return prepared(StyleEncoder(config), keys, case), keys


@torch.no_grad()
def style_encoder(case: Case) -> Computed:
    """The style map; ``is_train`` alone says where a fully erased instance takes its code from."""
    encoder, keys = _style_encoder(case)
    batch = edit_batch(case, labels="label" in case.inputs)
    instances = find_instances(batch.instances)
    given = None if _is_train(case) else _bank_codes(case, batch, instances)
    codes = encoder(batch.image, batch.mask, instances, given)
    return computed(encoder, keys, style=_dense(instances, codes))


@torch.no_grad()
def style_encoder_features(case: Case) -> Computed:
    """The trunk on the erased and on the original picture."""
    encoder, keys = _style_encoder(case)
    image, validity = picture(case), 1 - case.tensor("mask").float()
    return computed(
        encoder,
        keys,
        erased=encoder.trunk(image, validity),
        original=encoder.trunk(image, torch.ones_like(validity)),
    )


@torch.no_grad()
def generator(case: Case) -> Computed:
    """The whole generator; without a style length, that of SPMPGAN."""
    network, keys = _generator(case)
    batch = edit_batch(case)
    encoder = network.style_encoder
    if encoder is None:
        return computed(network, keys, **pyramid_outputs(network(batch)))
    instances = find_instances(batch.instances)
    if _is_train(case):
        # The released generator hands the masked picture to the original pass too; ours does not.
        masked = batch.image * (1 - batch.mask)
        codes = encoder.means(masked, torch.ones_like(batch.mask), instances)
        given = GivenCodes(_erased(batch, instances), codes)
    else:
        given = _bank_codes(case, batch, instances)
    found: list[Tensor] = []
    handle = encoder.register_forward_hook(lambda module, inputs, codes: found.append(codes))
    outputs = pyramid_outputs(network(batch, given))
    handle.remove()
    return computed(network, keys, **outputs, style=_dense(instances, found[0]))


def _generator(case: Case) -> tuple[DivSemGenerator, KeyMap]:
    config = case.config
    expect(config, G_norm_type="in", input_nc=3, output_nc=3)
    pyramid = published_divsem_config(config["lab_dim"], config["ngf"]).pyramid
    pyramid = replace(pyramid, leak=config.get("leak", True))
    ours = DivSemConfig(pyramid, _style_config(case) if config.get("style_length") else None)
    keys = generator_keys(ours)
    return prepared(DivSemGenerator(ours), keys, case), keys


def _is_train(case: Case) -> bool:
    return bool(case.config.get("is_train", case.mode == "train"))


def _erased(batch: EditBatch, instances: Instances) -> Tensor:
    """Which instances have no visible pixel, bool ``[K]``."""
    return instances.mean(1 - batch.mask)[:, 0] == 0


def _bank_codes(case: Case, batch: EditBatch, instances: Instances) -> GivenCodes:
    """Codes for the fully erased instances from the case's bank, which has one code a class."""
    erased = _erased(batch, instances)
    codes = torch.zeros(len(instances), case.config["style_length"])
    if erased.any():
        inputs = {
            int(name[len("bank_") :]): case.tensor(name) for name in case.inputs if name.startswith("bank_")
        }
        bank = StyleBank.from_published({class_id: [code] for class_id, code in inputs.items()})
        for k in torch.nonzero(erased)[:, 0].tolist():
            codes[k] = bank.draw(_class_of(case, batch, instances, k), torch.Generator())
    return GivenCodes(erased, codes)


def _class_of(case: Case, batch: EditBatch, instances: Instances, k: int) -> int:
    rule = case.config.get("bank_class_rule", "id mod 120")
    if rule == "id mod 120":
        return class_of_published_id(int(instances.id[k]))
    if rule.startswith("majority"):
        return int(instances.majority(batch.labels, int(batch.labels.max()) + 1)[k])
    raise NotImplementedError(f"config.bank_class_rule = {rule!r}: not built")


def _dense(instances: Instances, codes: Tensor) -> Tensor:
    return RegionMap(instances.index, codes).dense(*instances.index.shape[-2:])


KINDS = {
    **editing.KINDS,
    "style_encoder": style_encoder,
    "style_encoder_features": style_encoder_features,
    "generator": generator,
}
