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
from study.asked.designs import OF_A_DESIGN, Design, DesignDefaults, read_design
from study.asked.section import (
    MissingError,
    Section,
    UnknownError,
    one_of,
    optional,
    placed,
    section,
    setting,
    table,
    whole,
)
from study.asked.settings import Value, read_value, type_of
from study.asked.source import Source
from study.asked.stages import BaselineStage, DesignStage, RefitStage, ScoreStage, SearchStage
from study.errors import UsageError, did_you_mean
from study.searched.sampling import check_installed

T = TypeVar("T")
S = TypeVar("S", bound="Section")
NAME = 'the name of its table, data.name, such as "digits" or "people.csv"'
ARM = "an arm, [search.arms.NAME] or [design.arms.NAME]"


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
