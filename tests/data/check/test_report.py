"""Findings as values and as a page."""

from __future__ import annotations

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.data.check.report import html_report, printable, summary
from scumble.data.check.survey import Survey, survey
from scumble.data.layouts import list_split
from tests.data.check.breakers import Site, truncated
from tests.data.check.sets import CLASSES, build


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A described folder with two scenes in each of two splits."""
    return Site(build("folder", tmp_path / "yards & <b>gardens</b>"), "folder")


def surveys(site: Site) -> list[Survey]:
    return [survey(list_split(site.root, split)) for split in ("train", "val")]


def test_the_summary_says_what_is_in_a_sound_set(site: Site) -> None:
    found = summary(site.root, surveys(site), [])
    assert json.loads(json.dumps(found)) == found
    assert (found["set"], found["layout"], found["ok"]) == (str(site.root), "folder", True)
    train = found["splits"][0]
    assert (train["label_space"], train["dont_care"]) == ("yards", None)
    assert train["sizes"] == [{"width": 48, "height": 32, "scenes": 2}]
    assert [entry["name"] for entry in train["classes"]] == ["sky", "road", "car"]
    assert [entry["thing"] for entry in train["classes"]] == [False, False, True]
    assert sum(entry["share"] for entry in train["classes"]) == pytest.approx(1)
    assert train["classes"][2]["pixels"] == 2 * 3 * 8 * 8
    assert train["classes"][2]["scenes"] == 2


def test_an_error_or_a_shared_picture_is_not_ok(site: Site) -> None:
    assert summary(site.root, surveys(site), ["shared"])["ok"] is False
    truncated("labels")(site)
    found = summary(site.root, surveys(site), [])
    assert found["ok"] is False
    assert [len(split["errors"]) for split in found["splits"]] == [1, 0]
    assert [split["read"] for split in found["splits"]] == [1, 2]


def test_the_page_shows_messages_as_text_and_classes_with_their_colors(site: Site) -> None:
    (site.root / "classes.csv").write_text(CLASSES.replace("car", "<script>alert(1)</script>"))
    truncated("labels")(site)
    made = surveys(site)
    page = html_report(summary(site.root, made, ["<i>shared</i>"]), made)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "yards &amp; &lt;b&gt;gardens&lt;/b&gt;" in page
    assert "&lt;i&gt;shared&lt;/i&gt;" in page
    assert "there are defects" in page
    assert "1 of 2 scenes can be read" in page
    assert "background:rgb(90, 0, 0)" in page


def test_the_page_shows_photographs_beside_their_maps(site: Site) -> None:
    made = surveys(site)
    page = html_report(summary(site.root, made, []), made)
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(pictures) == 4
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(pictures[0]))), dtype=int)
    assert sheet.shape == (128, 2 * 192, 3)
    photograph, labels = sheet[:, :192], sheet[:, 192:]
    space = made[0].listing.label_space
    scene = made[0].listing.read(0)
    expected = Image.fromarray(space.colorize(scene.labels)).resize((192, 128), Image.Resampling.NEAREST)
    assert np.abs(labels - np.asarray(expected)).mean() < 8
    assert np.abs(photograph.mean((0, 1)) - scene.image.mean((0, 1))).max() < 8


def test_a_split_without_a_readable_scene_has_a_section_too(site: Site) -> None:
    truncated("image")(site)
    truncated("image 1")(site)
    made = surveys(site)
    page = html_report(summary(site.root, made, []), made)
    assert "0 of 2 scenes can be read" in page
    assert "Sizes: none" in page


def test_what_is_no_text_is_written_as_an_escape() -> None:
    assert printable("straße") == "straße"
    assert printable("stra\udcdfe") == r"stra\udcdfe"
