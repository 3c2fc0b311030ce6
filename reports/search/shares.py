"""Which part of a response's variance each input decides, alone and in pairs, from points that fill the space.

The response is fitted by orthonormal polynomials of the inputs, each laid on (0, 1) in its sampling scale: then the variance
over the space is the sum of the squared coefficients (Sudret, Reliability Engineering & System Safety 93, 2008).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import eval_legendre

from reports.judging.intervals import LEVEL, Numbers

ALONE = 4  # degrees of an input by itself
TOGETHER = 3  # and, summed, of a pair
POINTS_A_TERM = 4  # with fewer the fit follows the noise: terms of high degree are left out first
DRAWS = 400
SEED = 0  # of the bootstrap: the same table has the same interval

Term = tuple[int, ...]  # the degree in each input


@dataclass(frozen=True)
class Share:
    """Of the variance; ``inputs``: one alone, two together beyond what each does alone, none: all that the fit does not hold."""

    inputs: tuple[str, ...]
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Fit:
    """``coefficients`` (T,) of ``terms``; ``influence`` (T, N) @ responses (N,) gives them."""

    names: tuple[str, ...]
    terms: tuple[Term, ...]
    coefficients: Numbers
    influence: Numbers
    shares: tuple[Share, ...]
    points: int
    seeds: int

    def at(self, unit: Numbers) -> Numbers:
        """The fitted response, (N,), at ``unit`` (N, D)."""
        return np.asarray(_design(unit, self.terms) @ self.coefficients, float)


def fit(unit: Mapping[str, Numbers], responses: Numbers) -> Fit | None:
    """``unit``: each input's place in (0, 1), (N,); ``responses`` (N, S) of paired seeds. None where there are too few points.

    What noise adds to a squared coefficient is taken off, and what seeds add to the variance of their mean; intervals are of
    a wild bootstrap over points, whose spread the noise of seeds is part of.
    """
    names, inputs = tuple(unit), np.column_stack(list(unit.values()))
    terms = _terms(len(names), len(inputs))
    if len(terms) <= len(names) or np.ptp(responses.mean(axis=1)) == 0:
        return None
    mean, design = responses.mean(axis=1), _design(inputs, terms)
    influence = np.asarray(np.linalg.pinv(design), float)
    coefficients = influence @ mean
    leverage = np.minimum(np.einsum("nt,tn->n", design, influence), 0.99)
    residuals = (mean - design @ coefficients) / (1 - leverage)  # HC3
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], (DRAWS, len(mean)))
    drawn = coefficients + (signs * residuals) @ influence.T
    noise = (influence**2) @ residuals**2
    seeds = responses.shape[1]
    spread = float(responses.var(axis=1, ddof=1).mean() / seeds) if seeds > 1 else 0.0
    variance = max(float(mean.var(ddof=1)) - spread, np.finfo(float).tiny)
    rest = max(variance - float((coefficients[1:] ** 2 - noise[1:]).sum()), 0.0)
    parts = coefficients**2 - noise, drawn**2 - 2 * noise  # a draw holds the noise twice
    return Fit(names, terms, coefficients, influence, tuple(_shares(names, terms, parts, rest)), len(mean), seeds)


def _shares(
    names: tuple[str, ...], terms: tuple[Term, ...], parts: tuple[Numbers, Numbers], rest: float
) -> Iterator[Share]:
    found, drawn = parts[0][1:], parts[1][:, 1:]
    whole, wholes = max(found.sum(), 0) + rest, np.maximum(drawn.sum(axis=1), 0) + rest
    wholes[wholes == 0] = whole  # in some draws of a noisy response nothing is left to be shared
    groups = [frozenset(place for place, degree in enumerate(term) if degree) for term in terms[1:]]
    for group in sorted(set(groups), key=lambda group: (len(group), sorted(group))):
        own = np.array([each == group for each in groups])
        yield _share(
            tuple(names[place] for place in sorted(group)), found[own].sum() / whole, drawn[:, own].sum(axis=1) / wholes
        )
    yield _share((), rest / whole, rest / wholes)


def _share(inputs: tuple[str, ...], value: float, drawn: Numbers) -> Share:
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Share(inputs, *(float(np.clip(each, 0, 1)) for each in (value, low, high)))


def _terms(inputs: int, points: int) -> tuple[Term, ...]:
    """The constant first, then by degree; as many as so many points bear, all of a degree or none."""
    alone = [_term(inputs, {place: degree}) for place in range(inputs) for degree in range(1, ALONE + 1)]
    pairs = [
        _term(inputs, {one: degree, other: total - degree})
        for one, other in combinations(range(inputs), 2)
        for total in range(2, TOGETHER + 1)
        for degree in range(1, total)
    ]
    whole = [_term(inputs, {})]
    for group in (
        alone[::ALONE],
        alone[1::ALONE],
        [t for t in pairs if sum(t) == 2],
        alone[2::ALONE],
        [t for t in pairs if sum(t) > 2],
        alone[3::ALONE],
    ):
        if POINTS_A_TERM * (len(whole) + len(group)) <= points:
            whole += group
    return tuple(whole)


def _term(inputs: int, degrees: Mapping[int, int]) -> Term:
    return tuple(degrees.get(place, 0) for place in range(inputs))


def _design(unit: Numbers, terms: tuple[Term, ...]) -> Numbers:
    """Products of orthonormal Legendre polynomials on (0, 1), (N, T)."""
    degrees = np.arange(ALONE + 1)
    legendre = eval_legendre(degrees, 2 * unit[..., None] - 1) * np.sqrt(2 * degrees + 1)  # (N, D, degrees)
    places = np.arange(unit.shape[1])
    return np.stack([legendre[:, places, list(term)].prod(axis=1) for term in terms], axis=1)
