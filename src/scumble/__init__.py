"""scumble: paint pictures from semantic maps, and repaint parts of photographs."""
