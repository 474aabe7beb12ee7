"""Nothing overlaps or is cut off, in a window and on a phone, and fingers work too."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.browser.editor import Editor, Place

CONTROLS = "button, select, input, summary, .class"
LISTED = ".way input, #classes, .result"
"""What fills another control, and lists whose ends may be out of sight."""

BOXES = """([controls, listed]) => [...document.querySelectorAll(controls)]
  .filter((control) => !control.matches(`${listed}, :is(${listed}) *`) && control.checkVisibility())
  .map((control) => {
    const { left, top, right, bottom } = control.getBoundingClientRect();
    return { name: control.id || control.textContent.trim(), box: [left, top, right, bottom] };
  })
  .filter(({ box }) => box[2] > box[0])"""
"""All at one moment: the page may be laid out anew between two questions."""


def check_layout(editor: Editor, size: tuple[int, int], state: str) -> None:
    """All controls lie in the window and none lies on another."""
    boxes = [(row["name"], row["box"]) for row in editor.page.evaluate(BOXES, [CONTROLS, LISTED])]
    assert len(boxes) > 15
    for name, (x0, y0, x1, y1) in boxes:
        inside = x0 >= -0.5 and y0 >= -0.5 and x1 <= size[0] + 0.5 and y1 <= size[1] + 0.5
        assert inside, f"{state}: {name} is cut off at ({x0}, {y0}, {x1}, {y1})"
    for (name, a), (other, b) in combinations(boxes, 2):
        apart = a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5
        assert apart, f"{state}: {name} {a} and {other} {b} overlap"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_no_control_overlaps_another_or_is_cut_off(browser: Any, place: Place, size: tuple[int, int]) -> None:
    editor = Editor(browser, place, size, touch=size[0] < 500)
    editor.open()
    check_layout(editor, size, "opened")
    editor.click(place.car)
    for tab in ("classes", "object", "view", "picture"):
        editor.tab(tab)
        check_layout(editor, size, f"object selected, {tab}")
    editor.tab("object")
    editor.page.click("#object-delete")
    editor.expect_status("preview")
    editor.page.click("#compare")
    check_layout(editor, size, "before and after")
    editor.close()


def test_a_finger_paints_and_two_fingers_zoom(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (390, 844), touch=True)
    editor.open()
    editor.choose("tree", "brush")
    x, y = editor.at((100, 60))
    editor.page.touchscreen.tap(x, y)
    editor.expect_operations(1)
    zoom = editor.page.locator("#zoom-value")
    before = zoom.text_content()
    touches = editor.context.new_cdp_session(editor.page)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(places)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (x, y))
    fingers("touchStart", (x, y), (x + 40, y))
    fingers("touchMove", (x - 20, y), (x + 80, y))
    fingers("touchEnd")
    editor.expect(zoom).not_to_have_text(before)
    editor.expect_operations(1)
    editor.close()


def test_the_wheel_zooms_and_the_theme_follows_the_choice(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (1280, 800))
    editor.open()
    page = editor.page
    before = page.locator("#zoom-value").text_content()
    page.mouse.move(*editor.at((100, 60)))
    page.mouse.wheel(0, -300)
    editor.expect(page.locator("#zoom-value")).not_to_have_text(before)
    page.keyboard.press("0")
    editor.expect(page.locator("#zoom-value")).to_have_text(before)
    page.keyboard.press("t")
    editor.expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    editor.reload()
    editor.expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("?")
    editor.expect(page.locator("#shortcuts kbd").first).to_be_visible()
    editor.close()
