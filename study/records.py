"""What is trained, under which key, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nets.hyper import Hyper
from nets.outcome import Outcome
from study.data.splits import Task


@dataclass(frozen=True, order=True)
class Key:
    """Which network of a study: replicate ``replicate`` of trial or design point ``trial`` of an arm's search ``repeat``."""

    stage: str
    arm: str
    repeat: int
    trial: int
    replicate: int

    @property
    def is_tested(self) -> bool:
        """Whether the test part is touched: by what was chosen before, on seeds that chose nothing."""
        return self.stage in {"score", "refit"}


@dataclass(frozen=True)
class Network:
    """What is trained: hyperparameters, and the task that they are to learn."""

    task: Task
    hyper: Hyper

    @property
    def settings(self) -> dict[str, Any]:
        return {**vars(self.task), **vars(self.hyper)}


Networks = Mapping[Key, Network]


@dataclass(frozen=True)
class Record:
    """A network that was trained; ``seconds`` is its share of the wall-clock of its stack."""

    key: Key
    network: Network
    outcome: Outcome
    seconds: float

    @property
    def row(self) -> dict[str, Any]:
        """Every field by its name: the row of the ledger and of the results table."""
        return {**vars(self.key), **self.network.settings, **vars(self.outcome), "seconds": self.seconds}
