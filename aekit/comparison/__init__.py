# Comparison: runs of the same data trained and measured alike, in one table and on one page.
"""Comparison: runs of the same data trained and measured alike, in one table and on one page."""
