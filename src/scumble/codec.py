"""Frozen dataclasses to plain values that JSON can hold, and back with every type and key checked."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from scumble.errors import ConfigError, nearest

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A dataclass as nested dictionaries, lists, numbers, strings and None."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(v) for v in value]
    return value


def from_plain(kind: type[T], value: Any, where: str = "config") -> T:
    """Build a dataclass from plain values.

    Args:
        kind: a dataclass whose fields are dataclasses, tuples, Literals, optionals, int, float, bool, str.
        value: what ``to_plain`` gave, perhaps read from JSON.
        where: how messages call the place.

    Raises:
        ConfigError: an unknown or missing key, or a value of another type, with its place.
    """
    built: T = _build(kind, value, where)
    return built


def _build(kind: Any, value: Any, where: str) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _build_dataclass(kind, value, where)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in arguments:
            return None
        (inner,) = (a for a in arguments if a is not type(None))
        return _build(inner, value, where)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(where, value, "a list")
        items = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
        if len(items) != len(value):
            raise _wrong(where, value, f"{len(items)} values")
        return tuple(_build(i, v, f"{where}[{n}]") for n, (i, v) in enumerate(zip(items, value, strict=True)))
    if origin is Literal:
        if value not in arguments:
            raise _wrong(where, value, "one of " + ", ".join(map(repr, arguments)))
        return value
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise _wrong(where, value, f"a value of type {getattr(kind, '__name__', kind)}")
    return value


def _build_dataclass(kind: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, value, f"the keys of {kind.__name__}")
    hints = get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key in value:
        if key not in fields:
            raise ConfigError(f"{where}: there is no key {key!r}; {nearest(str(key), fields)}")
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in value:
            raise ConfigError(f"{where}: the key {name!r} is missing; add it.")
    return kind(**{key: _build(hints[key], item, f"{where}.{key}") for key, item in value.items()})


def _wrong(where: str, value: Any, expected: str) -> ConfigError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return ConfigError(f"{where} is {shown}, expected {expected}.")
