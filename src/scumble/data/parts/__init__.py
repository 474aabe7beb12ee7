"""Part sets: outlines of objects with maps of their parts, read, and built from annotated pictures."""
