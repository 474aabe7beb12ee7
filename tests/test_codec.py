"""Configurations as plain values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from scumble.codec import from_plain, to_plain
from scumble.errors import ConfigError
from scumble.presets import PRESETS
from scumble.training.editing import EditingPreset


@dataclass(frozen=True)
class Inner:
    """A nested configuration."""

    rate: float
    sizes: tuple[int, ...] = ()


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
        ({"inner": {"rate": "fast"}}, r"config\.inner\.rate is 'fast', expected a value of type float"),
        ({"inner": {"rate": 1, "sizes": [1, 2.5]}}, r"config\.inner\.sizes\[1\] is 2\.5, expected .* int"),
        ({"inner": {"rate": 1, "sizes": 7}}, r"config\.inner\.sizes is 7, expected a list"),
        ({"pair": [3]}, r"config\.pair is \[3\], expected 2 values"),
        ({"mode": "slow"}, r"config\.mode is 'slow', expected one of 'fast', 'exact'"),
        ({"limit": True}, r"config\.limit is True, expected a value of type int"),
        ({"name": None}, r"config\.name is None, expected a value of type str"),
        ({"enabled": 1}, r"config\.enabled is 1, expected a value of type bool"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_plain(Outer, {**PLAIN, **changes})


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"here: the key 'pair' is missing"):
        from_plain(Outer, {"name": "a", "inner": {"rate": 1.0}}, "here")


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(ConfigError) as caught:
        from_plain(Outer, {**PLAIN, "limit": "x" * 5000})
    assert len(str(caught.value)) < 150
