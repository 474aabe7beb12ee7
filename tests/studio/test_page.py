"""The files of the page: complete, small, and without anything from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scumble

STATIC = Path(scumble.__file__).parent / "studio" / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))
TEXTS = sorted(path for path in STATIC.rglob("*") if path.suffix in (".js", ".html", ".css"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_files_of_the_page_name_no_other_server(path: Path) -> None:
    assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_what_a_script_imports_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target, names in [(m[2], m[1]) for m in re.finditer(r'import\s+([^"]*?)\s*from\s+"([^"]+)"', text)]:
        assert target.startswith("./"), "browsers resolve no package names"
        module = (path.parent / target).read_text(encoding="utf-8")
        for name in re.findall(r"[A-Za-z]\w*", names) if names.startswith("{") else []:
            assert re.search(
                rf"export (async )?(class|function|const) {name}\b|export {{ {name} }}", module
            ), name


def test_what_the_page_loads_is_there() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    for target in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (STATIC / target).is_file(), target
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), "the content security policy forbids it"


def test_the_page_has_what_its_scripts_look_for() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    known = set(re.findall(r'\sid="([^"]+)"', page))
    assert len(known) == len(re.findall(r'\sid="', page)), "an id is there twice"
    wanted = {name for path in SCRIPTS for name in re.findall(r'byId\("([^"]+)"', path.read_text("utf-8"))}
    assert len(wanted) > 40
    assert wanted <= known


def test_files_stay_small() -> None:
    for path in TEXTS:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, path
