"""Ends a network's work between any two of its modules, because one picture may take it seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook


@contextmanager
def interrupted_by(check: Callable[[], None]) -> Iterator[None]:
    """Call a function before every module that this thread runs, as long as the block lasts.

    No network is touched: hooks of its own would be lost where inference replaces modules, and copied with
    them where it copies some. What modules compute stays the same.

    Args:
        check: quick; may raise to end the work.
    """
    worker = threading.get_ident()

    def before(_module: nn.Module, _inputs: tuple[object, ...]) -> None:
        if threading.get_ident() == worker:
            check()

    hook = register_module_forward_pre_hook(before)
    try:
        yield
    finally:
        hook.remove()
