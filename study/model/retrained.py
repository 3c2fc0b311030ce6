"""The refitted networks of one arm, trained again: an outcome is a function of its configuration, so weights are not stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from nets.data import Data, Part
from nets.fold import Folded, fold
from nets.hyper import Hyper
from nets.outcome import Outcome
from nets.rows import chunks
from nets.train import stack_size, training_by
from study.data.splits import load
from study.data.tables import OwnRows, table
from study.errors import UsageError, did_you_mean
from study.own.fitting import fitted, prepared
from study.records import Record
from study.trained.training import at_once


@dataclass(frozen=True, eq=False)
class Trained:
    """Networks of one configuration, by their stacks; ``differing`` of them have other losses than were recorded."""

    records: tuple[Record, ...]
    folded: tuple[Folded, ...]
    differing: int


def chosen(records: Sequence[Record], arm: str | None) -> list[Record]:
    """The refit of this arm, or of the one that has the lowest mean validation loss on fresh seeds. Raises ``UsageError``."""
    refits = complete(records)
    if not refits:
        raise UsageError("no arm is refitted yet: carry the study on to its end, or give it a [refit]")
    if arm is not None and arm not in refits:
        raise UsageError(f"{arm} is no refitted arm, there are {', '.join(refits)}{did_you_mean(arm, refits)}")
    return refits[arm or min(refits, key=lambda name: mean_valid_loss(refits[name]))]


def complete(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Of each arm the setting of lowest validation loss on fresh seeds, if all of its networks completed."""
    found: dict[tuple[str, int, int], list[Record]] = {}
    for record in records:
        if record.key.is_tested:
            found.setdefault((record.key.arm, record.key.repeat, record.key.trial), []).append(record)
    best: dict[str, list[Record]] = {}
    for (arm, _, _), held in sorted(found.items()):
        sound = all(record.outcome.valid_loss is not None for record in held)
        if sound and (arm not in best or mean_valid_loss(held) < mean_valid_loss(best[arm])):
            best[arm] = held
    return best


def mean_valid_loss(records: Sequence[Record]) -> float:
    return fmean(record.outcome.valid_loss for record in records if record.outcome.valid_loss is not None)


def trained(records: Sequence[Record], kernels: str) -> Trained:
    """All of them again, compared with what was recorded, bit by bit."""
    hypers = [record.network.hyper for record in records]
    task = records[0].network.task
    folded, outcomes = list[Folded](), list[Outcome]()
    for places in at_once(hypers, task):  # one after the other, for no seed has two
        some = hypers[places[0] : places[-1] + 1]
        stacks, found = _train(some, load(task, [hyper.seed for hyper in some], with_test=True), kernels)
        folded, outcomes = [*folded, *stacks], [*outcomes, *found]
    differing = sum(_losses(record.outcome) != _losses(now) for record, now in zip(records, outcomes, strict=True))
    return Trained(tuple(records), tuple(folded), differing)


def trained_on_all_rows(records: Sequence[Record], kernels: str) -> Trained:
    """The configuration on every row of the table. Raises ``UsageError`` for early stopping, which needs rows to stop by."""
    hypers = [record.network.hyper for record in records]
    if hypers[0].weights == "best":
        raise UsageError(
            f"{records[0].key.arm} stops by its validation rows, --refit-all leaves none: choose another --arm"
        )
    whole = table(records[0].network.task.data)
    assert isinstance(whole, OwnRows)
    x = prepared(fitted(whole.own.columns, whole.own.frame, everything(whole)), whole.own.frame)
    data = Data(classes=whole.classes, train=Part(x[None], whole.y[None]))
    folded, _ = _train(hypers, data, kernels)
    return Trained(tuple(records), folded, 0)


def everything(whole: OwnRows) -> NDArray[np.int64]:
    """All rows."""
    return np.arange(len(whole.y))


def _train(hypers: Sequence[Hyper], data: Data, kernels: str) -> tuple[tuple[Folded, ...], list[Outcome]]:
    folded, outcomes = [], []
    for start, stop in chunks(len(hypers), stack_size(hypers[0].width)):
        training = training_by(kernels, hypers[0])(hypers[start:stop], data)
        outcomes += training.run()
        folded.append(fold(training.stack))
    return tuple(folded), outcomes


def _losses(outcome: Outcome) -> Mapping[str, float | None]:
    return {name: value for name, value in vars(outcome).items() if name.endswith(("_loss", "_error"))}
