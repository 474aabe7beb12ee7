"""The published ways to a network's size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scumble.data.draws import draw
from scumble.data.preprocessing import MODES, PRESETS, Mode, Preprocessing
from scumble.errors import ConfigError, InputError
from scumble.label_space import LabelSpace
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")


def places(height: int, width: int) -> Scene:
    """A scene whose instance and part ids are the number of the pixel, and whose picture is smooth."""
    y, x = np.mgrid[:height, :width]
    image = np.stack([255 * x // width, 255 * y // height, 255 * (x + y) // (width + height)], axis=2)
    number = y * width + x
    return Scene(image.astype(np.uint8), (x + y) % 12, number, CAMVID, 2 * number)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("mode", "size", "resized"),
    [
        ("resize_and_crop", (683, 512), (286, 286)),
        ("crop", (683, 512), (683, 512)),
        ("scale_width", (683, 512), (286, 214)),  # 286 * 512 / 683 = 214.39
        ("scale_width_and_crop", (512, 683), (286, 381)),  # 381.52 is cut, not rounded
        ("scale_shortside", (683, 512), (381, 286)),
        ("scale_shortside_and_crop", (512, 683), (286, 381)),
        ("scale_shortside", (300, 300), (286, 286)),
        ("fixed", (683, 512), (256, 171)),  # 256 / 1.5 = 170.67 is rounded
        ("none", (683, 512), (672, 512)),
        ("none", (337, 47), (352, 32)),
        ("none", (5, 40), (32, 32)),
    ],
)
def test_sizes_follow_the_rounding_of_each_mode(
    mode: Mode, size: tuple[int, int], resized: tuple[int, int]
) -> None:
    assert Preprocessing(mode, aspect_ratio=1.5).resized_size(*size) == resized


def test_a_fixed_height_is_rounded_to_even_at_a_half() -> None:
    assert Preprocessing("fixed", crop_size=5, aspect_ratio=2.0).resized_size(9, 9) == (5, 2)
    assert Preprocessing("fixed", crop_size=7, aspect_ratio=2.0).resized_size(9, 9) == (7, 4)


@given(
    st.sampled_from(MODES), st.integers(30, 90), st.integers(30, 90), st.integers(30, 60), st.integers(0, 99)
)
def test_picture_and_maps_show_the_same_place(
    mode: Mode, height: int, width: int, load: int, seed: int
) -> None:
    preprocessing = Preprocessing(mode, load_size=load, crop_size=9, aspect_ratio=0.8)
    scene = preprocessing(places(height, width), rng(seed))
    assert scene.parts is not None
    y, x = np.divmod(scene.instances, width)
    assert np.array_equal(scene.parts, 2 * scene.instances)  # no id is a mixture of others
    assert np.array_equal(scene.labels, (x + y) % 12)
    assert (np.ptp(x, axis=0) == 0).all() and (np.ptp(y, axis=1) == 0).all()
    # Colors rise by 255 over the picture; the filter and the nearest pixel are off by at most two pixels.
    assert np.abs(scene.image[..., 0] - 255 * x / width).max() <= 2 * 255 / min(width, load, 9)
    assert np.abs(scene.image[..., 1] - 255 * y / height).max() <= 2 * 255 / min(height, load, 9)
    cropped, resized = (9, 9), preprocessing.resized_size(width, height)
    assert scene.size == (cropped if mode.endswith("crop") else resized)


def test_picture_and_maps_are_resized_as_pillow_does() -> None:
    scene = places(360, 512)  # to 286 columns, where rounding errors of the steps decide the 72nd
    result = Preprocessing("scale_width", load_size=286, flip=False)(scene, rng())
    size = (286, 201)
    bicubic = Image.fromarray(scene.image).resize(size, Image.Resampling.BICUBIC)
    assert np.array_equal(result.image, np.asarray(bicubic))
    for ours, before in ((result.labels, scene.labels), (result.instances, scene.instances)):
        nearest = Image.fromarray(before).resize(size, Image.Resampling.NEAREST)
        assert np.array_equal(ours, np.asarray(nearest))
    by_bytes = Image.fromarray(scene.labels.astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
    assert np.array_equal(result.labels, np.asarray(by_bytes))


def test_the_filter_of_the_picture_can_be_bilinear() -> None:
    scene = places(90, 90)
    result = Preprocessing("fixed", crop_size=40, image_filter="bilinear")(scene)
    bilinear = Image.fromarray(scene.image).resize((40, 40), Image.Resampling.BILINEAR)
    assert np.array_equal(result.image, np.asarray(bilinear))


def test_crops_have_every_place_and_half_of_the_samples_are_mirrored() -> None:
    preprocessing, scene = Preprocessing("crop", crop_size=28), places(32, 40)
    lefts, tops, mirrored = [], [], 0
    for seed in range(400):
        instances = preprocessing(scene, rng(seed)).instances
        columns = instances[0] % 40
        lefts.append(int(columns.min()))
        tops.append(int(instances[0, 0] // 40))
        mirrored += bool(columns[0] > columns[-1])
    assert set(lefts) == set(range(13))
    assert set(tops) == set(range(5))
    assert 160 < mirrored < 240
    assert max(lefts.count(i) for i in range(13)) < 60  # of 31 on average


def test_without_flip_nothing_is_mirrored_and_the_crops_are_the_same() -> None:
    scene = places(32, 40)
    with_flip, without = (Preprocessing("crop", crop_size=28, flip=flip) for flip in (True, False))
    for seed in range(30):
        mirrored, plain = with_flip(scene, rng(seed)), without(scene, rng(seed))
        assert plain.instances[0, 0] < plain.instances[0, -1]
        assert mirrored.instances.min() == plain.instances.min()


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_takes_three_numbers_from_the_stream(mode: Mode) -> None:
    source, expected = rng(7), rng(7)
    preprocessing = Preprocessing(mode, load_size=40, crop_size=32, aspect_ratio=2.0)
    scene = places(50, 60)
    preprocessing(scene, source)
    width, height = preprocessing.resized_size(60, 50)
    expected.integers(max(0, width - 32) + 1), expected.integers(max(0, height - 32) + 1), expected.random()
    assert source.random() == expected.random()


def test_a_sample_depends_on_its_number_alone() -> None:
    preprocessing = Preprocessing("resize_and_crop", load_size=40, crop_size=32)
    pictures = [places(50, 60), places(60, 50), places(45, 45)]

    def sample(number: int) -> bytes:
        index, source = draw(len(pictures), 5, number)
        return preprocessing(pictures[index], source).instances.tobytes()

    forward = [sample(number) for number in range(9)]
    assert [sample(number) for number in reversed(range(9))] == forward[::-1]
    assert len(set(forward)) == 9


@pytest.mark.parametrize("name", PRESETS)
def test_in_evaluation_nothing_is_random(name: str) -> None:
    preprocessing, scene = PRESETS[name](), places(256, 512)
    first, second = preprocessing(scene), preprocessing(scene)
    assert np.array_equal(first.image, second.image)
    assert first.size == ((512, 256) if preprocessing.aspect_ratio == 2 else (256, 256))
    assert first.instances[0, 0] < first.instances[0, -1]
    columns = first.instances[0] % 512
    if preprocessing.mode == "crop":
        assert (columns[0], columns[-1]) == (128, 383)  # the central crop
    else:
        assert columns[0] <= 1 and columns[-1] >= 510  # all of the picture


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("spade-cityscapes", (512, 256)),
        ("cc-fpse-ade20k", (256, 256)),
        ("sc-gan-coco-stuff", (256, 256)),
        ("ipose-cityscapes", (512, 256)),
        ("ipose-ade20k", (256, 256)),
        ("spmpgan-ade20k-room", (256, 256)),
        ("siedob-cityscapes", (256, 256)),
    ],
)
def test_presets_give_the_published_sizes_in_training(name: str, size: tuple[int, int]) -> None:
    samples = [PRESETS[name]()(places(256, 512), rng(seed)) for seed in range(8)]
    assert {sample.size for sample in samples} == {size}
    assert len({bool(sample.instances[0, 0] > sample.instances[0, -1]) for sample in samples}) == 2
    lefts = {int((sample.instances[0] % 512).min()) for sample in samples}
    assert (len(lefts) > 1) == (name.startswith(("cc-fpse", "sc-gan", "spmpgan", "siedob")))


def test_presets_have_their_sources() -> None:
    assert all(preset.__doc__ and "``" in preset.__doc__ for preset in PRESETS.values())


@pytest.mark.parametrize("source", [None, rng()])
def test_a_crop_that_does_not_fit_is_an_error(source: np.random.Generator | None) -> None:
    with pytest.raises(InputError, match=r"crop of 256 x 256 .* picture of 300 x 200"):
        Preprocessing("crop")(places(200, 300), source)
    with pytest.raises(InputError, match=r"picture of 286 x 143 .*572 x 286 before"):
        Preprocessing("scale_width_and_crop")(places(286, 572), source)


def test_without_parts_the_result_has_none() -> None:
    assert Preprocessing("fixed", crop_size=8)(replace(places(9, 9), parts=None)).parts is None


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "stretch"}, {"load_size": 0}, {"crop_size": -1}, {"aspect_ratio": 0}, {"image_filter": "box"}],
)
def test_impossible_wishes_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Preprocessing(**{"mode": "crop", **wrong})
