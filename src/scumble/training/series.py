"""The numbers in ``stats.jsonl``, by name, over the progress of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

MOST_IMAGES = 10**15
"""A larger count of images is an error of the file."""
MOST_POINTS = 800
"""A chart shows no more of one series."""
Line = dict[str, Any]
"""What a line of ``stats.jsonl`` holds."""
Values = NDArray[np.float64]
"""``[points]``."""

_NAMES = {
    "l1": "L1 distance",
    "gan": "adversarial",
    "segmented": "segmentation",
    "whole": "adversarial, whole picture",
    "d_fake": "generated",
    "d_real": "real",
    "d_labelmix": "LabelMix",
    "cross_entropy": "cross-entropy",
    "images_per_second": "images per second",
    "overfit": "known by heart, r_v",
}
# What follows these is the name of a branch of PartNet.
_PREFIXES = {"bce_": "binary cross-entropy, ", "ce_": "cross-entropy, ", "d_": ""}


@dataclass(frozen=True)
class Series:
    """A number over the progress of a run."""

    key: str
    """Its name in ``stats.jsonl``."""
    images: Values
    """Increasing, from 0 on; at least one."""
    values: Values
    """As many, finite."""

    @property
    def term(self) -> str:
        """The key without the number of its stage."""
        return re.sub(r"_\d+$", "", self.key)

    @property
    def stage(self) -> int:
        """The number of its stage, 0 if it has none."""
        return int(self.key.removeprefix(self.term).removeprefix("_") or 0)

    @property
    def name(self) -> str:
        """What a legend calls it."""
        prefix = next((p for p in _PREFIXES if self.term.startswith(p)), "")
        spelled = _PREFIXES.get(prefix, "") + self.term.removeprefix(prefix).replace("_", " ")
        name = _NAMES.get(self.term, spelled)
        return f"{name}, stage {self.stage}" if self.stage else name


def parse_lines(text: str) -> list[Line]:
    """The lines of ``stats.jsonl`` that count, with ``images`` increasing.

    What a killed process left of a line is skipped. A run that went back to a saved state repeats lines: a
    line replaces all earlier ones of as many images or more.
    """
    lines: list[Line] = []
    for row in text.splitlines():
        line = _parse(row)
        images = line.get("images", -1)
        if not is_number(images) or not 0 <= images <= MOST_IMAGES:
            continue
        while lines and lines[-1]["images"] >= images:
            lines.pop()
        lines.append(line)
    return lines


def find_series(lines: Sequence[Line]) -> list[Series]:
    """The numbers of the lines by key, in the order in which they first occur.

    Args:
        lines: as `parse_lines` returns them; values that are no finite numbers are left out.
    """
    points: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        for key, value in line.items():
            if key != "images" and is_number(value):
                points.setdefault(key, []).append((line["images"], value))
    return [Series(key, *np.array(pairs, np.float64).T) for key, pairs in points.items()]


def is_number(value: Any) -> bool:
    """Whether a value from JSON can be drawn: finite, and neither a truth value nor a text."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e100


def smoothed(values: Values) -> Values:
    """Means with the weights of a Gaussian; at the ends of those neighbors that there are."""
    sigma = len(values) / 50
    there = gaussian_filter1d(np.ones_like(values), sigma, mode="constant")
    means: Values = gaussian_filter1d(values, sigma, mode="constant") / there
    return means


def thinned(values: Values) -> Values:
    """Means of neighbors, if there are more than `MOST_POINTS`."""
    if len(values) <= MOST_POINTS:
        return values
    return np.array([part.mean() for part in np.array_split(values, MOST_POINTS)])


def _parse(row: str) -> Line:
    # A continued run writes on where a killed one stopped, perhaps within a line.
    for start in (0, row.rfind('{"images"')):
        try:
            line = json.loads(row[max(start, 0) :])
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict):
            return line
    return {}
