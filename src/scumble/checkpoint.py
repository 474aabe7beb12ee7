"""The checkpoint folder: everything that is needed to use a network, written at once and verified on reading.

``model.safetensors`` (the weights), ``config.json`` (system, configuration, label space, origin, digests),
``README.md`` (the card), and where a system has them ``style_bank.safetensors``, ``outlines.safetensors`` and
``supports.safetensors``.
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
from scumble.errors import CheckpointError, ConfigError, DataError, LabelError, nearest
from scumble.files import sha256_of
from scumble.label_space import LabelSpace
from scumble.models.divsem.style_bank import StyleBank
from scumble.models.partnet.supports import SupportStore
from scumble.models.registry import SYSTEMS
from scumble.nn.inference import is_prepared
from scumble.outlines import OutlineBank
from scumble.shipped import find_checkpoint

FORMAT = 1
"""Version of the folder's layout."""

_CONFIG = "config.json"
_MODEL = "model.safetensors"
_BANK = "style_bank.safetensors"
_OUTLINES = "outlines.safetensors"
_SUPPORTS = "supports.safetensors"
_KEYS = {"format", "system", "config", "label_space", "origin", "files", "digest"}
_EXTRAS = {_BANK, _OUTLINES, _SUPPORTS}


@dataclass(frozen=True)
class Origin:
    """Where weights come from.

    Attributes:
        images: pictures seen in training; 0 where that is not known.
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
        outlines: outlines of objects of the training data, for people who add an object by a box.
        supports: example part maps, for PartNet and systems that infer parts.
        digest: sha256 of the configuration, which itself holds the digests of the tensors.
    """

    system: str
    config: Any
    label_space: LabelSpace
    origin: Origin
    network: nn.Module
    bank: StyleBank | None = None
    outlines: OutlineBank | None = None
    supports: SupportStore | None = None
    digest: str = ""


def save_checkpoint(
    folder: Path | str, checkpoint: Checkpoint, *, card: str, dtype: torch.dtype = torch.float32
) -> None:
    """Write a checkpoint folder atomically; an existing checkpoint of this name is replaced.

    Args:
        folder: where it shall lie.
        checkpoint: what to write.
        card: text of ``README.md``.
        dtype: type of the stored floating-point tensors.

    Raises:
        CheckpointError: the folder exists and is no checkpoint, a tensor is not finite, the place cannot be
            written, or the network was prepared for inference; what was there is then as before.
    """
    folder = Path(folder)
    if is_prepared(checkpoint.network):
        raise CheckpointError(
            "The network was prepared for inference (it has painted); load the checkpoint anew to save it."
        )
    if folder.exists() and not (folder / _CONFIG).is_file():
        raise CheckpointError(f"{folder} exists and is not a checkpoint; give another folder.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
            new = Path(temporary) / "new"
            new.mkdir()
            _write_tensors(new / _MODEL, checkpoint.network.state_dict(), dtype)
            if checkpoint.bank:
                _write_tensors(new / _BANK, checkpoint.bank.tensors(), dtype)
            if checkpoint.outlines:
                arrays = checkpoint.outlines.tensors()
                _write_tensors(new / _OUTLINES, {n: torch.from_numpy(a) for n, a in arrays.items()}, dtype)
            if checkpoint.supports:
                _write_tensors(new / _SUPPORTS, checkpoint.supports.tensors(), dtype)
            _write_text(new / _CONFIG, _text(_description(checkpoint, new)))
            _write_text(new / "README.md", card)
            replace_folder(new, folder)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{folder} cannot be written ({error}); choose another place.") from error


def load_checkpoint(folder: Path | str) -> Checkpoint:
    """Read and verify a checkpoint folder.

    Args:
        folder: where it lies, or the name of a shipped checkpoint (see `find_checkpoint`).

    Raises:
        CheckpointError: not a checkpoint folder, a changed byte, or entries that do not fit the
            configuration.
    """
    folder = find_checkpoint(folder)
    if not folder.exists() and _aside(folder).is_dir():
        folder = _aside(folder)  # a process was killed while it put a new one in place
    description = _read_description(folder)
    for name, expected in description["files"].items():
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder / name} is missing from the checkpoint; copy the folder again.")
        if sha256_of(folder / name) != expected:
            raise CheckpointError(
                f"{folder / name} is damaged: its sha256 is not the {expected[:12]}... that {_CONFIG} names; "
                "copy the checkpoint again."
            )
    name = description["system"]
    if name not in SYSTEMS:
        raise CheckpointError(
            f"{folder / _CONFIG}: there is no system {name!r}; {nearest(str(name), SYSTEMS)}"
        )
    try:
        config = from_plain(SYSTEMS[name].config, description["config"])
        label_space = LabelSpace.from_dict(description["label_space"])
        origin = from_plain(Origin, description["origin"], "origin")
        network = SYSTEMS[name].build(config)
    except (ConfigError, LabelError) as error:
        raise CheckpointError(f"{folder / _CONFIG}: {error}") from error
    load_strictly(network, _read_tensors(folder / _MODEL), folder / _MODEL)
    network.eval().requires_grad_(False)
    bank = _read_bank(folder / _BANK) if _BANK in description["files"] else None
    outlines = _read_outlines(folder / _OUTLINES) if _OUTLINES in description["files"] else None
    supports = _read_supports(folder / _SUPPORTS) if _SUPPORTS in description["files"] else None
    digest = description["digest"]
    return Checkpoint(name, config, label_space, origin, network, bank, outlines, supports, digest)


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
    names = [name for name in (_MODEL, _BANK, _OUTLINES, _SUPPORTS) if (folder / name).exists()]
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
        text = path.read_bytes()
        description: dict[str, Any] = json.loads(text)
        contents = {key: value for key, value in description.items() if key != "digest"}
    except (ValueError, AttributeError, RecursionError, OSError) as error:
        raise CheckpointError(f"{path} is damaged ({error}); copy the checkpoint again.") from error
    # The text is compared too, because not every changed byte changes what it says.
    if description.get("digest") != _digest(contents) or text != _text(description).encode():
        raise CheckpointError(
            f"{path} is damaged: its contents do not fit its digest; copy the checkpoint again."
        )
    if description.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} has format {description.get('format')}, but this scumble reads format {FORMAT}; "
            "install the version that wrote it."
        )
    files = description.get("files")
    if description.keys() != _KEYS or not isinstance(files, dict) or files.keys() - _EXTRAS != {_MODEL}:
        raise CheckpointError(
            f"{path} has the keys {', '.join(description)} and the files {files}; expected the keys "
            f"{', '.join(sorted(_KEYS))} and the file {_MODEL}; copy the checkpoint again."
        )
    return description


