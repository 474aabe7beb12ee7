"""What is said of label maps that cannot be used."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from scumble.errors import LabelError
from scumble.label_space import LabelSpace

CAMVID = LabelSpace.load("camvid")
WITHOUT = LabelSpace("without", CAMVID.classes, None)
PLACE = r"at x=\d+, y=\d+"


@pytest.fixture
def labels() -> NDArray[np.int64]:
    """Regions of 12 x 12 pixels."""
    return np.random.default_rng(0).integers(0, 12, (6, 8)).repeat(12, 0).repeat(12, 1)


def refusal(picture: NDArray[np.uint8], space: LabelSpace = CAMVID) -> str:
    with pytest.raises(LabelError) as caught:
        space.ids_of(picture, "a.png")
    message = str(caught.value)
    assert message.startswith("a.png ")
    assert message.endswith(".")
    assert f"label space {space.name!r}" in message
    return message


@pytest.mark.parametrize(
    "method", [Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS]
)
@pytest.mark.parametrize("size", [(50, 40), (140, 100)])
def test_a_smoothed_map_is_recognized(
    labels: NDArray[np.int64], method: Image.Resampling, size: tuple[int, int]
) -> None:
    message = refusal(np.asarray(Image.fromarray(CAMVID.colorize(labels)).resize(size, method)))
    assert "as resampling with smoothing, blended borders or lossy compression leave them" in message
    assert "export it again with nearest neighbour" in message


@pytest.mark.parametrize("quality", [40, 95])
def test_a_map_that_was_a_jpeg_is_recognized(labels: NDArray[np.int64], quality: int) -> None:
    stream = io.BytesIO()
    Image.fromarray(CAMVID.colorize(labels)).save(stream, "JPEG", quality=quality)
    assert "lossy compression" in refusal(np.asarray(Image.open(stream)))


def test_one_blended_pixel_is_named_with_place_color_class_and_share(labels: NDArray[np.int64]) -> None:
    picture = CAMVID.colorize(labels)
    picture[31, 17] = (126, 64, 130)
    assert refusal(picture).startswith(
        "a.png has the color (126, 64, 130) at x=17, y=31, which no class of label space 'camvid' has "
        "(nearest: 'road' (128, 64, 128)), and 1 of 6,912 pixels (0.01%) have such colors"
    )


def test_a_map_in_the_colors_of_another_label_space_is_recognized(labels: NDArray[np.int64]) -> None:
    picture = LabelSpace.load("cityscapes-train").colorize(labels)
    message = refusal(picture)
    assert message.startswith("a.png has colors that no class of label space 'camvid' has: (")
    assert message.count("first at x=") == 3
    assert message.count("; nearest: '") == 3
    assert "more; " in message
    assert "choose the label space that the map was colored for, or give a class table" in message


def test_a_class_that_the_label_space_lacks_is_named(labels: NDArray[np.int64]) -> None:
    picture = CAMVID.colorize(labels)
    picture[24:36, 12:24] = (255, 0, 255)
    assert (
        "(255, 0, 255) (first at x=12, y=24; 144 pixels; nearest: 'road' (128, 64, 128)); 144 of 6,912 "
        "pixels (2.08%) have such; expected"
    ) in refusal(picture)


def test_a_photograph_is_recognized() -> None:
    smooth = np.random.default_rng(1).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    photograph = np.asarray(Image.fromarray(smooth).resize((160, 120), Image.Resampling.BICUBIC))
    message = refusal(photograph)
    assert message.startswith("a.png looks like a photograph: ")
    assert "different ones (first (" in message
    assert "give the label map of the photograph here" in message


def test_a_mask_in_three_channels_is_recognized() -> None:
    mask = np.zeros((4, 5, 3), np.uint8)
    mask[1:3, 1:3] = 255
    assert "has only the values 0 and 255, which looks like a mask" in refusal(mask)


def test_ids_in_three_channels_are_recognized(labels: NDArray[np.int64]) -> None:
    message = refusal(np.repeat(labels[..., None], 3, axis=2).astype(np.uint8))
    assert message.startswith("a.png is grey in three channels")
    assert "if the grey values are the ids, save them as a single-channel PNG" in message


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (9, 1, 3)])
def test_the_thinnest_pictures_are_refused_in_words(shape: tuple[int, int, int]) -> None:
    picture = np.zeros(shape, np.uint8)
    picture[-1, -1] = (1, 2, 3)
    assert f"has the color (1, 2, 3) at x={shape[1] - 1}, y={shape[0] - 1}" in refusal(picture)


def test_a_color_of_several_classes_names_them_and_the_place() -> None:
    city = LabelSpace.load("cityscapes")
    picture = city.colorize(np.array([[0, 7, 18], [18, 7, 7]]))
    assert refusal(picture, city).startswith(
        "a.png has the color (153, 153, 153) at x=2, y=0, which is that of 'pole' and 'polegroup' in label "
        "space 'cityscapes' (2 of 6 pixels (33.33%) have a color of several classes)"
    )


def test_wrong_values_are_told_with_a_remedy() -> None:
    def said(values: list[int], space: LabelSpace = CAMVID) -> str:
        with pytest.raises(LabelError) as caught:
            space.check(np.array([values]), "a.png")
        return str(caught.value)

    assert said([3, 12]).endswith(
        "'camvid': 12 (first at x=1, y=0; 1 pixels); expected 0..11; the ids look as if counted from 1: "
        "subtract 1 from all, or choose the label space that the map was made for."
    )
    assert "use 11 ('void') where the class is unknown, or choose" in said([0, 12])
    assert "use 11 ('void') where the class is unknown, or choose" in said([1, 12, 255])
    assert said([0, 12], WITHOUT).endswith(
        "expected 0..11; choose the label space that the map was made for."
    )
    assert said([1, 255]).endswith(
        "255 looks like a \"don't care\" id: write 11 ('void') instead, or describe the data set in a TOML "
        "file with dont_care = 255."
    )
    assert "give the label space a don't-care class, or describe" in said([1, 255], WITHOUT)
    assert "-1 (first at x=0, y=0; 2 pixels)" in said([-1, -1, 3])
