"""The labeler: a small segmentation network of our own, which judges pictures and proposes label maps."""
