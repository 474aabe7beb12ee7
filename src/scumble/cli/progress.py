"""Progress bars: on a terminal, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, track

T = TypeVar("T")


def tracked(items: Iterable[T], total: int, what: str) -> Iterable[T]:
    """The items, while a bar counts them.

    Args:
        items: anything.
        total: how many.
        what: is done with them, one word.
    """
    console = Console(stderr=True)
    return track(items, what, total, console=console, disable=not console.is_terminal)


@contextmanager
def bar(total: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar that moves on with every call of what it gives.

    Args:
        total: number of calls.
        what: is done, one word.
    """
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        job = progress.add_task(what, total=total)
        yield lambda: progress.advance(job)
