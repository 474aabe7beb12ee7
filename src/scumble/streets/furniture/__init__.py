"""What towns put up along their streets: poles, signs and fences."""

from __future__ import annotations

from scumble.streets.furniture.fences import Fence, random_fence
from scumble.streets.furniture.poles import Pole, random_pole
from scumble.streets.furniture.signs import Sign, random_sign

__all__ = ["Fence", "Pole", "Sign", "random_fence", "random_pole", "random_sign"]
