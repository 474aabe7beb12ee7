"""A picture is painted from a map alone, and a part of an object taken away."""

from __future__ import annotations

from typing import Any

from tests.browser.editor import Editor, Held, Place

JOBS = "**/jobs"


def with_parts(browser: Any, place: Place) -> tuple[Editor, Any]:
    """A map is open, its parts are shown, a car is selected; also the button that removes its first part."""
    editor = Editor(browser, place, (1280, 800))
    page = editor.page
    page.set_input_files("#labels-file", place.labels)
    editor.expect(page.locator("#start")).to_be_hidden()
    page.uncheck("#live")
    editor.click(place.car)
    page.check("#show-parts")
    remove = page.locator("#object-parts button:not([disabled])", has_text="Remove").first
    editor.expect(remove).to_be_visible()
    return editor, remove


def refuse_parts(route: Any) -> None:
    """Answer like a server with too much to do; what is painted meanwhile is of no interest."""
    if route.request.post_data_json["kind"] == "parts":
        route.fulfill(status=429, json={"detail": "16 jobs wait already."})


def test_what_was_done_to_parts_stays_where_they_cannot_be_inferred(browser: Any, place: Place) -> None:
    editor, remove = with_parts(browser, place)
    page, part = editor.page, remove.get_attribute("data-part")
    remove.focus()
    page.keyboard.press("Enter")
    editor.expect_operations(1)
    row = page.locator(".part", has=page.locator(f"[data-part='{part}']"))
    editor.expect(row.get_by_text("Paint")).to_be_focused()
    page.route(JOBS, refuse_parts)
    editor.reload()
    editor.expect_status("16 jobs wait already.")
    editor.choose("tree", "brush")
    editor.click((60, 30))
    editor.expect_status("The end of the edit list cannot be carried out.")
    page.fill("#seed", "1")
    page.keyboard.press("Enter")
    assert [operation["operation"] for operation in editor.operations()] == ["remove_part"]
    page.click("#undo")
    editor.expect_operations(0)
    page.click("#redo")
    editor.expect_status("The parts of this object are not known")
    page.unroute(JOBS)
    page.click("#tool-select")
    editor.click(place.car)
    page.check("#show-parts")
    editor.expect(page.locator(f"#object-parts button[data-part='{part}']")).to_be_enabled()
    page.click("#redo")
    editor.expect_operations(1)
    editor.expect(page.locator(f"#object-parts button[data-part='{part}']")).to_be_disabled()
    editor.close()


def test_parts_are_inferred_once_for_several_strokes(browser: Any, place: Place) -> None:
    editor, remove = with_parts(browser, place)
    page = editor.page
    page.click("#tool-brush")
    with Held(page, JOBS) as jobs:
        for count in (1, 2, 3):
            editor.click((60 * count, 20))
            editor.expect_operations(count)
        jobs.wait(1)
        editor.settle()
        assert jobs.count == 1
        jobs.release()
        page.click("#tool-select")
        editor.click(place.car)
        editor.expect(remove).to_be_visible()
        assert jobs.count == 2, "the first was of an older map"
    editor.close()


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
