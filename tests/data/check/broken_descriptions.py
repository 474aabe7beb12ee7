"""Descriptions, class tables, lists and folders from which a set cannot be told, and part sets."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from tests.data.check.breakers import Broken, changed, moved, pixel, removed, reworded, text
from tests.data.check.sets import FORMS

_TOML, _TABLE, _LIST = "scumble.toml", "classes.csv", "train.txt"
_CLASSES = 'table = "classes.csv"'


def _toml(old: str, new: str, value: str, remedy: str, place: str = "") -> Broken:
    return Broken("folder", reworded(_TOML, old, new), _TOML, value, remedy, place, 0)


def _table(old: str, new: str, value: str, remedy: str) -> Broken:
    return Broken("folder", reworded(_TABLE, old, new), _TABLE, value, remedy, "line 4", 0)


def _list(line: str, value: str) -> Broken:
    breaker = reworded(_LIST, "train/1.png trainannot/1.png", line)
    return Broken("camvid", breaker, _LIST, value, "mend or remove the line", "line 2")


DESCRIPTIONS: Mapping[str, Broken] = {
    "an unknown key": _toml("images =", "image =", "'image'", "did you mean 'images'", "[files]"),
    "a pattern without a name": _toml(
        "photos/{split}/{name}", "photos/{split}/a", "{split}/a", "mend the pattern"
    ),
    "splits in some patterns only": _toml("photos/{split}/", "photos/", "labels is 'maps/", "or none has"),
    "a pattern that leads out": _toml('"maps/', '"../maps/', "'../maps/", "name another folder as root"),
    "a pattern that is too long": _toml(
        "photos/", f"{'p' * 300}/", "'ppp", "mend the pattern", "[files] images"
    ),
    "a root that is too long": _toml(
        'name = "yards"', f'root = "{"r" * 300}"', "which is no folder", "give the folder of the set"
    ),
    "no classes": _toml(f"[classes]\n{_CLASSES}\n", "", "classes is missing", "add it"),
    "no TOML": _toml("[classes]", "[classes", "no readable TOML", "see docs/data.md", "line 9"),
    "two kinds of classes": _toml(
        _CLASSES, f'{_CLASSES}\nspace = "camvid"', "table and space", "give just one", "[classes]"
    ),
    "an unknown thing": _toml(_CLASSES, f'{_CLASSES}\nthings = ["cart"]', "'cart'", "did you mean 'car'"),
    "a thing that is no text": _toml(_CLASSES, f"{_CLASSES}\nthings = [1]", "[1]", "a list of texts"),
    "a name twice": _toml(_CLASSES, 'names = ["a", "b", "A"]', "'A'", "rename one"),
    "an unknown label space": _toml(
        _CLASSES, 'space = "cityscape"', "'cityscape'", "did you mean 'cityscapes'"
    ),
    "a don't-care value that no file can have": _toml(
        _CLASSES, f"{_CLASSES}\ndont_care = -7", "-7", "from -1 to 65535"
    ),
    "a don't-care value that is a text": _toml(
        _CLASSES, f'{_CLASSES}\ndont_care = "255"', "'255'", "a whole number"
    ),
    "a root that is not there": _toml(
        'name = "yards"', 'root = "elsewhere"', "'elsewhere'", "give the folder of the set"
    ),
    "a description that is not in UTF-8": Broken(
        "folder", text(_TOML, b"name = 'stra\xdfe'\n"), _TOML, "0xdf", "see docs/data.md", "position 12", 0
    ),
    "a table that is not there": Broken(
        "folder", removed(_TABLE), _TABLE, "is no file", "check the path", "", 0
    ),
    "an id twice": _table("2,car", "1,car", "the id 1 ", "number the classes 0, 1, 2"),
    "a gap between ids": _table("2,car", "3,car", "the id 3,", "add a line for 2"),
    "an unknown kind": _table("car,thing", "car,object", "'object'", "correct it or leave"),
    "a color out of range": _table("90,0,0", "900,0,0", "'900'", "from 0 to 255"),
    "a table that is not in UTF-8": Broken(
        "folder",
        text(_TABLE, b"id,name\n0,sky\n1,stra\xdfe\n2,car\n"),
        _TABLE,
        "0xdf",
        "save the table in UTF-8",
        "line 3",
        0,
    ),
    "a list with half a line": _list("train/1.png", "'train/1.png' has 1 words"),
    "a list that leads out": _list("../1.png trainannot/1.png", "'../1.png'"),
    "a list that names no file": _list("train/9.png trainannot/1.png", "'train/9.png'"),
    "a list with a name that is too long": _list(f"train/{'9' * 300}.png trainannot/1.png", "'train/999"),
    "an empty list": Broken(
        "camvid", text(_LIST, "\n"), _LIST, "is empty", "a photograph and its annotation"
    ),
}
"""Texts that describe a set."""

_KINDS = ("image", "labels", "instances", "parts")
_EDITING = [path for path in FORMS["editing"].files(*_KINDS) if path.startswith("val")]

FOLDERS: Mapping[str, Broken] = {
    "an empty split": Broken(
        "editing", removed(*_EDITING), "val/images", "no photograph", "check the folder and the split"
    ),
    "a split without label maps": Broken(
        "editing",
        removed("val/labels", "val/inst_map", "val/parts"),
        FORMS["editing"].path("image", 0, 1),
        "no label map",
        "add it or remove this file",
        "",
        2,
    ),
    "no split": Broken(
        "ade20k", removed("images/training", "images/validation"), "", "no splits", "check the folder", "", 0
    ),
    "a folder of no layout": Broken(
        "ade20k", moved("images", "pictures"), "", "none of the known layouts", "ade20k: images/SPLIT/", "", 0
    ),
    "a folder of another layout": Broken(
        "camvid",
        lambda site: None,
        "",
        "layout cityscapes",
        "expected leftImg8bit/",
        "",
        0,
        ("--layout", "cityscapes"),
    ),
    "a split that does not exist": Broken(
        "camvid", lambda site: None, "", "'trial'", "name one of train, val", "", 0, ("--split", "trial")
    ),
    "ids that nothing explains": Broken(
        "editing",
        removed("train/inst_map", "val/inst_map"),
        "",
        "does not say what its label ids mean",
        "give --label-space",
        "",
        0,
    ),
}
"""Folders that hold no set, or another."""

_PART, _OUTLINE = "26/train/train_0_part.png", "26/train/train_0_label.png"

PART_SETS: Mapping[str, Broken] = {
    "a part outside the outline": Broken(
        "full-parts", pixel(_PART, 0, 0, 5), _PART, "part 5", "enlarge the silhouette", "x=0, y=0"
    ),
    "a ninth part": Broken(
        "full-parts", pixel(_PART, 9, 9, 9), _PART, "part 9", "into at most eight", "x=9, y=9"
    ),
    "an outline with grey": Broken(
        "full-parts",
        pixel(_OUTLINE, 9, 9, 200),
        _OUTLINE,
        "(200, 200, 200)",
        "without gray edges",
        "x=9, y=9",
    ),
    "parts without an outline": Broken(
        "full-parts", removed(_OUTLINE), _PART, "has no partner", "add it or remove the file"
    ),
    "parts of another size": Broken(
        "full-parts", changed(_PART, lambda v: v[:9]), _PART, "40 x 9", "export both again"
    ),
    "too few supports": Broken(
        "full-parts",
        moved("support_shape/1", "support_shape/3"),
        "support_shape/3/26",
        "1 *part.png",
        "copy part maps of typical objects",
    ),
    "a support without parts": Broken(
        "full-parts",
        changed("support_shape/1/26/a_part.png", lambda v: 0 * v),
        "support_shape/1/26/a_part.png",
        "shows no part",
        "replace it",
    ),
    "supports of a folder that counts and one that does not": Broken(
        "full-parts",
        lambda site: (
            shutil.copytree(site.path("support_shape/1"), site.path("support_shape/3_old")),
            moved("support_shape/1", "support_shape/5")(site),
        ),
        "support_shape/5/26",
        "1 *part.png",
        "copy part maps of typical objects",
    ),
    "no category": Broken(
        "full-parts",
        moved("26", "car"),
        "",
        "no part set",
        "such as 26/train/",
        "",
        0,
        ("--layout", "full-parts"),
    ),
}
"""Objects with parts that are not sound."""
