"""The systems, one folder each: config, networks, recipe (losses and steps), published (foreign keys)."""
