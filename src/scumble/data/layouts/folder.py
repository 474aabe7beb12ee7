"""Any folder of photographs and maps, described by a small TOML file.

::

    name = "facades"

    [files]                                    # relative to this file, or to `root` where it is given
    images = "photos/{split}/{name}.jpg"
    labels = "maps/{split}/{name}.png"
    instances = "objects/{split}/{name}.png"   # optional, as is `parts`

    [classes]
    table = "classes.csv"                      # or space = "ade20k", or names = ["sky", "wall", ...]
    things = ["car", "door"]                   # where the table does not say
    dont_care = 255                            # value of pixels that do not count
"""

from __future__ import annotations

import glob
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import MAPS, PICTURES, Found, find, pair
from scumble.errors import DataError, LabelError, nearest, short
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelClass, LabelSpace

DESCRIPTION = "scumble.toml"
"""The name of the file that describes a folder."""
WHOLE = "all"
"""The split of a set whose patterns name none."""

_MAX_BYTES = 100_000
_KEYS: Mapping[str, Mapping[str, type]] = {
    "": {"name": str, "root": str, "files": dict, "classes": dict},
    "files": {"images": str, "labels": str, "instances": str, "parts": str},
    "classes": {"table": str, "space": str, "names": list, "things": list, "dont_care": int},
}
_WORDS = {str: "a text", dict: "a table", list: "a list of texts", int: "a whole number"}
_UNLABELED = "unlabeled"


@dataclass(frozen=True)
class Description:
    """What a TOML file says of a set.

    Attributes:
        path: of the file.
        name: of the set.
        root: what the patterns are relative to.
        patterns: of the images, labels, instances and parts that are named.
        coding: the classes and their values in label files.
    """

    path: Path
    name: str
    root: Path
    patterns: Mapping[str, str]
    coding: LabelCoding


def description_of(path: Path) -> Path:
    """The TOML file that a path means: itself, or ``scumble.toml`` in it."""
    return path if path.suffix == ".toml" else path / DESCRIPTION


def read_description(path: Path) -> Description:
    """Read and check a description.

    Raises:
        DataError: names the file, the key, what it is and what is expected.
        LabelError: the class table cannot be used.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(
                f"{path} has more than {_MAX_BYTES:,} bytes; expected a short description of a set."
            )
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError(f"{path} is no readable TOML ({error}); see docs/data.md for an example.") from None
    _check_keys(path, "", value, required=("files", "classes"))
    _check_keys(path, "files", value["files"], required=("images", "labels"))
    _check_keys(path, "classes", value["classes"])
    for key, pattern in value["files"].items():
        _check_pattern(path, key, pattern, split="{split}" in value["files"]["images"])
    root = path.parent / value.get("root", "")
    if not _is_folder(root):
        raise DataError(f"{path}: root is {value['root']!r}, which is no folder; give the folder of the set.")
    name = value.get("name", path.resolve().parent.name)
    try:
        coding = _coding(path, name, value["classes"])
    except LabelError as error:
        raise LabelError(f"{path}: [classes]: {error}") from None
    return Description(path, name, root, value["files"], coding)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # such as a name that is too long


def _check_keys(path: Path, table: str, value: Mapping[str, Any], required: Sequence[str] = ()) -> None:
    known = _KEYS[table]
    where = f"[{table}] " if table else ""
    for key, entry in value.items():
        if key not in known:
            raise DataError(f"{path}: {where}has the unknown key {short(key)}; {nearest(key, known)}")
        texts = not isinstance(entry, list) or all(isinstance(part, str) for part in entry)
        if type(entry) is not known[key] or not texts:
            raise DataError(
                f"{path}: {where}{key} is {short(entry)}; expected {_WORDS[known[key]]}; mend it as in the "
                "example of docs/data.md."
            )
    for key in required:
        if key not in value:
            raise DataError(f"{path}: {where}{key} is missing; add it, see the example of docs/data.md.")


def _check_pattern(path: Path, key: str, pattern: str, *, split: bool) -> None:
    wanted = ["{name}", "{split}"] if split else ["{name}"]
    if sorted(re.findall(r"\{.*?\}", pattern)) != sorted(wanted):
        raise DataError(
            f"{path}: [files] {key} is {pattern!r}; expected {' and '.join(wanted)} in it, once each (all "
            "patterns have {split}, or none has); mend the pattern."
        )
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise DataError(
            f"{path}: [files] {key} is {pattern!r}, which leads out of the folder; write it relative to the "
            "folder, and name another folder as root."
        )


def _coding(path: Path, name: str, classes: Mapping[str, Any]) -> LabelCoding:
    sources = [key for key in ("table", "space", "names") if key in classes]
    if len(sources) != 1:
        raise DataError(
            f"{path}: [classes] has {' and '.join(sources) or 'no classes'}; expected one of table, space or "
            "names; give just one."
        )
    things = classes.get("things", [])
    if sources == ["space"]:
        space = LabelSpace.load(classes["space"])
    elif sources == ["table"]:
        space = replace(LabelSpace.from_table(path.parent / classes["table"], things=things), name=name)
    else:
        space = LabelSpace.from_names(name, classes["names"])
    for thing in things:
        space.index(thing)
    kinds = (replace(c, thing=c.thing or c.name in things) for c in space.classes)
    space = replace(space, classes=tuple(kinds))
    return _with_dont_care(space, classes["dont_care"]) if "dont_care" in classes else LabelCoding(space)


def _with_dont_care(space: LabelSpace, value: int) -> LabelCoding:
    """A coding in which a value means the don't-care class; one is added where there is none."""
    if 0 <= value < len(space):
        return LabelCoding(replace(space, dont_care=value))
    ids = {class_id: class_id for class_id in range(len(space))}
    if space.dont_care is None:
        extra = LabelClass(len(space), _UNLABELED, (0, 0, 0), thing=False)
        space = replace(space, classes=(*space.classes, extra), dont_care=len(space))
    assert space.dont_care is not None
    return LabelCoding(space, {**ids, value: space.dont_care})


