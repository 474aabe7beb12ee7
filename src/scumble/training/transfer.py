"""Beginning a training with the weights of a checkpoint that knows other classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from scumble.checkpoint import Checkpoint
from scumble.errors import ConfigError
from scumble.label_space import LabelSpace
from scumble.models.class_channels import ClassBlock, ClassChannels, class_channels
from scumble.models.registry import SYSTEMS

_MOST_CLASSES, _MOST_ENTRIES = 20, 2
"""How many of each a report names before it counts the rest."""


@dataclass(frozen=True)
class TransferReport:
    """What a network took from a checkpoint; as text a paragraph for the user.

    Attributes:
        system: of checkpoint and network.
        kept: classes of the network that the checkpoint knows too.
        new: classes of the network that the checkpoint does not know.
        lost: classes of the checkpoint that the network does not know.
        copied: entries that were copied whole, classes in the network's order.
        partial: entries that were copied except for the slices of new classes, and of channels beyond the
            label space, which keep their first values.
        fresh: entries that keep all of their first values.
    """

    system: str
    kept: tuple[str, ...]
    new: tuple[str, ...]
    lost: tuple[str, ...]
    copied: tuple[str, ...]
    partial: tuple[str, ...]
    fresh: tuple[str, ...]

    def __str__(self) -> str:
        entries = len(self.copied) + len(self.partial) + len(self.fresh)
        begins = f"Copied from the checkpoint: {len(self.copied)} of {entries} entries of {self.system}"
        if self.partial:
            names = _listed(self.partial, _MOST_ENTRIES)
            begins += f", {len(self.partial)} except for the slices of new classes ({names})"
        if self.fresh:
            begins += f", {len(self.fresh)} not at all ({_listed(self.fresh, _MOST_ENTRIES)})"
        sentences = [
            begins + ".",
            f"Classes that keep their weights: {_listed(self.kept)}.",
            f"New classes, which are learnt from the first step on: {_listed(self.new)}.",
            f"Classes of the checkpoint that are lost: {_listed(self.lost)}.",
        ]
        return " ".join(sentences)


def transfer(source: Checkpoint, network: nn.Module, label_space: LabelSpace) -> TransferReport:
    """Give a freshly built network the weights of a checkpoint whose label space may be another one.

    Classes of the same name, case aside, keep their slices of the weights (see
    `scumble.models.class_channels`), whatever their ids; the other classes keep the values that the network
    was built with. Everything else is copied, batch statistics and the vectors of spectral norm included; no
    layer with classes has spectral norm.

    The discriminators are not in a checkpoint and start fresh, and training gathers a style bank anew. An
    average of the weights is to be made after this, for it starts at what it finds. Networks inside that are
    frozen stay as they are: an iPOSE keeps the PartNet that it was given, for its supports belong to it. Its
    noise layers (part modulation) see class ids as plain numbers, which stand for other classes now: they are
    copied and have to learn that.

    Args:
        source: what to begin with.
        network: a generator or labeler of the same system and widths; changed in place, and only if
            everything fits.
        label_space: the classes that the network shall know, in the order of its class channels.

    Raises:
        ConfigError: another system, other widths (names the first entry that differs) or another order of
            the colour channels; or the label space has more classes than the network.
    """
    frozen = _frozen(network)
    given, fresh = (
        {name: entry for name, entry in entries.items() if not name.startswith(frozen)}
        for entries in (source.network.state_dict(), network.state_dict())
    )
    system = _system_of(network)
    if system != source.system:
        raise ConfigError(
            f"The checkpoint is of the system {source.system!r}, but the network is of {system!r} "
            f"({_first_difference(given, fresh)}); begin with a checkpoint of {system!r}."
        )
    config = cast(Any, network).config
    old, new = class_channels(system, source.config), class_channels(system, config)
    _check_entries(given, fresh, old, new)
    _check_colors(source.config, config)
    for space, channels in ((source.label_space, old), (label_space, new)):
        _check_classes(space, channels)
    ids = {name.lower(): class_id for class_id, name in enumerate(source.label_space.names)}
    pairs = [(ids[n.lower()], i) for i, n in enumerate(label_space.names) if n.lower() in ids]
    moved = {name: _moved(given[name], fresh[name], old, new, new.of(name), pairs) for name in fresh}
    network.load_state_dict({**network.state_dict(), **moved})
    return _report(system, source.label_space, label_space, new, moved, pairs)


def _frozen(network: nn.Module) -> tuple[str, ...]:
    """How the names of entries of frozen networks begin."""
    trained = {name.partition(".")[0] for name, weight in network.named_parameters() if weight.requires_grad}
    return tuple(
        f"{name}."
        for name, child in network.named_children()
        if name not in trained and next(child.parameters(), None) is not None
    )


def _moved(
    given: Tensor,
    fresh: Tensor,
    old: ClassChannels,
    new: ClassChannels,
    block: ClassBlock | None,
    pairs: Sequence[tuple[int, int]],
) -> Tensor:
    """One entry of the network; ``pairs`` are the ids of each common class, in the checkpoint and here."""
    if block is None:
        return given
    taken, places = list(range(block.offset)), list(range(block.offset))
    for old_id, new_id in pairs:
        taken.append(block.offset + old_id)
        places.append(block.offset + new_id)
    taken += range(block.offset + old.count, given.shape[block.dim])
    places += range(block.offset + new.count, fresh.shape[block.dim])
    index = torch.tensor([taken, places], dtype=torch.int64, device=fresh.device)
    return fresh.index_copy(block.dim, index[1], given.to(fresh).index_select(block.dim, index[0]))


def _report(
    system: str,
    old_space: LabelSpace,
    space: LabelSpace,
    channels: ClassChannels,
    entries: dict[str, Tensor],
    pairs: Sequence[tuple[int, int]],
) -> TransferReport:
    kept_old, kept = {old_id for old_id, _ in pairs}, {new_id for _, new_id in pairs}
    copied, partial, fresh = [], [], []
    for name, tensor in entries.items():
        block = channels.of(name)
        if block is None or len(kept) == channels.count:
            copied.append(name)
        elif kept or tensor.shape[block.dim] > channels.count:
            partial.append(name)
        else:
            fresh.append(name)
    return TransferReport(
        system,
        tuple(name for i, name in enumerate(space.names) if i in kept),
        tuple(name for i, name in enumerate(space.names) if i not in kept),
        tuple(name for i, name in enumerate(old_space.names) if i not in kept_old),
        tuple(copied),
        tuple(partial),
        tuple(fresh),
    )


def _system_of(network: nn.Module) -> str:
    names = (name for name, system in SYSTEMS.items() if system.build is type(network))
    return next(names, type(network).__name__)


def _check_entries(
    given: dict[str, Tensor], fresh: dict[str, Tensor], old: ClassChannels, new: ClassChannels
) -> None:
    """Refuse entries that differ in more than their classes."""
    for name in dict.fromkeys([*fresh, *given]):
        shapes = [
            _without_classes(entries[name].shape, channels, name) if name in entries else None
            for entries, channels in ((given, old), (fresh, new))
        ]
        if shapes[0] != shapes[1]:
            raise ConfigError(
                f"The checkpoint does not fit the network: {_described(name, given, fresh)}; only their "
                "classes may differ, so set the model's widths to those in the checkpoint's config.json, or "
                "begin with another checkpoint."
            )


def _without_classes(shape: torch.Size, channels: ClassChannels, name: str) -> list[int]:
    block = channels.of(name)
    return [n - channels.count if block and dim == block.dim else n for dim, n in enumerate(shape)]


def _first_difference(given: dict[str, Tensor], fresh: dict[str, Tensor]) -> str:
    for name in dict.fromkeys([*fresh, *given]):
        if name not in given or name not in fresh or given[name].shape != fresh[name].shape:
            return _described(name, given, fresh)
    return "their entries have the same shapes"


def _described(name: str, given: dict[str, Tensor], fresh: dict[str, Tensor]) -> str:
    found, expected = (
        f"has shape {list(entries[name].shape)}" if name in entries else "is missing"
        for entries in (given, fresh)
    )
    return f"the entry {name!r} {found} in the checkpoint and {expected} in the network"


def _check_colors(old: Any, new: Any) -> None:
    """Refuse editing systems that want red and blue the other way round; their shapes do not tell."""
    order, wanted = (getattr(getattr(c, "pyramid", c), "channel_order", "rgb") for c in (old, new))
    if order != wanted:
        raise ConfigError(
            f"The weights of the checkpoint expect {order!r} pictures, but the network's channel_order is "
            f"{wanted!r}; set it to {order!r}."
        )


def _check_classes(space: LabelSpace, channels: ClassChannels) -> None:
    if channels.blocks and len(space) > channels.count:
        raise ConfigError(
            f"The label space {space.name!r} has {len(space)} classes, but its network has channels for "
            f"{channels.count}; build the network with {len(space)}."
        )


def _listed(names: Sequence[str], most: int = _MOST_CLASSES) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more
