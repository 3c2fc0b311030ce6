"""Validation loss by strength at each learning rate of a design, with "none" beside it: what tuned searches are read from."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from reports.evidence.checked import TableError
from reports.evidence.ends import SHARE
from reports.evidence.lost import trained
from reports.evidence.matrices import laid_out
from reports.evidence.once import once
from reports.evidence.responses import rounded
from reports.judging.intervals import Estimate, Numbers, students
from reports.judging.verdict import SESOI

FIELDS = {"dropout": "keep_prob", "l2": "l2"}
NONE = {"dropout": 1.0, "l2": 0.0}  # the strength at which an arm does nothing
ENDINGS = ("", "_rates", "_levels")  # of the designs of an arm
NONES = ("none", *(f"{arm}{ending}" for arm in ("none", "dropout", "l2") for ending in ("", "_rates", "_levels")))
POINT = ["width", "learning_rate", "strength", "seed"]  # of a network of one kind
COLUMNS = ["kind", *POINT, "loss", "train"]
FEWEST = 5  # strengths above none that make a curve
INNER = SHARE * SESOI  # nat
BETWEEN = SESOI / 10  # nat: at grids of nine strengths, curves between them were off by up to so much (calibration)
FEWEST_SEEDS = 3  # one to choose, one to score, one to leave out
RESAMPLES = 400
RESAMPLING_SEED = (
    20170901  # fixed, so that a page is a function of its table; the same resamples of seeds at each width
)
PLAUSIBLE = 0.05  # of resamples in which a learning rate is the best


@dataclass(frozen=True, eq=False)
class DoseCurve:
    """Losses (P, S) of ``kind`` at increasing strengths above none (P,), and without, (S,); ``train`` holds the training losses (P, S).

    A network that diverged has a nat more than the worst of its seed: no search ends there.
    """

    kind: str
    width: int
    rate: float
    strengths: Numbers
    seeds: tuple[int, ...]
    losses: Numbers
    none: Numbers
    train: Numbers

    def seen(self, at: Numbers) -> Numbers:
        """What each seed's search sees at strengths ``at`` (M,), (M, S): the modified Akima curve through its points, noise and all.

        In log-odds of keep_prob and in log λ, where responses bend evenly; beyond the ends the loss at the end. "None" is a
        point of its own, which no line leads to.
        """
        inside = np.clip(at, self.strengths[0], self.strengths[-1])
        knots = coordinate(self.kind, self.strengths)
        curve = Akima1DInterpolator(
            knots, self.losses, method="makima"
        )  # local: one bad network bends its neighbours alone
        return np.where((at == NONE[self.kind])[:, None], self.none, curve(coordinate(self.kind, inside)))

    @property
    def responds(self) -> bool:
        """Whether the mean response moves by more than twice the smallest effect of interest."""
        return self.range > 2 * SESOI

    @cached_property
    def censored(self) -> bool:
        """Whether the mean loss is lowest at the strongest strength that was tried, and still falls: the best may lie beyond."""
        means = self.losses.mean(axis=1)
        end, inner = (means[-1], means[-2]) if self.kind == "l2" else (means[0], means[1])
        return bool(end < min(inner, self.none.mean()) - INNER and end == means.min())

    @property
    def best_strength(self) -> float:
        """Where the mean loss is lowest, "none" included."""
        strengths = np.append(self.strengths, NONE[self.kind])
        return float(strengths[np.append(self.losses.mean(axis=1), self.none.mean()).argmin()])

    @cached_property
    def range(self) -> float:
        """In nats, of the mean response, "none" included."""
        return float(np.ptp(np.append(self.losses.mean(axis=1), self.none.mean())))


@dataclass(frozen=True, eq=False)
class Doses:
    """The curves of one kind at one width, a learning rate each, over the same seeds."""

    curves: tuple[DoseCurve, ...]

    @property
    def kind(self) -> str:
        return self.curves[0].kind

    @property
    def width(self) -> int:
        return self.curves[0].width

    @property
    def tuned(self) -> bool:
        """Whether there was a learning rate to choose."""
        return len(self.curves) > 1

    @cached_property
    def best(self) -> DoseCurve:
        """At the learning rate with the lowest mean loss at any strength above none."""
        return self.curves[int(self._lowest(np.ones((1, len(self.curves[0].seeds))))[0])]

    @cached_property
    def plausible(self) -> tuple[DoseCurve, ...]:
        """Those whose rate comes out as the best in 5 % of resamples of the seeds, or more; the best first."""
        lowest = self._lowest(drawn(len(self.curves[0].seeds), RESAMPLES))
        won = np.bincount(lowest, minlength=len(self.curves)) / RESAMPLES
        others = (each for each, share in zip(self.curves, won, strict=True) if share >= PLAUSIBLE)
        return (self.best, *(each for each in others if each is not self.best))

    @property
    def at_edge(self) -> bool:
        """Whether the best learning rate is the lowest or the highest tried, and the loss still falls towards it."""
        lowest = [float(each.losses.mean(axis=1).min()) for each in self.curves]
        ends = ((0, 1), (-1, -2)) if self.tuned else ()
        return any(self.curves[end] is self.best and lowest[end] < lowest[inner] - INNER for end, inner in ends)

    def _lowest(self, counts: Numbers) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """The place of the best curve in each resample of the seeds, counts (B, S)."""
        lowest = [(counts @ each.losses.T).min(axis=1) for each in self.curves]
        return np.asarray(np.argmin(lowest, axis=0))

    def estimate(self, of_curve: Callable[[DoseCurve], Estimate]) -> Estimate:
        """At the best learning rate; the interval is from end to end over all that are plausible: the rate is chosen on the same seeds."""
        found = [of_curve(each) for each in self.plausible]
        first = found[0]
        if first.void or not first.has_interval:
            return first
        low, high = min(each.low for each in found), max(each.high for each in found)
        return replace(first, low=low, high=high, error=(high - low) / 2 / students(first.seeds - 1))


def drawn(seeds: int, times: int) -> Numbers:
    """How often each seed is in each of so many resamples of them, (times, S)."""
    generator = np.random.default_rng(RESAMPLING_SEED)
    return generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=times).astype(float)


def interpolated(found: Estimate, by: float = BETWEEN) -> Estimate:
    """An estimate in nats that reads responses between the strengths that were tried: its interval grows ``by`` what that is trusted to."""
    if not found.has_interval:
        return found
    error = found.error + by / students(found.seeds - 1)
    return replace(found, low=found.low - by, high=found.high + by, error=error)


@once
def dose_networks(results: pd.DataFrame, kind: str, designs: Sequence[str] = ()) -> pd.DataFrame:
    """``COLUMNS`` of these designs, by default all of the arm's own, and of those of "none"; as far as they were ``trained``.

    Raises ``TableError`` where two of their networks share width, learning rate, strength and seed but not the loss.
    """
    field, own = FIELDS[kind], designs or [f"{kind}{ending}" for ending in ENDINGS]
    every = results[results["stage"] == "design"]
    without = every["arm"].isin(NONES) & (every["keep_prob"] == NONE["dropout"]) & (every["l2"] == NONE["l2"])
    rows = trained(every[every["arm"].isin(own) | without], ["arm", "trial"])
    found = pd.DataFrame(
        {
            "kind": kind,
            "width": rows["width"],
            "learning_rate": rounded(rows["learning_rate"]),
            "strength": rounded(rows[field]),
            "seed": rows["seed"],
            "loss": rows["valid_loss"],
            "train": rows.get("train_loss", np.nan),
        }
    ).drop_duplicates()
    if found.duplicated(POINT).any():
        raise TableError(
            f"networks of the designs {', '.join(own)} and none differ in more than width, learning_rate and {field}: "
            "what else differs is a design of its own"
        )
    return found.sort_values(POINT)


@once
def doses(networks: pd.DataFrame) -> tuple[Doses, ...]:
    """Of each width in ``COLUMNS``, narrowest first, those learning rates at which the strengths reach far enough."""
    columns = [networks[name].to_numpy() for name in ("learning_rate", "strength", "seed", "loss", "train")]
    of_widths: dict[Any, Any] = networks.groupby(["kind", "width"]).indices
    curves = [
        tuple(_curves(str(kind), int(width), *(each[at] for each in columns)))
        for (kind, width), at in sorted(of_widths.items())
    ]
    return tuple(Doses(each) for each in curves if each)


def at_widths(networks: pd.DataFrame, widths: Collection[int]) -> pd.DataFrame:
    """The networks of these widths; where they are all, the same table, of which nothing is computed anew."""
    kept = networks["width"].isin(widths)
    return networks if kept.all() else networks[kept]


def _curves(kind: str, width: int, rates: Numbers, *columns: NDArray[Any]) -> Iterator[DoseCurve]:
    """Of each learning rate, where they share seeds enough; ``columns`` are strength, seed, loss and train."""
    of_rates = {float(rate): _tried(*(each[rates == rate] for each in columns)) for rate in np.unique(rates)}
    of_rates = {rate: tried for rate, tried in of_rates.items() if tried.is_curve(kind)}
    seeds = sorted(set.intersection(*(tried.whole_seeds for tried in of_rates.values()))) if of_rates else []
    for rate, tried in of_rates.items() if len(seeds) >= FEWEST_SEEDS else ():
        common = np.isin(tried.seeds, seeds)
        losses, above = _filled(tried.losses[:, common]), tried.strengths != NONE[kind]
        yield DoseCurve(
            kind=kind,
            width=width,
            rate=rate,
            strengths=tried.strengths[above],
            seeds=tuple(seeds),
            losses=losses[above],
            none=losses[~above][0],
            train=tried.train[:, common][above],
        )


@dataclass(frozen=True, eq=False)
class _Tried:
    """At one learning rate: ``losses`` and ``train`` (P, S) of strengths (P,) and seeds (S,), NaN also where there is no network; ``networks`` (S,) counts them."""

    strengths: Numbers
    seeds: NDArray[np.int_]
    losses: Numbers
    train: Numbers
    networks: NDArray[np.int_]

    def is_curve(self, kind: str) -> bool:
        """Whether there are strengths enough, "none" beside them, and a network above none that was not lost."""
        above = self.strengths != NONE[kind]
        return bool(above.sum() >= FEWEST and not above.all() and np.isfinite(self.losses[above]).any())

    @property
    def whole_seeds(self) -> set[int]:
        """Those that were trained at every strength, whether they diverged or not."""
        return set(self.seeds[self.networks == self.strengths.size].tolist())


def _tried(strength: Numbers, seed: NDArray[np.int_], loss: Numbers, train: Numbers) -> _Tried:
    strengths, seeds, (losses, trained) = laid_out(strength, seed, loss, train)
    return _Tried(strengths, seeds, losses, trained, np.unique(seed, return_counts=True)[1])


def _filled(losses: Numbers) -> Numbers:
    """Of a network that diverged a nat more than the worst of its seed, or of all where none of its seed has a loss."""
    of_seed = np.asarray(np.fmax.reduce(losses, axis=0), float)
    worst = np.where(np.isnan(of_seed), np.fmax.reduce(losses, axis=None), of_seed)
    return np.where(np.isnan(losses), worst + 1, losses)


def coordinate(kind: str, strengths: Numbers) -> Numbers:
    """Log-odds of keep_prob, the decimal logarithm of λ."""
    return np.asarray(np.log10(strengths) if kind == "l2" else np.log(strengths / (1 - strengths)), float)
