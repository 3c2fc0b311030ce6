"""The two levels of the tests, declared here alone: thin is what ``make test`` runs, whole what ``make whole`` runs besides, in CI.

A third, ``slow``, is for nights and machines with more installed: nobody runs it without asking for it.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

THIN = "not slow and not whole"
WHOLE = "not slow and (whole or hypothesis)"  # hypothesis marks its tests itself: they run again, with all examples
EXAMPLES = {"thin": 20, "whole": 100}  # of hypothesis, by its profile

# the same examples on every machine, and no example fails for being slow
for profile, count in EXAMPLES.items():
    settings.register_profile(profile, max_examples=count, derandomize=True, deadline=None, database=None)


def choose(config: pytest.Config) -> None:
    """By ``--whole``; who names marks of their own has those."""
    whole = config.getoption("whole")
    settings.load_profile("whole" if whole else "thin")
    config.option.markexpr = config.option.markexpr or (WHOLE if whole else THIN)


def examples(count: int) -> int:
    """So many of a law that needs other than the usual hundred, and as large a part of them as of the others."""
    return max(1, count * settings.default.max_examples // EXAMPLES["whole"])


def one_in(share: int, cases: Iterable[Any]) -> list[Any]:
    """Cases of a parameter, of which the first and each so many-th are in the thin form."""
    return [case if place % share == 0 else _whole(case) for place, case in enumerate(cases)]


def one_of_each(kind: Callable[[Any], Hashable], cases: Iterable[Any]) -> list[Any]:
    """Cases of a parameter, of which the first of each kind are in the thin form."""
    seen: set[Hashable] = set()
    return [_whole(case) if kind(case) in seen else seen.add(kind(case)) or case for case in cases]


def _whole(case: Any) -> Any:
    if isinstance(case, ParameterSet):
        return case._replace(marks=(*case.marks, pytest.mark.whole))
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.whole)
