"""How the published loaders bring pictures with their maps to a network's size (``datasets``, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import ConfigError, InputError
from scumble.scene import IdArray, Scene

T = TypeVar("T", bound=np.generic)

Mode = Literal[
    "resize_and_crop",
    "crop",
    "scale_width",
    "scale_width_and_crop",
    "scale_shortside",
    "scale_shortside_and_crop",
    "fixed",
    "none",
]
MODES: tuple[Mode, ...] = get_args(Mode)

_FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
_MULTIPLE = 32


@dataclass(frozen=True)
class Preprocessing:
    """Resize, crop and flip, the same for a picture and all its maps; ids are never interpolated.

    Attributes:
        mode: what is done. ``resize_and_crop``: to ``load_size`` x ``load_size``, then a crop; ``crop``: a
            crop alone; ``scale_width``: to the width ``load_size``, the height in proportion;
            ``scale_shortside``: the same with the shorter side; both also followed by a crop; ``fixed``: to
            the width ``crop_size`` and the height ``crop_size / aspect_ratio``; ``none``: each side to the
            nearest multiple of 32.
        load_size: in pixels, of the modes that resize and of those that scale.
        crop_size: side of the square crop in pixels, and the width in mode ``fixed``.
        aspect_ratio: width / height in mode ``fixed``.
        flip: mirror half of the samples left to right in training.
        image_filter: of the picture. The maps take the nearest value, by Pillow's centre rule.

    Raises:
        ConfigError: there is no such mode or filter, or a size is not positive.
    """

    mode: Mode
    load_size: int = 286
    crop_size: int = 256
    aspect_ratio: float = 1.0
    flip: bool = True
    image_filter: Literal["bicubic", "bilinear"] = "bicubic"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ConfigError(f"There is no preprocessing {self.mode!r}; known: {', '.join(MODES)}.")
        if self.image_filter not in _FILTERS:
            raise ConfigError(f"There is no filter {self.image_filter!r}; known: {', '.join(_FILTERS)}.")
        if self.load_size < 1 or self.crop_size < 1 or not self.aspect_ratio > 0:
            raise ConfigError(
                f"Preprocessing with load_size {self.load_size}, crop_size {self.crop_size}, aspect_ratio "
                f"{self.aspect_ratio}; expected numbers above 0."
            )

    @property
    def crops(self) -> bool:
        """Whether a square of ``crop_size`` is cut out."""
        return self.mode.endswith("crop")

    def resized_size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height that a picture has before the crop, in pixels."""
        load = self.load_size
        if self.mode == "resize_and_crop":
            return load, load
        if self.mode.startswith("scale_width"):
            return load, max(1, int(load * height / width))
        if self.mode.startswith("scale_shortside"):
            long = int(load * max(width, height) / min(width, height))
            return (load, long) if width < height else (long, load)
        if self.mode == "fixed":
            return self.crop_size, max(1, round(self.crop_size / self.aspect_ratio))
        if self.mode == "none":
            return _nearest_multiple(width), _nearest_multiple(height)
        return width, height

    def __call__(self, scene: Scene, rng: np.random.Generator | None = None) -> Scene:
        """Prepare a scene.

        Args:
            scene: of any size.
            rng: the sample's own source of randomness, as `scumble.data.draws.draw` gives it. Place of the
                crop and flip are drawn from it, whether the mode uses them or not. None is for evaluation:
                no flip, the central crop, and mode ``resize_and_crop`` resizes straight to ``crop_size``.

        Returns:
            The scene that the network sees.

        Raises:
            InputError: the crop is larger than the resized picture.
        """
        width, height = self.resized_size(*scene.size)
        if rng is None and self.mode == "resize_and_crop":
            width = height = self.crop_size
        if self.crops and self.crop_size > min(width, height):
            raise InputError(
                f"A crop of {self.crop_size} x {self.crop_size} pixels does not fit into a picture of "
                f"{width} x {height} (width x height; {scene.size[0]} x {scene.size[1]} before resizing); "
                "expected at least the size of the crop; choose a smaller crop_size or a mode that resizes."
            )
        spare_x, spare_y = max(0, width - self.crop_size), max(0, height - self.crop_size)
        left, top, mirrored = spare_x // 2, spare_y // 2, False
        if rng is not None:
            left, top = int(rng.integers(spare_x + 1)), int(rng.integers(spare_y + 1))
            mirrored = bool(rng.random() < 0.5) and self.flip
        window = (slice(None), slice(None))
        if self.crops:
            window = (slice(top, top + self.crop_size), slice(left, left + self.crop_size))

        def cut(values: NDArray[T]) -> NDArray[T]:
            return values[window][:, ::-1] if mirrored else values[window]

        image = Image.fromarray(scene.image).resize((width, height), _FILTERS[self.image_filter])
        labels, instances = (cut(_nearest(ids, width, height)) for ids in (scene.labels, scene.instances))
        parts = None if scene.parts is None else cut(_nearest(scene.parts, width, height))
        return Scene(cut(np.asarray(image)), labels, instances, scene.label_space, parts)


