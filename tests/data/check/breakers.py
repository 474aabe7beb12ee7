"""What can go wrong with a set: functions that break a sound one in one place."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.data.check.sets import FORMS, HEIGHT, WIDTH, load, save

EXECUTED = "executed.txt"
"""What the code in the pickle of `trap` would write, in the folder of the set."""
NOISE = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
"""A photograph of nothing."""


@dataclass(frozen=True)
class Site:
    """A set in a folder."""

    root: Path
    layout: str

    def path(self, file: str) -> Path:
        """A file of the set.

        Args:
            file: its path, or ``image``, ``labels``, ``instances`` or ``parts``: that of the first training
                scene; ``labels 1`` is that of the second.
        """
        kind, _, n = file.partition(" ")
        if kind in ("image", "labels", "instances", "parts"):
            return self.root / FORMS[self.layout].path(kind, int(n or 0))
        return self.root / file


Breaker = Callable[[Site], object]
"""Breaks a set."""


@dataclass(frozen=True)
class Broken:
    """A set with one defect, and what must be said about it.

    Attributes:
        layout: of the sound set, one of `FORMS` or ``full-parts``.
        breaker: makes the defect.
        file: the file that is named, as `Site.path` has it.
        value: what is wrong, as it stands in the message.
        remedy: words that only this defect's remedy has.
        place: pixel or line, where there is one.
        defects: how many messages there are; 0 if the set cannot be told at all, which is exit code 2.
        arguments: of the command.
    """

    layout: str
    breaker: Breaker
    file: str
    value: str
    remedy: str
    place: str = ""
    defects: int = 1
    arguments: tuple[str, ...] = ()


def changed(file: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Breaker:
    """Other values in a file."""
    return lambda site: save(site.path(file), change(load(site.path(file))))


def pixel(file: str, x: int, y: int, value: int, kind: type[np.generic] | None = None) -> Breaker:
    """Another value of one pixel of a map, in another type of number if one is given."""

    def change(values: NDArray[Any]) -> NDArray[Any]:
        values = values.astype(kind or values.dtype)
        values[y, x] = value
        return values

    return changed(file, change)


def replaced(file: str, write: Callable[[Path], object]) -> Breaker:
    """Another thing in the place of a file."""

    def do(site: Site) -> None:
        site.path(file).unlink()
        write(site.path(file))

    return do


def text(file: str, content: str | bytes) -> Breaker:
    """A file with this text."""
    data = content.encode() if isinstance(content, str) else content
    return lambda site: site.path(file).write_bytes(data)


def reworded(file: str, old: str, new: str) -> Breaker:
    """Other words in a text."""

    def do(site: Site) -> None:
        content = site.path(file).read_text()
        assert old in content
        site.path(file).write_text(content.replace(old, new))

    return do


def truncated(file: str) -> Breaker:
    """The first half of a file."""

    def do(site: Site) -> None:
        content = site.path(file).read_bytes()
        site.path(file).write_bytes(content[: len(content) // 2])

    return do


def removed(*files: str) -> Breaker:
    """Files and folders that are not there."""

    def do(site: Site) -> None:
        for path in map(site.path, files):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    return do


def moved(file: str, to: str) -> Breaker:
    """A file or folder at another place."""

    def do(site: Site) -> None:
        site.path(to).parent.mkdir(parents=True, exist_ok=True)
        site.path(file).rename(site.path(to))

    return do


def copied(file: str, to: str) -> Breaker:
    """The bytes of a file at another place too."""
    return lambda site: site.path(to).write_bytes(site.path(file).read_bytes())


def swapped(kind: str) -> Breaker:
    """The maps of two scenes under each other's name."""

    def do(site: Site) -> None:
        one, other = site.path(kind), site.path(f"{kind} 1")
        first = one.read_bytes()
        one.write_bytes(other.read_bytes())
        other.write_bytes(first)

    return do


def linked(file: str, to: str) -> Breaker:
    """A symbolic link in the place of a file."""
    return replaced(file, lambda path: path.symlink_to(to))


def oriented(file: str, orientation: int) -> Breaker:
    """A photograph whose EXIF data say that it is to be turned."""

    def do(site: Site) -> None:
        picture = Image.open(site.path(file))
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.load()
        picture.save(site.path(file), exif=exif)

    return do


def as_npy(write: Callable[[Path], object]) -> Breaker:
    """A described folder whose label maps are arrays, the first of which is written anew."""

    def do(site: Site) -> None:
        reworded("scumble.toml", "maps/{split}/{name}.png", "maps/{split}/{name}.npy")(site)
        for path in sorted((site.root / "maps").rglob("*.png")):
            save(path.with_suffix(".npy"), load(path).astype(np.int16))
            path.unlink()
        write(site.path("labels").with_suffix(".npy"))

    return do


def array(values: NDArray[Any]) -> Breaker:
    """Such an array in the place of the first label map."""
    return as_npy(lambda path: np.save(path, values))


def trap(path: Path) -> None:
    """An array of objects, whose pickle writes a file when it is loaded."""

    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str, str]]:
            root = next(folder for folder in path.parents if (folder / "scumble.toml").exists())
            return open, (str(root / EXECUTED), "w")

    np.save(path, np.array([Trap()], dtype=object), allow_pickle=True)


def bilinear(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture that was made smaller and larger again with smoothing."""
    smaller = Image.fromarray(values).resize((WIDTH * 3 // 4, HEIGHT * 3 // 4), Image.Resampling.BILINEAR)
    return np.asarray(smaller.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))


def raw_png(depth: int, color: int) -> Callable[[Path], object]:
    """Writes a black PNG of any bit depth, which Pillow cannot.

    Args:
        depth: bits per channel.
        color: 0 grey, 2 RGB.
    """
    row = b"\0" + bytes(WIDTH * depth * (3 if color == 2 else 1) // 8)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, color, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * HEIGHT)), (b"IEND", b""))
    content = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)
