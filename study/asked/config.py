"""The study file: what it may hold, and what it means."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import Field, ValidationError, field_validator, model_validator

from nets.hyper import Hyper
from nets.kernels import KERNELS
from nets.train import stack_size
from study.asked.arms import Arm, read_arm
from study.asked.designs import MOST_REPLICATES, Design, read_design
from study.asked.settings import Section, Value, check_name, read_value, type_of
from study.asked.source import Source
from study.data.tables import TABLES
from study.errors import UsageError, did_you_mean
from study.searched.pruning import RULES
from study.searched.sampling import SAMPLERS, check_installed

T = TypeVar("T")
Count = Annotated[int, Field(ge=1, le=10**9)]
Replicates = Annotated[int, Field(ge=1, le=MOST_REPLICATES)]
Baseline = Literal["frequencies", "logistic", "trees", "mlp"]  # those of study.baselines.methods
Arms = dict[str, dict[str, Any]]


class DesignStage(Section):
    """Response curves: for each arm every point of its axes, all on the same seeds."""

    replicates: Replicates
    claims: list[str] = Field(default_factory=list)  # whose designs were added to the arms
    designs: list[str] | None = None  # by what names: "B4" of the arms "B4_none" and "B4_before"
    tables: list[str] = Field(default_factory=list)  # on which these were trained as well, where a claim says how
    absent: list[str] = Field(default_factory=list)  # which were asked for, and not installed as the study was begun
    arms: Arms = Field(default_factory=dict)

    @field_validator("tables", "absent")
    @classmethod
    def _known(cls, tables: list[str]) -> list[str]:
        for name in tables:
            _check_known("table", name, TABLES)
        return tables


class SearchStage(Section):
    """The search: ``trials`` in all, never more than ``window`` of them unfinished, for each arm ``repeats`` times.

    Repeats are independent of each other: their samplers' draws are others, their networks' seeds the same.
    A search without a better interval in ``patience`` trials ends before its time. Where there is a ``history``, TPE and GP look
    at so many finished trials: the best of all and the latest.
    """

    trials: Count
    replicates: Replicates
    window: Count
    repeats: Count = 1
    sampler: str = "tpe"
    pruning: str = "none"
    patience: Count | None = None
    history: Annotated[int, Field(ge=50)] | None = None
    arms: Arms

    @field_validator("sampler")
    @classmethod
    def _known_sampler(cls, sampler: str) -> str:
        _check_known("sampler", sampler, SAMPLERS)
        return sampler

    @field_validator("pruning")
    @classmethod
    def _known_rule(cls, pruning: str) -> str:
        _check_known("pruning", pruning, RULES)
        return pruning

    @model_validator(mode="after")
    def _window_within_trials(self) -> Self:
        if self.window > self.trials:
            raise ValueError(
                f"window is at most trials, {self.trials}, got {self.window}: lower search.window or raise search.trials"
            )
        return self


class ScoreStage(Section):
    """The best settings of designs, on as many fresh seeds: for each task, each value of the fields ``held`` and each metric.

    ``arms`` are the designs; by default all that vary the learning rate.
    """

    replicates: Replicates
    arms: list[str] | None = None
    held: list[str] = Field(default_factory=lambda: ["width"])

    @field_validator("held")
    @classmethod
    def _fields(cls, held: list[str]) -> list[str]:
        for name in held:
            check_name(name)
        return held


class RefitStage(Section):
    """The ``trials`` best trials of each search, on fresh seeds and with the test part."""

    replicates: Replicates
    trials: Count = 1


class BaselineStage(Section):
    """Other methods on the rows of the refit: same splits, same seeds, the same test part."""

    methods: list[Baseline] = Field(default_factory=lambda: list(get_args(Baseline)))


class Config(Section):
    """A study is a pure function of this, and of the versions it runs on."""

    seed: Annotated[int, Field(ge=0, le=10**12)]
    kernels: str = "numpy"  # what training runs on
    data: Source
    hyper: dict[str, Any]
    design: DesignStage | None = None
    score: ScoreStage | None = None
    search: SearchStage | None = None
    refit: RefitStage | None = None
    baselines: BaselineStage | None = None

    @field_validator("kernels")
    @classmethod
    def _known(cls, kernels: str) -> str:
        _check_known("word for kernels", kernels, KERNELS)
        return kernels

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """Reads every setting once, where a mistake in one can still be told with its place."""
        if not (self.design or self.search):
            raise ValueError("a study has a design or a search: add [design] or [search] to the study file")
        if self.refit and not self.search:
            raise ValueError(
                "refit trains the best trial of a search, and search is missing: add [search], or drop refit"
            )
        if self.score and not self.design:
            raise ValueError(
                "score trains the best settings of designs, and design is missing: add [design], or drop score"
            )
        if self.baselines and not self.refit:
            raise ValueError(
                "baselines have the seeds of the refit, and refit is missing: add [refit], or drop baselines"
            )
        with _placed("hyper"):
            settings: dict[str, Any] = dict(self.shared)
            Hyper(**settings, seed=0)
        self._check_tables()
        for name in (self.score and self.score.arms) or ():
            _check_known("design", name, [design.name for design in self.designs])
        claimed = self.design and self.design.claims
        if not [*self.designs, *self.arms] and not claimed:
            raise ValueError("a study has at least one arm: add [design.arms.NAME] or [search.arms.NAME]")
        self._check_pruning()
        return self

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
                with _placed("search.sampler"):
                    check_installed(self.search.sampler)
            with _placed("data"):
                _ = self.data.task
            for design in self.designs:
                with _placed(f"design.arms.{design.name}"):
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
        read = partial(read_design, shared=self.shared, source=self.data, replicates=self.design.replicates)
        return _read("design.arms", self.design.arms, read)

    @property
    def scored(self) -> list[Design]:
        """The designs whose best settings are trained on fresh seeds."""
        if not self.score:
            return []
        if self.score.arms is None:
            return [design for design in self.designs if "learning_rate" in design.axes]
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
    """Raises ``UsageError`` with the first rule that ``document`` breaks, the value, and the nearest valid name."""
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        raise UsageError(_told(error, _dotted_names(document))) from error


def _check_known(setting: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        raise ValueError(f"{word} is no {setting}, there are {', '.join(known)}{did_you_mean(word, known)}")


def _read(
    place: str, arms: Mapping[str, Mapping[str, Any]], read: Callable[[str, Mapping[str, Any]], T]
) -> tuple[T, ...]:
    read_arms = []
    for name, settings in arms.items():
        with _placed(f"{place}.{name}"):
            if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
                raise ValueError("an arm's name is made of letters, digits and '_', a letter first")
            read_arms.append(read(name, settings))
    return tuple(read_arms)


@contextmanager
def _placed(place: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise ValueError(f"{place}.data: {_told(error, [])}") from error
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def _told(error: ValidationError, names: list[str]) -> str:
    """The first of pydantic's errors in one line."""
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"]))
    match first["type"]:
        case "extra_forbidden":
            return f"{place} is no setting{did_you_mean(place, names)}"
        case "missing":
            return f"{place} is missing: set it in the study file, or by --set {place}=…"
        case "value_error":
            return f"{place}: {first['ctx']['error']}" if place else str(first["ctx"]["error"])
        case "model_type" | "dict_type":
            return f"{place} is a table, got {first['input']!r}"
        case _:
            return f"{first['msg'].replace('Input', place)}, got {first['input']!r}"


def _dotted_names(document: Mapping[str, Any]) -> list[str]:
    """Every name that a study file may set, with the arms that this one has."""
    names = list(Config.model_fields)
    for name, declared in Config.model_fields.items():
        for kind in get_args(declared.annotation) or (declared.annotation,):
            if isinstance(kind, type) and issubclass(kind, Section):
                names += [f"{name}.{field}" for field in kind.model_fields]
    fields = [name for name in type_of if name != "seed"]
    names += [f"hyper.{field}" for field in fields]
    for stage, settings in {"design": [*fields, "replicates", "data"], "search": [*fields, "repeats"]}.items():
        names += [f"{stage}.arms.{arm}.{field}" for arm in _arms(document.get(stage)) for field in settings]
    return names


def _arms(stage: Any) -> Iterable[str]:
    arms = stage.get("arms") if isinstance(stage, Mapping) else None
    return arms if isinstance(arms, Mapping) else ()
