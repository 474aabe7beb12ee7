"""Pedestrians and bicyclists."""
