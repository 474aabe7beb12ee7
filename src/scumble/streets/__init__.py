"""Rendered street scenes: photograph-like pictures with exact label, instance and part maps, from a seed."""

from scumble.streets.dataset import Streets
from scumble.streets.parts import PARTS
from scumble.streets.render import render_street

__all__ = ["PARTS", "Streets", "render_street"]
