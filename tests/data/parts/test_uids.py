"""Uids of Panoptic Parts."""

from __future__ import annotations

import numpy as np
import pytest

from scumble.data.parts.uids import DataSet, PanopticIds, decode_uids, fold_parts, table_parts
from scumble.errors import InputError


def ids(sid: int, iid: int, pid: int) -> PanopticIds:
    return PanopticIds(*(np.array([[value]], dtype=np.int32) for value in (sid, iid, pid)))


@pytest.mark.parametrize(
    ("uid", "levels", "sid_iid", "sid_pid"),
    [
        (0, (0, -1, -1), 0, 0),
        (23, (23, -1, -1), 23, 23),
        (1000, (1, 0, -1), 1000, 1),
        (26002, (26, 2, -1), 26002, 26),
        (99_999, (99, 999, -1), 99_999, 99),
        (100_000, (1, 0, 0), 1000, 100),
        (2_401_002, (24, 10, 2), 24_010, 2402),
        (2_401_000, (24, 10, 0), 24_010, 2400),
        (9_999_999, (99, 999, 99), 99_999, 9999),
    ],
)
def test_a_uid_is_taken_apart_and_put_together_again(
    uid: int, levels: tuple[int, int, int], sid_iid: int, sid_pid: int
) -> None:
    found = decode_uids(np.array([uid], dtype=np.int32))
    assert (int(found.sid[0]), int(found.iid[0]), int(found.pid[0])) == levels
    assert found.sid_iid.tolist() == [sid_iid]
    assert found.sid_pid.tolist() == [sid_pid]
    assert found.encode().tolist() == [uid]


def test_every_legal_uid_comes_back() -> None:
    legal = np.r_[0:100, 1000:10_000_000:7]
    assert np.array_equal(decode_uids(legal).encode(), legal)


@pytest.mark.parametrize("value", [-1, 100, 999, 10_000_000])
def test_a_number_that_is_no_uid_is_named_with_file_and_pixel(value: int) -> None:
    uids = np.full((4, 6), 26_001)
    uids[2, 5] = uids[3, 1] = value
    with pytest.raises(
        InputError, match=rf"a\.tif has {value} at x=5, y=2 \(2 such pixels\); expected 0\.\.99"
    ):
        decode_uids(uids, "a.tif")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (ids(24, -1, 2), "has 2 at x=0, y=0 .* no part where there is no instance"),
        (ids(0, 3, -1), "has 3 at x=0, y=0 .* no instance of class 0"),
        (ids(100, 1, 1), "has 100 at .* a sid of 0..99"),
        (ids(-1, -1, -1), "has -1 at .* a sid of 0..99"),
        (ids(24, 1000, 1), "has 1000 at .* an? iid of 0..999"),
        (ids(24, 1, 100), "has 100 at .* a pid of 0..99"),
        (ids(24, 1, -2), "has -2 at .* a pid of 0..99"),
    ],
)
def test_ids_whose_number_would_mean_something_else_are_not_encoded(wrong: PanopticIds, message: str) -> None:
    with pytest.raises(InputError, match=message):
        wrong.encode()


@pytest.mark.parametrize(
    ("data_set", "sid", "file_pids", "pid"),
    [
        ("pascal", 1, range(6, 16), 6),  # engines of an aeroplane
        ("pascal", 6, range(20, 30), 11),  # wheels of a bus
        ("pascal", 7, range(40, 60), 13),  # windows of a car
        ("pascal", 14, range(5, 15), 5),  # headlights of a motorbike
        ("pascal", 19, range(67, 77), 13),  # roofs of coaches
        ("pascal", 15, [24], 24),
        ("cityscapes", 26, [5], 5),
        ("cityscapes", 24, [5], 0),  # a stray part of a person
        ("cityscapes", 25, [5], 0),
    ],
)
def test_parts_of_the_files_become_parts_of_the_tables(
    data_set: DataSet, sid: int, file_pids: range, pid: int
) -> None:
    uids = np.array([sid * 100_000 + 700 + file_pid for file_pid in file_pids])
    folded = fold_parts(decode_uids(uids), data_set)
    assert set(folded.pid.tolist()) == {pid}
    assert set(folded.iid.tolist()) == {7}


@pytest.mark.parametrize("data_set", ["cityscapes", "pascal"])
def test_no_part_stays_no_part(data_set: DataSet) -> None:
    uids = np.array([7, 26, 26_001, 2_600_100, 700_100, 2_101_000])
    assert fold_parts(decode_uids(uids), data_set).pid.tolist() == [-1, -1, -1, 0, 0, 0]


@pytest.mark.parametrize(
    ("data_set", "uid", "sid_pid"),
    [
        ("cityscapes", 2_600_106, 2606),
        ("cityscapes", 2_400_106, 2406),
        ("cityscapes", 3_300_101, 3301),
        ("pascal", 400_101, 401),
        ("pascal", 600_160, 660),
        ("pascal", 100_126, 126),
    ],
)
def test_a_part_that_the_class_does_not_have_is_refused(data_set: DataSet, uid: int, sid_pid: int) -> None:
    uids = np.array([[0, 0], [0, uid]])
    with pytest.raises(InputError, match=rf"a\.tif has {sid_pid} at x=1, y=1 \(1 such pixels\)"):
        fold_parts(decode_uids(uids), data_set, "a.tif")


def test_the_tables_are_those_of_the_data_sets() -> None:
    cityscapes = table_parts("cityscapes")
    assert len(cityscapes) == 23
    assert {part.group for part in cityscapes if part.sid == 25} == {
        "human-torso",
        "human-head",
        "human-arms",
        "human-legs",
    }
    pascal = table_parts("pascal")
    assert len({part.sid for part in pascal}) == 16
    for sid in {part.sid for part in pascal}:
        of_class = [part for part in pascal if part.sid == sid]
        assert [part.pid for part in of_class] == list(range(1, len(of_class) + 1))
