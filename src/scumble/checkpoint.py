"""The checkpoint folder: everything that is needed to use a network, written at once and verified on reading.

``model.safetensors`` (the weights), ``config.json`` (system, configuration, label space, origin, digests),
``README.md`` (the card), and for systems with style codes ``style_bank.safetensors``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from scumble.codec import from_plain, to_plain
from scumble.errors import CheckpointError, ScumbleError, nearest
from scumble.files import sha256_of
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.registry import SYSTEMS
from scumble.scene import LabelSpace

FORMAT = 1
"""Version of the folder's layout."""

_CONFIG = "config.json"
_MODEL = "model.safetensors"
_BANK = "style_bank.safetensors"


@dataclass(frozen=True)
class Origin:
    """Where weights come from.

    Attributes:
        images: pictures seen in training.
        data: the training data, in words.
        licence: under what terms the weights may be used.
    """

    images: int
    data: str
    licence: str


@dataclass(frozen=True)
class Checkpoint:
    """A network ready to be used, with what belongs to it.

    Attributes:
        system: a key of ``scumble.models.registry.SYSTEMS``.
        config: the system's configuration.
        label_space: the classes that the network knows.
        origin: where the weights come from.
        network: the generator, in evaluation mode.
        bank: style codes, for systems that use them.
        digest: sha256 of the configuration, which itself holds the digests of the tensors.
    """

    system: str
    config: Any
    label_space: LabelSpace
    origin: Origin
    network: nn.Module
    bank: StyleBank | None = None
    digest: str = ""


def save_checkpoint(
    folder: Path, checkpoint: Checkpoint, *, card: str, dtype: torch.dtype = torch.float32
) -> None:
    """Write a checkpoint folder atomically; an existing checkpoint of this name is replaced.

    Args:
        folder: where it shall lie.
        checkpoint: what to write.
        card: text of ``README.md``.
        dtype: type of the stored floating-point tensors.

    Raises:
        CheckpointError: the folder exists and is no checkpoint, or a tensor is not finite.
    """
    if folder.exists() and not (folder / _CONFIG).is_file():
        raise CheckpointError(f"{folder} exists and is not a checkpoint; give another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        _write_tensors(temporary / _MODEL, checkpoint.network.state_dict(), dtype)
        if checkpoint.bank:
            _write_tensors(temporary / _BANK, checkpoint.bank.tensors(), dtype)
        _write_text(temporary / _CONFIG, json.dumps(_description(checkpoint, temporary), indent=1) + "\n")
        _write_text(temporary / "README.md", card)
        _replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def load_checkpoint(folder: Path) -> Checkpoint:
    """Read and verify a checkpoint folder.

    Raises:
        CheckpointError: not a checkpoint folder, a changed byte, or entries that do not fit the configuration.
    """
    description = _read_description(folder)
    for name, expected in description["files"].items():
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder / name} is missing from the checkpoint; copy the folder again.")
        if sha256_of(folder / name) != expected:
            raise CheckpointError(
                f"{folder / name} is damaged: its sha256 is not the {expected[:12]}... that {_CONFIG} names; "
                "copy the checkpoint again."
            )
    if description["system"] not in SYSTEMS:
        raise CheckpointError(
            f"{folder / _CONFIG}: there is no system {description['system']!r}; "
            f"{nearest(description['system'], SYSTEMS)}"
        )
    system = SYSTEMS[description["system"]]
    where = str(folder / _CONFIG)
    config = from_plain(system.config, description["config"], f"{where}: config")
    network = system.build(config)
    load_strictly(network, _read_tensors(folder / _MODEL), folder / _MODEL)
    bank = None
    if _BANK in description["files"]:
        tensors = _read_tensors(folder / _BANK)
        bank = StyleBank(tensors["codes"], tensors["classes"])
    return Checkpoint(
        description["system"],
        config,
        LabelSpace.from_dict(description["label_space"]),
        from_plain(Origin, description["origin"], f"{where}: origin"),
        network.eval().requires_grad_(False),
        bank,
        description["digest"],
    )


def load_strictly(network: nn.Module, tensors: dict[str, Tensor], source: Path | str) -> None:
    """Load weights of which every name and shape must fit.

    Raises:
        CheckpointError: names the first entry that does not.
    """
    expected = network.state_dict()
    for name in sorted(expected.keys() | tensors.keys()):
        if name not in tensors:
            raise CheckpointError(f"{source}: the entry {name!r} is missing; the file is of another network.")
        if name not in expected:
            raise CheckpointError(
                f"{source}: the entry {name!r} is not expected; the file is of another network."
            )
        if tensors[name].shape != expected[name].shape:
            raise CheckpointError(
                f"{source}: the entry {name!r} has shape {list(tensors[name].shape)}, expected "
                f"{list(expected[name].shape)}; the file is of another configuration."
            )
    network.load_state_dict(tensors)


def _description(checkpoint: Checkpoint, folder: Path) -> dict[str, Any]:
    names = [name for name in (_MODEL, _BANK) if (folder / name).exists()]
    description = {
        "format": FORMAT,
        "system": checkpoint.system,
        "config": to_plain(checkpoint.config),
        "label_space": checkpoint.label_space.to_dict(),
        "origin": to_plain(checkpoint.origin),
        "files": {name: sha256_of(folder / name) for name in names},
    }
    return {**description, "digest": _digest(description)}


def _read_description(folder: Path) -> dict[str, Any]:
    if folder.is_file():
        raise CheckpointError(
            f"{folder} is a file, but a checkpoint is a folder with {_CONFIG} and {_MODEL}; "
            "files of published code (.pth, .pt) are never opened as checkpoints."
        )
    path = folder / _CONFIG
    if not path.is_file():
        raise CheckpointError(f"{folder} is not a checkpoint: it has no {_CONFIG}; give a checkpoint folder.")
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        digest = description.pop("digest")
        complete = digest == _digest(description)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); copy the checkpoint again.") from error
    if not complete:
        raise CheckpointError(
            f"{path} is damaged: its contents do not fit its digest; copy the checkpoint again."
        )
    if description["format"] != FORMAT:
        raise CheckpointError(
            f"{path} has format {description['format']}, but this scumble reads format {FORMAT}; "
            "install the version that wrote it."
        )
    return {**description, "digest": digest}


def _digest(description: dict[str, Any]) -> str:
    text = json.dumps(description, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors = safetensors.torch.load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} cannot be read as safetensors ({error}); copy it again.") from error
    return {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}


def _write_tensors(path: Path, tensors: dict[str, Tensor], dtype: torch.dtype) -> None:
    stored = {}
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            tensor = tensor.to(dtype)
            if not bool(tensor.isfinite().all()):
                raise CheckpointError(f"The entry {name!r} is not finite in {dtype}; nothing was written.")
        stored[name] = tensor.detach().cpu().contiguous()
    safetensors.torch.save_file(stored, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(temporary: Path, folder: Path) -> None:
    """Put a finished folder in place; the old one is kept aside until the new one is there."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        temporary.rename(folder)
    except OSError as error:
        if old.exists():
            old.rename(folder)
        raise ScumbleError(f"{folder} cannot be written ({error.strerror}); the old one was kept.") from error
    shutil.rmtree(old, ignore_errors=True)
