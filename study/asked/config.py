"""The study file: what it may hold, and what it means."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from nets.hyper import Hyper
from nets.kernels import KERNELS
from nets.train import stack_size
from study.asked.arms import Arm, read_arm
from study.asked.designs import MOST_REPLICATES, OF_A_DESIGN, Design, DesignDefaults, read_design
from study.asked.section import (
    MissingError,
    Section,
    UnknownError,
    arms_of,
    one_of,
    optional,
    placed,
    section,
    setting,
    several,
    table,
    text,
    whole,
)
from study.asked.settings import Value, check_name, read_value, type_of
from study.asked.source import Source
from study.data.tables import TABLES
from study.errors import UsageError, did_you_mean
from study.searched.pruning import RULES
from study.searched.sampling import SAMPLERS, check_installed

T = TypeVar("T")
S = TypeVar("S", bound="Section")
BASELINES = ("frequencies", "logistic", "trees", "mlp")  # those of study.baselines.methods
NAME = 'the name of its table, data.name, such as "digits" or "people.csv"'
ARM = "an arm, [search.arms.NAME] or [design.arms.NAME]"

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


def stage(kind: type[S], meaning: str) -> Any:
    """A part of the study that may be left out."""
    return setting(optional(section(kind)), meaning, default=None)


@dataclass(frozen=True, kw_only=True)
class Config(Section):
    """A study is a pure function of this, and of the versions it runs on."""

    seed: int = setting(whole(0, 10**12), "of the study: its networks' seeds and its samplers' draws follow", default=0)
    kernels: str = setting(
        one_of("word for kernels", KERNELS), "what training runs on: numpy or compiled", default="numpy"
    )
    data: Source = setting(section(Source), "the table and its parts")
    hyper: dict[str, Any] = setting(table, "settings of all arms: fields of Hyper", default_factory=dict)
    design: DesignStage | None = stage(
        DesignStage, "response curves: every point of each arm's axes, on the same seeds"
    )
    score: ScoreStage | None = stage(ScoreStage, "the best settings of designs, on fresh seeds")
    search: SearchStage | None = stage(SearchStage, "searches of the arms' open fields")
    refit: RefitStage | None = stage(RefitStage, "the best trials of each search, on fresh seeds and the test part")
    baselines: BaselineStage | None = stage(BaselineStage, "other methods on the rows of the refit")

    def check(self) -> None:
        """Reads every arm, whose settings depend on those that all share."""
        if self.refit and not self.search:
            raise ValueError(
                "refit trains the best trial of a search, and search is missing: add [search], or drop refit"
            )
        if self.score and not self.design:
            raise ValueError(
                "score trains the best settings of designs, and design is missing: add [design], or drop score"
            )
        if self.baselines and not (self.refit or self.score):
            raise ValueError(
                "baselines have the seeds of the refit or the score, and both are missing: add one, or drop baselines"
            )
        with placed("hyper"):
            settings: dict[str, Any] = dict(self.shared)
            Hyper(**settings, seed=0)
        self._check_tables()
        for name in (self.score and self.score.arms) or ():
            one_of("design", [design.name for design in self.designs])(name)
        claimed = self.design and self.design.claims
        if not [*self.designs, *self.arms] and not claimed:
            raise ValueError(_lacking(self.document))
        self._check_pruning()

    def _check_tables(self) -> None:
        tables = [*self.design.tables, *self.design.absent] if self.design else []
        if self.design and tables and not self.design.claims:
            raise ValueError(
                "design.tables takes the designs of claims to more tables, and there are none: set design.claims"
            )
        if self.data.name in tables or len(set(tables)) < len(tables):
            raise ValueError(
                f"design.tables are others than data.name, {self.data.name}, and each once, got {tables}: take it out of them"
            )

    def _check_pruning(self) -> None:
        """A trial is pruned by the mean of its replicates: they train as one stack, or none of them knows it."""
        if not self.search or self.search.pruning == "none":
            return
        for arm in self.arms:
            most = stack_size(int(max(arm.reach("width"))))
            if self.search.replicates > most:
                raise ValueError(
                    f"search.pruning = {self.search.pruning} takes at most {most} replicates at the widths of {arm.name}"
                    f", got {self.search.replicates}: lower search.replicates, or set search.pruning=none"
                )

    def check_here(self) -> None:
        """Raises ``UsageError`` unless this machine has what training needs: the rows, and the packages of the sampler.

        A study that is only read needs neither.
        """
        try:
            if self.search:
                with placed("search.sampler"):
                    check_installed(self.search.sampler)
            with placed("data"):
                _ = self.data.task
            for design in self.designs:
                with placed(f"design.arms.{design.name}"):
                    _ = design.tasks
        except ValueError as error:
            raise UsageError(str(error)) from error

    @cached_property
    def shared(self) -> dict[str, Value]:
        """The settings of all arms."""
        return {name: read_value(name, raw) for name, raw in self.hyper.items()}

    @cached_property
    def designs(self) -> tuple[Design, ...]:
        if not self.design:
            return ()
        stage = DesignDefaults(
            replicates=self.design.replicates, data=self.design.data, draws=self.design.draws, seed=self.seed
        )
        read = partial(read_design, shared=self.shared, source=self.data, stage=stage)
        return _read("design.arms", self.design.arms, read)

    @property
    def scored(self) -> list[Design]:
        """The designs whose best settings are trained on fresh seeds."""
        if not self.score:
            return []
        if self.score.arms is None:
            return [design for design in self.designs if "learning_rate" in design.open]
        return [design for design in self.designs if design.name in self.score.arms]

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The arms of the search."""
        if not self.search:
            return ()
        read = partial(read_arm, shared=self.shared, repeats=self.search.repeats)
        return _read("search.arms", self.search.arms, read)

    @property
    def searches(self) -> list[tuple[Arm, int]]:
        """Each arm with the number of each of its repeats."""
        return [(arm, repeat) for arm in self.arms for repeat in range(arm.repeats)]

    @property
    def tables(self) -> set[str]:
        """The names of all tables that networks learn from."""
        return {self.data.address} | {source.address for design in self.designs for source in design.sources}

    @property
    def replicates(self) -> dict[str, int]:
        """Of a trial in the search and of its refit."""
        stages = {"search": self.search, "refit": self.refit}
        return {name: stage.replicates for name, stage in stages.items() if stage}


