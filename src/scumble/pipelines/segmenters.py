"""Networks of the package transformers that label photographs with the classes of a label space."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from scumble.checkpoint import Checkpoint, Origin
from scumble.errors import CheckpointError, ConfigError, InputError, LabelError, short
from scumble.files import sha256_of
from scumble.label_space import LabelSpace
from scumble.pipelines.class_names import Matches, match_names, unmatched_note
from scumble.pipelines.maps import resized
from scumble.scene import IdArray, ImageArray

_NEEDED = "A segmenter needs the package transformers"
_REMEDY = "run: pip install 'scumble[segmenters]'"
SYSTEM = "transformers"
"""What `Checkpoint.system` is of a segmenter; it is used only, never written."""
MOST_SCORES = 2**27
"""Scores, of all classes and pixels, that are enlarged at once: half a gigabyte."""
LONGEST = 16
"""Longer side of a photograph in units of the shorter one; models fit their memory to the shorter one."""
ORIGIN = Origin(0, "not known", "not stated")
"""Of the weights; the folder may say more."""


class Segmenter(nn.Module):
    """A semantic segmentation model behind the classes of a label space.

    Args:
        model: gives ``logits`` ``[1, names, h, w]`` for ``pixel_values``.
        processor: makes these of a picture.
        matches: the classes for the model's names.
        space: of the classes.
    """

    ids: Tensor
    ignored: Tensor

    def __init__(self, model: nn.Module, processor: Any, matches: Matches, space: LabelSpace) -> None:
        super().__init__()
        self.model = model
        self.processor = processor
        self.matches = matches
        self.note = unmatched_note(matches, space)
        rest = space.dont_care
        ids = [rest if k is None else k for k in matches.ids]
        ignored = [k is None for k in ids]
        self.register_buffer("ids", torch.tensor([k or 0 for k in ids], dtype=torch.int32), persistent=False)
        self.register_buffer("ignored", torch.tensor(ignored), persistent=False)

    @torch.inference_mode()
    def label(self, image: ImageArray) -> IdArray:
        """The label map of a picture.

        Args:
            image: ``[H, W, 3]``.

        Returns:
            ``[H, W]`` class ids; the don't-care class where no class stands for what the model sees.

        Raises:
            InputError: the picture is much longer than wide.
            CheckpointError: the model does not give one score for each of its names.
        """
        height, width = image.shape[:2]
        if max(height, width) > LONGEST * min(height, width):
            raise InputError(
                f"The picture is {width} x {height} pixels; a segmenter labels pictures that are at most "
                f"{LONGEST} times as long as wide."
            )
        device = self.ids.device
        inputs = self.processor(images=Image.fromarray(image), return_tensors="pt")
        output = self.model(pixel_values=inputs["pixel_values"].to(device))
        logits: Tensor | None = getattr(output, "logits", None)
        if logits is None or logits.ndim != 4 or logits.shape[1] != len(self.ids):
            raise CheckpointError(
                f"The segmenter gives {'no scores' if logits is None else list(logits.shape)}, expected "
                f"[1, {len(self.ids)}, h, w], one score for each name in id2label; give another model."
            )
        logits = logits.masked_fill(self.ignored[:, None, None], -torch.inf)
        scale = min(1.0, sqrt(MOST_SCORES / (len(self.ids) * height * width)))
        size = max(1, int(height * scale)), max(1, int(width * scale))
        logits = F.interpolate(logits.float(), size, mode="bilinear", align_corners=False)
        return resized(self.ids[logits.argmax(dim=1)[0]].cpu().numpy(), (height, width))


def load_segmenter(folder: Path, space: LabelSpace) -> Checkpoint:
    """A segmenter as `scumble.pipelines.label.label_image` takes it.

    Nothing is downloaded, no code of the folder is run, and weights are read from safetensors alone.

    Args:
        folder: as ``save_pretrained`` of a model for semantic segmentation and of its image processor
            writes it.
        space: the classes that are wanted.

    Raises:
        CheckpointError: the folder does not hold such a model.
        ConfigError: transformers is not installed.
        LabelError: none of the model's names stands for a class.
    """
    matches = read_matches(folder, space)
    model_class, processor_class = _transformers()
    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        with _quiet():
            model, told = model_class.from_pretrained(
                str(folder), use_safetensors=True, output_loading_info=True, **local
            )
            processor = processor_class.from_pretrained(str(folder), **local)
    except Exception as error:  # of any kind: the package does not say which
        raise CheckpointError(f"{folder} cannot be used as a segmenter ({_first_line(error)}).") from error
    missing = sorted(map(str, (*told["missing_keys"], *told["mismatched_keys"])))
    if missing:
        raise CheckpointError(
            f"{folder}: the weights are not of a model for semantic segmentation; {len(missing)} entries, "
            f"such as {short(missing[0])}, are missing or of another shape."
        )
    # Pictures are looked at whole, so that the scores are of all of it.
    processor.do_center_crop = processor.do_pad = False
    network = Segmenter(model.eval().requires_grad_(False), processor, matches, space)
    return Checkpoint(SYSTEM, None, space, ORIGIN, network, digest=digest_of(folder))


def read_matches(folder: Path, space: LabelSpace) -> Matches:
    """The classes for the names that a folder's ``config.json`` gives, without loading anything else.

    Raises:
        CheckpointError: it has none.
        LabelError: none of the names stands for a class.
    """
    path = folder / "config.json"
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is not a folder; segmenters are read from disk, never downloaded.")
    try:
        table = json.loads(path.read_bytes())["id2label"]
        names = [str(table[str(k)]) for k in range(len(table))]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(
            f"{path} does not name the classes ({_first_line(error)}); expected id2label with the names of "
            "0, 1, 2, ..."
        ) from error
    try:
        return match_names(names, space)
    except LabelError as error:
        raise LabelError(f"{path}: {error}") from None


def digest_of(folder: Path) -> str:
    """The sha256 of all files that decide what a segmenter says."""
    files = sorted((*folder.glob("*.safetensors"), *folder.glob("*config.json")))
    text = json.dumps({path.name: sha256_of(path) for path in files})
    return hashlib.sha256(text.encode()).hexdigest()


def expect_transformers() -> None:
    """Refuse to go on without the package, before it is needed; importing it takes seconds.

    Raises:
        ConfigError: transformers is not installed.
    """
    if find_spec("transformers") is None:
        raise ConfigError(f"{_NEEDED}; {_REMEDY}")


def _transformers() -> tuple[Any, Any]:
    try:
        from transformers import AutoImageProcessor, AutoModelForSemanticSegmentation
    except (ImportError, RuntimeError) as error:  # a torchvision of another torch raises the latter
        raise ConfigError(f"{_NEEDED}, which cannot be imported ({_first_line(error)}); {_REMEDY}") from error
    return AutoModelForSemanticSegmentation, AutoImageProcessor


@contextmanager
def _quiet() -> Iterator[None]:
    """Without progress bars and advice."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
