"""Line charts of the statistics of a training run, as HTML figures with inline SVG.

The colors, ``--curve-0`` and so on, and the dashes are classes in ``report_page.html``. The text of a chart
keeps its size at any width of the page: only the inner SVG with the lines is stretched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from scumble.training.series import Series, Values, smoothed, thinned

HEIGHT = 240
"""Of a chart's frame, in pixels."""
SMOOTHED_FROM = 51
"""Series of so many points are drawn pale, under a smoothed line."""

_COLORS, _DASHES = 6, 4
_WIDTH = 1000


@dataclass(frozen=True)
class _Group:
    title: str
    axis: str
    has: Callable[[str], bool]
    """Tells the keys that belong to it."""
    from_zero: bool = False


def _is_discriminator(key: str) -> bool:
    return key.startswith("d_")


# A key belongs to the first group that has it. What happens rarely makes no curve.
_GROUPS = (
    _Group("Rate", "images per second", lambda key: key == "images_per_second", from_zero=True),
    _Group("Discriminator loss", "weighted terms", _is_discriminator),
    _Group("Score on held-out samples", "lower is better", lambda key: key == "score"),
    _Group("Overfitting", "0: none, 1: other photographs look painted", lambda key: key == "overfit"),
    _Group("Generator loss", "weighted terms", lambda key: key not in ("skipped", "overfit_alarm")),
)


def charts(series: Sequence[Series]) -> list[str]:
    """A chart for every group of numbers that occurs: generator, score, discriminator and rate.

    Args:
        series: what `find_series` found.

    Returns:
        An HTML ``figure`` each, with escaped names. A color stands for a term and a dash for its stage; the
        last stage is drawn through.
    """
    end = max((s.images[-1] for s in series), default=0.0)
    members: dict[int, list[Series]] = {}
    for s in series:
        number = next((n for n, group in enumerate(_GROUPS) if group.has(s.key)), None)
        if number is not None:
            members.setdefault(number, []).append(s)
    figures = []
    for number, found in sorted(members.items(), reverse=True):
        group = _GROUPS[number]
        if group is _GROUPS[-1] and not any(_is_discriminator(s.key) for s in series):
            group = replace(group, title="Loss")
        figures.append(_figure(group, found, max(end, 1.0)))
    return figures


def ticks(low: float, high: float, count: int) -> list[float]:
    """At most ``count`` + 1 round numbers in ``low``..``high``, 1, 2 or 5 times a power of 10 apart."""
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.9999)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [number * step for number in range(first, last + 1)]


def _figure(group: _Group, series: list[Series], end: float) -> str:
    terms = list(dict.fromkeys(s.term for s in series))
    series = sorted(series, key=lambda s: (terms.index(s.term), s.stage))
    low, high, outside = _frame([s.values for s in series], from_zero=group.from_zero)
    values = "1 value lies" if outside == 1 else f"{outside:,} values lie"
    note = f" {values} outside the frame." if outside else ""
    smooth = any(len(s.values) >= SMOOTHED_FROM for s in series)
    how = " Smoothed, over the pale raw line." if smooth else ""
    classes = _classes(series)
    drawn = [_lines(s, classes[s.key], end, low, high) for s in series]
    frame = f'width="100%" height="{HEIGHT}"'
    return "\n".join(
        [
            f'<figure class="chart"><h3>{escape(group.title)}</h3>',
            f'<svg {frame} role="img" aria-label="{escape(group.title)} over images">',
            _axes(group.axis, end, low, high),
            f'<svg {frame} viewBox="0 0 {_WIDTH} {HEIGHT}" preserveAspectRatio="none">',
            *(raw for raw, _ in drawn),
            *(line for _, line in drawn),
            "</svg></svg>",
            f'<ul class="legend">{"".join(_entry(s, classes[s.key]) for s in series)}</ul>',
            f"<figcaption>The numbers are the last values.{how}{note}</figcaption></figure>",
        ]
    )


