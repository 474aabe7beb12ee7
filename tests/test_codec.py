"""Configurations and edits as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pytest

from scumble.codec import from_plain, to_plain
from scumble.edit import Edit
from scumble.errors import ConfigError, InputError
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset


@dataclass(frozen=True)
class Inner:
    """A nested configuration."""

    rate: float
    sizes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ConfigError(f"the rate is {self.rate}")


@dataclass(frozen=True)
class Outer:
    """Every kind of field that configurations have."""

    name: str
    inner: Inner
    pair: tuple[int, str]
    mode: Literal["fast", "exact"] = "exact"
    limit: int | None = None
    enabled: bool = True


PLAIN: dict[str, Any] = {
    "name": "a",
    "inner": {"rate": 0.5, "sizes": [1, 2]},
    "pair": [3, "b"],
    "mode": "fast",
    "limit": 4,
    "enabled": False,
}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_survives_json(name: str) -> None:
    preset = PRESETS[name]()
    assert from_plain(EditingPreset, json.loads(json.dumps(to_plain(preset)))) == preset


def test_plain_values_become_the_types_of_the_fields() -> None:
    built = from_plain(Outer, PLAIN)
    assert built == Outer("a", Inner(0.5, (1, 2)), (3, "b"), "fast", 4, False)
    assert to_plain(built) == PLAIN


def test_keys_with_defaults_may_be_left_out() -> None:
    built = from_plain(Outer, {"name": "a", "inner": {"rate": 1}, "pair": [3, "b"], "limit": None})
    assert built == Outer("a", Inner(1.0), (3, "b"))
    assert type(built.inner.rate) is float


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"limt": 4}, r"config: there is no key 'limt'; did you mean 'limit'\?"),
        ({"inner": {"rat": 1.0}}, r"config\.inner: there is no key 'rat'; did you mean 'rate'\?"),
        ({"inner": {}}, r"config\.inner: the key 'rate' is missing"),
        ({"inner": 3}, r"config\.inner is 3, expected the keys of Inner"),
        ({"inner": {"rate": "fast"}}, r"config\.inner\.rate is 'fast', expected a number"),
        (
            {"inner": {"rate": 1, "sizes": [1, 2.5]}},
            r"config\.inner\.sizes\[1\] is 2\.5, expected a whole number",
        ),
        ({"inner": {"rate": 1, "sizes": 7}}, r"config\.inner\.sizes is 7, expected a list"),
        ({"pair": [3]}, r"config\.pair is \[3\], expected 2 values"),
        ({"mode": "slow"}, r"config\.mode is 'slow', expected one of 'fast', 'exact'"),
        ({"limit": True}, r"config\.limit is True, expected a whole number"),
        ({"name": None}, r"config\.name is None, expected a text"),
        ({"enabled": 1}, r"config\.enabled is 1, expected true or false"),
        ({"limit": 2**63}, r"config\.limit is 9223372036854775808, expected a whole number up to 9223"),
        ({"inner": {"rate": 10**5000}}, r"config\.inner\.rate is a number of thousands of digits, expected"),
        ({"inner": {"rate": -1}}, r"config\.inner: the rate is -1\.0"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_plain(Outer, {**PLAIN, **changes})


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"here: the key 'pair' is missing"):
        from_plain(Outer, {"name": "a", "inner": {"rate": 1.0}}, "here")


def test_fields_that_are_none_are_left_out_where_asked() -> None:
    value = Outer("a", Inner(0.5, (1, 2)), (3, "b"))
    assert to_plain(value)["limit"] is None
    assert "limit" not in to_plain(value, keep_none=False)
    assert from_plain(Outer, to_plain(value, keep_none=False)) == value


def test_masks_are_run_length_coded() -> None:
    assert to_plain(np.array([[True, False], [False, True]])) == {"size": [2, 2], "runs": [0, 1, 2, 1]}


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(ConfigError) as caught:
        from_plain(Outer, {**PLAIN, "limit": "x" * 5000})
    assert len(str(caught.value)) < 150


# --- edits

BOX = {"operation": "box", "x0": 0, "y0": 0, "x1": 2, "y1": 2}


def free_mask(**changes: Any) -> dict[str, Any]:
    return {"operation": "free_mask", "mask": {"size": [2, 3], "runs": [1, 5]} | changes}


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ({"operation": "remov", "selector": "car"}, "'remov'; did you mean 'remove'"),
        ({"selector": "car"}, "name as 'operation'"),
        ({"operation": ["box"]}, "name as 'operation'"),
        ("remove", "is 'remove', expected keys and values"),
        ({"operation": "remove"}, r"Operation 1 of the edit \(remove\): the key 'selector' is missing"),
        ({"operation": "remove", "selecter": "car"}, "no key 'selecter'; did you mean 'selector'"),
        ({"operation": "remove", "selector": 3}, "selector is 3, expected a text"),
        ({"operation": "remove", "selector": None}, "selector is None, expected a text"),
        ({"operation": "remove", "selector": "car", "grow": -1}, r"\(remove\): The mask .* grows by -1"),
        ({"operation": "remove", "selector": "car", "grow": 2**31}, "a whole number up to 2147483647"),
        (BOX | {"x0": 1.0}, r"x0 is 1\.0, expected a whole number"),
        (BOX | {"x0": True}, "x0 is True, expected a whole number"),
        (BOX | {"x0": 10**5000}, "x0 is a number of thousands of digits"),
        (BOX | {"class_name": 8}, "class_name is 8, expected a text"),
        (BOX | {"style": "a.png"}, r"style is 'a\.png', expected the keys of Style"),
        (BOX | {"class_name": "car", "style": {"file": "a"}}, r"\(box\)\.style: there is no key 'file'"),
        (BOX | {"style": {"path": "a"}}, "has the style 'a' but no class"),
        ({"operation": "extend", "left": 0, "top": 0, "right": 0, "bottom": 0}, "at least one above 0"),
        (free_mask(size=[2, 4]), r"\(free_mask\)\.mask\.runs is \[1, 5\]"),
        (free_mask(runs=[6]), r"\(free_mask\): The mask is empty"),
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
