"""The page of a training run."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scumble.errors import InputError
from scumble.files import write_image
from scumble.training.report import MOST_GRIDS, write_report

CONFIG = {
    "preset": "divsem-streets-tiny",
    "training": {"total_images": 4000, "seed": 3},
    "losses": {"l1": 4.0},
}
LINES = [
    {"images": 1000, "images_per_second": 2.0, "l1_1": 0.5, "d_fake": 1.0},
    {"images": 2000, "images_per_second": 4.0, "l1_1": 0.25, "d_fake": 1.5, "skipped": 2},
]


def make_run(folder: Path, *, config: Any = CONFIG, lines: Any = LINES, grids: tuple[int, ...] = ()) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "stats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "grids").mkdir(exist_ok=True)
    for images in grids:
        write_image(folder / "grids" / f"{images:08d}.png", np.full((8, 24, 3), images % 256, np.uint8))
    return folder


def page(run: Path) -> str:
    return write_report(run).read_text(encoding="utf-8")


def words(html: str) -> str:
    """What is shown, without pictures, styles and scripts."""
    shown = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def captions(html: str) -> list[str]:
    return re.findall(r'<figure class="samples"><figcaption>([^<]*)</figcaption>', html)


def test_the_page_says_what_is_trained_and_how_far_it_is(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    html = page(run)
    assert write_report(run) == run / "report.html"
    assert "<title>divsem-streets-tiny: 2,000 of 4,000 images</title>" in html
    shown = words(html)
    assert "2,000 of 4,000 images, 50&nbsp;%" in shown
    assert "Recent rate 2.67 images/s" in shown
    # 1000 images at 2/s, 1000 at 4/s
    assert "Duration so far, estimated 12 min" in shown
    assert "Time left, estimated 12 min" in shown
    assert "Steps skipped 2" in shown
    assert "L1 distance, stage 1 0.25" in shown


def test_a_run_that_has_ended_has_no_time_left(tmp_path: Path) -> None:
    shown = words(page(make_run(tmp_path, lines=[{"images": 4004, "images_per_second": 3600.0}])))
    assert "4,004 of 4,000 images, 100&nbsp;%" in shown
    assert "estimated 1 s" in shown
    assert "Time left" not in shown
    assert "skipped" not in shown


class Links(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = ("src", "href", "xlink:href", "srcset", "data", "action")
        self.found += [value or "" for name, value in attrs if name in names]


def test_the_page_needs_no_other_file_and_no_network(tmp_path: Path) -> None:
    html = page(make_run(tmp_path, grids=(1000, 2000)))
    links = Links()
    links.feed(html)
    assert len(links.found) == 2
    assert all(link.startswith("data:image/jpeg;base64,") for link in links.found)
    assert "default-src 'none'" in html
    assert not re.search(r"https?:|url\(|@import", html)


def test_grids_are_embedded_as_they_are_with_their_images(tmp_path: Path) -> None:
    html = page(make_run(tmp_path, grids=(2000, 1000)))
    assert captions(html) == ["1,000 images", "2,000 images"]
    data = re.findall(r"base64,([^\"]*)", html)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))))
    assert picture.shape == (8, 24, 3)
    assert abs(picture.astype(int) - 2000 % 256).max() <= 2


def test_of_many_grids_the_first_the_last_and_evenly_spaced_ones_are_shown(tmp_path: Path) -> None:
    shown = captions(page(make_run(tmp_path, grids=tuple(range(10, 460, 10)))))
    images = [int(caption.split()[0]) for caption in shown]
    assert len(images) == MOST_GRIDS
    assert (images[0], images[-1]) == (10, 450)
    assert set(np.diff(images)) == {40}


def test_a_grid_that_cannot_be_read_is_left_out_with_a_note(tmp_path: Path) -> None:
    run = make_run(tmp_path, grids=(1000, 2000))
    broken = run / "grids" / "00001000.png"
    broken.write_bytes(broken.read_bytes()[:40])
    (run / "grids" / "notes.png").write_bytes(b"")
    html = page(run)
    assert captions(html) == ["2,000 images"]
    assert "Left out, because they cannot be read: 00001000.png." in words(html)
    assert "notes.png" not in html


def test_a_run_that_has_just_begun_has_a_page(tmp_path: Path) -> None:
    run = make_run(tmp_path, lines=[])
    (run / "grids").rmdir()
    shown = words(page(run))
    assert "0 of 4,000 images" in shown
    assert "No line of statistics has been written yet." in shown
    assert "No grid has been drawn yet." in shown


def test_the_configuration_is_there_as_the_command_line_names_it(tmp_path: Path) -> None:
    html = page(make_run(tmp_path))
    _, folded = html.split("<details>")
    assert "training.total_images 4000 training.seed 3 losses.l1 4.0" in words(folded)


def test_all_values_are_escaped(tmp_path: Path) -> None:
    evil = '<b onclick="x">&$preset'
    config = {"preset": evil, "training": {"total_images": 10}, evil: evil, "list": [evil]}
    html = page(make_run(tmp_path, config=config, lines=[{"images": 5, evil: 1.0}]))
    assert "<b onclick" not in html
    assert "&lt;b onclick=&quot;x&quot;&gt;&amp;$preset" in html


def test_a_page_is_replaced_as_the_run_goes_on(tmp_path: Path) -> None:
    run = make_run(tmp_path, lines=LINES[:1])
    assert "1,000 of 4,000" in page(run)
    assert "2,000 of 4,000" in page(make_run(tmp_path))
    assert {path.name for path in run.iterdir()} == {"config.json", "stats.jsonl", "grids", "report.html"}


@pytest.mark.parametrize("name", ["config.json", "stats.jsonl"])
def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, name: str) -> None:
    run = make_run(tmp_path)
    (run / name).unlink()
    with pytest.raises(
        InputError, match=rf"{name} does not exist; expected .* training run; name the folder"
    ):
        write_report(run)
    assert not (run / "report.html").exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"preset": "x", "training": {"total_images": 0}}', '{"preset": 1, "training": 2}'],
)
def test_a_configuration_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    run = make_run(tmp_path)
    (run / "config.json").write_text(text)
    with pytest.raises(InputError, match=r"config\.json cannot be used .*; expected the configuration"):
        write_report(run)
