"""The stages of a study as its file states them: response curves, search, scores, refits, baselines."""

from dataclasses import dataclass
from typing import Any

from study.asked.designs import MOST_REPLICATES
from study.asked.section import Section, arms_of, one_of, optional, setting, several, table, text, whole
from study.asked.settings import check_name
from study.data.tables import TABLES
from study.searched.pruning import RULES
from study.searched.sampling import SAMPLERS

BASELINES = ("frequencies", "logistic", "trees", "mlp")  # those of study.baselines.methods

count = whole(1, 10**9)
seeds = whole(1, MOST_REPLICATES)


def known_field(raw: Any) -> str:
    name = text(raw)
    check_name(name)
    return name


@dataclass(frozen=True, kw_only=True)
class DesignStage(Section):
    """Response curves: for each arm every point of its axes, or so many ``draws`` from them, all on the same seeds.

    ``data`` are the sources of arms that name none.
    """

    replicates: int = setting(seeds, "seeds of each point, the same for all", default=10)
    draws: int | None = setting(
        optional(count), "settings drawn at random, as many for each arm, in the place of every point", default=None
    )
    data: list[dict[str, Any]] = setting(
        several(table), "sources of all arms that name none of their own", default_factory=list
    )
    claims: list[str] = setting(several(text), "whose designs were added to the arms", default_factory=list)
    designs: list[str] | None = setting(
        optional(several(text)), "by what names: B4 of the arms B4_none and B4_before", default=None
    )
    tables: list[str] = setting(
        several(one_of("table", TABLES)), "further tables that claims are tested on", default_factory=list
    )
    absent: list[str] = setting(
        several(one_of("table", TABLES)),
        "those of them that were not installed as the study was begun",
        default_factory=list,
    )
    arms: dict[str, dict[str, Any]] = setting(
        arms_of, "each a table of Hyper's fields: a value, or a list or range of them", default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class SearchStage(Section):
    """The search: ``trials`` in all, never more than ``window`` of them unfinished, for each arm ``repeats`` times.

    Repeats are independent of each other: their samplers' draws are others, their networks' seeds the same.
    A search without a better interval in ``patience`` trials ends before its time. Where there is a ``history``, TPE and GP look
    at so many finished trials: the best of all and the latest.
    """

    trials: int = setting(count, "trials of each arm, in all", default=40)
    replicates: int = setting(
        seeds, "seeds of a trial, trained as one stack: its value is their mean validation loss", default=4
    )
    # also where there are fewer trials: they may become more
    window: int = setting(count, "trials that may be unfinished at once", default=4)
    repeats: int = setting(count, "independent searches of each arm, on the same seeds of networks", default=1)
    sampler: str = setting(one_of("sampler", SAMPLERS), "Optuna's: tpe, random, qmc or gp", default="tpe")
    pruning: str = setting(
        one_of("pruning", RULES), "none, median or halving; keep it off where arms are compared", default="none"
    )
    patience: int | None = setting(
        optional(count), "a search without a better interval in so many trials ends", default=None
    )
    history: int | None = setting(
        optional(whole(50, 10**9)), "how many trials TPE and GP look at: the best 25 and the latest", default=None
    )
    arms: dict[str, dict[str, Any]] = setting(
        arms_of, "each a table of Hyper's fields: a value, or a range to search", default_factory=dict
    )


@dataclass(frozen=True, kw_only=True)
class ScoreStage(Section):
    """The best settings of designs, on as many fresh seeds: for each task, each value of the fields ``held`` and each metric.

    ``arms`` are the designs; by default all that vary the learning rate.
    """

    replicates: int = setting(seeds, "fresh seeds", default=10)
    arms: list[str] | None = setting(
        optional(several(text)), "designs; by default all that vary the learning rate", default=None
    )
    held: list[str] = setting(
        several(known_field),
        "fields for each of whose values a setting is chosen, beside the table",
        default_factory=lambda: ["width"],
    )


@dataclass(frozen=True, kw_only=True)
class RefitStage(Section):
    """The ``trials`` best trials of each search, on fresh seeds and with the test part."""

    replicates: int = setting(seeds, "fresh seeds", default=10)
    trials: int = setting(count, "best trials of each search that are trained again", default=1)


@dataclass(frozen=True, kw_only=True)
class BaselineStage(Section):
    """Other methods on the rows of the refit: same splits, same seeds, the same test part.

    Without a refit on those of the score, each source of data in its turn, on the first ``replicates`` of its seeds.
    """

    replicates: int | None = setting(optional(seeds), "seeds of the score, where there is no refit", default=None)
    methods: list[str] = setting(
        several(one_of("method", BASELINES)), "which other methods", default_factory=lambda: list(BASELINES)
    )
