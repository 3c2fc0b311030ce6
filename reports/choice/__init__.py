"""Which configuration, and does it hold: what was chosen and trained again on fresh seeds, compared on these alone."""
