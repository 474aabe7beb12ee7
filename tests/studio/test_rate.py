"""How many requests a client may send."""

from __future__ import annotations

from scumble.studio.rate import RateLimit


def test_a_client_may_send_a_burst_and_then_a_steady_number() -> None:
    now = 0.0
    limit = RateLimit(10.0, clock=lambda: now)
    assert [limit.wait("a") for _ in range(21)] == [0] * 20 + [1]
    assert limit.wait("b") == 0
    now = 1.0
    assert sum(limit.wait("a") == 0 for _ in range(30)) == 10


def test_no_more_clients_are_remembered_than_fit() -> None:
    limit = RateLimit(10.0)
    for number in range(5000):
        limit.wait(str(number))
    assert len(limit._buckets) <= 1000
