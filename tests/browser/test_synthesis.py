"""A picture is painted from a map alone, and a part of an object taken away."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import Place
from tests.browser.editor import Editor


def test_a_map_is_painted_and_a_part_removed_and_still_is_after_a_reload(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (1280, 800))
    page = editor.page
    page.set_input_files("#labels-file", place.labels)
    editor.expect(page.locator("#start")).to_be_hidden()
    editor.expect(page.locator(".card")).to_have_count(1)
    editor.click(place.car)
    page.check("#show-parts")
    remove = page.locator("#object-parts button:not([disabled])", has_text="Remove").first
    editor.expect(remove).to_be_visible()
    part = int(remove.get_attribute("data-part"))
    remove.click()
    editor.expect_operations(1)
    editor.expect(page.locator(f"#object-parts button[data-part='{part}']")).to_be_disabled()
    editor.expect_status("ipose-tiny, seed 0")
    (operation,) = editor.operations()
    assert (operation["operation"], operation["part"]) == ("remove_part", part)
    assert operation["selector"].startswith("car#")
    editor.reload()
    editor.expect_operations(1)
    page.keyboard.press("Control+z")
    editor.expect_operations(0)
    editor.close()


def test_a_map_is_drawn_from_nothing(browser: Any, place: Place) -> None:
    editor = Editor(browser, place, (1280, 800))
    page = editor.page
    page.click("text=An empty map")
    page.fill("#blank-width", "64")
    page.fill("#blank-height", "64")
    page.click("#blank-go")
    editor.expect(page.locator("#start")).to_be_hidden()
    editor.choose("road", "fill")
    page.locator("#canvas").click()
    editor.expect_operations(1)
    assert len(set(map(tuple, editor.map().reshape(-1, 3).tolist()))) == 1
    editor.expect_status("64 x 64 · ipose-tiny")
    editor.close()
