"""Finds, reads and checks the weight files of the fixed networks."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from scumble.errors import CheckpointError
from scumble.research_data import data_folder

VGG19_URL = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
"""Where the published VGG-19 weights lie; the hex digits begin the file's SHA-256."""


def default_path(name: str) -> Path:
    """Where the weight file of that name is looked for: ``backbones/NAME.safetensors`` under SCUMBLE_DATA."""
    return data_folder() / "backbones" / f"{name}.safetensors"


def find_weights(name: str, file: Path | None = None) -> Path:
    """Finds a weight file on this machine.

    Args:
        name: the file's name without suffix, such as ``squeezenet1_1_imagenet_fp16``.
        file: an explicit file, which is then the only place looked at.

    Returns:
        The path of an existing file: ``file`` or `default_path`.

    Raises:
        CheckpointError: there is no such file, or it is not a ``.safetensors`` file.
    """
    path = default_path(name) if file is None else file
    if path.suffix != ".safetensors":
        raise CheckpointError(
            f"{path}: the weights of {name} have the suffix {path.suffix!r}, but only '.safetensors' files "
            "are read, because other formats can run code; convert the file first."
        )
    if not path.is_file():
        remedy = (
            "give the file's path"
            if file is not None
            else "set SCUMBLE_DATA to the folder that holds backbones/, or give the file's path"
        )
        raise CheckpointError(f"{path}: no weights of {name} were found there; {remedy}.")
    return path


def read_weights(path: Path) -> dict[str, Tensor]:
    """Reads a ``.safetensors`` file; floating-point entries of any precision become float32.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        state = load_file(path)
    except (SafetensorError, OSError) as error:
        raise CheckpointError(
            f"{path}: not a readable safetensors file ({error}); copy or download it again."
        ) from error
    return {key: value.float() if value.is_floating_point() else value for key, value in state.items()}


def download_vgg19() -> dict[str, Tensor]:
    """The published VGG-19 weights (ImageNet, 575 MB), kept in the cache folder of ``torch.hub``.

    Raises:
        CheckpointError: the download failed, or its SHA-256 is not the published one.
    """
    try:
        state: dict[str, Tensor] = torch.hub.load_state_dict_from_url(
            VGG19_URL, map_location="cpu", check_hash=True, weights_only=True
        )
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        cache = Path(torch.hub.get_dir()) / "checkpoints"
        raise CheckpointError(
            f"{VGG19_URL}: the VGG-19 weights could not be downloaded ({error}), and "
            f"{default_path('vgg19')} does not exist; put the downloaded file into "
            f"{cache}, give a .safetensors file, or choose the perceptual network 'squeezenet'."
        ) from error
    return state


def load_exactly(module: nn.Module, state: Mapping[str, Tensor], source: str) -> None:
    """Loads a state into a module, allowing neither a missing, an unknown nor a misshapen entry.

    Only ``num_batches_tracked``, a counter without meaning for a fixed network, may be absent.

    Args:
        module: the network; changed in place.
        state: entries by name.
        source: what to call the state in a message, usually the file.

    Raises:
        CheckpointError: names the first offending entries.
    """
    expected = module.state_dict()
    missing = [key for key in expected if key not in state and not key.endswith("num_batches_tracked")]
    unknown = [key for key in state if key not in expected]
    misshapen = [
        f"{key} is {list(state[key].shape)} instead of {list(value.shape)}"
        for key, value in expected.items()
        if key in state and state[key].shape != value.shape
    ]
    faults = [
        f"{word} {_first(entries)}"
        for word, entries in (("lacks", missing), ("has unknown", unknown), ("misshapen:", misshapen))
        if entries
    ]
    if faults:
        raise CheckpointError(
            f"{source}: not the weights of {type(module).__name__}: {'; '.join(faults)}; "
            "give the file that belongs to this network."
        )
    module.load_state_dict(dict(state), strict=False)


def _first(entries: Iterable[str], limit: int = 3) -> str:
    entries = list(entries)
    more = f" and {len(entries) - limit} more" if len(entries) > limit else ""
    return ", ".join(entries[:limit]) + more
