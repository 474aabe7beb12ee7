"""Data sets on disk, masks, and what training draws from them."""