def _ending(pattern: str) -> str:
    """The ending that a pattern names, in lower case; "" where it leaves it open."""
    suffix = PurePosixPath(pattern).suffix
    return "" if "{" in suffix else suffix.lower()


def _read_endings(pattern: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the endings, in any case, that a pattern means."""
    return tuple(ending for ending in endings if _ending(pattern) in ("", ending))


def _matches(description: Description, key: str) -> dict[Path, tuple[str, str]]:
    """Split and name of the files that a pattern means, and of those that have another ending."""
    pattern = description.patterns[key]
    ending = _ending(pattern)
    stem = pattern[: len(pattern) - len(ending)]
    expression = re.escape(stem).replace(r"\{name\}", "(?P<name>[^/]+)")
    expression = expression.replace(r"\{split\}", r"(?P<split>[^/.][^/]*)") + (r"\.[^/.]+" if ending else "")
    wild = re.sub(r"\{.*?\}", "*", glob.escape(stem)) + (".*" if ending else "")
    found = {}
    try:
        paths = sorted(description.root.glob(wild))
    except OSError as error:
        raise DataError(
            f"{description.path}: [files] {key} is {short(pattern)}: {error.strerror}; mend the pattern."
        ) from None
    for path in paths:
        match = re.fullmatch(expression, path.relative_to(description.root).as_posix(), re.DOTALL)
        if match:
            found[path] = (match.groupdict().get("split", WHOLE), match["name"])
    return found


def _splits(root: Path) -> list[str]:
    description = read_description(description_of(root))
    endings = _read_endings(description.patterns["images"], PICTURES)
    found = _matches(description, "images").items()
    return sorted({split for path, (split, _) in found if path.suffix.lower() in endings}) or [WHOLE]


def _find(description: Description, key: str, what: str, split: str, endings: tuple[str, ...]) -> Found:
    pattern = description.patterns[key]
    names = {path: name for path, (of, name) in _matches(description, key).items() if of == split}
    where = str(description.root / pattern.replace("{split}", split))
    return find(what, where, names, _read_endings(pattern, endings), names.get)


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    description = read_description(description_of(root))
    pairs = pair(
        _find(description, "images", "photograph", split, PICTURES),
        _find(description, "labels", "label map", split, MAPS),
        *(
            _find(description, key, f"{key[:-1]} map", split, MAPS) if key in description.patterns else None
            for key in ("instances", "parts")
        ),
    )
    coding = LabelCoding(label_space) if label_space else description.coding
    return Listing("folder", split, coding, pairs.files, pairs.problems, pairs.remarks)


LAYOUT = Layout(
    "folder",
    f"any folder with a description {DESCRIPTION}",
    lambda root: description_of(root).is_file(),
    _splits,
    _list,
)
