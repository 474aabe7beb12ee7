"""How the operations of an edit are written, and what is refused on reading."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from scumble.edit import Edit
from scumble.edit_codec import decode_mask, encode_mask
from scumble.errors import InputError


@given(mask=hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_run_lengths_give_every_mask_back(mask: NDArray[np.bool_]) -> None:
    written = json.loads(json.dumps(encode_mask(mask)))
    again = decode_mask(written, "mask")
    assert again.dtype == np.bool_
    assert np.array_equal(again, mask)
    assert sum(written["runs"]) == mask.size


def free_mask(**changes: Any) -> dict[str, Any]:
    return {"operation": "free_mask", "mask": {"size": [2, 3], "runs": [1, 5]} | changes}


BOX = {"operation": "box", "x0": 0, "y0": 0, "x1": 2, "y1": 2}


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"operation": "remov", "selector": "car"}, "'remov'; did you mean 'remove'"),
        ({"selector": "car"}, "name as 'operation'"),
        ({"operation": ["box"]}, "name as 'operation'"),
        ("remove", "is 'remove'; expected keys and values"),
        ({"operation": "remove"}, r"Operation 1 of the edit \(remove\) lacks the key 'selector'"),
        ({"operation": "remove", "selecter": "car"}, "unknown key 'selecter'; did you mean 'selector'"),
        ({"operation": "remove", "selector": 3}, "selector is 3; expected a text"),
        ({"operation": "remove", "selector": None}, "selector is None; expected a text"),
        ({"operation": "remove", "selector": "car", "grow": -1}, r"\(remove\): The mask .* grows by -1"),
        ({"operation": "remove", "selector": "car", "grow": 2**31}, "expected a whole number up to"),
        (BOX | {"x0": 1.0}, r"x0 is 1\.0; expected a whole number"),
        (BOX | {"x0": True}, "x0 is True; expected a whole number"),
        (BOX | {"x0": 10**5000}, "x0 is a number of thousands of digits"),
        (BOX | {"class_name": 8}, "class_name is 8; expected a text"),
        (BOX | {"style": "a.png"}, r"style is 'a\.png'; expected keys and values"),
        (BOX | {"class_name": "car", "style": {"file": "a"}}, r"\(box\): style has the unknown key 'file'"),
        (BOX | {"style": {"path": "a"}}, "has the style 'a' but no class"),
        ({"operation": "extend", "left": 0, "top": 0, "right": 0, "bottom": 0}, "at least one above 0"),
        (free_mask(size=[2, 4]), "runs add up to 6; expected height x width = 8"),
        (free_mask(size=[2]), r"size is \[2\]"),
        (free_mask(size=[-2, -3]), r"size is \[-2, -3\]"),
        (free_mask(size=[2, 3.0]), r"size is \[2, 3\.0\]"),
        (free_mask(size=[10**9, 10**9]), "at most 64,000,000 pixels"),
        (free_mask(runs=[7, -1]), r"runs is \[7, -1\]"),
        (free_mask(runs=[1, 0, 5]), r"runs is \[1, 0, 5\]"),
        (free_mask(runs=[1, 5.0]), r"runs is \[1, 5\.0\]"),
        (free_mask(runs=[True, 5]), r"runs is \[True, 5\]"),
        (free_mask(runs=[1, 10**5000]), "runs add up to a number of thousands of digits"),
        (free_mask(runs=[]), "runs add up to 0"),
        (free_mask(runs=[6]), r"\(free_mask\): The mask is empty"),
        (free_mask(more=1), "keys 'size' and 'runs'"),
        ({"operation": "free_mask", "mask": [[0, 1]]}, "expected a mask"),
    ],
)
def test_a_malformed_operation_is_refused(operation: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Edit.from_dict({"operations": [operation]})


@pytest.mark.parametrize(
    "value", [None, [], {}, {"operations": []}, {"operations": {}}, {"operations": [], "x": 1}]
)
def test_a_malformed_edit_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="operations"):
        Edit.from_dict(value)
