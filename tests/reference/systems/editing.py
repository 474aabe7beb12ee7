"""Cases of the parts that SPMPGAN and DivSem have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from scumble.models.keys import KeyMap
from scumble.models.spmpgan.conditioning import EditBatch, ScaledBatch, edge_map, layout_regions
from scumble.models.spmpgan.config import published_stage
from scumble.models.spmpgan.generator import GeneratorOutput
from scumble.models.spmpgan.networks import ModulatedConv, Stage, UpBlock
from scumble.models.spmpgan.published import block_entries, conv_block_entries, stage_entries
from scumble.nn.conv_block import Activation, ConvBlock, Norm
from scumble.nn.pictures import to_8bit, to_network
from scumble.nn.pooling import find_instances
from scumble.nn.regions import Refinement, RegionMap
from tests.reference.case import Case, Computed

Network = TypeVar("Network", bound=nn.Module)

_NORMS: dict[str, Norm] = {"in": "instance", "sn": "spectral", "none": "none"}
_ACTIVATIONS: dict[str, Activation] = {"lrelu": "leaky_relu", "tanh": "tanh"}


def expect(config: Mapping[str, Any], **values: object) -> None:
    """Refuse a case that sets what our networks keep fixed to something else."""
    for name, value in values.items():
        if config.get(name, value) != value:
            raise NotImplementedError(f"config.{name} = {config[name]!r}: only {value!r} is built")


def picture(case: Case, name: str = "image_u8") -> Tensor:
    """An 8-bit input ``[B, 3, H, W]`` as a network sees it."""
    return to_network(case.tensor(name).permute(0, 2, 3, 1))


def edit_batch(case: Case, labels: bool = True, instances: bool = True) -> EditBatch:
    """The picture, maps and mask of a case; maps that the component does not read may be absent."""
    mask = case.tensor("mask").float()
    none = torch.zeros_like(mask[:, 0], dtype=torch.int64)
    return EditBatch(
        picture(case),
        case.tensor("label")[:, 0].long() if labels else none,
        case.tensor("inst")[:, 0].long() if instances else none,
        mask,
    )


def prepared(network: Network, keys: KeyMap, case: Case) -> Network:
    """The network with the weights of the case, in its mode."""
    network.load_state_dict(keys.to_ours(case.weights))
    return network.train(case.mode == "train")


def computed(network: nn.Module, keys: KeyMap, **outputs: Tensor) -> Computed:
    """Outputs and the entries after the call."""
    return Computed(outputs, keys.to_published(network.state_dict()))


def pyramid_outputs(output: GeneratorOutput) -> dict[str, Tensor]:
    """What the generator cases store of every stage, and the result."""
    outputs = {f"fake_G{i}": raw for i, raw in enumerate(output.raw, 1)}
    outputs |= {f"input_G{i}": given for i, given in enumerate(output.inputs, 1)}
    return {**outputs, "composite": output.picture}


@torch.no_grad()
def conv_block(case: Case) -> Computed:
    """The plain convolution block."""
    config = case.config
    expect(config, padding=config["kernel_size"] // 2)
    norm = _NORMS[config["norm"]]
    block = ConvBlock(
        config["input_dim"],
        config["output_dim"],
        kernel_size=config["kernel_size"],
        stride=config["stride"],
        norm=norm,
        activation=_ACTIVATIONS[config["activation"]],
    )
    keys = KeyMap(conv_block_entries(norm))
    prepared(block, keys, case)
    return computed(block, keys, y=block(case.tensor("x")))


@torch.no_grad()
def modulated_block(case: Case) -> Computed:
    """The modulated block of the encoders, or with upsampling that of the decoders."""
    config = case.config
    expect(config, kernel_size=3, padding=1, norm="in", activation="lrelu", scale_factor=2)
    up = case.kind == "spm_block_decoder"
    spectral = config.get("spectral_norm", up)
    layout = _dense_regions(case)
    block = (UpBlock if up else ModulatedConv)(
        config["in_channels"],
        config["out_channels"],
        layout.channels,
        stride=config["stride"],
        spectral=spectral,
    )
    prefix = "gated_conv2d." if up else ""
    keys = KeyMap(entry.prefixed(prefix, "") for entry in block_entries(spectral=spectral))
    prepared(block, keys, case)
    skips = (case.tensor("skip"),) if "skip" in case.inputs else ()
    return computed(block, keys, y=block(case.tensor("x"), layout, *skips))


@torch.no_grad()
def stage(case: Case) -> Computed:
    """One stage, ``g1``, ``g2`` or ``g3``; its decoder sees style codes if the case has any."""
    config = case.config
    expect(config, G_norm_type="in", input_nc=3, output_nc=3)
    widths = published_stage({"g1": 64, "g2": 128, "g3": 256}[case.kind], config["ngf"])
    layout = layout_regions(edit_batch(case), config["lab_dim"])
    styled = layout
    if "style_table" in case.inputs:
        regions = _style_regions(case)
        styled = Refinement(regions.index, layout)(regions.table)
    network = Stage(widths, layout.channels, styled.channels, hidden=64)
    keys = KeyMap(stage_entries(len(widths.encoder)))
    prepared(network, keys, case)
    return computed(network, keys, y=network(picture(case), layout, styled))


def edges(case: Case) -> Computed:
    """The edge map of the instances."""
    return Computed({"edge": edge_map(case.tensor("inst")[:, 0])[:, None].to(torch.uint8)})


def network_inputs(case: Case) -> Computed:
    """The masked picture and the conditioning map without its mask channel."""
    batch = edit_batch(case)
    layout = layout_regions(batch, case.config["lab_dim"]).dense(*batch.mask.shape[-2:])
    return Computed(
        {"masked_image": batch.image * (1 - batch.mask), "segmap_edge": layout[:, :-1].to(torch.uint8)}
    )


def compositing(case: Case) -> Computed:
    """The composite at the scale of a raw output, and the input of the scale twice as fine."""
    batch, fake, leak = (
        edit_batch(case, labels=False, instances=False),
        case.tensor("fake"),
        case.config["leak"],
    )
    height, width = fake.shape[-2:]
    coarse, fine = (ScaledBatch(batch, n * height, n * width, leak=leak) for n in (1, 2))
    return Computed({"composite": coarse.composite(fake), "next_input": fine.composite(fake)})


def eight_bit(case: Case) -> Computed:
    """The first network output of the batch as a picture, in the channel order that it has."""
    return Computed({"u8": to_8bit(case.tensor("x"), truncate=True)[0]})


def _dense_regions(case: Case) -> RegionMap:
    """Style codes, layout and mask that are given densely: every pixel is a region."""
    names = [name for name in ("style", "seg", "mask") if name in case.inputs]
    dense = torch.cat([case.tensor(name).float() for name in names], 1).permute(0, 2, 3, 1)
    return RegionMap(torch.arange(dense[..., 0].numel()).view(dense.shape[:3]), dense.flatten(0, 2))


def _style_regions(case: Case) -> RegionMap:
    """The style map of a table with one row per id, or per id and picture where ids recur."""
    ids, table = case.tensor("inst")[:, 0].long(), case.tensor("style_table")
    distinct, index = torch.unique(ids, return_inverse=True)
    if len(distinct) != len(table):
        index = find_instances(ids).index
    return RegionMap(index, table)


KINDS: dict[str, Callable[[Case], Computed]] = {
    "conv2d_block": conv_block,
    "spm_block_encoder": modulated_block,
    "spm_block_decoder": modulated_block,
    "g1": stage,
    "g2": stage,
    "g3": stage,
    "edge_map": edges,
    "network_inputs": network_inputs,
    "mask_compositing": compositing,
    "to_8bit": eight_bit,
}
