"""Two objects are made one by a click, and one made two by a line across it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.browser.editor import Editor, Place
from tests.browser.test_layout import check_layout

CARS = [(60, 20, 100, 50), (101, 20, 140, 50)]
"""First and last columns and rows of two cars in the sky that touch."""
PLACES = [(80, 35), (120, 35)]


def two_cars(editor: Editor) -> None:
    """Draw them."""
    editor.open()
    editor.tab("picture")
    editor.page.uncheck("#live")
    editor.tab("classes")
    editor.page.uncheck("#grow")
    for left, top, right, bottom in CARS:
        editor.choose("car", "rectangle")
        editor.drag([(left, top), (right, bottom)])
    editor.expect_operations(2)
    editor.page.click("#tool-select")
    editor.click(PLACES[0])
    editor.tab("object")


def car_ids(editor: Editor) -> list[int]:
    """The instances at the two places, as the server has them."""
    red, green, blue = (editor.server_map("edited/instances")[..., k].astype(int) for k in range(3))
    return [int(65536 * red[y, x] + 256 * green[y, x] + blue[y, x]) for x, y in PLACES]


def test_touching_cars_are_merged_and_split_again_and_undone_to_the_byte(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (1280, 800))
    two_cars(editor)
    page, title = editor.page, editor.page.locator("#object-title")
    before, first = editor.map(), editor.server_map("edited/instances")
    page.click("#object-merge")
    editor.expect_status("Click another car.")
    editor.click((10, 5))
    editor.expect_status("Choose a single object; building is none.")
    editor.click(PLACES[1])
    editor.expect_operations(3)
    editor.expect_status("Merged into car#")
    editor.expect(page.locator("#object-merge")).to_have_attribute("aria-pressed", "false")
    editor.expect(title).to_contain_text(f"{81 * 31} pixels")
    assert len(set(car_ids(editor))) == 1
    page.click("#object-split")
    editor.expect_status("Draw a line across car#")
    editor.drag([(70, 10), (70, 30)])
    editor.expect_status("The line does not part car#")
    editor.drag([(100, 10), (101, 60)])
    editor.expect_operations(4)
    editor.expect_status("Split into 2 objects.")
    assert len(set(car_ids(editor))) == 2
    assert [entry["operation"] for entry in editor.operations()] == ["rectangle"] * 2 + ["merge", "split"]
    assert (editor.map() == before).all(), "labels do not change"
    assert np.count_nonzero(editor.server_map("edited/mask")) == 81 * 31, "nor what is painted anew"
    for count in (3, 2):
        page.keyboard.press("Control+z")
        editor.expect_operations(count)
    assert len(editor.operations()) == 2
    assert (editor.server_map("edited/instances") == first).all()
    assert (editor.map() == before).all()
    editor.close()


def test_keys_merge_and_split_and_escape_keeps_the_object(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (1280, 800))
    two_cars(editor)
    page = editor.page
    page.keyboard.press("x")
    editor.expect(page.locator("#object-split")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    editor.expect(page.locator("#object-split")).to_have_attribute("aria-pressed", "false")
    editor.expect(page.locator("#object-title")).to_contain_text("car#")
    page.keyboard.press("x")
    page.keyboard.press("b")
    editor.expect(page.locator("#object-split")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("x")
    page.focus("#canvas")
    for key in ("ArrowUp", "Enter"):
        page.keyboard.press(key)
    editor.expect(page.locator("#announcer")).to_have_text("Corner set.")
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    editor.expect_status("The line does not part")
    editor.close()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_modes_do_not_disturb_the_layout(browser: Any, place: Place, size: tuple[int, int]) -> None:
    editor = Editor(browser, place, size, touch=size[0] < 500)
    two_cars(editor)
    for mode in ("merge", "split"):
        editor.page.click(f"#object-{mode}")
        check_layout(editor, size, mode)
    editor.drag([(80, 15), (81, 60)])
    editor.expect_status("Split into 2 objects.")
    check_layout(editor, size, "after a split")
    editor.close()
