"""DivSem: diverse semantic image editing with style codes (arXiv 2309.13975); trained by SPMPGAN's recipe."""
