"""iPOSE: pictures from maps, with the inferred parts of every object (``ipose`` spec)."""
