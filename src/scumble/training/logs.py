"""What a run writes while it goes on: one JSON line per interval, and how far it is."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

TOLD_EVERY = 60.0
"""Seconds between two sentences about how far a run is, where no terminal can show a bar."""


class Log:
    """Means of loss terms over an interval, appended to ``stats.jsonl``, and progress on standard error.

    Args:
        path: the file; a resumed run appends to it.
        total: images in the whole run.
        start: images seen before.
        writes: whether this process writes; one of several does.
        watch: is also told every line: the images so far, and the other numbers by name.
    """

    def __init__(
        self,
        path: Path,
        total: int,
        start: int,
        *,
        writes: bool = True,
        watch: Callable[[int, Mapping[str, float]], None] = lambda images, numbers: None,
    ) -> None:
        self._path = path
        self._writes = writes
        self._watch = watch
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self._happened: dict[str, int] = {}
        self._since = (time.monotonic(), start)
        self._total = total
        self._told = self._since[0]
        console = Console(stderr=True)
        self._speaks = writes and not console.is_terminal
        self._progress = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("images, {task.fields[rate]:.2f}/s"),
            TimeRemainingColumn(),
            console=console,
            disable=not (console.is_terminal and writes),
        )
        self._bar = self._progress.add_task("", total=total, completed=start, rate=0.0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def add(self, terms: Mapping[str, Tensor]) -> None:
        """Take part of one step into the means."""
        for name, value in terms.items():
            self._sums[name] = self._sums.get(name, 0) + value.detach()
            self._counts[name] = self._counts.get(name, 0) + 1

    def count(self, name: str) -> None:
        """Count something that has happened since the last line, such as a step that was left out."""
        self._happened[name] = self._happened.get(name, 0) + 1

    def write(self, images: int) -> None:
        """Append the means since the last call and begin anew; nothing if there was no step since."""
        if not (self._counts or self._happened) or not self._writes:
            return
        now = time.monotonic()
        rate = (images - self._since[1]) / max(now - self._since[0], 1e-9)
        means = {name: round(float(total) / self._counts[name], 5) for name, total in self._sums.items()}
        numbers = {"images_per_second": round(rate, 3), **means, **self._happened}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"images": images, **numbers}) + "\n")
        self._watch(images, numbers)
        self._progress.update(self._bar, completed=images, rate=rate)
        if self._speaks and now - self._told >= TOLD_EVERY:
            self._told = now
            left = timedelta(seconds=round((self._total - images) / rate)) if rate else "unknown time"
            line = f"{images} of {self._total} images, {rate:.2f} a second, {left} left"
            print(f"scumble train: {line}", file=sys.stderr, flush=True)
        self._sums, self._counts, self._happened, self._since = {}, {}, {}, (now, images)
