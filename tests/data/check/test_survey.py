"""Counting what is in a split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.check import survey as module
from scumble.data.check.survey import Measured, Survey, shared_pictures, survey
from scumble.data.layouts import list_split
from tests.data.check.breakers import Site, copied, moved, pixel, reworded, truncated
from tests.data.check.sets import FORMS, HEIGHT, WIDTH, build, draw, load, save

SKY, ROAD, CAR, VOID = 0, 3, 8, 11


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """CamVid with two scenes in each of two splits."""
    return Site(build("camvid", tmp_path), "camvid")


def surveyed(site: Site, split: str = "train") -> Survey:
    return survey(list_split(site.root, split))


def test_pixels_pictures_instances_and_sizes_are_counted(site: Site) -> None:
    found = surveyed(site)
    expected = np.zeros(12, np.int64)
    for n in range(2):
        np.add.at(expected, np.array([SKY, ROAD, CAR])[draw(0, n).regions], 1)
    assert np.array_equal(found.pixels, expected)
    assert found.pictures[[SKY, ROAD, CAR]].tolist() == [2, 2, 2]
    assert found.pictures.sum() == 6
    assert found.instances == 6
    assert found.sizes == {(WIDTH, HEIGHT): 2}
    assert len(found.digests) == 2
    assert found.errors == []
    assert found.dont_care_share == 0


def test_the_share_of_pixels_that_do_not_count_is_measured_and_remarked_upon(site: Site) -> None:
    labels = load(site.path("labels"))
    labels[:] = VOID
    save(site.path("labels"), labels)
    save(site.path("instances"), labels.astype(np.uint16))
    labels = load(site.path("labels 1"))
    labels[-1] = VOID
    save(site.path("labels 1"), labels)
    found = surveyed(site)
    assert found.dont_care_share == (WIDTH * HEIGHT + WIDTH) / (2 * WIDTH * HEIGHT)
    assert "52% of the pixels are don't-care and teach nothing" in found.warnings


def test_classes_that_are_absent_or_rare_are_named(site: Site) -> None:
    found = surveyed(site)
    assert "building" in found.unused()
    assert "void" not in found.unused()
    assert found.rare() == []
    found.pixels[:] = [9_999, 1, 0, 99_980, *[20] * 8]
    assert found.rare() == ["building"]
    assert found.unused() == ["pole"]


def test_a_scene_that_cannot_be_read_does_not_count(site: Site) -> None:
    truncated("image")(site)
    found = surveyed(site)
    assert len(found.errors) == 1
    assert str(site.path("image")) in found.errors[0]
    assert found.pixels.sum() == WIDTH * HEIGHT
    assert found.instances == 3


def test_problems_of_the_listing_are_errors(site: Site) -> None:
    moved("labels", "elsewhere.png")(site)
    found = surveyed(site)
    assert len(found.errors) == 1
    assert "train.txt, line 1" in found.errors[0]


def test_the_same_picture_twice_in_a_split_is_a_warning(site: Site) -> None:
    copied("image", FORMS["camvid"].path("image", 1))(site)
    found = surveyed(site)
    assert found.errors == []
    assert any(
        f"{site.path('image 1')} is the same picture as {site.path('image')}" in w for w in found.warnings
    )


def test_a_line_that_stands_twice_in_a_list_is_a_warning(site: Site) -> None:
    reworded("train.txt", "train/1.png trainannot/1.png", "train/0.png trainannot/0.png")(site)
    assert any("counts twice" in warning for warning in surveyed(site).warnings)


def test_every_picture_that_splits_share_has_a_message(site: Site) -> None:
    form = FORMS["camvid"]
    for n in range(2):
        copied(form.path("image", n), form.path("image", 1 - n, 1))(site)
    train, val = surveyed(site), surveyed(site, "val")
    said = shared_pictures([train, val])
    assert len(said) == 2
    for n in range(2):
        names = f"({site.path(f'image {n}')} and {site.root / form.path('image', 1 - n, 1)})"
        assert any("'train' and 'val' share a picture" in message and names in message for message in said)
    assert shared_pictures([train]) == []


def test_other_compression_of_the_same_pixels_is_the_same_picture(site: Site) -> None:
    Image.fromarray(load(site.path("image"))).save(site.path("image 1"), compress_level=0)
    assert site.path("image").read_bytes() != site.path("image 1").read_bytes()
    assert len(surveyed(site).digests) == 1


def test_any_number_of_workers_finds_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    pixel("labels", 7, 5, 99)(site)
    copied("image 1", FORMS["camvid"].path("image"))(site)
    listing = list_split(site.root, "train")
    alone = survey(listing, 1)
    monkeypatch.setattr(module, "_FEW", 1)
    shared = survey(listing, 2)
    assert len(alone.errors) == 1
    assert shared.errors == alone.errors
    assert shared.warnings == alone.warnings
    assert np.array_equal(shared.pixels, alone.pixels)
    assert np.array_equal(shared.pictures, alone.pictures)
    assert (shared.instances, shared.sizes, shared.digests) == (alone.instances, alone.sizes, alone.digests)


def test_progress_is_told_scene_by_scene(site: Site) -> None:
    seen = []

    def watch(scenes: Iterable[Measured]) -> Iterator[Measured]:
        for scene in scenes:
            seen.append(scene.size)
            yield scene

    survey(list_split(site.root, "train"), watch=watch)
    assert seen == [(WIDTH, HEIGHT)] * 2
