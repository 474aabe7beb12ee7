"""``scumble demo`` as a user meets it."""

from __future__ import annotations

import functools
import json
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scumble.checkpoint import save_checkpoint
from scumble.cli import demo, main
from scumble.errors import InputError
from scumble.pipelines.demo import SIDE, STEPS, command, show_step
from scumble.pipelines.demo_sheet import WIDTH
from scumble.pipelines.demo_synthesis import SYNTHESIS_STEPS, show_synthesis, synthesis_command
from tests.editing_fixture import scene, untrained
from tests.ipose_fixture import ipose

LINKS = {"a": "href", "img": "src", "link": "href", "script": "src", "source": "src", "iframe": "src"}


class Page(HTMLParser):
    """The links, tags and texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if LINKS.get(tag) == name]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "tiny & <small>"
    save_checkpoint(folder, untrained(), card="# untrained\n")
    return folder


@pytest.fixture(scope="module")
def painter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "ipose"
    save_checkpoint(folder, ipose(), card="# untrained\n")
    return folder


@pytest.fixture(scope="module", autouse=True)
def drawn_streets() -> Iterator[None]:
    """Streets that are drawn in no time, in place of the rendered ones."""
    with pytest.MonkeyPatch.context() as patch:
        for name, show in (("show_step", show_step), ("show_synthesis", show_synthesis)):
            quick = functools.partial(show, render=lambda number: scene(SIDE, SIDE, number))
            patch.setattr(demo, name, quick)
        yield


@pytest.fixture(scope="module")
def words(checkpoint: Path, painter: Path) -> list[str]:
    return ["demo", "--checkpoint", str(checkpoint), "--synthesis", str(painter)]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "new" / "out"
    assert main([*words, "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def text(out: Path) -> str:
    return (out / "index.html").read_text(encoding="utf-8")


def test_everything_that_the_page_links_to_is_there(out: Path, text: str) -> None:
    links = Page(text).links
    assert {"demo.png", "demo.json", "add/sample_003.png", "restyle/reference.png"} <= set(links)
    assert {"paint/sample_001.png", "part/before_000.png", "part/edited_parts.png"} <= set(links)
    for link in links:
        assert not Path(link).is_absolute()
        assert (out / link).is_file(), link


def test_the_page_needs_nothing_from_elsewhere(text: str) -> None:
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "embed"} & set(page.tags)
    assert "://" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_the_page_has_title_sentence_and_command_of_every_step(
    text: str, checkpoint: Path, painter: Path
) -> None:
    texts = Page(text).texts
    assert "scumble at work" in texts
    for step in STEPS:
        words = command(step, str(checkpoint))
        assert {step.title, step.sentence, shlex.join(words)} <= set(texts)
    for painted in SYNTHESIS_STEPS:
        words = synthesis_command(painted, str(painter))
        assert {painted.title, painted.sentence, shlex.join(words)} <= set(texts)


def test_the_page_tells_how_to_edit_a_photograph_and_the_ids_of_the_classes(text: str) -> None:
    told = "\n".join(Page(text).texts)
    assert "scumble edit photo.jpg --labels labels.png" in told
    assert "8 car" in told


def test_the_page_is_for_light_and_dark_screens(text: str) -> None:
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_all_pictures_are_whole(out: Path) -> None:
    for path in out.rglob("*.png"):
        with Image.open(path) as picture:
            picture.load()
    with Image.open(out / "demo.png") as sheet:
        assert sheet.width == WIDTH


def test_pixels_outside_the_mask_keep_their_bytes(out: Path) -> None:
    for step in STEPS:
        if step.name != "extend":
            photo, mask, result = (
                np.asarray(Image.open(out / step.name / f"{name}.png"))
                for name in ("input", "mask", "sample_000")
            )
            assert (result[mask == 0] == photo[mask == 0]).all()


def test_the_record_counts_what_was_done(out: Path) -> None:
    record = json.loads((out / "demo.json").read_text())
    assert [step["name"] for step in record["steps"]] == [step.name for step in STEPS]
    assert all((out / file).is_file() for step in record["steps"] for file in step["files"])
    assert 0 < sum(step["seconds"] for step in record["steps"]) < record["seconds"]
    assert [row["name"] for row in record["painted"]] == [step.name for step in SYNTHESIS_STEPS]
    assert all((out / file).is_file() for row in record["painted"] for file in row["files"])
    assert (record["checkpoint"]["system"], record["synthesis"]["system"]) == ("divsem", "ipose")


def test_nothing_but_the_results_is_left(out: Path) -> None:
    names = {step.name for step in (*STEPS, *SYNTHESIS_STEPS)} | {"index.html", "demo.png", "demo.json"}
    assert {path.name for path in out.iterdir()} == names
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_it_tells_where_the_page_is_in_an_empty_folder(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scumble-demo").mkdir()
    assert main(words) == 0
    shown = capsys.readouterr()
    assert shown.out.rstrip().endswith("Open scumble-demo/index.html")
    assert shown.err == ""
    assert Path("scumble-demo/index.html").is_file()


def test_without_a_checkpoint_for_maps_there_are_edits_alone(
    tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "shipped_checkpoints", list)
    words = ["demo", "--checkpoint", str(checkpoint), "--out", str(tmp_path / "out")]
    assert main(words) == 0
    record = json.loads((tmp_path / "out" / "demo.json").read_text())
    assert (record["painted"], record["synthesis"]) == ([], None)
    assert not (tmp_path / "out" / "paint").exists()


def test_json_prints_the_record(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "out" / "demo.json").read_text())


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.html").write_text("mine")
    assert main([*words, "--out", str(tmp_path)]) == 2
    assert f"{tmp_path} is not empty; expected a new or an empty one" in capsys.readouterr().err
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("error", [InputError("no more"), KeyboardInterrupt()])
def test_a_demonstration_that_stops_half_way_leaves_nothing(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(demo, "demo_sheet", stop)
    assert main([*words, "--out", str(tmp_path / "out")]) != 0
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_checkpoint_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--checkpoint", "divsem-oil"]) == 2
    assert "no folder 'divsem-oil'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
