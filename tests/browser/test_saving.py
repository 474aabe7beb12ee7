"""Whoever draws is told as long as it is not saved, and it is saved as soon as that can be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.editor import Editor, Place
from tests.browser.test_layout import check_layout

EDIT = "**/edit"
WOULD_ASK = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
"""Whether the browser would ask before it leaves the page."""


def drawing(browser: Any, place: Place, size: tuple[int, int] = (1280, 800)) -> Editor:
    """A photo is open and a tree can be drawn; nothing is painted by itself."""
    editor = Editor(browser, place, size, touch=size[0] < 500)
    editor.open()
    editor.tab("picture")
    editor.page.uncheck("#live")
    editor.choose("tree", "brush")
    return editor


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_what_is_not_saved_is_told_until_it_is_saved(
    browser: Any, place: Place, size: tuple[int, int]
) -> None:
    editor = drawing(browser, place, size)
    page, unsaved = editor.page, editor.page.locator("#unsaved")
    page.route(EDIT, lambda route: route.abort())
    editor.click((60, 30))
    editor.expect(unsaved).to_be_visible()
    editor.expect_status("The studio does not answer")
    check_layout(editor, size, "not saved")
    editor.click((100, 30))
    editor.expect_operations(2)
    editor.expect(unsaved).to_be_visible()
    assert page.evaluate(WOULD_ASK)
    page.click("#save summary")
    page.click("#save-project")
    editor.expect_status("What was done last is not saved.")
    page.click("#open")
    page.locator("#project-list button.plain").first.click()
    editor.expect(page.locator("#start-error")).to_contain_text("What was done last is not saved.")
    page.click("#start-close")
    page.unroute(EDIT)
    editor.expect(unsaved).to_be_hidden()
    editor.expect_status("Everything is saved again.")
    assert not page.evaluate(WOULD_ASK)
    assert len(editor.edit()["operations"]) == 2
    editor.close()


def test_after_a_change_in_another_tab_it_is_told_that_nothing_is_saved(browser: Any, place: Place) -> None:
    editor = drawing(browser, place)
    page, unsaved = editor.page, editor.page.locator("#unsaved")
    other = {
        "revision": editor.edit()["revision"],
        "operations": [{"operation": "remove", "selector": "car"}],
    }
    assert page.request.put(editor.edit_address(), data=other).ok
    for count in (1, 2):
        editor.click((60 * count, 30))
        editor.expect_operations(count)
        editor.expect(unsaved).to_be_visible()
    unsaved.click()
    editor.expect_status("This project was changed in another tab; reload the page to go on.")
    assert page.evaluate(WOULD_ASK)
    assert [operation["operation"] for operation in editor.edit()["operations"]] == ["remove"]
    editor.reload()
    editor.expect_operations(1)
    editor.expect(unsaved).to_be_hidden()
    editor.close()
