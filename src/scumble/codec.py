"""Frozen dataclasses to plain values that JSON can hold, and back with every type and key checked.

Configurations and edits are written with it. Nothing that is read is trusted.
"""

from __future__ import annotations

import dataclasses
import types
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from scumble.errors import ConfigError, ScumbleError, nearest, short
from scumble.run_lengths import decode_mask, encode_mask
from scumble.scene import MaskArray

T = TypeVar("T")


def to_plain(value: Any, *, keep_none: bool = True) -> Any:
    """A dataclass as nested dictionaries, lists, numbers, strings and None; masks are run-length coded.

    Args:
        value: an instance of a dataclass, or what its fields hold.
        keep_none: False leaves out the fields of dataclasses that are None.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        items = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {
            name: to_plain(item, keep_none=keep_none)
            for name, item in items.items()
            if keep_none or item is not None
        }
    if isinstance(value, tuple | list):
        return [to_plain(item, keep_none=keep_none) for item in value]
    return encode_mask(value) if isinstance(value, np.ndarray) else value


def from_plain(
    kind: type[T],
    value: Any,
    where: str = "config",
    *,
    error: type[ScumbleError] = ConfigError,
    largest: int = 2**63 - 1,
) -> T:
    """Build a dataclass from plain values.

    Args:
        kind: a dataclass whose fields are dataclasses, tuples, Literals, optionals, masks, int, float,
            bool, str.
        value: what ``to_plain`` gave, perhaps read from JSON.
        where: how messages call the place.
        error: what to raise; also what the dataclasses themselves raise.
        largest: bound of the size of whole numbers.

    Raises:
        ScumbleError: of the given class, with its place: an unknown or missing key, a value of another type,
            or one that its dataclass refuses.
        InputError: what stands for a mask is none.
    """
    built: T = _Reader(error, largest).build(kind, value, where)
    return built


@dataclass(frozen=True)
class _Reader:
    error: type[ScumbleError]
    largest: int

    def build(self, kind: Any, value: Any, where: str) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if kind == MaskArray:
            return decode_mask(value, where)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type):
            return self._build_dataclass(kind, value, where)
        if origin in (Union, types.UnionType):
            if value is None and type(None) in arguments:
                return None
            (inner,) = (a for a in arguments if a is not type(None))
            return self.build(inner, value, where)
        if origin is tuple:
            return self._build_tuple(arguments, value, where)
        if origin is Literal:
            if value not in arguments:
                raise self._wrong(where, value, "one of " + ", ".join(map(repr, arguments)))
            return value
        return self._build_scalar(kind, value, where)

    def _build_dataclass(self, kind: type[Any], value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise self._wrong(where, value, f"the keys of {kind.__name__}")
        hints = get_type_hints(kind)
        fields = {f.name: f for f in dataclasses.fields(kind)}
        for key in value:
            if key not in fields:
                raise self.error(f"{where}: there is no key {short(key)}; {nearest(str(key), fields)}")
        for name, field in fields.items():
            required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            if required and name not in value:
                raise self.error(f"{where}: the key {name!r} is missing; add it.")
        items = {key: self.build(hints[key], item, f"{where}.{key}") for key, item in value.items()}
        try:
            return kind(**items)
        except self.error as error:
            raise type(error)(f"{where}: {error}") from None

    def _build_tuple(self, arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise self._wrong(where, value, "a list")
        kinds = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else list(arguments)
        if len(kinds) != len(value):
            raise self._wrong(where, value, f"{len(kinds)} values")
        return tuple(
            self.build(kind, item, f"{where}[{n}]")
            for n, (kind, item) in enumerate(zip(kinds, value, strict=True))
        )

    def _build_scalar(self, kind: Any, value: Any, where: str) -> Any:
        if type(value) is int and kind in (int, float):
            if abs(value) > self.largest:
                raise self._wrong(where, value, f"a whole number up to {self.largest}")
            return kind(value)
        if type(value) is not kind:
            names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
            raise self._wrong(where, value, names[kind])
        return value

    def _wrong(self, where: str, value: Any, expected: str) -> ScumbleError:
        return self.error(f"{where} is {short(value)}, expected {expected}.")