def read_config(document: Mapping[str, Any]) -> Config:
    """Raises ``UsageError`` with all that is missing, or the first rule that ``document`` breaks, the value, and the nearest valid name."""
    try:
        config: Config = section(Config)(document)
    except MissingError as error:
        raise UsageError(_lacking(document)) from error
    except UnknownError as error:
        raise UsageError(f"{error}{did_you_mean('.'.join(error.path), _dotted_names(document))}") from error
    except ValueError as error:
        raise UsageError(str(error)) from error
    return config


def _lacking(document: Mapping[str, Any]) -> str:
    """All that has no default and is missing."""
    stages = [document.get(stage) or {} for stage in ("design", "search")]
    lacks = [] if "name" in document.get("data", {}) else [NAME]
    lacks += [] if any(stage.get("arms") or stage.get("claims") for stage in stages) else [ARM]
    return f"the study lacks {' and '.join(lacks)}; everything else has a default"


def _read(
    place: str, arms: Mapping[str, Mapping[str, Any]], read: Callable[[str, Mapping[str, Any]], T]
) -> tuple[T, ...]:
    read_arms = []
    for name, settings in arms.items():
        with placed(f"{place}.{name}"):
            if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError("an arm's name is made of letters, digits and '_', a letter first")
            read_arms.append(read(name, settings))
    return tuple(read_arms)


def _dotted_names(document: Mapping[str, Any]) -> list[str]:
    """Every name that a study file may set, with the arms that this one has."""
    names = Config.names()
    for part, kind in PARTS.items():
        names += [f"{part}.{name}" for name in kind.names()]
    fields = [name for name in type_of if name != "seed"]
    names += [f"hyper.{field}" for field in fields]
    for stage, settings in {"design": [*fields, *OF_A_DESIGN], "search": [*fields, "repeats"]}.items():
        names += [f"{stage}.arms.{arm}.{field}" for arm in _arms(document.get(stage)) for field in settings]
    return names


def _arms(stage: Any) -> Iterable[str]:
    arms = stage.get("arms") if isinstance(stage, Mapping) else None
    return arms if isinstance(arms, Mapping) else ()


PARTS: dict[str, type[Section]] = {
    "data": Source,
    "design": DesignStage,
    "score": ScoreStage,
    "search": SearchStage,
    "refit": RefitStage,
    "baselines": BaselineStage,
}
