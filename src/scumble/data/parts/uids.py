"""The numbers of Panoptic Parts: class, instance and part of a pixel in one.

A uid has up to seven decimal digits, ``sid`` (1-2, the class), ``iid`` (3, the instance), ``pid`` (2, the
part), and is shortened from the right where a level is absent: 23 is a class alone, 26002 instance 2 of
class 26, 2401002 part 2 of instance 10 of class 24. Numbers of three digits mean nothing. Source: the public
description of Cityscapes-Panoptic-Parts and PASCAL-Panoptic-Parts.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scumble.errors import InputError
from scumble.scene import IdArray, MaskArray

DataSet = Literal["cityscapes", "pascal"]
"""Cityscapes-Panoptic-Parts or PASCAL-Panoptic-Parts."""
ABSENT = -1
"""Stands for an instance or part that a uid does not have."""

_TABLES: dict[DataSet, tuple[str, str]] = {
    "cityscapes": ("cpp_parts.csv", "group_name"),
    "pascal": ("ppp_parts.csv", "group"),
}
_IDS = "The map of ids"
_LARGEST = {"sid": 99, "iid": 999, "pid": 99}
# About ten files of Cityscapes have this part, which does not exist, on a person (24) or rider (25).
_STRAY = ((24, 5), (25, 5))


@dataclass(frozen=True, eq=False)
class PanopticIds:
    """Class, instance and part of every pixel; arrays of one shape.

    Attributes:
        sid: class, 0..99.
        iid: instance, 0..999, or -1.
        pid: part, 0..99, or -1; 0, like -1, is no part.
    """

    sid: IdArray
    iid: IdArray
    pid: IdArray

    @property
    def sid_iid(self) -> IdArray:
        """``sid * 1000 + iid``, or ``sid`` where there is no instance: Cityscapes' ``instanceIds``."""
        return np.where(self.iid < 0, self.sid, self.sid * 1000 + self.iid)

    @property
    def sid_pid(self) -> IdArray:
        """``sid * 100 + pid``, or ``sid`` where there is no part."""
        return np.where(self.pid < 0, self.sid, self.sid * 100 + self.pid)

    def encode(self) -> IdArray:
        """The uids.

        Raises:
            InputError: a level is too large, or what it belongs to is absent: the number would mean
                something else.
        """
        for name, largest in _LARGEST.items():
            values = getattr(self, name)
            smallest = 0 if name == "sid" else ABSENT
            _refuse(_IDS, (values < smallest) | (values > largest), values, f"a {name} of 0..{largest}")
        orphan = (self.pid >= 0) & (self.iid < 0)
        _refuse(_IDS, orphan, self.pid, "no part where there is no instance; give it an instance")
        orphan = (self.iid >= 0) & (self.sid == 0)
        _refuse(_IDS, orphan, self.iid, "no instance of class 0; give it a class")
        return np.where(self.pid < 0, self.sid_iid, self.sid_iid * 100 + self.pid)


def decode_uids(uids: NDArray[np.integer[Any]], source: str = "The map of uids") -> PanopticIds:
    """Take uids apart.

    Args:
        uids: whole numbers, of any shape.
        source: where they come from; begins the message.

    Raises:
        InputError: a number is below 0, above 9999999 or has three digits; names the first pixel.
    """
    values = np.asarray(uids)
    wrong = (values < 0) | (values > 9_999_999) | ((values > 99) & (values < 1000))
    _refuse(source, wrong, values, "0..99 or 1000..9999999; take a file of Panoptic Parts")
    values = values.astype(np.int32)
    has_part = values > 99_999
    prefix = np.where(has_part, values // 100, values)
    has_instance = prefix > 99
    return PanopticIds(
        np.where(has_instance, prefix // 1000, prefix),
        np.where(has_instance, prefix % 1000, ABSENT),
        np.where(has_part, values % 100, ABSENT),
    )


def fold_parts(ids: PanopticIds, data_set: DataSet, source: str = "The map of uids") -> PanopticIds:
    """Parts as the tables number them.

    The files of PASCAL count some parts (pids 20..29 are the wheels of a bus); they become one part. The
    stray pid 5 on a person or rider of Cityscapes becomes 0.

    Args:
        ids: as `decode_uids` gave them.
        data_set: whose files they are from.
        source: where they come from; begins the message.

    Raises:
        InputError: a class does not have such a part; names the first pixel.
    """
    pid = _pid_table(data_set)[ids.sid, np.maximum(ids.pid, 0)]
    wrong = pid == ABSENT
    _refuse(source, wrong, ids.sid_pid, "class * 100 + a part that the class has; set the part to 0")
    return replace(ids, pid=np.where(ids.pid < 0, ABSENT, pid))


@dataclass(frozen=True)
class TablePart:
    """A part of a class in Panoptic Parts.

    Attributes:
        sid: of the class.
        pid: of the part, after `fold_parts`.
        name: of the part.
        group: of the coarser naming in which left and right, or classes, are alike; may be empty.
        file_pids: pids of the part in the files.
    """

    sid: int
    pid: int
    name: str
    group: str
    file_pids: range


@cache
def table_parts(data_set: DataSet) -> tuple[TablePart, ...]:
    """All parts of a data set, in the order of class and part."""
    file, group = _TABLES[data_set]
    text = resources.files("scumble.data.parts").joinpath("tables", file).read_text(encoding="utf-8")
    parts = []
    for row in csv.DictReader(text.splitlines()):
        if row["pid"]:
            first, _, last = row.get("file_pids", row["pid"]).partition("-")
            pids = range(int(first), int(last or first) + 1)
            parts.append(TablePart(int(row["sid"]), int(row["pid"]), row["part"], row[group], pids))
    return tuple(parts)


@cache
def _pid_table(data_set: DataSet) -> IdArray:
    """The pid for each class and pid of the files, ``[100, 100]``; -1 where there is no such part."""
    table = np.full((100, 100), ABSENT, dtype=np.int32)
    table[:, 0] = 0
    for part in table_parts(data_set):
        table[part.sid, part.file_pids] = part.pid
    if data_set == "cityscapes":
        for stray in _STRAY:
            table[stray] = 0
    return table


def _refuse(source: str, wrong: MaskArray, values: NDArray[np.integer[Any]], expected: str) -> None:
    if not wrong.any():
        return
    place = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    at = f"x={place[1]}, y={place[0]}" if wrong.ndim == 2 else f"index {', '.join(map(str, place))}"
    raise InputError(
        f"{source} has {values[place]} at {at} ({np.count_nonzero(wrong)} such pixels); expected {expected}."
    )
