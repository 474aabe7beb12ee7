"""PartNet: the parts of an object from its outline, by example (``ipose`` spec, section 2)."""
