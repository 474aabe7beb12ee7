"""Parts of one object."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.data.parts.assembly import assemble, class_codes, is_kept
from scumble.data.parts.recipe import Band, ByHeight, Keep, Outline, Pieces, Recipe, RecipePart

IDS = {"none": 0, "shirt": 1, "trousers": 2, "skin": 3, "ring": 4, "wall": 5}
PARTS = (RecipePart("top", ("shirt",)), RecipePart("leg", ("trousers",)))
BANDS = (Band("top", 0.4), Band("leg", 1.0))


def recipe(**options: object) -> Recipe:
    return Recipe(1, "picture", PARTS, **options)  # type: ignore[arg-type]


def assembled(labels: np.ndarray, of: Recipe) -> tuple[np.ndarray, np.ndarray]:
    codes = class_codes(of, IDS)[labels]
    return assemble(codes > 0, codes, of)


def test_classes_become_the_parts_that_name_them_and_others_nothing() -> None:
    silhouette, parts = assembled(np.array([[1, 5, 2], [0, 4, 1]]), recipe())
    assert parts.tolist() == [[1, 0, 2], [0, 0, 1]]
    assert np.array_equal(silhouette, parts > 0)


def test_patches_are_the_part_at_their_middle() -> None:
    labels = np.full((10, 5), 2)
    labels[0:3, 1] = 3  # in the upper band
    labels[3:8, 3] = 3  # begins in it, but its middle lies below
    parts = assembled(labels, recipe(by_height=ByHeight(("skin",), BANDS)))[1]
    assert parts[:, 1].tolist() == [1] * 3 + [2] * 7
    assert (parts[:, 3] == 2).all()


def test_long_patches_are_cut_at_the_bands() -> None:
    labels = np.full((10, 3), 2)
    labels[1:9, 1] = 3
    parts = assembled(labels, recipe(by_height=ByHeight(("skin",), BANDS, longest=0.5)))[1]
    assert parts[:, 1].tolist() == [2, 1, 1, 1, 2, 2, 2, 2, 2, 2]


def test_small_things_are_the_part_that_lies_nearest() -> None:
    labels = np.array([[1, 1, 4, 4, 4, 4, 4, 2]])
    parts = assembled(labels, recipe(touching=("ring",)))[1][0].tolist()
    assert parts[:4] == [1] * 4
    assert parts[5:] == [2] * 3


def test_small_things_alone_are_no_part() -> None:
    silhouette, parts = assembled(np.array([[4, 4]]), recipe(touching=("ring",)))
    assert silhouette.all()
    assert not parts.any()


def test_an_outline_closes_gaps_and_fills_holes_but_not_bays() -> None:
    labels = np.ones((40, 40), dtype=np.int64)
    labels[19:21, :30] = 0  # a gap
    labels[30:38, 5:15] = 0  # a hole
    labels[:15, 10:30] = 0  # a bay
    silhouette, parts = assembled(labels, recipe(outline=Outline(0.1, "leg")))
    assert (parts[19:21, 5:30] == 2).all()
    assert (parts[30:38, 5:15] == 2).all()
    assert not silhouette[:9, 16:24].any()
    assert (parts[labels == 1] == 1).all()
    assert np.array_equal(silhouette, parts > 0)


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (Keep(), True),
        (Keep(share=0.3), True),
        (Keep(share=0.31), False),
        (Keep(height=0.5), True),
        (Keep(height=0.6), False),
        (Keep(coverage=0.5), True),
        (Keep(coverage=0.6), False),
        (Keep(solidity=0.75), True),
        (Keep(solidity=0.95), False),
        (Keep(pieces=(Pieces("leg", 2),)), True),
        (Keep(pieces=(Pieces("leg", 3),)), False),
        (Keep(pieces=(Pieces("leg"), Pieces("top"))), True),
    ],
)
def test_objects_are_kept_as_the_recipe_says(keep: Keep, kept: bool) -> None:
    parts = np.ones((10, 20), dtype=np.uint8)
    parts[3:5, 3:5] = parts[7:9, 7:9] = 2
    parts[:5, 10:] = 0  # an L: 150 pixels, its hull has 175
    assert is_kept(parts > 0, parts, 75, recipe(keep=keep), 500) is kept
