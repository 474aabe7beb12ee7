"""Tables of classes: CSV files, and lists of lines ``ID NAME``."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scumble.errors import LabelError, short

MAX_BYTES = 1_000_000
"""Size of the largest table that is read."""
MAX_CLASSES = 65535
"""The most classes of a table: as many as maps of 16 bits have values, with one to spare."""
KINDS = ("thing", "stuff", "void")
"""What a class can be: countable, not countable, or no class at all."""
UNKNOWN_NAMES = frozenset(
    ("void", "unlabeled", "unlabelled", "unknown", "other", "various", "null", "ignore", "ignored")
)
"""Names that mean the don't-care class in tables without kinds."""

_CHANNELS = ("r", "g", "b")
_FORMS = "a CSV file with the header id,name[,kind][,r,g,b], or lines of a number, a space and a name"


@dataclass(frozen=True)
class TableRow:
    """One class of a table.

    Attributes:
        line: where it is in the file, from 1.
        id: of the class.
        name: of the class.
        kind: one of `KINDS`; None if the table does not say.
        color: red, green, blue, 0..255.
    """

    line: int
    id: int
    name: str
    kind: str | None
    color: tuple[int, int, int]


def voc_color(number: int) -> tuple[int, int, int]:
    """The color of PASCAL VOC for a class number.

    The bits 0, 1, 2 of the number become the top bits of red, green and blue, the bits 3, 4, 5 the next lower
    ones, and so on (the color map of the PASCAL VOC development kit).

    Args:
        number: 0..16777215; different numbers have different colors.

    Returns:
        Red, green, blue, 0..255.
    """
    red, green, blue = (sum((number >> 3 * bit + c & 1) << 7 - bit for bit in range(8)) for c in range(3))
    return red, green, blue


def read_table(path: str | os.PathLike[str]) -> list[TableRow]:
    """Read a table of classes; see `parse_table`.

    Raises:
        LabelError: the file cannot be read, is not in UTF-8, or is not such a table.
    """
    try:
        if not Path(path).is_file():
            raise LabelError(f"{path} is no file; expected a class table: {_FORMS}; check the path.")
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise LabelError(
                f"{path} has more than {MAX_BYTES:,} bytes; expected a class table: {_FORMS}; name another "
                "file."
            )
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LabelError(
            f"{path}, line {line}: byte 0x{error.object[error.start]:02x} is not UTF-8; expected a text; "
            "save the table in UTF-8."
        ) from None
    except OSError as error:
        raise LabelError(
            f"{path} cannot be read: {error.strerror or error}; expected a class table; check the path."
        ) from None
    return parse_table(text, str(path))


def parse_table(text: str, source: str) -> list[TableRow]:
    """Understand a table of classes.

    Args:
        text: CSV with the header ``id,name``, optionally ``kind`` (thing, stuff or void) and ``r,g,b``, in
            any order, further columns being passed over; or lines ``ID NAME`` whose names may have spaces.
            Empty lines are passed over, and the order of the lines does not matter. Classes without a color
            get that of PASCAL VOC for their id.
        source: which file; begins the messages.

    Returns:
        The classes in the order of their ids, which are 0, 1, 2, ...

    Raises:
        LabelError: names the line, what is wrong there and the remedy.
    """
    first = next((line for line in text.splitlines() if line.strip()), None)
    if first is None:
        raise LabelError(f"{source} names no classes; expected {_FORMS}; write a line for every class.")
    rows = _plain_rows(text, source) if re.match(r"\s*-?\d", first) else _csv_rows(text, source)
    return _numbered(list(rows), source)


def _plain_rows(text: str, source: str) -> Iterator[TableRow]:
    for line, content in enumerate(text.splitlines(), 1):
        if not content.strip():
            continue
        number, *name = content.split(maxsplit=1)
        if not name:
            raise LabelError(
                f"{source}, line {line}: {short(content)} is not a number, a space and a name; expected "
                "lines like '3 road', or a CSV file with the header id,name; complete the line."
            )
        class_id = _number(number, MAX_CLASSES - 1, "id", f"{source}, line {line}")
        yield TableRow(line, class_id, name[0].strip(), None, voc_color(class_id))


def _csv_rows(text: str, source: str) -> Iterator[TableRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: Sequence[str] = ()
    try:
        for cells in reader:
            where = f"{source}, line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells, where)
            elif len(cells) != len(header):
                raise LabelError(
                    f"{where}: there are {len(cells)} fields; expected {len(header)} as in the header; put "
                    "names with commas in double quotes."
                )
            else:
                row = dict(zip(header, map(str.strip, cells), strict=True))
                yield _csv_row(row, reader.line_num, where)
    except csv.Error as error:
        raise LabelError(
            f"{source}, line {reader.line_num}: {error}; expected fields between commas; mend the line."
        ) from None


def _header(cells: Sequence[str], where: str) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    wanted = ["id", "name", *(_CHANNELS if set(_CHANNELS) & set(header) else ())]
    missing = [column for column in wanted if header.count(column) != 1]
    if missing or header.count("kind") > 1:
        raise LabelError(
            f"{where}: the header is {short(','.join(cells))}, in which {(missing or ['kind'])[0]!r} is "
            f"missing or double; expected {_FORMS}; mend the header."
        )
    return header


def _csv_row(row: Mapping[str, str], line: int, where: str) -> TableRow:
    class_id = _number(row["id"], MAX_CLASSES - 1, "id", where)
    kind = row["kind"].lower() if "kind" in row else None
    if kind is not None and kind not in KINDS:
        raise LabelError(
            f"{where}: the kind is {short(row['kind'])}; expected {', '.join(KINDS)}; correct it or leave "
            "the whole column out."
        )
    if any(row.get(channel) for channel in _CHANNELS):
        red, green, blue = (_number(row[channel], 255, channel, where) for channel in _CHANNELS)
        color = (red, green, blue)
    else:
        color = voc_color(class_id)
    return TableRow(line, class_id, row["name"], kind, color)


def _number(text: str, largest: int, what: str, where: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > largest:
        raise LabelError(
            f"{where}: the {what} is {short(text)}; expected a whole number from 0 to {largest}; correct it."
        )
    return int(text)


def _numbered(rows: list[TableRow], source: str) -> list[TableRow]:
    """The rows in the order of their ids; refuses gaps, duplicates and names that users cannot tell apart."""
    names: dict[str, int] = {}
    for row in rows:
        where = f"{source}, line {row.line}"
        if not row.name:
            raise LabelError(f"{where}: class {row.id} has no name; expected one; write it.")
        other = names.setdefault(row.name.lower(), row.line)
        if other != row.line:
            raise LabelError(
                f"{where}: the name {short(row.name)} is already that of line {other}; expected different "
                "names, capitals aside; rename one."
            )
    rows = sorted(rows, key=lambda row: row.id)
    for expected, row in enumerate(rows):
        where = f"{source}, line {row.line}"
        if row.id < expected:
            raise LabelError(
                f"{where}: the id {row.id} is already that of line {rows[expected - 1].line}; expected every "
                "id once; number the classes 0, 1, 2, ..."
            )
        if row.id > expected:
            raise LabelError(
                f"{where}: class {short(row.name)} has the id {row.id}, but no class has the id {expected}; "
                f"expected 0, 1, 2, ... without gaps; add a line for {expected} or number the classes anew."
            )
    if not rows:
        raise LabelError(f"{source} has a header only; expected a line for every class; add them.")
    return rows
