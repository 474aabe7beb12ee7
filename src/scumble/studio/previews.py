"""Previews: pictures that are looked at once, and so never written to disk."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST = 64
"""Previews that are kept at all."""
MOST_BYTES = 256 * 1024 * 1024
"""Bytes that they may have together; the newest is kept in any case."""


class Previews:
    """The last previews, by the id of the result."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()

    def add(self, result_id: str, picture: bytes) -> None:
        """Keep a PNG file, and forget the oldest if there are too many."""
        with self._lock:
            self._pictures[result_id] = picture
            while len(self._pictures) > 1 and (
                len(self._pictures) > MOST or sum(map(len, self._pictures.values())) > MOST_BYTES
            ):
                self._pictures.popitem(last=False)

    def get(self, result_id: str) -> bytes | None:
        """The PNG file, if it is still there."""
        with self._lock:
            return self._pictures.get(result_id)
