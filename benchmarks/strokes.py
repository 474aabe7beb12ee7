"""How long a person waits for the picture after a stroke in the studio's page.

Run ``python -m benchmarks.strokes [--json FILE] [--strokes 50]``.
A studio with the shipped checkpoints runs in a process of its own, and Chromium opens its page with a
rendered street and its label map. Strokes of several classes, places and widths follow each other, all in
one edit list; each is drawn after the full picture of the one before. Measured is, in the page, from pen-up
until the preview has been drawn on the canvas, and likewise the full picture, which the page asks for 1.5
seconds after the preview. One stroke before them, which loads the networks, does not count.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.training import machine
from scumble.files import write_json
from scumble.shipped import DEFAULT_CHECKPOINT
from tests.browser.editor import Editor
from tests.browser.launch import chromium, street, studio

CLASSES = ("tree", "car", "road", "building", "sky", "pedestrian", "pavement", "fence", "sign", "pole")
RADII = (3, 6, 10, 16, 24)
STREET = 3
LISTEN = """() => {
  const canvas = document.getElementById("canvas");
  addEventListener("pointerup", (event) => { window.strokeTimes = { up: event.timeStamp }; }, true);
  new MutationObserver(() => {
    const times = window.strokeTimes;
    if (times && !(canvas.dataset.picture in times)) times[canvas.dataset.picture] = performance.now();
  }).observe(canvas, { attributeFilter: ["data-picture"] });
}"""
Row = dict[str, Any]


def draw(editor: Editor, dice: random.Random, number: int) -> Row:
    """Draw a stroke and wait for both of its pictures.

    Returns:
        Its class and radius, and the milliseconds until ``preview`` and ``full`` were on the canvas.
    """
    name, radius = CLASSES[number % len(CLASSES)], dice.choice(RADII)
    width, height = editor.place.size
    x, y = dice.randrange(width), dice.randrange(height)
    points = [(x, y)]
    for _ in range(dice.randint(1, 3)):
        x = min(max(x + dice.randint(-width // 5, width // 5), 0), width - 1)
        y = min(max(y + dice.randint(-height // 5, height // 5), 0), height - 1)
        points.append((x, y))
    editor.choose(name, "brush")
    editor.slide("radius", radius)
    editor.drag(points)
    editor.page.wait_for_function("() => window.strokeTimes.full", polling=50)
    times = editor.page.evaluate("() => window.strokeTimes")
    waits = {shown: round(times[shown] - times["up"], 1) for shown in ("preview", "full")}
    return {"class": name, "radius": radius, **waits}


def measure(strokes: int, size: int, threads: int) -> list[Row]:
    """Draw all strokes in a studio of its own.

    Args:
        strokes: that count.
        size: width and height of the photo.
        threads: of the studio's networks.
    """
    dice = random.Random(0)
    with tempfile.TemporaryDirectory() as name, studio(Path(name) / "projects", threads) as address:
        place = street(address, Path(name), STREET, (size, size))
        with chromium() as browser:
            editor = Editor(browser, place, (1280, 800))
            editor.open(checkpoint=DEFAULT_CHECKPOINT)
            editor.page.evaluate(LISTEN)
            rows = [draw(editor, dice, number) for number in range(strokes + 1)]
            editor.close()
    return rows[1:]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print median and 95th percentile of the preview and of the full picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, help="write every stroke here")
    parser.add_argument("--strokes", type=int, default=50, help="that count (default: 50)")
    parser.add_argument("--size", type=int, default=256, help="width and height of the photo (default: 256)")
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="of the networks (default: all)"
    )
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    rows = measure(options.strokes, options.size, options.threads)
    seconds = time.perf_counter() - start
    summary = {
        shown: {
            "median_ms": round(float(np.median([row[shown] for row in rows]))),
            "p95_ms": round(float(np.percentile([row[shown] for row in rows], 95))),
        }
        for shown in ("preview", "full")
    }
    computer = f"{machine('cpu')}, {options.threads} threads"
    print(f"{len(rows)} strokes on {options.size} x {options.size} pixels in {seconds:.0f} s, {computer}")
    for shown, numbers in summary.items():
        print(f"{shown}: median {numbers['median_ms']} ms, 95th percentile {numbers['p95_ms']} ms")
    if options.json:
        write_json(options.json, {"machine": computer, "size": options.size, **summary, "strokes": rows})


if __name__ == "__main__":
    main()
