"""The training loop and what it needs: averaged weights, resuming, logs, sample grids."""
