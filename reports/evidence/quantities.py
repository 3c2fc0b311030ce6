"""What is compared, as values: a number of each network, and where it is known."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from reports.evidence.lost import ended
from reports.evidence.measures import measured, measures_of, steps_to
from reports.judging.intervals import Numbers


class Quantity(ABC):
    @abstractmethod
    def read(self, rows: pd.DataFrame) -> Numbers:
        """Of each network, (rows,)."""

    def known(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows that can have it."""
        return rows

    def reached(self, rows: pd.DataFrame) -> Numbers:
        """1 where the number is what it says, 0 where it is as far as the run went, (rows,)."""
        return np.ones(len(rows))


@dataclass(frozen=True)
class Column(Quantity):
    name: str
    factor: float = 1

    def read(self, rows: pd.DataFrame) -> Numbers:
        return self.factor * rows[self.name].to_numpy(float)


@dataclass(frozen=True)
class Probed(Quantity):
    """A probe's measure at a place, in the mean over what lies there, less a column (what it adds to a loss)."""

    name: str
    place: tuple[int, ...] = ()
    factor: float = 1
    less: str = ""

    def known(self, rows: pd.DataFrame) -> pd.DataFrame:
        return measured(rows, self.name)

    def read(self, rows: pd.DataFrame) -> Numbers:
        found = np.array([self._at(measures_of(raw).get(self.name)) for raw in rows["measures"]], float)
        return self.factor * (found - rows[self.less].to_numpy(float) if self.less else found)

    def _at(self, value: object) -> float:
        for index in self.place:
            value = value[index] if isinstance(value, list) else None
        return float("nan") if value is None else float(np.mean(np.array(value, float)))


@dataclass(frozen=True)
class Logarithm(Quantity):
    of: Quantity

    def known(self, rows: pd.DataFrame) -> pd.DataFrame:
        return self.of.known(rows)

    def read(self, rows: pd.DataFrame) -> Numbers:
        logarithms: Numbers = np.log(self.of.read(rows))
        return logarithms


@dataclass(frozen=True)
class Steps(Quantity):
    """Log of the steps until the validation loss reaches its table's target in nats, cut at the end of the run; of networks that the machine did not end."""

    targets: Mapping[str, float] = field(hash=False)

    def known(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["data"].isin(self.targets) & ~ended(rows)]

    def read(self, rows: pd.DataFrame) -> Numbers:
        steps: Numbers = np.minimum(self._steps(rows), rows["steps"].to_numpy(float))
        return np.asarray(np.log(steps), float)

    def reached(self, rows: pd.DataFrame) -> Numbers:
        return np.isfinite(self._steps(rows)).astype(float)

    def _steps(self, rows: pd.DataFrame) -> Numbers:
        steps = steps_to(rows, rows["data"].map(self.targets))
        return np.array(np.where(rows["stopped"] == "completed", steps, np.inf), float)


VALID_LOSS = Column("valid_loss")
VALID_ERROR = Column("valid_error", factor=100)


def in_error(quantity: Quantity) -> Quantity:
    """The same in percentage points of error. Raises ``ValueError`` for what is no loss."""
    if quantity == VALID_LOSS:
        return VALID_ERROR
    if isinstance(quantity, Probed) and "_loss" in quantity.name:
        less = quantity.less.replace("loss", "error")
        return replace(quantity, name=quantity.name.replace("_loss", "_error"), factor=100, less=less)
    raise ValueError(f"{quantity} is no loss: it has no error beside it")
