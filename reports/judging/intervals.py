"""Estimates over paired seeds, each with its 95% interval."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

Numbers = NDArray[np.float64]

LEVEL = 0.95
FEW = 15  # seeds below which the bootstrap under-covers
DRAWS = 5_000
ROUNDING = 1e-12  # of the mean: a smaller error is rounding, and a bootstrap of equal values has no interval
BOOTSTRAP_SEED = 20170901  # fixed, so that a page is a function of its table


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value, its 95% interval and its standard error; NaN where ``seeds`` are too few. ``void`` says why it cannot be judged."""

    value: float
    low: float
    high: float
    error: float
    seeds: int
    regime: str = ""
    notes: tuple[str, ...] = ()
    void: str = ""

    @property
    def has_interval(self) -> bool:
        """One end may be infinite, where the value is a bound."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    @property
    def exact(self) -> bool:
        """It follows from a definition and needs no seed."""
        return self.seeds == 0 and self.error == 0

    @property
    def spread(self) -> float:
        """Standard deviation of what one seed says."""
        return self.error * float(np.sqrt(self.seeds))


def nothing(void: str, *, regime: str = "", seeds: int = 0, notes: Sequence[str] = ()) -> Estimate:
    """The estimate of what cannot be estimated."""
    lost = float("nan")
    return Estimate(
        value=lost, low=lost, high=lost, error=lost, seeds=seeds, regime=regime, notes=tuple(notes), void=void
    )


def exactly(value: float, *, regime: str, notes: Sequence[str]) -> Estimate:
    """What follows from a definition."""
    return Estimate(value=value, low=value, high=value, error=0, seeds=0, regime=regime, notes=tuple(notes))


def mean(values: ArrayLike) -> Estimate:
    """Mean of the values that are numbers: t interval below 15 of them, else BCa bootstrap (scipy.stats.bootstrap)."""
    finite = _finite(values)
    if finite.size == 0:
        return nothing("no seed has a value")
    value, error = float(finite.mean()), _standard_error(finite)
    bootstrapped = finite.size >= FEW and error > ROUNDING * abs(value)
    low, high = _bca(finite) if bootstrapped else _t_interval(value, error, finite.size)
    return Estimate(value=value, low=low, high=high, error=error, seeds=finite.size)


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
    reach = error * float(special.stdtrit(freedom, (1 + LEVEL) / 2)) if error else 0.0
    return Estimate(value=value, low=value - reach, high=value + reach, error=error, seeds=min(a.size, b.size))


def band(values: ArrayLike) -> tuple[float, float]:
    """The t interval of a mean, for the bands of figures: what seaborn takes as ``errorbar``."""
    finite = _finite(values)
    return _t_interval(float(finite.mean()), _standard_error(finite), finite.size) if finite.size else (np.nan, np.nan)


def _finite(values: ArrayLike) -> Numbers:
    numbers = np.asarray(values, float)
    return np.extract(np.isfinite(numbers), numbers)


def _standard_error(values: Numbers) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else float("nan")


def _t_interval(value: float, error: float, seeds: int) -> tuple[float, float]:
    if seeds < 2:
        return float("nan"), float("nan")
    reach = error * float(special.stdtrit(seeds - 1, (1 + LEVEL) / 2))
    return value - reach, value + reach


def _bca(values: Numbers) -> tuple[float, float]:
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    found = stats.bootstrap(
        (values,), np.mean, n_resamples=DRAWS, confidence_level=LEVEL, method="BCa", rng=generator
    ).confidence_interval
    return float(found.low), float(found.high)
