"""Painting in bfloat16: as good as the same for the eye, and the same pixels outside of the mask."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from scumble.checkpoint import load_checkpoint
from scumble.edit import Edit, Remove
from scumble.nn.inference import Precision
from scumble.pipelines.edit import edit_scene
from scumble.pipelines.synthesize import SynthesisSession
from scumble.streets import Streets

PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
STREET = Streets("test", 1, 128, 128)[0]


def psnr(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> Any:
    """Peak signal-to-noise ratio in dB."""
    return 10 * np.log10(255**2 / np.square(one.astype(np.float64) - other).mean())


def test_edits_by_the_shipped_checkpoint_look_the_same() -> None:
    edit = Edit((Remove("car#0"),))
    wide, narrow = (
        edit_scene(load_checkpoint("divsem-streets"), STREET, edit, precision=precision)
        for precision in PRECISIONS
    )
    mask = wide.edited.mask
    first, second = wide.samples[0].image, narrow.samples[0].image
    assert not np.array_equal(first, second)
    assert psnr(first[mask], second[mask]) > 38
    assert np.array_equal(second[~mask], STREET.image[~mask])


def test_pictures_of_maps_by_the_shipped_checkpoint_look_the_same() -> None:
    sessions = [SynthesisSession(load_checkpoint("ipose-streets"), precision=p) for p in PRECISIONS]
    first, second = (s(STREET.labels, STREET.instances, (0,)).images[0] for s in sessions)
    assert not np.array_equal(first, second)
    assert psnr(first, second) > 38
