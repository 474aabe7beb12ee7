"""One project is not mixed up with another, whatever is opened while something else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.editor import Editor, Held, Place

MAPS = "**/labels.png?maps=*"
TREE = [(60, 20), (80, 60)]


@pytest.fixture(autouse=True)
def brush(editor: Editor) -> None:
    editor.choose("tree", "brush")


def choose_same_photo(editor: Editor) -> None:
    """Have another project made of the same photo, and do not wait for it."""
    editor.page.click("#open")
    editor.page.click("text=The photo has a label map already")
    editor.page.set_input_files("#photo-labels", editor.place.labels)
    editor.page.set_input_files("#photo-file", editor.place.photo)


@contextmanager
def another_loads(editor: Editor) -> Iterator[None]:
    """Another project comes at the end, and the present one can be seen and changed until then."""
    with Held(editor.page, MAPS) as maps:
        choose_same_photo(editor)
        maps.wait(1)
        editor.page.keyboard.press("Escape")
        yield


def test_what_is_done_while_another_project_loads_is_done_to_the_first(editor: Editor) -> None:
    page, first = editor.page, editor.project
    with another_loads(editor):
        editor.drag(TREE)
        editor.expect_operations(1)
    editor.expect_operations(0)
    assert editor.project != first
    page.select_option("#samples", "3")
    assert editor.operations() == []
    assert [operation["operation"] for operation in editor.edit(first)["operations"]] == ["brush"]


def test_of_projects_that_are_opened_at_once_the_last_one_comes(editor: Editor) -> None:
    page, first = editor.page, editor.project
    page.click("#open")
    page.click("text=An empty map")
    page.fill("#blank-width", "64")
    page.fill("#blank-height", "64")
    page.click("#blank-go")
    editor.expect_status("64 x 64")
    second = editor.project
    page.keyboard.press("Control+z")
    editor.expect_status("There is nothing to undo.")
    with Held(page, f"**/{first}/labels.png*") as maps:
        page.click("#open")
        rows = page.locator("#project-list button.plain")
        rows.nth(1).click()
        maps.wait(1)
        rows.nth(0).click()
        editor.expect(page.locator("#start")).to_be_hidden()
        editor.expect_status("64 x 64")
        with page.expect_response(f"**/{first}/labels.png*"):
            maps.release()
    editor.settle()
    page.fill("#seed", "5")
    page.keyboard.press("Enter")
    editor.expect_status("64 x 64")
    assert editor.project == second
    assert editor.operations() == []
    assert (editor.edit(first)["choices"]["seed"], editor.edit()["choices"]["seed"]) == (0, 5)


def test_a_project_that_cannot_be_read_leaves_the_present_one_as_it_is(editor: Editor) -> None:
    page, first = editor.page, editor.project
    editor.drag(TREE)
    editor.expect_operations(1)
    page.route(
        "**/photo.png", lambda route: route.fulfill(status=500, json={"detail": "The disk is broken."})
    )
    choose_same_photo(editor)
    editor.expect(page.locator("#start-error")).to_have_text("The disk is broken.")
    page.click("#start-close")
    editor.drag([(150, 20), (180, 60)])
    editor.expect_operations(2)
    assert editor.project == first
    assert len(editor.operations()) == 2


def test_a_stroke_that_is_being_drawn_is_not_drawn_in_the_next_project(editor: Editor) -> None:
    page, first = editor.page, editor.project
    with another_loads(editor):
        page.mouse.move(*editor.at(TREE[0]))
        page.mouse.down()
        page.mouse.move(*editor.at(TREE[1]))
    page.wait_for_function("first => location.hash !== `#${first}`", arg=first)
    page.mouse.up()
    editor.click((200, 20))
    editor.expect_operations(1)
    assert [len(operation["points"]) for operation in editor.operations()] == [1]


def test_the_last_picture_is_shown_again_after_a_reload(editor: Editor, place: Place) -> None:
    page = editor.page
    page.click("#tool-select")
    editor.click(place.car)
    page.click("#object-delete")
    editor.expect_operations(1)
    page.click("#paint")
    canvas = page.locator("#canvas")
    editor.expect(canvas).to_have_attribute("data-picture", "full")
    editor.reload()
    editor.expect(page.locator(".card")).to_have_attribute("aria-pressed", "true")
    editor.expect(canvas).to_have_attribute("data-picture", "full")
