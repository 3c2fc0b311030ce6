"""What a network learns: a table, split, scaled and relabelled anew for each seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Annotated, Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from nets.data import Data, Part
from nets.streams import stream
from study.errors import did_you_mean
from study.settings import Section
from study.tables import Classes, Reals, check, table


def _of_task(unit: str, meaning: str) -> Any:
    return field(metadata={"unit": unit, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a network learns: columns of the ledger. The rows of its test part are what training and validation leave."""

    data: str = _of_task("", "the table")
    train_rows: int = _of_task("rows", "training rows")
    valid_rows: int = _of_task("rows", "validation rows")
    label_noise: float = _of_task("share", "training rows whose label is drawn anew, uniformly over all classes")
    scaling: str = _of_task("", "what is done to the inputs, with moments of the training rows")


class Source(Section):
    """Which table, and how it is split: a part is given in rows, or as a share of the table below 1; the test part is the rest."""

    name: str
    train: int | float
    valid: int | float
    label_noise: Annotated[float, Field(ge=0, le=1)]
    scaling: str = "auto"

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        check(name)
        return name

    @field_validator("scaling")
    @classmethod
    def _defined(cls, scaling: str) -> str:
        known = ("auto", *SCALINGS)
        if scaling not in known:
            raise ValueError(f"{scaling} is no scaling, there are {', '.join(known)}{did_you_mean(scaling, known)}")
        return scaling

    @field_validator("train", "valid", mode="before")
    @classmethod
    def _rows_or_share(cls, size: Any) -> int | float:
        rows = isinstance(size, int) and not isinstance(size, bool) and size >= 1
        share = isinstance(size, float) and 0 < size < 1
        if not (rows or share):
            raise ValueError(f"a part is a whole number of rows from 1, or a share between 0 and 1, got {size!r}")
        return cast(int | float, size)

    def sizes(self) -> tuple[int, int, int]:
        """Rows of the training, validation and test parts. Raises ``ValueError`` if one is empty."""
        rows = len(table(self.name).x)
        train, valid = (size if isinstance(size, int) else int(size * rows) for size in (self.train, self.valid))
        test = rows - train - valid
        if min(train, valid, test) < 1:
            raise ValueError(
                f"each part of {self.name}'s {rows} rows has at least one, got train {train}, valid {valid}, test {test}"
                ": lower data.train or data.valid"
            )
        return train, valid, test

    def varied(self, changes: Any) -> list[Self]:
        """This source with other settings, a list among them turned through; or several such. Raises ``ValueError``."""
        if isinstance(changes, list):
            found = [source for each in changes for source in self.varied(each)]
            if not found or any(source in found[:place] for place, source in enumerate(found)):
                raise ValueError(f"data takes at least one source, and each once, got {changes}")
            return found
        if not isinstance(changes, dict):
            raise ValueError(f"data is a table of settings, got {changes!r}")
        for key in changes:
            if key not in Source.model_fields:
                raise ValueError(f"data.{key} is no setting{did_you_mean(key, Source.model_fields)}")
        turned = [raw if isinstance(raw, list) else [raw] for raw in changes.values()]
        for key, values in zip(changes, turned, strict=True):
            if not values or any(each in values[:place] for place, each in enumerate(values)):
                raise ValueError(f"data.{key} takes at least one value, and each once, got {values}")
        return [type(self)(**{**vars(self), **dict(zip(changes, each, strict=True))}) for each in product(*turned)]

    @property
    def task(self) -> Task:
        """Raises ``ValueError`` if a part is empty."""
        train, valid, _ = self.sizes()
        usual = "centred" if table(self.name).one_scale else "standardised"
        scaling = usual if self.scaling == "auto" else self.scaling
        return Task(data=self.name, train_rows=train, valid_rows=valid, label_noise=self.label_noise, scaling=scaling)


@dataclass(frozen=True, eq=False)
class Split:
    """The parts of one seed, each ``x`` (rows, inputs) and ``y`` (rows,)."""

    train: tuple[Reals, Classes]
    valid: tuple[Reals, Classes]
    test: tuple[Reals, Classes] | None


def load(task: Task, seeds: Sequence[int], *, with_test: bool) -> Data:
    """The splits of these seeds; without the test part unless it is asked for."""
    ordered = tuple(sorted(set(seeds)))
    splits = [split(task, seed, with_test=with_test) for seed in ordered]
    tests = [each.test for each in splits if each.test is not None]
    return Data(
        classes=table(task.data).classes,
        train=_part([each.train for each in splits]),
        valid=_part([each.valid for each in splits]),
        test=_part(tests) if with_test else None,
        seeds=ordered,
    )


def _part(parts: Sequence[tuple[Reals, Classes]]) -> Part:
    return Part(np.stack([x for x, _ in parts]), np.stack([y for _, y in parts]))


@lru_cache(maxsize=32)  # the seeds of a stack and more; MNIST: 10 MB a seed
def split(task: Task, seed: int, *, with_test: bool) -> Split:
    """Rows in the seed's own order; centre and spread are those of its training rows."""
    whole = table(task.data)
    order = stream(seed, "split").permutation(len(whole.x))
    train, valid, test = np.split(order, [task.train_rows, task.train_rows + task.valid_rows])
    centre, divisor = SCALINGS[task.scaling](whole.x[train])

    def scaled(rows: NDArray[np.int64]) -> Reals:
        x: Reals = (whole.x[rows] - centre) / divisor
        return x

    return Split(
        train=(scaled(train), relabelled(whole.y[train], whole.classes, task.label_noise, seed)),
        valid=(scaled(valid), whole.y[valid]),
        test=(scaled(test), whole.y[test]) if with_test else None,
    )


def _nonzero(spread: Reals) -> Reals:
    """An input that is constant stays so."""
    return np.where(spread == 0, 1, spread)


def relabelled(y: Classes, classes: int, share: float, seed: int) -> Classes:
    """``y`` with a share of its rows drawn anew, uniformly over all classes; a larger share holds the rows of a smaller one."""
    noise = stream(seed, "label noise")
    order, drawn = noise.permutation(len(y)), noise.integers(classes, size=len(y))
    rows = order[: round(share * len(y))]
    noisy = y.copy()
    noisy[rows] = drawn[rows]
    return noisy


SCALINGS: dict[str, Callable[[Reals], tuple[Reals, Reals]]] = {
    "raw": lambda x: (np.zeros(x.shape[1]), np.ones(x.shape[1])),
    "centred": lambda x: (x.mean(0), np.ones(x.shape[1])),
    "standardised": lambda x: (x.mean(0), _nonzero(x.std(0))),
    "variance": lambda x: (x.mean(0), _nonzero(x.var(0))),
}
