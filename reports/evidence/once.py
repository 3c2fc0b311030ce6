"""What is read from a table, or from a curve of it, is computed once, whoever asks for it."""

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

Found = TypeVar("Found")


def once(function: Callable[..., Found]) -> Callable[..., Found]:
    """Remembers ``function(table, *rest)`` for as long as this very table or curve lives; neither is changed in place."""
    known: dict[tuple[int, tuple[Hashable, ...]], Any] = {}

    @wraps(function)
    def remembered(table: object, *rest: Hashable) -> Found:
        key = (id(table), rest)
        if key not in known:
            known[key] = function(table, *rest)
            weakref.finalize(table, known.pop, key, None)
        found: Found = known[key]
        return found

    return remembered
