"""Tables that come with scikit-learn, split, scaled and relabelled anew for each seed."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator
from sklearn import datasets

from nets.data import Data, Part
from nets.streams import stream
from study.errors import did_you_mean
from study.settings import Section

Reals = NDArray[np.float64]
Classes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Table:
    """``x`` (rows, inputs) and ``y`` (rows,) in 0 … classes - 1. Inputs of one scale are centred only, others divided by their spread too."""

    x: Reals
    y: Classes
    one_scale: bool

    @property
    def classes(self) -> int:
        return int(self.y.max()) + 1

    @property
    def fingerprint(self) -> str:
        """SHA-256 of shape, inputs and classes, its first 16 digits."""
        digest = hashlib.sha256(repr(self.x.shape).encode())
        digest.update(np.ascontiguousarray(self.x, "<f8").tobytes())
        digest.update(np.ascontiguousarray(self.y, "<i8").tobytes())
        return digest.hexdigest()[:16]


class Source(Section):
    """Which table, and how it is split: a part is given in rows, or as a share of the table below 1; the test part is the rest."""

    name: str
    train: int | float
    valid: int | float
    label_noise: Annotated[float, Field(ge=0, le=1)]

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in TABLES:
            raise ValueError(f"{name} is no table, there are {', '.join(TABLES)}{did_you_mean(name, TABLES)}")
        return name

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


@dataclass(frozen=True, eq=False)
class Split:
    """The parts of one seed, each ``x`` (rows, inputs) and ``y`` (rows,)."""

    train: tuple[Reals, Classes]
    valid: tuple[Reals, Classes]
    test: tuple[Reals, Classes] | None


def load(source: Source, seeds: Sequence[int], *, with_test: bool) -> Data:
    """The splits of these seeds; without the test part unless it is asked for."""
    ordered = tuple(sorted(set(seeds)))
    splits = [split(source, seed, with_test=with_test) for seed in ordered]
    tests = [each.test for each in splits if each.test is not None]
    return Data(
        classes=table(source.name).classes,
        train=_part([each.train for each in splits]),
        valid=_part([each.valid for each in splits]),
        test=_part(tests) if with_test else None,
        seeds=ordered,
    )


def _part(parts: Sequence[tuple[Reals, Classes]]) -> Part:
    return Part(np.stack([x for x, _ in parts]), np.stack([y for _, y in parts]))


@lru_cache(maxsize=64)  # digits: half a megabyte a seed
def split(source: Source, seed: int, *, with_test: bool) -> Split:
    """Rows in the seed's own order; centre and spread are those of its training rows."""
    whole = table(source.name)
    train_rows, valid_rows, _ = source.sizes()
    order = stream(seed, "split").permutation(len(whole.x))
    train, valid, test = np.split(order, [train_rows, train_rows + valid_rows])
    centre = whole.x[train].mean(0)
    spread = np.ones_like(centre) if whole.one_scale else whole.x[train].std(0)
    spread = np.where(spread == 0, 1, spread)

    def scaled(rows: NDArray[np.int64]) -> Reals:
        x: Reals = (whole.x[rows] - centre) / spread
        return x

    return Split(
        train=(scaled(train), relabelled(whole.y[train], whole.classes, source.label_noise, seed)),
        valid=(scaled(valid), whole.y[valid]),
        test=(scaled(test), whole.y[test]) if with_test else None,
    )


def relabelled(y: Classes, classes: int, share: float, seed: int) -> Classes:
    """``y`` with a share of its rows drawn anew, uniformly over all classes; a larger share holds the rows of a smaller one."""
    noise = stream(seed, "label noise")
    order, drawn = noise.permutation(len(y)), noise.integers(classes, size=len(y))
    rows = order[: round(share * len(y))]
    noisy = y.copy()
    noisy[rows] = drawn[rows]
    return noisy


@cache
def table(name: str) -> Table:
    return TABLES[name]()


def _digits() -> Table:
    x, y = datasets.load_digits(return_X_y=True)
    return Table(x / 16, y.astype(np.int64), one_scale=True)


def _measured(loader: Callable[..., tuple[Reals, Classes]]) -> Callable[[], Table]:
    def read() -> Table:
        x, y = loader(return_X_y=True)
        return Table(x, y.astype(np.int64), one_scale=False)

    return read


TABLES: dict[str, Callable[[], Table]] = {
    "digits": _digits,
    "breast_cancer": _measured(datasets.load_breast_cancer),
    "wine": _measured(datasets.load_wine),
    "iris": _measured(datasets.load_iris),
}