def _entry(series: Series, classes: str) -> str:
    """A line of the legend."""
    sample = f'<line class="curve {classes}" x2="28" y1="5" y2="5"/>'
    return (
        f'<li><svg width="28" height="10" aria-hidden="true">{sample}</svg>'
        f"<span>{escape(series.name)}</span><b>{series.values[-1]:.4g}</b></li>"
    )


def _classes(series: list[Series]) -> dict[str, str]:
    """The CSS classes of color and dash by key."""
    terms = list(dict.fromkeys(s.term for s in series))
    last = {term: max(s.stage for s in series if s.term == term) for term in terms}
    stages = max(last[s.term] - s.stage + 1 for s in series)
    found = {}
    for s in series:
        rounds, color = divmod(terms.index(s.term), _COLORS)
        found[s.key] = f"color-{color} dash-{(last[s.term] - s.stage + rounds * stages) % _DASHES}"
    return found


def _frame(values: list[Values], *, from_zero: bool) -> tuple[float, float, int]:
    """Lowest and highest value of the frame, and how many values it leaves out.

    A few values far from all others, such as those of a step that went wrong, must not flatten the rest.
    """
    every = np.concatenate(values)
    low, high = float(every.min()), float(every.max())
    usual = [np.quantile(v, [0.01, 0.99]) for v in values]
    usual_low, usual_high = float(min(q[0] for q in usual)), float(max(q[1] for q in usual))
    if usual_high > usual_low and high - low > 4 * (usual_high - usual_low):
        low, high = usual_low, usual_high
    if from_zero:
        low = min(low, 0.0)
    outside = int(((every < low) | (every > high)).sum())
    margin = 0.04 * (high - low) or 0.1 * abs(high) or 1.0
    return (low if from_zero and low == 0 else low - margin), high + margin, outside


def _axes(axis: str, end: float, low: float, high: float) -> str:
    parts = [f'<text x="-3.25rem" y="-12">{escape(axis)}</text>']
    for value in ticks(low, high, 5):
        y = f"{HEIGHT * (high - value) / (high - low):.1f}"
        parts.append(f'<line class="grid" x2="100%" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="-8" y="{y}" dy="0.35em" text-anchor="end">{value:.6g}</text>')
    parts.append(f'<line class="tick" x2="100%" y1="{HEIGHT}" y2="{HEIGHT}"/>')
    for value in ticks(0, end, 5):
        x = f"{100 * value / end:.2f}%"
        parts.append(f'<line class="tick" x1="{x}" x2="{x}" y1="{HEIGHT}" y2="{HEIGHT + 5}"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT + 19}" text-anchor="middle">{_short(value)}</text>')
    parts.append(f'<text x="50%" y="{HEIGHT + 38}" text-anchor="middle">images</text>')
    return "\n".join(parts)


def _short(number: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.6g}{unit}"
    return f"{number:.6g}"


def _lines(series: Series, classes: str, end: float, low: float, high: float) -> tuple[str, str]:
    """The raw and the smoothed line; without the raw one where there are few points."""
    raw, drawn = "", series.values
    images = thinned(series.images)
    if len(drawn) >= SMOOTHED_FROM:
        raw = _polyline(f"{classes} raw", images, thinned(drawn), end, low, high, "")
        # A spike that the frame leaves out shall not bend its neighborhood out of the frame too.
        drawn = smoothed(drawn.clip(low, high))
    return raw, _polyline(classes, images, thinned(drawn), end, low, high, series.name)


def _polyline(
    classes: str, images: Values, values: Values, end: float, low: float, high: float, name: str
) -> str:
    x, y = _WIDTH * images / end, HEIGHT * (high - values) / (high - low)
    # Far outside the frame a browser may draw nothing at all.
    pairs = [f"{a:.1f},{b:.1f}" for a, b in zip(x, y.clip(-HEIGHT, 2 * HEIGHT), strict=True)]
    points = " ".join(pairs * 2 if len(pairs) == 1 else pairs)  # a single point becomes a dot
    title = f"<title>{escape(name)}</title>" if name else ""
    return f'<polyline class="curve {classes}" points="{points}">{title}</polyline>'
