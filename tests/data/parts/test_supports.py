"""The choice of supports."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scumble.data.parts.part_set import supports
from scumble.data.parts.supports import choose_supports, write_supports
from scumble.scene import MaskArray
from tests.data.parts.fixture import car, write_object


def bars(*widths: int) -> MaskArray:
    """Silhouettes that overlap as their widths are alike."""
    return np.stack([np.arange(64) < width for width in widths])[:, None].repeat(4, axis=1)


def shown(*numbers: int) -> np.ndarray:
    return np.array(numbers)


def test_the_first_is_the_most_typical() -> None:
    assert choose_supports(bars(10, 30, 31, 32, 60), shown(3, 3, 3, 3, 3), 1) == [2]


def test_the_next_differ_most_from_those_chosen_but_odd_shapes_wait() -> None:
    silhouettes = bars(2, 26, 28, 30, 32, 34, 64, 63)
    chosen = choose_supports(silhouettes, np.full(8, 3), 8)
    assert chosen[:2] == [4, 2]
    assert set(chosen[:4]) == {2, 3, 4, 5}
    assert chosen[4] == 0
    assert sorted(chosen) == list(range(8))


def test_objects_that_show_all_parts_come_first() -> None:
    assert choose_supports(bars(30, 30, 60, 10, 30), shown(2, 2, 3, 3, 1), 3) == [2, 3, 0]


def test_fewer_are_the_first_of_more_and_there_are_never_more_than_objects() -> None:
    silhouettes, numbers = bars(*range(5, 45, 3)), shown(*([2, 3] * 7))
    five = choose_supports(silhouettes, numbers, 5)
    assert choose_supports(silhouettes, numbers, 3) == five[:3]
    assert choose_supports(silhouettes, numbers, 1) == five[:1]
    assert sorted(choose_supports(silhouettes[:4], numbers[:4], 5)) == [0, 1, 2, 3]


def test_a_silhouette_that_is_lost_in_scaling_is_not_in_the_way() -> None:
    assert choose_supports(bars(0, 30, 0), shown(1, 1, 1), 1) == [1]


def test_supports_are_written_nested_and_under_the_names_of_their_objects(tmp_path: Path) -> None:
    for number in range(7):
        write_object(tmp_path, f"o{number}", parts=car(40 + number, 60))
    write_object(tmp_path, "tiny", parts=car(12, 30))
    poor = car(43, 60)
    poor[poor == 2] = 5
    write_object(tmp_path, "poor", parts=poor)
    assert write_supports(tmp_path, 26) == [1, 3, 5]
    names = {k: sorted(p.name for p in (tmp_path / f"support_shape/{k}/26").iterdir()) for k in (1, 3, 5)}
    assert names[1] == names[5][:1]
    assert names[3] == names[5][:3]
    assert [name[:3] for name in names[5]] == ["0_o", "1_o", "2_o", "3_o", "4_o"]
    stem = names[1][0].removeprefix("0_")
    train = tmp_path / "26" / "train" / stem
    assert (tmp_path / "support_shape/1/26" / names[1][0]).read_bytes() == train.read_bytes()
    assert len(supports(tmp_path, 26, 5)) == 5


def test_no_folder_is_written_that_could_not_be_filled(tmp_path: Path) -> None:
    for number in range(3):
        write_object(tmp_path, str(number), parts=car(40 + number, 60))
    assert write_supports(tmp_path, 26) == [1, 3]
    assert sorted(p.name for p in (tmp_path / "support_shape").iterdir()) == ["1", "3"]
