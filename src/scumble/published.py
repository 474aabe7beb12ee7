"""Files of the published code, which enter only here: nothing in them is executed, everything is checked."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from scumble.checkpoint import load_strictly
from scumble.errors import CheckpointError, short
from scumble.models.divsem.published import class_of_published_id
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.registry import SYSTEMS


def read_generator(path: Path, system: str, config: Any) -> nn.Module:
    """The generator of a released checkpoint.

    Args:
        path: a file of ``torch.save``: a mapping with the state dict under ``netG``, as the released code
            writes it (what else it holds is left), or the state dict alone.
        system: a key of ``scumble.models.registry.SYSTEMS``.
        config: the system's configuration, which must be that of the file.

    Returns:
        The network in evaluation mode.

    Raises:
        CheckpointError: the file is missing, no torch file or holds code, or an entry is missing, not known
            or not of the configuration's shape.
    """
    loaded = _load(path)
    entries = loaded["netG"] if isinstance(loaded, Mapping) and "netG" in loaded else loaded
    if not isinstance(entries, Mapping):
        raise CheckpointError(
            f"{path} holds {short(entries)}, expected a mapping with the generator's entries under 'netG'."
        )
    for name, value in entries.items():
        if not isinstance(name, str) or not _is_plain(value):
            raise CheckpointError(
                f"{path}: the entry {short(name)} is {short(value)}, expected a name and a tensor of real "
                "numbers; give a checkpoint of the generator."
            )
    network = SYSTEMS[system].build(config)
    keys = SYSTEMS[system].published(config)
    try:
        keys.check_names(entries)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from None
    # Shapes are compared before entries are joined, because a small file can claim tensors of any size.
    for name, expected in keys.to_published(network.state_dict()).items():
        if entries[name].shape != expected.shape:
            raise CheckpointError(
                f"{path}: the entry {name!r} has shape {list(entries[name].shape)}, expected "
                f"{list(expected.shape)}; give the preset of this file."
            )
    load_strictly(network, keys.to_ours(entries), path)
    return network.eval().requires_grad_(False)


def read_style_bank(path: Path, classes: int, length: int) -> StyleBank:
    """A released style bank.

    It is filed under instance id modulo 120, so a class from 120 on shares the codes of the class 120 below
    it, as in the released code.

    Args:
        path: a file of ``torch.save``, such as ``style_codes.pt``: lists of codes by class id.
        classes: number of classes of the label space.
        length: numbers in a code.

    Raises:
        CheckpointError: the file is missing, no torch file or holds code, a class is not in the label space,
            or a code is not of this length.
    """
    loaded = _load(path)
    if not isinstance(loaded, Mapping | list | tuple):
        raise CheckpointError(f"{path} holds {short(loaded)}, expected lists of style codes by class id.")
    codes: dict[int, Sequence[Tensor]] = {}
    for class_id, items in loaded.items() if isinstance(loaded, Mapping) else enumerate(loaded):
        if type(class_id) is not int or not 0 <= class_id < classes:
            raise CheckpointError(
                f"{path} has codes of the class {short(class_id)}, expected 0..{classes - 1}; "
                "give the preset of this file."
            )
        if not isinstance(items, list | tuple):
            raise CheckpointError(f"{path}: class {class_id} is {short(items)}, expected a list of codes.")
        for number, code in enumerate(items):
            if not _is_plain(code) or code.shape != (length,):
                found = f"shape {list(code.shape)}" if isinstance(code, Tensor) else short(code)
                raise CheckpointError(
                    f"{path}: code {number} of class {class_id} has {found}, expected {length} numbers; "
                    "give the preset of this file."
                )
        codes[class_id] = items
    return StyleBank.from_published(
        {c: codes.get(c) or codes.get(class_of_published_id(c), ()) for c in range(classes)}
    )


def _is_plain(value: Any) -> bool:
    """Whether this is an ordinary tensor of real numbers that has its data."""
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and value.device.type == "cpu"
        and value.is_floating_point()
    )


def _load(path: Path) -> Any:
    if not path.is_file():
        raise CheckpointError(f"{path} is not a file; give a file of the published code (.pth, .pt).")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # Damaged files fail with nearly every exception there is (KeyError, EOFError, RuntimeError...).
        # Torch's own text is left out, because it explains how to switch the protection off.
        found = re.search(r"GLOBAL (\S+)", str(error))
        if found:
            raise CheckpointError(
                f"{path} holds {found[1]}, expected tensors and plain values alone; nothing in it was "
                "executed; save its tensors to a file of their own with torch.save."
            ) from None
        raise CheckpointError(
            f"{path} is not a file of torch.save, is damaged or is cut short ({type(error).__name__}); "
            "copy it again."
        ) from error
