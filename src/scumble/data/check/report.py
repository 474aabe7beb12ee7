"""What a check found, as JSON-able values and as one HTML page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from scumble.data.check.survey import Survey
from scumble.data.transforms import resize_map
from scumble.errors import ScumbleError
from scumble.scene import Scene

_THUMBNAIL = 192
_SHOWN = 12
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2.2rem }
.good { color: #17692e } .bad { color: #a1260d }
li { margin: .3rem 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } td, th { padding: .15rem .5rem; text-align: left }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.bar { height: .8rem; border: 1px solid #8888; box-sizing: border-box }
.sheet { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: 1.2rem }
figure { margin: 0 } figcaption { font-size: 12px }
@media (prefers-color-scheme: dark) { body { background: #16181c; color: #e3e5e8 }
.good { color: #6fd08c } .bad { color: #ff9d85 } }
"""


def printable(text: str) -> str:
    """A text that can be written in UTF-8: names of files may hold bytes that are no text."""
    return text.encode(errors="backslashreplace").decode()


def summary(root: Path, surveys: Sequence[Survey], shared: Sequence[str]) -> dict[str, Any]:
    """The findings as JSON-able values.

    Args:
        root: the set.
        surveys: one for each split.
        shared: messages about pictures that splits have in common.

    Returns:
        ``set``, ``layout``, ``ok``, ``shared`` and ``splits``: for each its name, scenes, readable scenes,
        errors, warnings, remarks, label space, share of don't-care pixels, instances, sizes and classes.
    """
    return {
        "set": printable(str(root)),
        "layout": surveys[0].listing.layout,
        "ok": not shared and not any(survey.errors for survey in surveys),
        "shared": [printable(message) for message in shared],
        "splits": [_split_summary(survey) for survey in surveys],
    }


def _split_summary(survey: Survey) -> dict[str, Any]:
    space = survey.listing.label_space
    total = max(1, int(survey.pixels.sum()))
    return {
        "split": printable(survey.listing.split),
        "scenes": len(survey.listing.files),
        "read": sum(survey.sizes.values()),
        "errors": [printable(message) for message in survey.errors],
        "warnings": [printable(message) for message in survey.warnings],
        "remarks": list(survey.listing.remarks),
        "label_space": space.name,
        "dont_care": space.dont_care,
        "dont_care_share": survey.dont_care_share,
        "instances": survey.instances,
        "sizes": [{"width": w, "height": h, "scenes": n} for (w, h), n in sorted(survey.sizes.items())],
        "classes": [
            {
                "id": c.id,
                "name": c.name,
                "thing": c.thing,
                "pixels": int(survey.pixels[c.id]),
                "share": int(survey.pixels[c.id]) / total,
                "scenes": int(survey.pictures[c.id]),
            }
            for c in space.classes
        ],
    }


def html_report(found: dict[str, Any], surveys: Sequence[Survey]) -> str:
    """The findings as a page that needs no other file.

    Args:
        found: what `summary` returned.
        surveys: one for each split, for the pictures.
    """
    verdict = (
        '<b class="good">nothing is wrong</b>' if found["ok"] else '<b class="bad">there are defects</b>'
    )
    sections = "".join(
        _section(split, survey) for split, survey in zip(found["splits"], surveys, strict=True)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(found["set"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{escape(found['set'])}</h1><p>Layout {escape(found['layout'])}: {verdict}.</p>"
        f"{_list(found['shared'], 'bad')}{sections}</html>\n"
    )


def _section(split: dict[str, Any], survey: Survey) -> str:
    sizes = ", ".join(f"{s['width']}x{s['height']} ({s['scenes']})" for s in split["sizes"][:6])
    return (
        f"<h2>{escape(split['split'])}: {split['read']} of {split['scenes']} scenes can be read</h2>"
        f"<p>{split['instances']} instances, {split['dont_care_share']:.1%} of the pixels are don't-care. "
        f"Sizes: {escape(sizes) or 'none'}.</p>"
        f"{_list(split['errors'], 'bad')}{_list([*split['warnings'], *split['remarks']], '')}"
        f"{_histogram(split, survey)}{_sheet(survey)}"
    )


def _list(messages: Sequence[str], kind: str) -> str:
    items = "".join(f'<li class="{kind}">{escape(message)}</li>' for message in messages)
    return f"<ul>{items}</ul>" if items else ""


def _histogram(split: dict[str, Any], survey: Survey) -> str:
    """A row for every class that occurs; the longest bar is the largest class."""
    largest = max((entry["share"] for entry in split["classes"]), default=0) or 1
    rows = "".join(
        f'<tr><td class="number">{entry["id"]}</td><td>{escape(entry["name"])}</td>'
        f'<td class="number">{entry["share"]:.3%}</td><td class="number">{entry["scenes"]}</td>'
        f'<td style="width:40%"><div class="bar" style="width:{100 * entry["share"] / largest:.2f}%;'
        f'background:rgb{survey.listing.label_space.classes[entry["id"]].color}"></div></td></tr>'
        for entry in split["classes"]
        if entry["pixels"]
    )
    head = '<tr><th class="number">id</th><th>class</th><th class="number">pixels</th>'
    return f'<table>{head}<th class="number">scenes</th><th></th></tr>{rows}</table>' if rows else ""


def _sheet(survey: Survey) -> str:
    """Photographs with their maps, evenly spaced over the split; those that cannot be read are left out."""
    files = survey.listing.files
    figures = []
    for index in np.unique(np.linspace(0, len(files) - 1, _SHOWN).astype(int)) if files else ():
        try:
            scene = survey.listing.read(int(index))
        except ScumbleError:
            continue
        figures.append(
            f'<figure><img alt="photograph and label map" src="data:image/jpeg;base64,{_thumbnail(scene)}">'
            f"<figcaption>{escape(printable(files[index].name[:40]))}</figcaption></figure>"
        )
    return f'<div class="sheet">{"".join(figures)}</div>'


def _thumbnail(scene: Scene) -> str:
    """Photograph and label map side by side, a small JPEG in base 64."""
    scale = _THUMBNAIL / max(scene.size)
    width, height = (max(1, round(side * scale)) for side in scene.size)
    photograph = Image.fromarray(scene.image).resize((width, height), Image.Resampling.BILINEAR)
    labels = scene.label_space.colorize(resize_map(scene.labels, width, height))
    stream = io.BytesIO()
    both = np.concatenate([np.asarray(photograph), labels], axis=1)
    Image.fromarray(both).save(stream, "JPEG", quality=88)
    return base64.b64encode(stream.getvalue()).decode("ascii")