def _nearest_multiple(side: int) -> int:
    return max(1, round(side / _MULTIPLE)) * _MULTIPLE


def _nearest(ids: IdArray, width: int, height: int) -> IdArray:
    # Pillow sums up its steps, and so differs from a direct computation where a new pixel's centre falls on
    # the border of two old ones (512 to 286 columns: the 72nd).
    return np.asarray(Image.fromarray(ids).resize((width, height), Image.Resampling.NEAREST))


def resize_286_crop_256() -> Preprocessing:
    """ADE20K and COCO-Stuff: 286 x 286, a random 256 x 256, flip; straight to 256 x 256 in tests.

    Sources: ``spade``, section 7 (CC-FPSE and SC-GAN do the same: ``ccfpse`` and ``scgan``, introductions);
    ``oasis``, section 5; ``resail``, section 7; ``safm``, section 6.
    """
    return Preprocessing("resize_and_crop", load_size=286, crop_size=256)


def resize_512x256() -> Preprocessing:
    """Cityscapes: straight to 512 x 256 (width x height), flip.

    Sources: as for `resize_286_crop_256`, and ``ipose``, sections 7.1 and 7.2.
    """
    return Preprocessing("fixed", crop_size=512, aspect_ratio=2.0)


def resize_256() -> Preprocessing:
    """ADE20K and COCO-Stuff of iPOSE: straight to 256 x 256, no crop, flip (``ipose``, section 7.2)."""
    return Preprocessing("fixed", crop_size=256, aspect_ratio=1.0)


def crop_256() -> Preprocessing:
    """The editing systems: a random 256 x 256 of pictures that were resized on disk, flip.

    Sources: ``spmpgan``, section 6; ``divsem``, section 4.4; ``siedob``, section 7 (its scenes).
    """
    return Preprocessing("crop", crop_size=256)


_SPADE_FAMILY = ("spade", "cc-fpse", "sc-gan", "oasis", "resail", "safm")

PRESETS: Mapping[str, Callable[[], Preprocessing]] = {
    **{f"{system}-cityscapes": resize_512x256 for system in (*_SPADE_FAMILY, "ipose")},
    **{f"{system}-ade20k": resize_286_crop_256 for system in _SPADE_FAMILY},
    **{f"{system}-coco-stuff": resize_286_crop_256 for system in _SPADE_FAMILY},
    "ipose-ade20k": resize_256,
    "ipose-coco-stuff": resize_256,
    **{f"{system}-cityscapes": crop_256 for system in ("spmpgan", "divsem", "siedob")},
    **{f"{system}-ade20k-room": crop_256 for system in ("spmpgan", "divsem")},
    **{f"{system}-ade20k-landscape": crop_256 for system in ("spmpgan", "divsem")},
}
"""What each published system does with each data set, as ``SYSTEM-DATA``."""
