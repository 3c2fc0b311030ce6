"""One profile for everyone: the same examples on every machine, and no example fails for being slow."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")
