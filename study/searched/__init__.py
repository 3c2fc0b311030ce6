"""How a search goes: what is tried next, what is cut short, which trial is best, when it ends."""
