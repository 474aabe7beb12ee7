"""Trained segmentation networks that score how well a picture obeys its map."""
