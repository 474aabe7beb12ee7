"""Painting pictures from label maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image

from scumble.allocator import has_painted
from scumble.checkpoint import Checkpoint
from scumble.errors import ConfigError, InputError
from scumble.models.ipose.generator import IPOSEGenerator
from scumble.models.ipose.inference import PartInference, with_parts
from scumble.models.ipose.painting import ipose_painter
from scumble.models.oasis.generator import OASISGenerator
from scumble.models.oasis.painting import oasis_painter
from scumble.models.partnet.supports import SupportStore
from scumble.nn.inference import Precision, autocast, painting_type, prepare, usable_device
from scumble.nn.pictures import to_8bit
from scumble.pipelines.maps import expect_same_size, map_batch, padded, resized, working_size
from scumble.pipelines.parts import categories_of, part_inference, parts_of_map
from scumble.pipelines.tiles import tiles
from scumble.scene import MAX_PARTS, UNKNOWN_PART, IdArray, ImageArray


@dataclass(frozen=True, eq=False)
class Synthesis:
    """Pictures of one map.

    Attributes:
        images: ``[H, W, 3]`` each, one for each seed.
        parts: the part of every pixel that the pictures follow, ``[H, W]`` 0..8; None without parts.
        painted_size: height and width at which the network painted them.
    """

    images: tuple[ImageArray, ...]
    parts: IdArray | None
    painted_size: tuple[int, int]


class SynthesisSession:
    """Pictures of maps by one network.

    A network knows objects of the size that they have in its training pictures. A map whose shorter side is
    longer than theirs is shrunk to it, and what is painted is enlarged again. A map that is longer than 512
    pixels even then is painted in overlapping tiles of this side, with the same noise.

    What PartNet sees in the support maps is kept, and so are the last two maps with their pictures: what was
    painted before an edit serves the next one. A session serves one thread.

    Args:
        checkpoint: of a synthesis system; its network is prepared for inference, and can then not be saved.
        device: where to compute.
        precision: in what numbers.
        supports: example part maps, in place of those of the checkpoint.
        native: paint maps at their own size, however large they are.

    Raises:
        ConfigError: the checkpoint does not paint from maps, lacks supports, or the device cannot be used.
        DataError: a category has no supports.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        device: str = "cpu",
        *,
        precision: Precision = "float32",
        supports: SupportStore | None = None,
        native: bool = False,
    ) -> None:
        self.checkpoint, self.device, self.native = checkpoint, usable_device(device), native
        self.network = _synthesizer(checkpoint)
        self.categories = categories_of(checkpoint)
        prepare(self.network.to(self.device), painting_type(precision, self.device))
        self._infer: PartInference | None = None
        if isinstance(self.network, IPOSEGenerator):
            self._infer = part_inference(checkpoint, supports, self.categories)
        self._last: list[tuple[_Wanted, Synthesis]] = []

    @torch.inference_mode()
    def __call__(
        self,
        labels: IdArray,
        instances: IdArray,
        seeds: Sequence[int],
        *,
        parts: IdArray | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> Synthesis:
        """Paint a label map.

        Args:
            labels: ``[H, W]``, ids of the checkpoint's label space; any size.
            instances: ``[H, W]``, in scumble's numbering.
            seeds: one picture each; a seed gives the same picture alone and among others.
            parts: the part of every pixel, ``[H, W]`` 0..8, in place of the inferred ones; `UNKNOWN_PART`
                where they are to be inferred.
            progress: called after every picture.

        Raises:
            LabelError: an id is outside the label space.
            InputError: the maps differ in size, or a part is beyond 8.
        """
        self.checkpoint.label_space.check(labels)
        _check_parts(parts, labels)
        expect_same_size(labels, instances)
        wanted = _Wanted(labels, instances, parts, tuple(seeds))
        found = next((synthesis for known, synthesis in self._last if known.equals(wanted)), None)
        if found is None:
            with autocast(self.network):
                found = self._painted(wanted, progress)
            has_painted()
        else:
            for _ in seeds:
                progress()
        others = [(known, synthesis) for known, synthesis in self._last if synthesis is not found]
        self._last = [*others, (wanted, found)][-2:]
        return found

    @torch.inference_mode()
    def parts(self, labels: IdArray, instances: IdArray) -> IdArray:
        """Infer the parts of all objects of a map, as `scumble.pipelines.parts.infer_parts`.

        Raises:
            ConfigError: the checkpoint has no PartNet.
        """
        if self._infer is None:
            raise ConfigError(
                f"The checkpoint is of {self.checkpoint.system}, which infers no parts; give one of ipose."
            )
        with autocast(self.network):
            return parts_of_map(self._infer, labels, instances, self.categories, self.device)

    def _painted(self, wanted: _Wanted, progress: Callable[[], None]) -> Synthesis:
        size, parts = wanted.size, wanted.parts
        painted = size if self.native else working_size(self.network.config.shorter_side, *size)
        small = wanted.resized(painted)
        canvases = [np.zeros((*painted, 3), np.uint8) for _ in wanted.seeds]
        shown = np.zeros(painted, np.int32)
        grid = list(tiles(*painted))
        for tile in grid:
            paint, followed = self._painter(small.cut(tile.place))
            for canvas, seed in zip(canvases, wanted.seeds, strict=True):
                tile.blend(canvas, paint(seed))
                if tile is grid[-1]:
                    progress()
            if followed is not None:
                shown[tile.place] = followed
        images = tuple(_enlarged(canvas, size) for canvas in canvases)
        if self._infer is None:
            return Synthesis(images, None, painted)
        whole = resized(shown, size)
        return Synthesis(
            images, whole if parts is None else np.where(parts == UNKNOWN_PART, whole, parts), painted
        )

    def _painter(self, wanted: _Wanted) -> tuple[Callable[[int], ImageArray], IdArray | None]:
        """How maps are painted with a seed, and the part of every pixel ``[H, W]`` that this follows."""
        height, width = wanted.size
        batch = map_batch(wanted.labels, wanted.instances, self.categories).to(self.device)
        followed = None
        if isinstance(self.network, OASISGenerator):
            painter = oasis_painter(self.network)
        else:
            assert self._infer is not None
            found = self._infer(batch)
            parts = found.parts
            if wanted.parts is not None:
                given = torch.from_numpy(padded(wanted.parts)).long()[None].to(self.device)
                parts = torch.where(given == UNKNOWN_PART, parts, given)
                found = with_parts(found, parts)
            followed = parts[0, :height, :width].cpu().numpy().astype(np.int32)
            # The features that PartNet found are large, and no longer needed.
            modulating = self.network.modulating(found)
            painter = ipose_painter(self.network, lambda _: modulating)

        def paint(seed: int) -> ImageArray:
            picture = painter(batch, [np.random.default_rng(seed)])
            return to_8bit(picture.float()).cpu().numpy()[0, :height, :width]

        return paint, followed


@dataclass(frozen=True, eq=False)
class _Wanted:
    """Maps and seeds of pictures; parts None are to be inferred."""

    labels: IdArray
    instances: IdArray
    parts: IdArray | None
    seeds: tuple[int, ...]

    @property
    def size(self) -> tuple[int, int]:
        return self.labels.shape[0], self.labels.shape[1]

    def _with(self, change: Callable[[IdArray], IdArray]) -> _Wanted:
        parts = None if self.parts is None else change(self.parts)
        return _Wanted(change(self.labels), change(self.instances), parts, self.seeds)

    def resized(self, size: tuple[int, int]) -> _Wanted:
        return self._with(lambda ids: resized(ids, size))

    def cut(self, place: tuple[slice, slice]) -> _Wanted:
        return self._with(lambda ids: ids[place])

    def equals(self, other: _Wanted) -> bool:
        return (
            self.seeds == other.seeds
            and np.array_equal(self.labels, other.labels)
            and np.array_equal(self.instances, other.instances)
            and _same(self.parts, other.parts)
        )


def _same(a: IdArray | None, b: IdArray | None) -> bool:
    return a is b if a is None or b is None else np.array_equal(a, b)


def synthesize(
    checkpoint: Checkpoint,
    labels: IdArray,
    instances: IdArray,
    seeds: Sequence[int],
    *,
    parts: IdArray | None = None,
    supports: SupportStore | None = None,
    native: bool = False,
    device: str = "cpu",
    progress: Callable[[], None] = lambda: None,
) -> Synthesis:
    """Paint one label map: a `SynthesisSession` for once, which says what the arguments are."""
    session = SynthesisSession(checkpoint, device, supports=supports, native=native)
    return session(labels, instances, seeds, parts=parts, progress=progress)


def _enlarged(picture: ImageArray, size: tuple[int, int]) -> ImageArray:
    if picture.shape[:2] == size:
        return picture
    return np.asarray(Image.fromarray(picture).resize((size[1], size[0]), Image.Resampling.BICUBIC))


def _synthesizer(checkpoint: Checkpoint) -> OASISGenerator | IPOSEGenerator:
    """The network, which must be one that paints from maps."""
    network = checkpoint.network
    if not isinstance(network, OASISGenerator | IPOSEGenerator):
        raise ConfigError(
            f"The checkpoint is of {checkpoint.system}, which does not paint from maps alone; give one of "
            "oasis or ipose."
        )
    return network


def _check_parts(parts: IdArray | None, labels: IdArray) -> None:
    if parts is None:
        return
    if parts.shape != labels.shape:
        raise InputError(
            f"The part map is {parts.shape[1]} x {parts.shape[0]} pixels, the label map {labels.shape[1]} x "
            f"{labels.shape[0]}; expected the same size."
        )
    wrong = (parts < 0) | ((parts > MAX_PARTS) & (parts != UNKNOWN_PART))
    if wrong.any():
        y, x = np.unravel_index(int(np.argmax(wrong)), parts.shape)
        raise InputError(
            f"The part map has part {parts[y, x]} at x={x}, y={y}; expected 0 (none) to {MAX_PARTS}, or "
            f"{UNKNOWN_PART} (to be inferred)."
        )
