"""Which settings are behind the best by more than chance: a paired t test for each, that borrows its spread from all where seeds are few."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from reports.judging.intervals import LEVEL, Estimate, Numbers
from reports.judging.verdict import POWER

LEAST = 1e-5  # of the median variance: below it a variance is taken as that, for its logarithm


@dataclass(frozen=True)
class Lag:
    """Of one setting behind the best: how far it is seen, the spread of what one seed says, its degrees of freedom.

    ``level`` is that of the one-sided test.
    """

    value: float
    spread: float
    freedom: float
    seeds: int
    level: float

    @property
    def is_shown(self) -> bool:
        """Whether it is behind by more than chance; never by one seed."""
        if self.seeds < 2:
            return False
        reach = float(special.stdtrit(self.freedom, 1 - self.level)) * self.spread / math.sqrt(self.seeds)
        return self.value > reach

    @property
    def seeds_needed(self) -> int | None:
        """Seeds that would show it, if it is as seen; ``None`` where one seed says nothing of the spread."""
        return None if self.seeds < 2 else seeds_to_show(self.value, self.spread, seeds=self.seeds, level=self.level)


def seeds_to_show(value: float, spread: float, *, seeds: int, level: float) -> int | None:
    """S = (z + 0.84)² (sd ÷ value)², for 80 % power at this one-sided level if the value is the true one: more than the ``seeds`` there are."""
    if not abs(value) > 0:
        return None
    root = (float(special.ndtri(POWER)) - float(special.ndtri(level))) * spread / abs(value)
    return max(math.ceil(root**2), seeds + 1)


def lags(behind: Sequence[Estimate]) -> list[Lag]:
    """One for each setting but the best, from its paired difference; the level is shared by all of them (Bonferroni).

    With three seeds a spread is known to a factor of six, and a test by it alone finds nothing. So the variances are moderated
    (Smyth 2004, section 6): drawn to what is typical of all, the more, the more alike they are, with degrees of freedom to
    match; never below a setting's own, for it may be wilder than the rest. Simulated with 30 settings and 3 seeds, half of them
    0.02 to 0.6 nat behind, spread 0.05: 83 % are found, where a test by each one's own spread finds 25 %; the best stays on the
    list in 96 to 99 %, with spreads that differ tenfold and heavy tails too.
    """
    level = (1 - LEVEL) / max(len(behind), 1)
    variances = np.array([each.spread**2 for each in behind])
    own = np.array([each.seeds - 1.0 for each in behind])
    typical, weight = _typical(variances, own)
    freedom = np.minimum(own + weight, max(own.sum(), 1.0))
    drawn = typical if math.isinf(weight) else (weight * typical + own * variances) / np.maximum(own + weight, 1.0)
    spreads = np.sqrt(np.maximum(drawn, variances))
    return [
        Lag(each.value, float(spread), float(free), each.seeds, level)
        for each, spread, free in zip(behind, spreads, freedom, strict=True)
    ]


def _typical(variances: Numbers, freedom: Numbers) -> tuple[float, float]:
    """The variance that is typical of all, and how many degrees of freedom it is worth: those of the F distribution that fits them."""
    middle = float(np.median(variances)) if variances.size else 0.0
    if variances.size < 2 or not middle > 0:
        return 0.0, 0.0
    half = freedom / 2
    logs = np.log(np.maximum(variances, LEAST * middle)) - special.digamma(half) + np.log(half)
    excess = float(logs.var(ddof=1) - special.polygamma(1, half).mean())
    if excess <= special.polygamma(1, 1e6):
        return math.exp(logs.mean()), math.inf
    weight = 2 * optimize.brentq(lambda at: float(special.polygamma(1, at)) - excess, 1e-3, 1e6)
    return math.exp(logs.mean() + special.digamma(weight / 2) - math.log(weight / 2)), weight
