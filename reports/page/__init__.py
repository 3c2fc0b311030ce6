"""The page: what it says first, its cards and figures, and its templates."""
