"""Random scenes and edit lists, for tests that compare what two programs make of them."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from scumble.edit import (
    Box,
    Brush,
    Edit,
    Erase,
    Extend,
    Fill,
    FreeMask,
    Merge,
    Move,
    Operation,
    Paint,
    PaintPart,
    Polygon,
    Rectangle,
    Remove,
    RemovePart,
    Restyle,
    Split,
    Style,
)
from scumble.errors import InputError
from scumble.instances import derive_instances
from scumble.label_space import LabelSpace
from scumble.scene import Scene

CAMVID = LabelSpace.load("camvid")


def random_scene(rng: np.random.Generator) -> Scene:
    """Blots of classes on a small canvas; half of the scenes know parts."""
    width, height = (int(n) for n in rng.integers(1, 40, 2))
    labels = np.full((height, width), rng.integers(12), dtype=np.int32)
    for _ in range(rng.integers(0, 8)):
        y, x = np.ogrid[:height, :width]
        center, radius = rng.integers(0, 40, 2), rng.integers(1, 12)
        labels[(x - center[0]) ** 2 + (y - center[1]) ** 2 <= radius**2] = rng.integers(12)
    parts = rng.integers(0, 4, labels.shape).astype(np.int32) if rng.random() < 0.5 else None
    image = np.zeros((height, width, 3), np.uint8)
    return Scene(image, labels, derive_instances(labels, CAMVID), CAMVID, parts)


def random_list(
    rng: np.random.Generator, scene: Scene, length: int, *, extend: bool = True
) -> list[Operation]:
    """Operations, some of which cannot be carried out; at most one extends the canvas, at the end."""
    operations = [_operation(rng, scene) for _ in range(length)]
    if extend and rng.random() < 0.3:
        place = int(rng.integers(length))
        amounts = [int(n) for n in rng.integers(0, 6, 4)]
        last = Extend(amounts[0], amounts[1], amounts[2], amounts[3] + 1, _class(rng))
        # Masks fit only one size of the canvas, so they come before.
        sized = (Paint, FreeMask, PaintPart)
        operations[place:] = [last, *(o for o in operations[place:] if not isinstance(o, sized))]
    return operations


def regrouping_list(rng: np.random.Generator, scene: Scene, length: int) -> list[Operation]:
    """Objects that are merged and split, and other operations in between."""
    operations: list[Operation] = []
    kept: list[Operation] = []
    now = scene
    for _ in range(length):
        operation = _regrouping(rng, now) if rng.random() < 0.7 else _operation(rng, scene)
        operations.append(operation)
        with contextlib.suppress(InputError):
            now = Edit((*kept, operation)).apply(scene, generate=False).scene
            kept.append(operation)
    return operations


def written(operation: Operation) -> dict[str, Any]:
    """An operation as an edit list has it."""
    entry: dict[str, Any] = Edit((operation,)).to_dict()["operations"][0]
    return entry


def _operation(rng: np.random.Generator, scene: Scene) -> Operation:
    width, height = scene.size
    points = tuple((int(x), int(y)) for x, y in rng.integers(-5, 45, (rng.integers(3, 7), 2)))
    if rng.random() < 0.1:
        points = tuple((x * 1400, y * -1400) for x, y in points)
    radius = int(rng.choice([0, 1, 2, 3, 5, 9, 512], p=[0.1, 0.2, 0.2, 0.2, 0.2, 0.09, 0.01]))
    name = _class(rng)
    style = Style(f"picture{rng.integers(3)}") if name and rng.random() < 0.3 else None
    numbers = np.unique(scene.instances)
    instance = int(rng.choice(numbers)) if name and rng.random() < 0.2 else None
    if instance is not None and rng.random() < 0.8:
        name = CAMVID.names[int(scene.labels[scene.instances == instance][0])]
    mask = rng.random((height, width)) < 0.3
    mask.flat[rng.integers(mask.size)] = True
    x0, y0, across, down = (int(n) for n in rng.integers(0, 20, 4))
    dx, dy = (int(n) for n in rng.integers(-12, 13, 2))
    selector, grow = _selector(rng, scene), int(rng.integers(0, 7))
    makers: list[Any] = [
        lambda: Brush(points, radius, name, instance, style),
        lambda: Polygon(points, name, instance, style),
        lambda: Rectangle(x0 - 3, y0 - 3, x0 + across, y0 + down, name, instance, style),
        lambda: Fill(int(rng.integers(width)), int(rng.integers(height)), name, instance, style),
        lambda: Erase(points, radius),
        lambda: Erase(points[:2], radius),
        lambda: Move(selector, dx, dy + 13, 100, bool(rng.integers(2)), style, grow),
        lambda: Move(selector, dx, dy, int(rng.integers(1, 300)), bool(rng.integers(2)), style, grow),
        lambda: Remove(selector, grow),
        lambda: Restyle(selector, style),
        lambda: Paint(mask, name or "car", style),
        lambda: FreeMask(mask),
        lambda: Box(x0, y0, min(x0 + 5, width), min(y0 + 5, height), name, style),
        lambda: Box(1, 1, 4, 5, name or "car", style, outline=np.eye(4, 3, dtype=np.bool_)),
        lambda: RemovePart(selector, int(rng.integers(1, 4))),
        lambda: PaintPart(selector, int(rng.integers(0, 9)), mask),
    ]
    operation: Operation = makers[rng.integers(len(makers))]()
    return operation


def _regrouping(rng: np.random.Generator, scene: Scene) -> Operation:
    """A merge or a split of objects that are there."""
    things = [row for row in scene.instance_table() if row.class_id in CAMVID.things]
    if not things:
        return Rectangle(0, 0, 20, 20, "car")
    row = things[rng.integers(len(things))]
    others = sum(other.class_id == row.class_id for other in things)
    name = CAMVID.names[row.class_id]
    target, other = (f"{name}#{number}" for number in rng.integers(others, size=2))
    if rng.random() < 0.4:
        return Merge(target, other)
    corner = rng.integers(-2, 3, 2) + row.box[:2]
    points = [tuple((corner + rng.integers(0, 20, 2)).tolist()) for _ in range(rng.integers(2, 5))]
    if rng.random() < 0.6:
        x, y = ((row.box[0] + row.box[2]) // 2, (row.box[1] + row.box[3]) // 2)
        points = [(x, 0), (x, 40)] if rng.random() < 0.5 else [(0, y), (40, y)]
    return Split(target, tuple(points), int(rng.integers(4)))


def _class(rng: np.random.Generator) -> str | None:
    return str(rng.choice(CAMVID.names)) if rng.random() < 0.85 else None


def _selector(rng: np.random.Generator, scene: Scene) -> str:
    present = [CAMVID.names[i] for i in np.unique(scene.labels).tolist()]
    name = str(rng.choice(present)) if rng.random() < 0.9 else str(rng.choice(CAMVID.names))
    return f"{name}#{rng.integers(2)}" if rng.random() < 0.7 else name
