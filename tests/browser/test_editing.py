"""A photo is opened, labelled, edited and saved in the real page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble.label_space import LabelSpace
from tests.browser.editor import Editor, Place

CAMVID = LabelSpace.load("camvid")
SCREEN = (1280, 800)


@pytest.fixture
def editor(browser: Any, place: Place) -> Iterator[Editor]:
    opened = Editor(browser, place, SCREEN)
    yield opened
    opened.close()


def test_a_photo_is_labelled_by_itself_and_a_car_is_picked_and_removed(editor: Editor, place: Place) -> None:
    editor.open(labels=False)
    editor.expect_status("what is where, as far as a small network can tell")
    editor.choose_checkpoint("divsem-tiny")
    editor.click(place.car)
    editor.expect(editor.page.locator("#object-title")).to_contain_text("car#")
    editor.page.click("#object-delete")
    editor.expect_status("preview")
    (operation,) = editor.operations()
    assert operation["operation"] == "remove"
    assert operation["selector"].startswith("car#")
    x, y = place.car
    assert tuple(editor.map()[y, x]) != CAMVID.classes[CAMVID.index("car")].color


def test_a_car_is_added_in_three_styles(editor: Editor) -> None:
    editor.open()
    editor.choose("car", "rectangle")
    editor.drag([(100, 80), (140, 110)])
    editor.expect(editor.page.locator("#object-title")).to_contain_text("car#")
    editor.page.select_option("#samples", "3")
    editor.page.click("#paint")
    editor.expect(editor.page.locator(".card")).to_have_count(3)
    pictures = []
    for number in range(3):
        editor.page.locator(".card").nth(number).click()
        editor.expect(editor.page.locator(".card").nth(number)).to_have_attribute("aria-pressed", "true")
        pictures.append(np.asarray(Image.open(editor.save("picture")).convert("RGB")))
    photo = np.asarray(Image.open(editor.place.photo))
    outside = np.ones(photo.shape[:2], dtype=np.bool_)
    outside[80:111, 100:141] = False
    assert all((picture[outside] == photo[outside]).all() for picture in pictures)
    assert any((picture != pictures[0]).any() for picture in pictures[1:])


def test_what_is_painted_is_previewed_and_undone_to_the_byte(editor: Editor) -> None:
    editor.open()
    before = editor.map()
    editor.choose("tree", "brush")
    editor.drag([(60, 20), (80, 60), (90, 100)])
    editor.expect_status("preview")
    editor.choose("car", "lasso")
    editor.drag([(150, 60), (200, 60), (200, 100), (150, 100)])
    editor.choose("sky", "fill")
    editor.click((180, 80))
    editor.page.click("#tool-eraser")
    editor.drag([(60, 20), (70, 40)])
    editor.expect_operations(4)
    names = [operation["operation"] for operation in editor.operations()]
    assert names == ["brush", "polygon", "fill", "erase"]
    after = editor.map()
    assert (after != before).any()
    page, server = after, editor.server_map("edited/labels")[..., 2]
    assert (page == CAMVID.palette[server]).all(), "page and server have the same map"
    for _ in range(4):
        editor.page.keyboard.press("Control+z")
    editor.expect_operations(0)
    assert (editor.map() == before).all()
    assert editor.operations() == []


def test_undone_actions_come_back_after_a_reload(editor: Editor) -> None:
    editor.open()
    editor.choose("tree", "brush")
    for number in range(5):
        editor.click((20 + 40 * number, 30))
    editor.expect_operations(5)
    drawn = editor.map()
    editor.page.keyboard.press("Control+z")
    editor.page.keyboard.press("Control+z")
    editor.expect_operations(3)
    assert len(editor.operations()) == 3
    editor.reload()
    editor.expect_operations(3)
    editor.page.click("#redo")
    editor.page.click("#redo")
    editor.expect_operations(5)
    assert (editor.map() == drawn).all()


def test_a_project_is_saved_and_opened_again(editor: Editor) -> None:
    editor.open()
    editor.choose("pedestrian", "rectangle")
    editor.drag([(100, 60), (110, 90)])
    editor.page.click("#paint")
    editor.expect(editor.page.locator(".card")).to_have_count(1)
    drawn, before = editor.map(), editor.page.url
    project = editor.save("project")
    editor.page.click("#open")
    editor.page.set_input_files("#archive-file", project)
    editor.expect(editor.page.locator("#start")).to_be_hidden()
    editor.expect_operations(1)
    editor.expect(editor.page.locator(".card")).to_have_count(1)
    assert editor.page.url != before
    assert (editor.map() == drawn).all()


def test_a_long_job_is_cancelled(editor: Editor) -> None:
    editor.open(checkpoint="divsem-streets")
    editor.page.uncheck("#live")
    editor.choose("car", "rectangle")
    editor.drag([(40, 40), (200, 120)])
    editor.page.select_option("#samples", "12")
    with editor.page.expect_response(lambda answer: answer.url.endswith("/jobs")) as answer:
        editor.page.click("#paint")
    job = answer.value.json()["id"]
    editor.page.click("#cancel")
    editor.expect_status("Cancelled")
    editor.expect(editor.page.locator("#progress")).to_be_hidden()
    state = editor.ended(job)
    assert state["state"] == "cancelled"
    assert state["done"] < 12
    assert editor.page.locator(".card").count() == 0


def test_an_object_is_moved_copied_and_given_the_look_of_another(editor: Editor, place: Place) -> None:
    editor.open()
    editor.page.uncheck("#live")
    editor.click(place.car)
    x, y = place.car
    editor.drag([(x, y), (x - 10, y - 8)])
    editor.expect_operations(1)
    editor.page.keyboard.press("d")
    editor.expect_operations(2)
    editor.page.click("#object-larger")
    editor.expect_operations(3)
    editor.page.set_input_files("#look-file", place.photo)
    editor.expect_operations(4)
    editor.expect(editor.page.locator("#look-now img")).to_be_visible()
    moved, copied, scaled, restyled = editor.operations()
    assert (moved["operation"], moved["dx"], moved["dy"]) == ("move", -10, -8)
    assert "style" in moved, "what moves keeps its look"
    assert copied["copy"] is True
    assert scaled["percent"] == 115
    assert restyled["operation"] == "restyle"
    assert (editor.map() == CAMVID.palette[editor.server_map("edited/labels")[..., 2]]).all()


def test_keys_alone_draw_and_announce(editor: Editor) -> None:
    editor.open()
    page = editor.page
    page.keyboard.press("/")
    page.keyboard.type("tree")
    page.keyboard.press("Enter")
    page.focus("#canvas")
    page.keyboard.press("b")
    page.keyboard.press("ArrowUp")
    editor.expect(page.locator("#announcer")).to_contain_text(f"{place_of(editor)[0]}, {place_of(editor)[1]}")
    page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    editor.expect_operations(2)
    stroke, rectangle = editor.operations()
    assert stroke["points"] == [place_of(editor)]
    assert rectangle["x1"] - rectangle["x0"] == 31
    assert rectangle["y1"] - rectangle["y0"] == 2


def place_of(editor: Editor) -> list[int]:
    """The middle of the picture, one pixel up."""
    return [editor.place.size[0] // 2, editor.place.size[1] // 2 - 1]


def test_the_recipe_is_one_of_the_command_line(editor: Editor) -> None:
    editor.open()
    editor.choose("tree", "brush")
    editor.click((60, 60))
    editor.expect_operations(1)
    recipe = json.loads(editor.save("recipe").read_text())
    assert recipe["edit"]["operations"][0]["class_name"] == "tree"
    assert {"seed", "samples"} <= recipe.keys()
