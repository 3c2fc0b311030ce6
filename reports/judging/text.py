"""Numbers as a page prints them: true minus signs, digits by unit, an interval and its seeds beside every estimate."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reports.judging.intervals import Estimate

NARROW = "\N{NARROW NO-BREAK SPACE}"
POINTS = "points"  # of percentages' differences
DIGITS = {"nat": 3, "%": 1, POINTS: 1, "share": 3, "of 100": 0, "": 2}  # after the point, by unit
COUNTED = ("of 100",)  # units of what has no other sign
TIMES = "times"  # the unit of ratios, which are kept as their logarithms, so that intervals are symmetric
EXACT = "exact"  # the unit of deviations from an identity
BOUNDS = {0: "", 1: f"≥{NARROW}", -1: f"≤{NARROW}"}
UNKNOWN = "–"
TABLE_NAMES = {"mnist": "MNIST", "mnist1d": "MNIST-1D"}


def number(value: float, unit: str, *, sign: bool = True) -> str:
    """The bare number, to the digits of its unit; a rounded zero has no sign."""
    if math.isnan(value):
        return UNKNOWN
    if unit == TIMES and value == -math.inf:
        return "0"
    if math.isinf(value):
        return _minus(f"{value:{'+' if sign else ''}}".replace("inf", "∞"))
    if unit == TIMES:
        return f"{math.exp(value):.3g}"
    if unit == EXACT:
        return _minus(f"{value:.1g}")
    rounded = round(value, DIGITS[unit]) or 0.0  # and no negative zero
    plus = "+" if sign and rounded > 0 and unit not in COUNTED else ""
    return _minus(f"{plus}{rounded:.{DIGITS[unit]}f}")


def switched_on(kinds: Sequence[str], *, batch_norm: bool) -> str:
    """What regularises, as a sentence calls it: “dropout with L2”, “batch norm and dropout”; no words where nothing does."""
    own = f"{kinds[0]} with {' and '.join(kinds[1:])}" if len(kinds) > 1 else "".join(kinds)
    return " and ".join(filter(None, ["batch norm" * batch_norm, own]))


def stored(value: float, unit: str) -> float:
    """A limit as estimates hold it."""
    return math.log(value) if unit == TIMES else value


def limit(value: float, unit: str) -> str:
    """A rule's limit, a ``stored`` value, with its unit."""
    shown = math.exp(value) if unit == TIMES else value
    noun = unit.removesuffix("s") if unit == POINTS and shown == 1 else unit
    return _minus(f"{shown:g}{'' if unit in ('', '%', EXACT) else ' '}{'' if unit == EXACT else noun}")


def quantity(value: float, unit: str, *, sign: bool = True) -> str:
    """The number with its unit."""
    spelled = number(value, unit, sign=sign)
    if spelled == UNKNOWN or unit in ("", EXACT):
        return spelled
    return f"{spelled}{'' if unit == '%' else ' '}{unit}"


def level(value: float, unit: str) -> str:
    """A number that is no difference; where differences are in points it is a percentage."""
    return quantity(value, "%" if unit == POINTS else unit, sign=False)


def valued(estimate: Estimate, unit: str, *, sign: bool = True) -> str:
    """The value with its unit; a bound is printed as one, ≥ or ≤."""
    return f"{BOUNDS[estimate.bound]}{quantity(estimate.value, unit, sign=sign)}"


def interval(estimate: Estimate, unit: str, *, sign: bool = True) -> str:
    """[low, high], or the seeds that give none, or that it is exact."""
    if estimate.exact:
        return "(exact)"
    if not estimate.has_interval:
        return f"({count(estimate.seeds, 'seed')}, no interval)" if estimate.seeds else "(no interval)"
    return f"[{number(estimate.low, unit, sign=sign)}, {number(estimate.high, unit, sign=sign)}]"


def interval_with_n(estimate: Estimate, unit: str, *, sign: bool = True) -> str:
    """[low, high], 12 seeds; the letter n is kept for a layer’s units."""
    reach = interval(estimate, unit, sign=sign)
    return f"{reach}, {count(estimate.seeds, 'seed')}" if estimate.has_interval and not estimate.exact else reach


def spelled(estimate: Estimate, unit: str, *, sign: bool = True) -> str:
    """The value and its interval as a table's cell."""
    return (
        UNKNOWN if estimate.void else f"{number(estimate.value, unit, sign=sign)} {interval(estimate, unit, sign=sign)}"
    )


def basis(estimate: Estimate) -> str:
    """What an estimate rests on; of one that could not be made nothing is said."""
    if estimate.exact:
        return "by definition"
    return count(estimate.seeds, "seed") if estimate.seeds else UNKNOWN


def setting(value: Any) -> str:
    """A setting or a table's cell: four significant digits at most."""
    if isinstance(value, (int, np.integer)):
        return _minus(str(int(value)))
    if isinstance(value, (float, np.floating)):
        return _minus(f"{float(value):.4g}") if math.isfinite(value) else UNKNOWN
    return str(value)


def table_name(name: str) -> str:
    """What a sentence calls a table of data."""
    return TABLE_NAMES.get(name, name.replace("_", " "))


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace(",", NARROW)


def listed(words: Sequence[str]) -> str:
    """a, b and c; what holds commas is put in brackets."""
    return joined([f"({word})" if ", " in word else word for word in words])


def joined(words: Sequence[str]) -> str:
    """a, b and c."""
    *first, last = words
    return " and ".join([*([", ".join(first)] if first else []), last])


def sentence(clause: str) -> str:
    """A first letter that is a symbol stays as it is: γ is not Γ."""
    first = clause[:1]
    return (first.upper() if first.isascii() else first) + clause[1:]


def _minus(number: str) -> str:
    return number.replace("-", "−")
