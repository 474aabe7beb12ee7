"""CamVid in the layout of the SegNet split: lists of pairs, 11 classes and void.

``train.txt`` has a pair "photograph annotation" in every line, relative to the folder; beside
``trainannot/`` may be ``traininst/`` with instance maps of the same names; the same for ``val`` and ``test``.
"""

from __future__ import annotations

from pathlib import Path

from scumble.data.layouts.listing import Layout, Listing
from scumble.data.layouts.pairing import NO_INSTANCES
from scumble.data.scenes import SceneFiles
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

_SPLITS = ("test", "train", "val")
_SHOWN = 200
"""Characters of a line that a message shows."""


def _splits(root: Path) -> list[str]:
    return [split for split in _SPLITS if (root / f"{split}.txt").is_file()]


def _list(root: Path, split: str, label_space: LabelSpace | None) -> Listing:
    listing = root / f"{split}.txt"
    folder = root / f"{split}inst"
    files: list[SceneFiles] = []
    problems: list[str] = []
    for number, line in enumerate(listing.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        flaw = _flaw(root, fields)
        if flaw is not None:
            problems.append(
                f"{listing}, line {number}: {line[:_SHOWN]!r} {flaw}; expected a photograph and an "
                f"annotation that exist under {root}; mend or remove the line."
            )
            continue
        image, labels = (root / field for field in fields)
        instances = folder / labels.name if folder.is_dir() else None
        if instances is not None and not instances.is_file():
            problems.append(f"{image} has no instance map {instances}; add it or remove {folder}.")
            continue
        files.append(SceneFiles(image.stem, image, labels, instances))
    if not files and not problems:
        problems.append(f"{listing} is empty; write a photograph and its annotation into every line.")
    coding = LabelCoding(label_space or LabelSpace.load("camvid"))
    remarks = () if folder.is_dir() else (NO_INSTANCES,)
    return Listing("camvid", split, coding, tuple(files), tuple(problems), remarks)


def _flaw(root: Path, fields: list[str]) -> str | None:
    """What is wrong with the words of a line, if anything is."""
    if len(fields) != 2:
        return f"has {len(fields)} words (names with blanks cannot be listed)"
    for field in fields:
        if Path(field).is_absolute() or ".." in Path(field).parts:
            return f"leads out of the folder with {field[:_SHOWN]!r}"
        if not _is_file(root / field):
            return f"names {field[:_SHOWN]!r}, which is no file"
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # such as a name that is too long


LAYOUT = Layout(
    "camvid",
    "train.txt, val.txt or test.txt with a photograph and its annotation in every line",
    lambda root: any((root / f"{split}.txt").is_file() and (root / split).is_dir() for split in _SPLITS),
    _splits,
    _list,
)
