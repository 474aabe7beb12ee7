"""The weights of CLIP's image tower, from files that somebody put on this machine; nothing is downloaded.

Three kinds are read: a ``.safetensors`` file, a state dict of ``torch.save``, and a folder that the
transformers package saved (``model.safetensors`` or ``pytorch_model.bin``; the package is not needed). The
names in them may be CLIP's own, with ``visual.`` in front or without, or those of transformers.

OpenAI publishes a TorchScript archive, which can run code and is therefore not read. Convert it once, after
its SHA-256 was seen to be 40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af::

    import torch
    from safetensors.torch import save_file

    state = torch.jit.load("ViT-B-32.pt", map_location="cpu").state_dict()
    tower = {name: value for name, value in state.items() if name.startswith("visual.")}
    save_file(tower, "clip_vit_b32.safetensors")
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scumble.errors import CheckpointError, short
from scumble.nn.backbones.files import default_path, read_weights

FILE_NAME = "clip_vit_b32"
"""Name of the weights of ViT-B/32 in the folder ``backbones`` of SCUMBLE_DATA, without suffix."""

_FOLDER_FILES = ("model.safetensors", "pytorch_model.bin")
_PREFIXES = ("visual.", "vision_model.")
_BESIDE_BLOCKS = re.compile(r"proj|ln_post\..+|embeddings\.position_ids")
_TRANSFORMERS_NAMES = {
    "embeddings.class_embedding": "class_embedding",
    "embeddings.patch_embedding": "conv1",
    "embeddings.position_embedding.weight": "positional_embedding",
    "pre_layrnorm": "ln_pre",  # spelled so
    "post_layernorm": "ln_post",
    "encoder.layers": "transformer.resblocks",
    "self_attn": "attn",
    "layer_norm": "ln_",
    "fc1": "c_fc",
    "fc2": "c_proj",
}


def read_clip(path: Path | None = None) -> tuple[dict[str, Tensor], str]:
    """Reads the weights of a CLIP.

    Args:
        path: a file or a transformers folder, which is then the only place looked at; None looks for
            ``backbones/clip_vit_b32.safetensors`` under SCUMBLE_DATA.

    Returns:
        All entries, floating-point ones in float32, and the file they came from.

    Raises:
        CheckpointError: there is nothing, or no tensors that can be read without running code.
    """
    path = default_path(FILE_NAME) if path is None else path
    file = _in_folder(path) if path.is_dir() else path
    if not file.is_file():
        raise CheckpointError(
            f"{file}: no weights of CLIP ViT-B/32 were found there; put them there as a .safetensors file "
            f"(scumble.nn.backbones.clip_files says how), set SCUMBLE_DATA to the folder that holds "
            f"backbones/{FILE_NAME}.safetensors, or choose the stand-in style_backbone "
            "'efficientnet-lite0', which is not the published style loss."
        )
    return (read_weights if file.suffix == ".safetensors" else _read_saved)(file), str(file)


def tower_weights(state: Mapping[str, Tensor], blocks: int) -> dict[str, Tensor]:
    """The entries of the first blocks of an image tower, under CLIP's names without ``visual.``.

    What a tower that ends early has no use for is left out, and may be missing as well: the text tower
    (everything without ``visual.`` or ``vision_model.``, where any entry has it), the blocks from ``blocks``
    on, the norm and the projection behind the last. An entry that is none of these keeps its name, so
    that a strict loader can refuse it.

    Args:
        state: entries under the names of CLIP or of transformers.
        blocks: how many blocks are wanted.
    """
    for prefix in _PREFIXES:
        inside = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
        state = inside or state
    if "embeddings.class_embedding" in state:
        state = _from_transformers(state)
    return {key: value for key, value in state.items() if not _is_behind(key, blocks)}


def _is_behind(key: str, blocks: int) -> bool:
    block = re.match(r"transformer\.resblocks\.(\d+)\.", key)
    return int(block[1]) >= blocks if block else _BESIDE_BLOCKS.fullmatch(key) is not None


def _from_transformers(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rename, and stack what projects to queries, keys and values."""
    renamed = {}
    for key, value in state.items():
        for theirs, ours in _TRANSFORMERS_NAMES.items():
            key = key.replace(theirs, ours)
        renamed[key] = value
    for key in [key for key in renamed if ".attn.q_proj." in key]:
        thirds = [key.replace("q_proj", f"{letter}_proj") for letter in "qkv"]
        found = [renamed[third] for third in thirds if third in renamed]
        # Incomplete ones stay as they are; the loader names them.
        if len(found) == len(thirds) and len({third.shape for third in found}) == 1:
            renamed[key.replace("q_proj.", "in_proj_")] = torch.cat(found)
            for third in thirds:
                del renamed[third]
    return renamed


def _in_folder(folder: Path) -> Path:
    """The weight file of a transformers folder, after a look at what the folder says of the network."""
    description = folder / "config.json"
    try:
        config = json.loads(description.read_text(encoding="utf-8"))
        activation = config.get("vision_config", config).get("hidden_act", "quick_gelu")
    except (OSError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"{description}: not the description of a transformers folder ({type(error).__name__}); give a "
            "folder that holds config.json and model.safetensors, or a file of weights."
        ) from error
    # Some later CLIPs have the same shapes and another activation: their tokens would be silently wrong.
    if activation != "quick_gelu":
        raise CheckpointError(
            f"{description}: hidden_act is {short(activation)}, expected 'quick_gelu' as in OpenAI's CLIP; "
            "give the folder of openai/clip-vit-base-patch32."
        )
    present = [folder / name for name in _FOLDER_FILES if (folder / name).is_file()]
    if not present:
        raise CheckpointError(f"{folder}: there is neither {' nor '.join(_FOLDER_FILES)} in this folder.")
    return present[0]


def _read_saved(path: Path) -> dict[str, Tensor]:
    """Reads a state dict of ``torch.save`` without running code."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            state: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # Damaged files fail with nearly every exception there is. Torch's own text is left out, because it
        # explains how to switch the protection off.
        raise CheckpointError(
            f"{path}: not a state dict of torch.save ({type(error).__name__}); a TorchScript archive such as "
            "OpenAI's ViT-B-32.pt and a pickled model can run code and are not read: convert it as "
            "scumble.nn.backbones.clip_files says, and copy a damaged file again."
        ) from error
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise CheckpointError(
            f"{path}: holds {short(state)}, expected tensors by name; save the network's state_dict() alone."
        )
    return {str(key): value.float() if value.is_floating_point() else value for key, value in state.items()}
