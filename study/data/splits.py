"""What a network learns: a table, split, scaled and relabelled anew for each seed."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nets.data import Data, Drawn, Part
from nets.streams import stream
from study.data.tables import Classes, OwnRows, Reals, table
from study.own.parts import Sizes, parts

if TYPE_CHECKING:
    from sklearn.compose import ColumnTransformer


def _of_task(unit: str, meaning: str, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"unit": unit, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a network learns: columns of the ledger."""

    data: str = _of_task("", "the table")
    train_rows: int = _of_task("rows", "training rows")
    valid_rows: int = _of_task("rows", "validation rows")
    label_noise: float = _of_task("share", "training rows whose label is drawn anew, uniformly over all classes")
    scaling: str = _of_task("", "what is done to the inputs, with moments of the training rows")
    # 0 in studies of versions in which each seed had a test part of its own
    test_rows: int = _of_task("rows", "rows of the table’s test part, the same for every seed", default=0)
    shift: str = _of_task(
        "", "within, across: training rows from the half of each class whose inputs sum to less", default="none"
    )


SMALL = (
    2**21
)  # bytes of one seed's inputs that are worth keeping: of more, what its preparation has measured is kept alone
SEEDS = 64  # whose preparations are kept: more than search and refits of a table have
Inputs = NDArray[np.floating[Any]]  # float32 where a table of one's own is prepared


@dataclass(frozen=True, eq=False)
class Split:
    """The parts of one seed, each ``x`` (rows, inputs) and ``y`` (rows,)."""

    train: tuple[Inputs, Classes]
    valid: tuple[Inputs, Classes]
    test: tuple[Inputs, Classes] | None


def load(task: Task, seeds: Sequence[int], *, with_test: bool) -> Data:
    """The splits of these seeds; without the test part unless it is asked for."""
    ordered = tuple(sorted(set(seeds)))
    whole = table(task.data)
    if isinstance(whole, OwnRows) and (whole.shared is not None or bytes_of(task) > SMALL):
        return _drawn(whole, task, ordered, with_test=with_test)
    splits = [split(task, seed, with_test=with_test) for seed in ordered]
    tests = [each.test for each in splits if each.test is not None]
    return Data(
        classes=whole.classes,
        train=_part([each.train for each in splits]),
        valid=_part([each.valid for each in splits]),
        test=_part(tests) if with_test else None,
        seeds=ordered,
    )


@lru_cache(maxsize=1024)
def prepared_as(task: Task, seed: int) -> str:
    """The fingerprint of a seed's split."""
    return fingerprints(load(task, [seed], with_test=False))[seed]


def fingerprints(data: Data) -> dict[int, str]:
    """Of each seed's training and validation rows, to their last bit: SHA-256, its first 16 digits."""
    found = {}
    for place, seed in enumerate(data.seeds or ()):
        digest = hashlib.sha256()
        for part in (data.train, *([] if data.valid is None else [data.valid])):
            x = part.table[part.rows[place], :-1] if isinstance(part, Drawn) else part.x[place]
            for rows in (x, part.y[place]):
                digest.update(f"{rows.shape} {rows.dtype.name} ".encode())
                digest.update(np.ascontiguousarray(rows).tobytes())
        found[seed] = digest.hexdigest()[:16]
    return found


def bytes_of(task: Task) -> int:
    """Of one seed's inputs; 0 where all seeds share them."""
    whole = table(task.data)
    if isinstance(whole, OwnRows) and whole.shared is not None:
        return 0
    return 4 * (task.train_rows + task.valid_rows + task.test_rows) * whole.shape[1]


def _drawn(whole: OwnRows, task: Task, seeds: Sequence[int], *, with_test: bool) -> Data:
    """Every row once where all seeds have the same inputs, else once for each seed."""
    own, sizes = whole.own, Sizes(task.train_rows, task.valid_rows, task.test_rows)
    split = [parts(own, sizes, seed)[: 3 if with_test else 2] for seed in seeds]
    rows = [np.stack(held) for held in zip(*split, strict=True)]
    labels = [own.y[held] for held in rows]
    labels[0] = np.stack(
        [relabelled(y, whole.classes, task.label_noise, seed) for y, seed in zip(labels[0], seeds, strict=True)]
    )
    inputs = whole.shared
    if inputs is None:
        inputs = _of_each(whole, sizes, seeds, split)
        bounds = np.cumsum([0, *(held.shape[1] for held in rows)])
        places = np.arange(len(inputs)).reshape(len(seeds), -1)
        rows = [places[:, start:stop] for start, stop in pairwise(bounds)]
    train, valid, *test = [Drawn(inputs, held, y) for held, y in zip(rows, labels, strict=True)]
    return Data(classes=whole.classes, train=train, valid=valid, test=test[0] if test else None, seeds=tuple(seeds))


