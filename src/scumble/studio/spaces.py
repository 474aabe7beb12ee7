"""Label spaces as clients see them."""

from __future__ import annotations

from scumble.label_space import LabelSpace
from scumble.studio.models import ClassModel, LabelSpaceModel


def space_model(space: LabelSpace) -> LabelSpaceModel:
    """A label space for the wire."""
    classes = [
        ClassModel(id=c.id, name=c.name, color=c.color, thing=c.thing, dont_care=c.id == space.dont_care)
        for c in space.classes
    ]
    return LabelSpaceModel(name=space.name, classes=classes)
