"""Estimates over paired seeds, each with its 95% interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from reports.judging.regimes import EVERYWHERE, Regime

Numbers = NDArray[np.float64]

LEVEL = 0.95
LOSS, ERROR = "loss", "error"  # metrics of an effect


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value, its 95% interval and its standard error; NaN where ``seeds`` are too few.

    An infinite end marks a bound: the true value may lie anywhere on that side. ``void`` says why it cannot be judged.
    ``known_to`` is how far off the value may be however many the seeds; the interval holds it.
    """

    value: float
    low: float
    high: float
    error: float
    seeds: int
    regime: Regime = EVERYWHERE
    metric: str = LOSS
    notes: tuple[str, ...] = ()
    void: str = ""
    known_to: float = 0.0

    @property
    def has_interval(self) -> bool:
        """One end may be infinite, where the value is a bound."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    @property
    def bound(self) -> int:
        """+1 where the true value may be larger than the one seen (it is at least that), −1 where it may be smaller, else 0."""
        return int(self.high == np.inf) - int(self.low == -np.inf)

    @property
    def exact(self) -> bool:
        """It follows from a definition and needs no seed."""
        return self.seeds == 0 and self.error == 0

    @property
    def spread(self) -> float:
        """Standard deviation of what one seed says."""
        return self.error * float(np.sqrt(self.seeds))


def nothing(void: str, *, regime: Regime = EVERYWHERE, seeds: int = 0, notes: Sequence[str] = ()) -> Estimate:
    """The estimate of what cannot be estimated."""
    lost = float("nan")
    return Estimate(
        value=lost, low=lost, high=lost, error=lost, seeds=seeds, regime=regime, notes=tuple(notes), void=void
    )


def exactly(value: float, *, regime: Regime, notes: Sequence[str]) -> Estimate:
    """What follows from a definition."""
    return Estimate(value=value, low=value, high=value, error=0, seeds=0, regime=regime, notes=tuple(notes))


def mean(values: ArrayLike) -> Estimate:
    """Mean of the values that are numbers, and its t interval."""
    finite = _finite(values)
    if finite.size == 0:
        return nothing("no seed has a value")
    value, error = float(finite.mean()), _standard_error(finite)
    low, high = _t_interval(value, error, finite.size)
    return Estimate(value=value, low=low, high=high, error=error, seeds=finite.size)


def bounded(estimate: Estimate, bound: int) -> Estimate:
    """The same as a bound: +1 where the true value may be larger than the one seen, −1 where it may be smaller, 0 as it is."""
    return replace(estimate, low=-np.inf if bound < 0 else estimate.low, high=np.inf if bound > 0 else estimate.high)


def jackknife(value: float, left_out: ArrayLike) -> Estimate:
    """Jackknife-t about ``value``, from the statistic's values (S,) with one of S seeds left out; t has S − 1 degrees of freedom."""
    lacking = np.asarray(left_out, float)
    seeds = lacking.size
    error = _standard_error(seeds * value - (seeds - 1) * lacking)
    low, high = _t_interval(value, error, seeds)
    return Estimate(value=value, low=low, high=high, error=error, seeds=seeds)


def welch(first: ArrayLike, second: ArrayLike) -> Estimate:
    """Mean of ``first`` minus mean of ``second``, where the two share no seeds: Welch's interval."""
    a, b = _finite(first), _finite(second)
    if min(a.size, b.size) < 2:
        value = float(a.mean() - b.mean()) if min(a.size, b.size) else float("nan")
        return Estimate(value=value, low=float("nan"), high=float("nan"), error=float("nan"), seeds=min(a.size, b.size))
    variances = np.array([a.var(ddof=1) / a.size, b.var(ddof=1) / b.size])
    error = float(np.sqrt(variances.sum()))
    value = float(a.mean() - b.mean())
    weighted = float((variances**2 / np.array([a.size - 1, b.size - 1])).sum())
    freedom = error**4 / weighted if weighted else float("inf")
    reach = error * students(freedom) if error else 0.0
    return Estimate(value=value, low=value - reach, high=value + reach, error=error, seeds=min(a.size, b.size))


def students(freedom: float) -> float:
    """How many standard errors a 95% interval of Student’s t reaches to either side."""
    return float(special.stdtrit(freedom, (1 + LEVEL) / 2))


def _finite(values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, float)
    return np.extract(np.isfinite(numbers), numbers)


def _standard_error(values: Numbers) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")


def _t_interval(value: float, error: float, seeds: int) -> tuple[float, float]:
    if seeds < 2:
        return float("nan"), float("nan")
    reach = error * students(seeds - 1)
    return value - reach, value + reach
