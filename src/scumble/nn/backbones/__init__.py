"""Fixed, trained networks whose inner layers serve as perceptual features."""
