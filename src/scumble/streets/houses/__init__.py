"""Houses: walls, windows, doors, roofs and what dresses them."""
