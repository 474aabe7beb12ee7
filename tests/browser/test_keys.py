"""Keys and pens: nothing is drawn that nobody meant, and the focus stays."""

from __future__ import annotations

from tests.browser.editor import Editor


def test_a_corner_is_discarded_with_escape_and_with_the_tool(editor: Editor) -> None:
    page, told = editor.page, editor.page.locator("#announcer")
    editor.choose("tree", "rectangle")
    page.focus("#canvas")
    for key, says in (
        ("Enter", "Corner set."),
        ("Escape", "Corner discarded."),
        ("ArrowUp", ","),
        ("Enter", "Corner set."),
        ("l", "Corner set."),
        ("r", "Corner set."),
        ("ArrowUp", ","),
        ("Enter", "Corner set."),
    ):
        page.keyboard.press(key)
        editor.expect(told).to_contain_text(says)
    editor.expect_operations(0)


def test_command_enter_does_not_draw(editor: Editor) -> None:
    editor.choose("tree", "brush")
    editor.page.focus("#canvas")
    editor.page.keyboard.press("Meta+Enter")
    editor.expect_status("Change something first.")
    editor.expect_operations(0)


def test_a_class_that_is_chosen_with_a_key_keeps_the_focus(editor: Editor) -> None:
    page = editor.page
    page.focus("#search")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    options = page.locator("#classes [role=option]")
    editor.expect(options.nth(2)).to_have_attribute("aria-selected", "true")
    editor.expect(options.nth(2)).to_be_focused()
    page.keyboard.press("ArrowDown")
    editor.expect(options.nth(3)).to_be_focused()


def test_signs_behind_alt_gr_are_shortcuts_too(editor: Editor) -> None:
    page, radius = editor.page, editor.page.locator("#radius-value")
    editor.expect(radius).to_have_text("25 px")
    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
          { key: "]", ctrlKey: true, altKey: true, modifierAltGraph: true, bubbles: true }))"""
    )
    editor.expect(radius).to_have_text("31 px")


def test_a_palm_does_not_disturb_the_pen(editor: Editor) -> None:
    editor.choose("tree", "brush")
    zoom = editor.page.locator("#zoom-value").text_content()
    device = editor.context.new_cdp_session(editor.page)

    def pen(kind: str, pixel: tuple[float, float]) -> None:
        x, y = editor.at(pixel)
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        device.send("Input.dispatchMouseEvent", {**event, "pointerType": "pen"})

    def palm(kind: str, *pixels: tuple[float, float]) -> None:
        points = [dict(zip("xy", editor.at(pixel), strict=True)) for pixel in pixels]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    pen("mousePressed", (60, 30))
    palm("touchStart", (150, 90))
    pen("mouseMoved", (80, 30))
    palm("touchMove", (170, 100))
    palm("touchEnd")
    pen("mouseMoved", (100, 30))
    pen("mouseReleased", (100, 30))
    editor.expect_operations(1)
    (stroke,) = editor.operations()
    assert [stroke["points"][0], stroke["points"][-1]] == [[60, 30], [100, 30]]
    editor.expect(editor.page.locator("#zoom-value")).to_have_text(str(zoom))
