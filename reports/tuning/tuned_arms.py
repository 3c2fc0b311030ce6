"""Arms whose learning rate was varied with their strength: what was tried on the tuning seeds, what was chosen, how it scored on fresh seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from reports.evidence.ends import SHARE, at_end, profile
from reports.evidence.matrices import laid_out
from reports.judging.intervals import ERROR, LOSS, Numbers
from reports.judging.text import setting, switched_on
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

NONE = {"keep_prob": 1.0, "l2": 0.0}  # strengths, and where each does nothing
KINDS = ("none", "early stopping", "L2", "dropout", "both")
HOME = frozenset(  # designs of the study's own, not of a claim
    f"{norm}{kind}{rates}"
    for norm, kind, rates in product(("", "bn_"), ("none", "early_stopping", "l2", "dropout", "both"), ("", "_rates"))
)
WHERE = ("data", "train_rows", "label_noise", "width")  # what a setting is chosen within
SETTINGS = {"learning_rate": "learning rate", "keep_prob": "keep-prob", "l2": "λ"}
READ = (
    "arm",
    "trial",
    "seed",
    "chosen_by",
    "stopped",
    "batch_norm",
    "weights",
    *WHERE,
    *SETTINGS,
    "valid_loss",
    "valid_error",
)


@dataclass(frozen=True)
class Metric:
    """A column of the results times ``scale``, in ``unit``; ``margin`` is the smallest effect of interest."""

    name: str
    column: str
    unit: str
    scale: float
    margin: float


IN_LOSS = Metric(LOSS, "valid_loss", "nat", 1, SESOI)
IN_ERROR = Metric(ERROR, "valid_error", "points", 100, SESOI_IN_POINTS)
METRICS = (IN_LOSS, IN_ERROR)


@dataclass(frozen=True, eq=False, kw_only=True)
class TunedArm:
    """One arm in one place, in one metric.

    ``settings`` are those that may be chosen (those at which no network was lost, and of an arm with a dose those above
    none), indexed by the number of their point; ``tuning`` holds their values on the tuning ``seeds``, (P, S). ``scores`` are
    those of the chosen setting by fresh seed, NaN where a network was lost; empty where the run has none.
    """

    kind: str
    batch_norm: bool
    where: tuple[object, ...]  # values of WHERE
    metric: Metric
    settings: pd.DataFrame
    seeds: tuple[int, ...]
    tuning: Numbers
    scores: "pd.Series[float]"
    lost: str  # networks without a value on tuning seeds, by the name of what happened
    lost_scores: str

    @property
    def name(self) -> str:
        return named(self.kind, batch_norm=self.batch_norm)

    @property
    def width(self) -> int:
        return int(str(self.where[WHERE.index("width")]))

    @cached_property
    def means(self) -> Numbers:
        return np.asarray(self.tuning.mean(axis=1), float)

    @cached_property
    def doses(self) -> list[str]:
        """The strengths that it varies."""
        return [field for field in NONE if (self.settings[field].to_numpy() != NONE[field]).any()]

    @property
    def best(self) -> int:
        """The place of the setting that is best in the mean of all tuning seeds."""
        return int(self.means.argmin())

    @cached_property
    def chosen(self) -> str:
        """In words."""
        row = self.settings.iloc[self.best]
        return ", ".join(f"{SETTINGS[field]} {setting(float(row[field]))}" for field in ("learning_rate", *self.doses))

    @cached_property
    def edges(self) -> list[str]:
        """The fields at whose end the best setting lies, where the values tried may stop short of a better one.

        A weak strength is no end: none lies beyond it, an arm of its own. Where the last step inwards is worth less than a
        quarter of the smallest effect of interest, the end is no loss.
        """
        inner = SHARE * self.metric.margin
        return [
            field
            for field in ("learning_rate", *self.doses)
            if at_end(field, profile(self.settings[field].to_numpy(float), self.means), inner)
        ]

    @property
    def gentlest(self) -> "TunedArm":
        """The same arm at its smallest dose alone, on the tuning seeds."""
        above = self.settings.where(self.settings > 0)
        weakest = {"keep_prob": self.settings["keep_prob"].max(), "l2": above["l2"].min()}
        return self.where_equal({field: float(weakest[field]) for field in self.doses})

    def where_equal(self, values: Mapping[str, float]) -> "TunedArm":
        """The same arm at these values alone, on the tuning seeds."""
        kept = np.logical_and.reduce([np.isclose(self.settings[field], value) for field, value in values.items()])
        return replace(self, settings=self.settings[kept], tuning=self.tuning[kept], scores=self.scores.iloc[:0])

    def or_none(self, none: "TunedArm") -> "TunedArm":
        """The same arm with none among its settings, on the tuning seeds that both have."""
        settings = pd.concat([none.settings, self.settings])
        tuning, seeds = np.concatenate(on_shared_seeds(none, self)), shared_seeds(none, self)
        return replace(self, settings=settings, seeds=seeds, tuning=tuning, scores=self.scores.iloc[:0])


def shared_seeds(first: TunedArm, second: TunedArm) -> tuple[int, ...]:
    """The tuning seeds of both: a design may have more than another."""
    return tuple(sorted(set(first.seeds) & set(second.seeds)))


def on_shared_seeds(first: TunedArm, second: TunedArm) -> tuple[Numbers, Numbers]:
    """``tuning`` of each on the seeds of both; rows stay together in memory, for the order of a sum decides which of equal settings is best."""
    seeds = shared_seeds(first, second)
    one, other = (np.compress(np.isin(each.seeds, seeds), each.tuning, axis=1) for each in (first, second))
    return one, other


def named(kind: str, *, batch_norm: bool) -> str:
    """What a sentence calls an arm of this kind."""
    kinds = {"none": (), "both": ("dropout", "L2")}.get(kind, (kind,))
    return switched_on(kinds, batch_norm=batch_norm) or kind


def tuned_arms(rows: pd.DataFrame) -> list[TunedArm]:
    """In each metric one for each design that varies the learning rate, and each place that it was trained in; ``arm`` names designs."""
    if not {"learning_rate", *WHERE} <= set(rows.columns):
        return []
    read = [name for name in READ if name in rows]  # a sixth of the columns: each selection copies them
    design, scored = (rows.loc[rows["stage"] == stage, read] for stage in ("design", "score"))
    keys, fresh = ["arm", *WHERE], {}
    if len(scored):
        fresh = dict(list(scored.groupby(keys)))
    of_places = [
        _in_each_metric(networks, fresh.get(key, scored.iloc[:0]), tuple(key[1:]))
        for key, networks in design.groupby(keys)
        if len(set(networks["learning_rate"])) > 1
    ]
    return [of_place[number] for number in range(len(METRICS)) for of_place in of_places]


def at_home(results: pd.DataFrame) -> pd.DataFrame:
    """The rows of the study's own designs, and not of a claim's."""
    return results[results["arm"].isin(HOME)]


def _in_each_metric(networks: pd.DataFrame, scored: pd.DataFrame, where: tuple[object, ...]) -> list[TunedArm]:
    columns = [metric.column for metric in METRICS]
    points, seeds, found = laid_out(networks["trial"], networks["seed"], *(networks[column] for column in columns))
    first = np.unique(networks["trial"].to_numpy(), return_index=True)[1]
    settings = pd.DataFrame({field: networks[field].to_numpy()[first] for field in SETTINGS}, index=points)
    dosed = [
        settings[field].to_numpy() != none for field, none in NONE.items() if np.ptp(settings[field].to_numpy()) > 0
    ]
    what, normalised = kind(networks), bool((networks["batch_norm"] != "none").all())
    arms = []
    for metric, values in zip(METRICS, found, strict=True):
        kept = np.logical_and.reduce([np.isfinite(values).all(axis=1), *dosed])
        chosen = (
            scored[[metric.column in chosen_by.split("+") for chosen_by in scored["chosen_by"]]]
            if len(scored)
            else scored
        )
        arms.append(
            TunedArm(
                kind=what,
                batch_norm=normalised,
                where=where,
                metric=metric,
                settings=settings[kept],
                seeds=tuple(seeds.tolist()),
                tuning=metric.scale * values[kept],
                scores=metric.scale * _by_seed(chosen, metric),
                lost=losses(networks, metric),
                lost_scores=losses(chosen, metric),
            )
        )
    return arms


def _by_seed(networks: pd.DataFrame, metric: Metric) -> "pd.Series[float]":
    """As of ``networks.set_index("seed")``, which copies all columns first."""
    seeds = pd.Index(networks["seed"].to_numpy(), name="seed")
    return pd.Series(networks[metric.column].to_numpy(), index=seeds, name=metric.column).sort_index()


def kind(networks: pd.DataFrame) -> str:
    """Which of ``KINDS`` an arm is, by the strengths that its networks have."""
    keep_prob, strength = (networks[field].to_numpy() for field in ("keep_prob", "l2"))
    dropout, l2 = bool((keep_prob < 1).any()), bool((strength > 0).any())
    if dropout or l2:
        return "both" if dropout and l2 else "dropout" if dropout else "L2"
    return "early stopping" if bool((networks["weights"] == "best").all()) else "none"


def losses(networks: pd.DataFrame, metric: Metric) -> str:
    """How many networks have no value, by the name of what became of them; nothing where all have one."""
    lost = np.isnan(networks[metric.column].to_numpy(float))
    counted = networks["stopped"][lost].value_counts().sort_index() if lost.any() else pd.Series(dtype=int)
    return ", ".join(f"{number} {reason}" for reason, number in counted.items())