def _of_each(
    whole: OwnRows, sizes: Sizes, seeds: Sequence[int], split: Sequence[Sequence[NDArray[np.int64]]]
) -> NDArray[np.float32]:
    """The inputs of each seed's parts, one after the other, and ones; prepared by what its training rows say."""
    from study.own.fitting import prepared

    length = sum(map(len, split[0]))
    inputs = np.ones((len(split) * length, whole.shape[1] + 1), np.float32)
    for place, (seed, held) in enumerate(zip(seeds, split, strict=True)):
        into = inputs[place * length :][:length, :-1]
        prepared(_preparation(whole, sizes, seed), whole.own.frame, into, np.concatenate(held))
    return inputs


@lru_cache(maxsize=SEEDS)
def _preparation(whole: OwnRows, sizes: Sizes, seed: int) -> "ColumnTransformer":
    """Measured on the seed's training rows: stack after stack has the same seeds."""
    from study.own.fitting import fitted

    return fitted(whole.own.columns, whole.own.frame, parts(whole.own, sizes, seed)[0])


def _part(parts: Sequence[tuple[Inputs, Classes]]) -> Part:
    return Part(np.stack([x for x, _ in parts]), np.stack([y for _, y in parts]))


@lru_cache(maxsize=32)  # the seeds of a stack and more; MNIST: 10 MB a seed
def split(task: Task, seed: int, *, with_test: bool) -> Split:
    """Rows in the seed's own order, those of the test part aside; centre and spread are those of its training rows."""
    whole = table(task.data)
    if isinstance(whole, OwnRows):
        return _own_split(whole, task, seed, with_test=with_test)
    test, others = np.split(test_first(len(whole.x)), [task.test_rows])
    drawn = stream(seed, "split").permutation(others)
    learnt, met = drawn, drawn[task.train_rows :]
    if task.shift != "none":
        small = smaller_half(whole.x, whole.y, others)
        learnt = drawn[small[drawn]]
        met = learnt[task.train_rows :] if task.shift == "within" else drawn[~small[drawn]]
    train, valid = learnt[: task.train_rows], met[: task.valid_rows]
    centre, divisor = SCALINGS[task.scaling](whole.x[train])

    def scaled(rows: NDArray[np.int64]) -> Reals:
        x: Reals = (whole.x[rows] - centre) / divisor
        return x

    return Split(
        train=(scaled(train), relabelled(whole.y[train], whole.classes, task.label_noise, seed)),
        valid=(scaled(valid), whole.y[valid]),
        test=(scaled(test), whole.y[test]) if with_test else None,
    )


def _own_split(whole: OwnRows, task: Task, seed: int, *, with_test: bool) -> Split:
    """Prepared by what the seed's training rows say."""
    from study.own.fitting import prepared

    own = whole.own
    sizes = Sizes(task.train_rows, task.valid_rows, task.test_rows)
    train, valid, test = parts(own, sizes, seed)
    transformer = _preparation(whole, sizes, seed)

    def inputs(rows: NDArray[np.int64]) -> Inputs:
        return prepared(transformer, own.frame, rows=rows)

    return Split(
        train=(inputs(train), relabelled(own.y[train], whole.classes, task.label_noise, seed)),
        valid=(inputs(valid), own.y[valid]),
        test=(inputs(test), own.y[test]) if with_test else None,
    )


SHIFTS = ("none", "within", "across")


def smaller_half(x: Reals, y: Classes, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """By row of the table: whether it is of ``rows`` and in the half of its class among them whose inputs sum to less, as pale digits do."""
    small = np.zeros(len(x), bool)
    for kind in np.unique(y[rows]):
        of_class = rows[y[rows] == kind]
        small[of_class[np.argsort(x[of_class].sum(axis=1), kind="stable")[: len(of_class) // 2]]] = True
    return small


def test_first(rows: int) -> NDArray[np.int64]:
    """A table's rows in the one order in which they go to its test part: no seed and no study has another."""
    return stream(0, "test part").permutation(rows)


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


PREPARED = "prepared"  # the scaling of a table of one's own
SCALINGS: dict[str, Callable[[Reals], tuple[Reals, Reals]]] = {
    "raw": lambda x: (np.zeros(x.shape[1]), np.ones(x.shape[1])),
    "centred": lambda x: (x.mean(0), np.ones(x.shape[1])),
    "standardised": lambda x: (x.mean(0), _nonzero(x.std(0))),
    "variance": lambda x: (x.mean(0), _nonzero(x.var(0))),
}
