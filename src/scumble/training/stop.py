"""Signals that ask a run to save: from a keyboard, a scheduler, or a system that shuts down."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """What signals have asked for since it was made.

    Attributes:
        stop: the signal that asks the run to save and end; None as long as there was none.
        save: whether a signal (SIGUSR1) asks the run to save and go on.
    """

    def __init__(self) -> None:
        self.stop: int | None = None
        self.save = False

    def take(self, number: int, frame: FrameType | None) -> None:
        """Note a signal; a second one that asks for the end gets it at once.

        Raises:
            KeyboardInterrupt, SystemExit: on the second signal.
        """
        del frame
        if number not in _STOPPING:
            self.save = True
            return
        if self.stop is not None:
            leave(number)
        self.stop = number


def leave(number: int) -> None:
    """End as the signal does by itself, but through the exits of all ``with`` blocks.

    Raises:
        KeyboardInterrupt: for SIGINT.
        SystemExit: otherwise, with the code that shells give to a process that a signal has ended.
    """
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def leave_signals_to_the_parent(worker: int) -> None:
    """Let a process that reads samples go on when a signal reaches all processes of the run.

    Keyboards and schedulers signal whole groups of processes. The parent ends its workers when it has saved.
    """
    del worker
    for number in _noted():
        signal.signal(number, signal.SIG_IGN)


def _noted() -> list[signal.Signals]:
    # There is no SIGUSR1 on Windows.
    return [*_STOPPING, signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [*_STOPPING]


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Note SIGINT, SIGTERM and SIGUSR1 instead of ending; what was there before comes back afterwards."""
    request = StopRequest()
    before = {number: signal.signal(number, request.take) for number in _noted()}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
