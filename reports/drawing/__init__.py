"""Figures: colours, what figures share, plates for the page, and SVG."""
