"""What is painted, when, how often, and how pictures are got rid of."""

from __future__ import annotations

from tests.browser.editor import Editor, Held, Place

JOBS = "**/jobs"


def draw_car(editor: Editor) -> None:
    """A new one."""
    editor.choose("car", "rectangle")
    editor.drag([(100, 80), (140, 110)])
    editor.expect(editor.page.locator("#object-title")).to_contain_text("car#")


def test_a_double_click_paints_once(editor: Editor) -> None:
    draw_car(editor)
    with Held(editor.page, JOBS) as jobs:
        editor.page.dblclick("#paint")
        jobs.wait(1)
        jobs.release()
        editor.expect(editor.page.locator(".card")).to_have_count(1)
        assert jobs.count == 1


def test_pictures_are_deleted_and_the_keyboard_stays_at_the_next_one(editor: Editor) -> None:
    page, cards = editor.page, editor.page.locator(".card")
    draw_car(editor)
    page.select_option("#samples", "3")
    page.click("#paint")
    editor.expect(cards).to_have_count(3)
    editor.expect(cards.nth(0)).to_have_attribute("aria-pressed", "true")
    delete = page.locator(".result .delete")
    delete.nth(1).click()
    editor.expect(delete.nth(1)).to_have_text("Sure?")
    delete.nth(2).focus()
    editor.expect(delete.nth(1)).to_have_text("×")
    for number, left in ((1, 2), (0, 1)):
        delete.nth(number).focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        editor.expect(cards).to_have_count(left)
        editor.expect(cards.nth(number)).to_be_focused()
    editor.expect(page.locator("#canvas")).to_have_attribute("data-picture", "none")
    page.keyboard.press("Enter")
    editor.expect(cards).to_have_attribute("aria-pressed", "true")
    editor.expect(cards).to_be_focused()
    editor.reload()
    editor.expect(cards).to_have_count(1)


def test_models_are_not_compared_any_more_once_the_dialog_is_closed(editor: Editor) -> None:
    page = editor.page
    draw_car(editor)
    with Held(page, JOBS) as jobs:
        page.click("#side-by-side")
        editor.expect(page.locator("#compare-pictures [aria-busy]").nth(1)).to_be_visible()
        jobs.wait(1)
        page.click("#compare-dialog button")
        with page.expect_response(JOBS) as answer:
            jobs.release()
        # A quick machine has painted it before it hears of the end.
        assert editor.ended(answer.value.json()["id"])["state"] in ("cancelled", "done")
        editor.settle()
        assert jobs.count == 1


def test_a_new_object_does_not_take_the_look_of_a_removed_one(editor: Editor, place: Place) -> None:
    page = editor.page
    page.uncheck("#grow")
    editor.click(place.car)
    page.keyboard.press("Delete")
    editor.expect_operations(1)
    draw_car(editor)
    page.keyboard.press("d")
    editor.expect_operations(3)
    assert "style" not in editor.operations()[-1]
