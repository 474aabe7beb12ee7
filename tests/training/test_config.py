"""How long a run is and which phase an image belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scumble.errors import ConfigError
from scumble.training.config import Phase, TrainingConfig

SMALL = Phase(share=0.6, size=64, batch_size=4, smallest_window=64)
LARGE = Phase(share=0.3, size=128, batch_size=2, smallest_window=128)
LAST = Phase(share=0.1, size=256, batch_size=1, smallest_window=256)
CONFIG = TrainingConfig(total_images=105, phases=(SMALL, LARGE, LAST))


@pytest.mark.parametrize(
    ("images", "phase", "end"),
    [(0, SMALL, 64), (63, SMALL, 64), (64, LARGE, 94), (93, LARGE, 94), (94, LAST, 105), (104, LAST, 105)],
)
def test_the_phase_of_an_image_and_its_end_with_a_whole_batch(images: int, phase: Phase, end: int) -> None:
    assert CONFIG.phase_at(images) == (phase, end)


@pytest.mark.parametrize("total", [1, 2, 7, 100, 9999])
def test_phases_follow_each_other_without_gap(total: int) -> None:
    config = replace(CONFIG, total_images=total)
    images, seen = 0, []
    while images < total:
        phase, end = config.phase_at(images)
        assert end > images
        seen.append(phase)
        images = end
    assert total <= images < total + 4
    assert seen == [p for p in config.phases if p in seen]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phases": (SMALL, LARGE)}, r"The shares of the phases are \[0\.6, 0\.3\]; they must sum to 1"),
        ({"phases": ()}, "must sum to 1"),
        ({"total_images": 0}, r"training\.total_images is 0, but must be at least 1"),
        ({"save_every": 0}, r"training\.save_every is 0"),
        ({"log_every": -5}, r"training\.log_every is -5"),
        ({"ema_half_life": 0}, r"training\.ema_half_life is 0"),
        ({"seed": -1}, r"training\.seed is -1, but must be at least 0"),
        ({"workers": -1}, r"training\.workers is -1"),
    ],
)
def test_an_impossible_run_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(CONFIG, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"share": 0},
        {"share": 1.1},
        {"size": 0},
        {"batch_size": 0},
        {"smallest_window": 0},
        {"largest_window": 9},
    ],
)
def test_an_impossible_phase_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="is not possible"):
        replace(SMALL, **changes)


def test_the_average_of_a_short_run_forgets_the_first_weights_if_asked_for() -> None:
    always = replace(CONFIG, ema_half_life=1000)
    assert always.ema_decay(0, 4) == always.ema_decay(50_000, 4) == pytest.approx(0.5 ** (4 / 1000))
    ramped = replace(always, ema_ramp=0.1)
    assert ramped.ema_decay(0, 4) == pytest.approx(0.5**4)
    assert ramped.ema_decay(500, 4) == pytest.approx(0.5 ** (4 / 50))
    assert ramped.ema_decay(50_000, 4) == always.ema_decay(50_000, 4)
    with pytest.raises(ConfigError, match="ema_ramp is -1, but must be above 0"):
        replace(always, ema_ramp=-1)
