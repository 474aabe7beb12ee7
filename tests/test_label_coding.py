"""What the values in label files mean."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.errors import LabelError
from scumble.label_coding import LabelCoding
from scumble.label_space import LabelSpace

CAMVID = LabelSpace.load("camvid")


def test_without_ids_the_values_are_the_class_ids() -> None:
    coding = LabelCoding(CAMVID)
    decoded = coding.decode(np.array([[0, 11]], np.uint8))
    assert decoded.dtype == np.int32
    assert decoded.tolist() == [[0, 11]]
    assert coding.expected == "0..11"
    assert (coding.knows(11), coding.knows(12), coding.knows(-1)) == (True, False, False)
    with pytest.raises(LabelError, match="file has ids outside label space 'camvid': 12 "):
        coding.decode(np.array([[12]]), "file")


def test_coco_stuff_is_read_in_both_orders() -> None:
    """The files hold the number of the class less one, and 255 where there is none."""
    values = np.array([[0, 181, 255, 156]], np.uint8)
    spade, oasis = LabelCoding.named("coco-stuff"), LabelCoding.named("coco-stuff-from-1")
    assert spade.decode(values).tolist() == [[0, 181, 182, 156]]
    assert oasis.decode(values).tolist() == [[1, 182, 0, 157]]
    for coding in (spade, oasis):
        names = [coding.label_space.names[i] for i in coding.decode(values)[0]]
        assert names == ["person", "wood", "unlabeled", "sky-other"]
        assert coding.label_space.dont_care == coding.class_of(255)
    with pytest.raises(LabelError, match=r"182 \(first at x=0, y=0; 1 pixels\); expected 0\.\.181, 255"):
        spade.decode(np.array([[182]]))


def test_train_ids_of_cityscapes_are_read() -> None:
    coding = LabelCoding.named("cityscapes-train")
    names = [coding.label_space.names[i] for i in coding.decode(np.array([[0, 13, 18, 255]], np.uint16))[0]]
    assert names == ["road", "car", "bicycle", "unlabeled"]


@pytest.mark.parametrize("name", ["camvid", "camvid-32", "ade20k", "ade20k-from-0", "cityscapes"])
def test_the_files_of_the_other_label_spaces_hold_ids(name: str) -> None:
    assert LabelCoding.named(name) == LabelCoding(LabelSpace.load(name))


def test_an_unknown_coding_names_the_nearest() -> None:
    with pytest.raises(LabelError, match="did you mean 'coco-stuff'"):
        LabelCoding.named("coco-stuf")


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ({}, "names no values"),
        ({-2: 0}, "value -2; expected whole numbers from -1 to 65535"),
        ({65536: 0}, "value 65536"),
        ({"0": 0}, "value '0'"),
        ({True: 0}, "value True"),
        ({7: 12}, r"the value 7 the class id 12; expected one of the ids 0\.\.11 of label space 'camvid'"),
        ({7: -1}, "class id -1"),
        ({7: 1.0}, "class id 1.0"),
    ],
)
def test_a_coding_that_cannot_be_is_refused(ids: Any, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        LabelCoding(CAMVID, ids)


def test_expected_values_are_told_in_short() -> None:
    assert LabelCoding(CAMVID, {-1: 11, 3: 1, 4: 2, 9: 3}).expected == "-1, 3..4, 9"
    scattered = LabelCoding(CAMVID, dict.fromkeys(range(0, 40, 2), 0))
    assert scattered.expected == "0, 2, 4, 6, 8, ... up to 38"


codings = st.dictionaries(st.integers(-1, 300) | st.just(65535), st.integers(0, 11), min_size=1, max_size=20)
maps = hnp.arrays(
    st.sampled_from(["u1", "i1", ">u2", "<i4", "i8", "u8"]),
    (2, 3),
    elements=st.sampled_from([0, 1, 5, 100, 127]),
)


@given(ids=codings, values=maps, extra=st.sampled_from([0, -1, 255, 2**31, 2**63]))
def test_every_value_becomes_its_class_or_is_named(
    ids: dict[int, int], values: NDArray[Any], extra: int
) -> None:
    if np.iinfo(values.dtype).min <= extra <= np.iinfo(values.dtype).max:
        values[0, 0] = extra
    coding = LabelCoding(CAMVID, ids)
    flat = values.ravel().tolist()
    unknown = sorted({value for value in flat if value not in ids})
    if unknown:
        with pytest.raises(LabelError, match=rf"meaning in label space 'camvid': {unknown[0]} \(first at"):
            coding.decode(values)
    else:
        assert coding.decode(values).ravel().tolist() == [ids[value] for value in flat]


def test_decoding_a_large_map_takes_a_moment() -> None:
    values = np.random.default_rng(0).integers(0, 182, (64, 128)).astype(np.uint8).repeat(16, 0).repeat(16, 1)
    coding = LabelCoding.named("coco-stuff")
    coding.decode(values)
    seconds = []
    for _ in range(5):
        started = time.process_time()
        coding.decode(values)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1


def test_255_means_unknown_by_custom_where_a_class_for_it_exists() -> None:
    space = LabelSpace.load("camvid")
    coding = LabelCoding.of_photograph(space)
    assert coding.decode(np.array([[0, 8, 255]])).tolist() == [[0, 8, space.dont_care]]
    without = LabelSpace.from_names("two", ["a", "b"])
    assert not LabelCoding.of_photograph(without).knows(255)
