"""Masks as the lengths of their runs."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.errors import InputError
from scumble.run_lengths import decode_mask, encode_mask


@given(mask=hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_run_lengths_give_every_mask_back(mask: NDArray[np.bool_]) -> None:
    written = json.loads(json.dumps(encode_mask(mask)))
    again = decode_mask(written, "mask")
    assert again.dtype == np.bool_
    assert np.array_equal(again, mask)
    assert sum(written["runs"]) == mask.size


def coded(**changes: Any) -> dict[str, Any]:
    return {"size": [2, 3], "runs": [1, 5]} | changes


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (coded(size=[2, 4]), r"here\.runs is \[1, 5\], which adds up to 6, expected height x width = 8"),
        (coded(size=[2]), r"here\.size is \[2\], expected \[height, width\]"),
        (coded(size=[-2, -3]), r"size is \[-2, -3\]"),
        (coded(size=[2, 3.0]), r"size is \[2, 3\.0\]"),
        (coded(size=[10**9, 10**9]), "at most 64,000,000 pixels"),
        (coded(runs=[7, -1]), r"here\.runs is \[7, -1\], expected whole numbers above 0"),
        (coded(runs=[1, 0, 5]), r"runs is \[1, 0, 5\]"),
        (coded(runs=[1, 5.0]), r"runs is \[1, 5\.0\]"),
        (coded(runs=[True, 5]), r"runs is \[True, 5\]"),
        (coded(runs=[1, 10**5000]), "adds up to a number of thousands of digits"),
        (coded(runs=[]), "adds up to 0"),
        (coded(more=1), "keys 'size' and 'runs'"),
        ([[0, 1]], r"here is \[\[0, 1\]\], expected a mask"),
    ],
)
def test_what_is_not_a_coded_mask_is_refused(value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        decode_mask(value, "here")
