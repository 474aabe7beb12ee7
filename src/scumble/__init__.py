"""scumble: paint pictures from semantic maps, and repaint parts of photographs."""

__version__ = "0.1.0"
