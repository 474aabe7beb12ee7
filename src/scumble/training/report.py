"""The page of a training run: progress, curves, sample grids and configuration in one HTML file."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from PIL import Image

from scumble.errors import InputError
from scumble.files import read_image, write_text
from scumble.training.curves import charts
from scumble.training.overfit import alarm_of
from scumble.training.series import MOST_IMAGES, Line, find_series, is_number, parse_lines

MOST_GRIDS = 12
"""Grids that a page shows, evenly spaced over the run."""

_QUALITY = 85
_LARGEST_SIDE = 2048
_RECENT_LINES = 5


def write_report(run: Path) -> Path:
    """Write ``report.html`` into the folder of a run; it needs no other file and no network.

    Args:
        run: folder that ``scumble train`` writes, with ``config.json``, ``stats.jsonl`` and perhaps
            ``grids/``; the training may be under way.

    Returns:
        The path of the page.

    Raises:
        InputError: ``config.json`` or ``stats.jsonl`` is missing or damaged, or the page cannot be written.
    """
    config, preset, total = _config(run / "config.json")
    lines = parse_lines(_read(run / "stats.jsonl", "the statistics of a training run"))
    images = int(lines[-1]["images"]) if lines else 0
    template = resources.files("scumble.training").joinpath("report_page.html").read_text(encoding="utf-8")
    page = Template(template).substitute(
        preset=escape(preset),
        progress=f"{images:,} of {total:,} images",
        percent=str(min(100 * images // total, 100)),
        facts="\n".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
            for name, value in _facts(lines, total - images).items()
        ),
        alarm=_alarm(lines),
        charts="\n".join(charts(find_series(lines))) or "<p>No line of statistics has been written yet.</p>",
        grids=_grids(run / "grids"),
        options="\n".join(
            f'<tr><th scope="row">{escape(place)}</th><td>{escape(value)}</td></tr>'
            for place, value in _options(config)
        ),
    )
    write_text(run / "report.html", page)
    return run / "report.html"


def _read(path: Path, expected: str) -> str:
    remedy = "name the folder that scumble train was given as --run-dir"
    if not path.is_file():
        raise InputError(f"{path} does not exist; expected {expected}; {remedy}.")
    try:
        # A line that was cut off may end within a character.
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}); expected {expected}; {remedy}."
        ) from None


def _config(path: Path) -> tuple[dict[str, Any], str, int]:
    """The configuration, the name of its preset, and the images of the whole run."""
    expected = "the configuration of a training run"
    text = _read(path, expected)
    try:
        config = json.loads(text)
        preset, total = str(config["preset"]), int(config["training"]["total_images"])
        if not 1 <= total <= MOST_IMAGES:
            raise ValueError(f"total_images is {total}")
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be used ({type(error).__name__}: {error}); expected {expected} with preset and "
            "training.total_images, as scumble train writes it; restore it from a copy."
        ) from None
    return config, preset, total


def _facts(lines: Sequence[Line], left: int) -> dict[str, str]:
    """What the page says in numbers, by name; ``left`` images are still to come."""
    facts: dict[str, str] = {}
    key = "images_per_second"
    rated = [(line["images"], line[key]) for line in lines if is_number(line.get(key)) and line[key] > 0]
    if rated:
        images, rates = np.array(rated, np.float64).T
        each = np.diff(images, prepend=0)
        seconds = each / rates
        rate = each[-_RECENT_LINES:].sum() / seconds[-_RECENT_LINES:].sum()
        facts["Recent rate"] = f"{rate:.3g} images/s"
        facts["Duration so far, estimated"] = _duration(float(seconds.sum()))
        if left > 0:
            facts["Time left, estimated"] = _duration(left / rate)
    skipped = sum(int(line["skipped"]) for line in lines if is_number(line.get("skipped")))
    if skipped:
        facts["Steps skipped"] = f"{skipped:,}"
    return facts


def _alarm(lines: Sequence[Line]) -> str:
    found = alarm_of(lines)
    return f'<p class="alarm">After {found[0]:,} images: {escape(found[1])}</p>' if found else ""


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else f"{seconds:.0f} s"
    hours = minutes // 60
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def _grids(folder: Path) -> str:
    found = sorted(
        (int(path.stem), path) for path in folder.glob("*.png") if path.stem.isascii() and path.stem.isdigit()
    )
    if not found:
        return "<p>No grid has been drawn yet.</p>"
    chosen = np.linspace(0, len(found) - 1, min(len(found), MOST_GRIDS)).round().astype(int)
    figures, unread = [], []
    for images, path in (found[n] for n in chosen):
        try:
            picture = Image.fromarray(read_image(path))
        except InputError:
            unread.append(escape(path.name))
            continue
        figures.append(_figure(picture, f"{images:,} images"))
    note = (
        f'<p class="note">Left out, because they cannot be read: {", ".join(unread)}.</p>' if unread else ""
    )
    return note + '<div id="grids">\n' + "\n".join(figures) + "\n</div>"


def _figure(picture: Image.Image, caption: str) -> str:
    picture.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    stream = io.BytesIO()
    picture.save(stream, format="JPEG", quality=_QUALITY)
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    return (
        f'<figure class="samples"><figcaption>{caption}</figcaption><img src="data:image/jpeg;base64,{data}" '
        f'alt="sample grid after {caption}" width="{picture.width}" height="{picture.height}"></figure>'
    )


def _options(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """The options as the command line calls them, such as ``training.seed``, with their values."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _options(item, f"{place}.{key}" if place else str(key))
    else:
        yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
