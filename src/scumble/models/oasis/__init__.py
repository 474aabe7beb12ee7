"""OASIS: pictures from maps with a segmenting discriminator (Sushko et al., arXiv 2012.04781)."""
