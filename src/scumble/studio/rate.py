"""How many requests a client may send."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CLIENTS = 1000


class RateLimit:
    """A bucket for each client, from which every request takes one and which fills at a steady rate.

    Args:
        per_second: requests of one client over long times; the bucket holds twice as many.
        clock: seconds.
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Count a request.

        Args:
            client: its address.

        Returns:
            0 if it may pass, else the seconds after which the next one may.
        """
        now, most = self._clock(), 2 * self.per_second
        left, since = self._buckets.pop(client, (most, now))
        left = min(most, left + (now - since) * self.per_second)
        passes = left >= 1
        self._buckets[client] = (left - passes, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if passes else math.ceil((1 - left) / self.per_second)
