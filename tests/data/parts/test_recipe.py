"""Recipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scumble.data.parts.recipe import load_recipe, shipped_recipes
from scumble.data.parts.vocabularies import CITYSCAPES_PARTS
from scumble.errors import ConfigError

RECIPE = """
category = 7
objects = "picture"
touching = ["ring"]
{extra}
[[parts]]
name = "top"
classes = ["shirt", "coat"]

[[parts]]
name = "leg"

[by_height]
classes = ["skin"]
bands = [{{ part = "top", to = 0.5 }}, {{ part = "leg", to = 1.0 }}]
{tables}
"""


def write(folder: Path, extra: str = "", tables: str = "") -> str:
    path = folder / "my.toml"
    path.write_text(RECIPE.format(extra=extra, tables=tables), encoding="utf-8")
    return str(path)


def test_a_recipe_is_read(tmp_path: Path) -> None:
    recipe = load_recipe(write(tmp_path, tables="[keep]\nshare = 0.1\npieces = [{ part = 'leg' }]"))
    assert (recipe.category, recipe.objects, recipe.part_names) == (7, "picture", ("top", "leg"))
    assert recipe.classes == ("shirt", "coat", "ring", "skin")
    assert recipe.number("leg") == 2
    assert recipe.keep.share == 0.1
    assert [(pieces.part, pieces.at_least) for pieces in recipe.keep.pieces] == [("leg", 1)]


@pytest.mark.parametrize(
    ("name", "category", "parts"), [("car_parts", 26, 6), ("clothing_ccp", 24, 6), ("faces_fasseg", 42, 5)]
)
def test_shipped_recipes_keep_the_part_numbers_of_cityscapes(name: str, category: int, parts: int) -> None:
    recipe = load_recipe(name)
    assert (recipe.category, len(recipe.parts)) == (category, parts)
    for ours, theirs in zip(recipe.part_names, CITYSCAPES_PARTS.get(category, ()), strict=False):
        assert ours == {"chassis": "body"}.get(theirs, theirs)


def test_four_recipes_are_shipped() -> None:
    assert sorted(shipped_recipes()) == ["car_parts", "clothing_ccp", "faces_fasseg", "labelmefacade"]
    assert load_recipe("labelmefacade").part_names == ("wall", "window", "door")


@pytest.mark.parametrize(
    ("extra", "tables", "message"),
    [
        ("color = 1", "", r"my\.toml: there is no key 'color'"),
        ("objects = 3", "", "is no readable TOML"),
        ("", "[keep]\nshare = 'x'", r"my\.toml\.keep\.share is 'x', expected a number"),
        ("", "[keep]\nshare = nan", r"share is nan; expected 0\.\.1"),
        ("", "[keep]\ncoverage = 1.5", r"my\.toml\.keep: coverage is 1\.5"),
        ("", "[keep]\nheight = -1", r"height is -1\.0; expected 0 or more"),
        (
            "",
            "[keep]\npieces = [{ part = 'legs' }]",
            r"my\.toml: There is no part 'legs'; did you mean 'leg'",
        ),
        ("", "[outline]\nclosing = 0\npart = 'leg'", r"closing is 0\.0; expected a share"),
        ("", "[outline]\nclosing = 0.1\npart = 'arm'", "There is no part 'arm'; known: top, leg"),
        ("instance_class = 'shirt'", "", "instance_class 'shirt'; expected instance_class with 'instances'"),
        ("", "[[parts]]\nname = 'leg'", "The part 'leg' is named 2 times"),
        ("", "[[parts]]\nname = 'ear'\nclasses = ['coat']", "The class 'coat' is named 2 times"),
        (
            "",
            "[[parts]]\nname = 'a'" + "".join(f"\n[[parts]]\nname = '{i}'" for i in range(6)),
            "are 9 parts",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, extra: str, tables: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_recipe(write(tmp_path, extra, tables))


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ("[]", r"The bands end at \[\]"),
        ("[{ part = 'a', to = 0.5 }]", r"end at \[0\.5\]; expected rising"),
        ("[{ part = 'a', to = 0.7 }, { part = 'a', to = 0.6 }, { part = 'a', to = 1 }]", "expected rising"),
        ("[{ part = 'b', to = 1 }]", "There is no part 'b'"),
    ],
)
def test_bands_must_cover_the_object(tmp_path: Path, bands: str, message: str) -> None:
    path = tmp_path / "my.toml"
    text = "category = 1\nobjects = 'picture'\nparts = [{ name = 'a', classes = ['x'] }]\n"
    path.write_text(f"{text}[by_height]\nclasses = ['y']\nbands = {bands}", encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_recipe(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("category = 0\nobjects = 'picture'\nparts = [{ name = 'a', classes = ['x'] }]", "category is 0"),
        ("category = 1\nobjects = 'picture'\nparts = []", "There are 0 parts"),
        ("category = 1\nobjects = 'picture'\nparts = [{ name = 'a' }]", "No part has classes"),
        ("category = 1\nobjects = 'all'\nparts = []", "objects is 'all', expected one of 'picture'"),
        (
            "category = 1\nobjects = 'instances'\nparts = [{ name = 'a', classes = ['x'] }]",
            "instance_class None",
        ),
        ("category = 1", "the key 'objects' is missing"),
        ("#" * 100_001, "more than 100,000 bytes"),
    ],
)
def test_a_recipe_that_could_not_work_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_recipe(str(path))


def test_a_name_that_means_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"car_part is no file and no recipe .*did you mean 'car_parts'"):
        load_recipe("car_part")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"x\.toml is no readable TOML"):
        load_recipe(str(tmp_path / "x.toml"))