def _text(description: dict[str, Any]) -> str:
    return json.dumps(description, indent=1) + "\n"


def _digest(description: dict[str, Any]) -> str:
    text = json.dumps(description, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        tensors = safetensors.torch.load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} cannot be read as safetensors ({error}); copy it again.") from error
    return {n: t.float() if t.is_floating_point() else t for n, t in tensors.items()}


def _read_bank(path: Path) -> StyleBank:
    tensors = _read_tensors(path)
    if tensors.keys() != {"codes", "classes"}:
        raise CheckpointError(
            f"{path} has the entries {', '.join(sorted(tensors))}; expected codes and classes; "
            "the file is no style bank."
        )
    return StyleBank(tensors["codes"], tensors["classes"])


def _read_outlines(path: Path) -> OutlineBank:
    try:
        return OutlineBank.from_tensors({name: t.numpy() for name, t in _read_tensors(path).items()})
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _read_supports(path: Path) -> SupportStore:
    try:
        return SupportStore.from_tensors(_read_tensors(path))
    except DataError as error:
        raise CheckpointError(f"{path}: {error}") from error


def _write_tensors(path: Path, tensors: dict[str, Tensor], dtype: torch.dtype) -> None:
    stored = {}
    for name, tensor in tensors.items():
        if tensor.is_floating_point():
            tensor = tensor.to(dtype)
            if not bool(tensor.isfinite().all()):
                raise CheckpointError(f"The entry {name!r} is not finite in {dtype}; nothing was written.")
        stored[name] = tensor.detach().cpu().contiguous()
    safetensors.torch.save_file(stored, path)
    path.chmod(0o644)  # safetensors makes files that only their owner can read
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace_folder(new: Path, folder: Path) -> None:
    """Put a finished folder in place; the one that was there is kept aside until the new one is there."""
    old = _aside(folder)
    try:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _aside(folder: Path) -> Path:
    """Where a folder is kept until a new one is in its place."""
    return folder.with_name(f".{folder.name}.old")
