"""How often garbage is looked for while a page is made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS = 100_000  # that are new before the young ones are gone through


@contextmanager
def seldom_collected() -> Iterator[None]:
    """A page makes many small objects, and to look again and again for circles among them took a tenth of its time."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
