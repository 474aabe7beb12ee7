"""The sheet of the demonstration."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFont

from scumble.pipelines.demo import SIDE, STEPS, Shown, Step, show_step
from scumble.pipelines.demo_sheet import CAPTION, GAP, MARGIN, WIDTH, close_up, demo_sheet
from tests.editing_fixture import scene, untrained

RESULT = MARGIN + 3 * (SIDE + GAP)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shown]:
    folder, checkpoint = tmp_path_factory.mktemp("steps"), untrained()
    return {
        step.name: show_step(checkpoint, step, folder / step.name, render=lambda n: scene(SIDE, SIDE, n))
        for step in STEPS
    }


def test_every_step_has_a_row(steps: dict[str, Shown]) -> None:
    one, two = demo_sheet([steps["remove"]]), demo_sheet([steps["remove"], steps["hole"]])
    assert one.shape[1] == two.shape[1] == WIDTH
    assert two.shape[0] - one.shape[0] == CAPTION + SIDE + GAP


def test_a_row_ends_with_the_result_at_its_own_size(steps: dict[str, Shown]) -> None:
    sheet = demo_sheet([steps["remove"]])
    result = steps["remove"].result.samples[0].image
    windows = np.lib.stride_tricks.sliding_window_view(sheet[:, RESULT : RESULT + SIDE, 0], SIDE, axis=0)
    assert (windows.transpose(0, 2, 1) == result[..., 0]).all((1, 2)).sum() == 1


def test_several_results_are_close_ups_that_differ(steps: dict[str, Shown]) -> None:
    sheet = demo_sheet([steps["add"]])
    cell = sheet[: -(44 + GAP), RESULT : RESULT + SIDE][-SIDE:]
    half = SIDE // 2 - 2
    corners = [cell[y : y + half, x : x + half] for y in (0, half + 4) for x in (0, half + 4)]
    assert any((corner != corners[0]).any() for corner in corners[1:])
    assert all((corner != 255).any(2).mean() > 0.9 for corner in corners)


def test_a_wide_result_keeps_its_proportions(steps: dict[str, Shown]) -> None:
    extended, usual = demo_sheet([steps["extend"]]), demo_sheet([steps["remove"]])
    width, height = steps["extend"].result.edited.scene.size
    assert usual.shape[0] - extended.shape[0] == SIDE - round(SIDE * height / width)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_title_and_sentence_fit_on_one_line(step: Step) -> None:
    title, sentence = (
        ImageFont.load_default(size).getlength(text) for size, text in ((20, step.title), (14, step.sentence))
    )
    assert 2 * MARGIN + title + GAP + sentence <= WIDTH


@pytest.mark.parametrize(
    ("rows", "columns", "box"),
    [
        ((40, 60), (40, 56), (37, 35, 25)),
        ((0, 8), (92, 100), (0, 90, 10)),
        ((0, 100), (0, 100), (0, 0, 100)),
    ],
)
def test_a_close_up_is_a_square_around_the_mask_and_inside_the_picture(
    rows: tuple[int, int], columns: tuple[int, int], box: tuple[int, int, int]
) -> None:
    image = np.arange(30_000, dtype=np.uint32).reshape(100, 100, 3).astype(np.uint8)
    mask = np.zeros((100, 100), dtype=np.bool_)
    mask[slice(*rows), slice(*columns)] = True
    top, left, side = box
    assert (close_up(image, mask) == image[top : top + side, left : left + side]).all()
