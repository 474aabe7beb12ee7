"""Outlines for objects that are added by a box."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scumble.edit import Box, Edit, Remove
from scumble.errors import CheckpointError
from scumble.label_space import LabelSpace
from scumble.outlines import MAX_OUTLINES, OutlineBank, gather_outlines, outlined
from scumble.scene import Scene

SPACE = LabelSpace.load("camvid")
CAR = SPACE.index("car")


def disc(radius: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x**2 + y**2 <= radius**2)


def scene_of(*objects: tuple[int, int, NDArray[np.bool_]]) -> Scene:
    labels = np.full((120, 200), SPACE.index("road"), np.int32)
    instances = labels.copy()
    for k, (y, x, outline) in enumerate(objects):
        window = slice(y, y + outline.shape[0]), slice(x, x + outline.shape[1])
        labels[window][outline] = CAR
        instances[window][outline] = CAR * 1000 + k
    return Scene(np.zeros((120, 200, 3), np.uint8), labels, instances, SPACE)


def half_disc(radius: int) -> NDArray[np.bool_]:
    return disc(radius)[: radius + 1]


def test_whole_objects_are_gathered_with_their_proportions() -> None:
    bank = gather_outlines([scene_of((50, 80, half_disc(25)))])
    assert bank is not None
    assert list(bank.masks) == ["car"]
    assert bank.aspects["car"].tolist() == pytest.approx([51 / 26])
    assert bank.masks["car"][0][[0, -1]].any(1).all()
    assert bank.masks["car"][0][:, [0, -1]].any(0).all()


def test_small_cut_and_scattered_objects_are_left_out() -> None:
    small, at_border = disc(5), disc(20)
    scattered = np.zeros((40, 40), np.bool_)
    scattered[:15], scattered[25:] = True, True
    assert gather_outlines([scene_of((50, 50, small), (0, 100, at_border), (60, 0, at_border))]) is None
    assert gather_outlines([scene_of((30, 30, scattered))]) is None


def test_objects_with_a_bite_are_left_out_where_whole_ones_are_known() -> None:
    bitten = disc(20)
    bitten[:, 17:24] &= np.arange(41)[:, None] > 25
    bank = gather_outlines([scene_of((20, 20, disc(20)), (20, 90, bitten))])
    assert bank is not None
    assert len(bank.masks["car"]) == 1
    assert bank.masks["car"][0].mean() == pytest.approx(disc(20).mean(), abs=0.02)


def test_the_number_of_outlines_is_limited_to_the_largest() -> None:
    scenes = [scene_of((20, 20, disc(12 + n % 3 * 5))) for n in range(3 * MAX_OUTLINES)]
    bank = gather_outlines(scenes)
    assert bank is not None
    assert len(bank.masks["car"]) == MAX_OUTLINES


def test_a_drawn_outline_fills_its_box_and_fits_its_proportions() -> None:
    wide, round_ = half_disc(30), disc(20)
    masks = np.stack([np.ones((64, 64), bool), np.tri(64, dtype=bool)])
    bank = OutlineBank(
        {"car": np.repeat(masks, 6, 0)}, {"car": np.repeat(np.array([2.0, 0.5], np.float32), 6)}
    )
    assert wide.shape != round_.shape
    rng = np.random.default_rng(0)
    flat, tall = bank.draw("car", 80, 40, rng), bank.draw("car", 40, 80, rng)
    assert flat is not None
    assert tall is not None
    assert flat.shape == (40, 80)
    assert flat.all()
    assert tall.shape == (80, 40)
    assert tall.mean() == pytest.approx(0.5, abs=0.03)
    assert bank.draw("tree", 40, 80, rng) is None


def test_draws_differ_and_depend_on_the_generator_alone() -> None:
    rng = np.random.default_rng(1)
    group = rng.random((6, 64, 64)) < 0.5
    bank = OutlineBank({"car": group}, {"car": np.ones(6, np.float32)})

    def drawn() -> list[bytes]:
        draws = (bank.draw("car", 64, 64, np.random.default_rng(seed)) for seed in range(20))
        return [draw.tobytes() for draw in draws if draw is not None]

    assert len(drawn()) == 20
    assert drawn() == drawn()
    assert len(set(drawn())) > 3


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (7, 3)])
def test_every_box_gets_an_outline(size: tuple[int, int]) -> None:
    thin = np.zeros((1, 64, 64), bool)
    thin[0, :, 31] = True
    drawn = OutlineBank({"car": thin}, {"car": np.ones(1, np.float32)}).draw(
        "car", *size, np.random.default_rng(0)
    )
    assert drawn is not None
    assert drawn.shape == (size[1], size[0])
    assert drawn.any()


def test_a_bank_survives_its_file() -> None:
    group = np.random.default_rng(2).random((5, 64, 64)) < 0.5
    bank = OutlineBank({"car": group}, {"car": np.linspace(0.5, 2, 5).astype(np.float32)})
    again = OutlineBank.from_tensors(bank.tensors())
    assert np.array_equal(again.masks["car"], group)
    assert np.array_equal(again.aspects["car"], bank.aspects["car"])


def test_boxes_that_add_an_object_get_an_outline() -> None:
    bank = OutlineBank({"car": np.tri(64, dtype=bool)[None]}, {"car": np.ones(1, np.float32)})
    full = np.ones((20, 30), bool)
    boxes = (Box(0, 0, 30, 20, "car"), Box(0, 0, 30, 20, "tree"), Box(0, 0, 30, 20))
    edit = Edit((*boxes, Box(0, 0, 30, 20, "car", outline=full), Remove("car")))
    car, tree, empty, kept, remove = outlined(edit, bank, 0).operations
    assert isinstance(car, Box)
    assert isinstance(kept, Box)
    assert car.outline is not None
    assert car.outline.shape == (20, 30)
    assert 0.3 < car.outline.mean() < 0.7
    assert Edit((tree, empty, remove)) == Edit((*boxes[1:], Remove("car")))
    assert kept.outline is not None
    assert kept.outline.all()
    assert outlined(edit, None, 0) == edit
    assert outlined(edit, bank, 0) == outlined(edit, bank, 0)


@pytest.mark.parametrize("corner", [(10, 10), (5, 20), (10**9, 10**9)])
def test_impossible_boxes_are_left_to_the_edit(corner: tuple[int, int]) -> None:
    bank = OutlineBank({"car": np.ones((1, 64, 64), bool)}, {"car": np.ones(1, np.float32)})
    edit = Edit((Box(10, 10, *corner, "car"),))
    assert outlined(edit, bank, 0) == edit


def test_foreign_tensors_are_refused() -> None:
    good = OutlineBank({"car": np.ones((2, 64, 64), bool)}, {"car": np.ones(2, np.float32)}).tensors()
    for broken in (
        {},
        {"codes": np.zeros(3, np.float32)},
        {"car.masks": good["car.masks"]},
        {**good, "car.aspects": np.zeros(2, np.float32)},
        {**good, "car.masks": np.zeros_like(good["car.masks"])},
        {**good, "car.masks": good["car.masks"][:, :3]},
    ):
        with pytest.raises(CheckpointError):
            OutlineBank.from_tensors(broken)
