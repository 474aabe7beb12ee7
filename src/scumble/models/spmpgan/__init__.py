"""SPMPGAN: context-consistent semantic image editing with style-preserved modulation (ECCV 2022)."""
