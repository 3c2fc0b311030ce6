"""Which rows train, validate and test: every class in each part in its share, groups kept together, or in the order of time.

The test part is one for all seeds, so that nothing which is chosen by any of them has seen it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nets.streams import stream
from study.own.strata import stratified

if TYPE_CHECKING:
    from study.own.table import OwnTable

Rows = NDArray[np.int64]
TRIES = 50  # orders of the groups, the one whose parts are nearest to the classes' shares is taken
LARGEST_GROUP = 0.2  # share of the rows


@dataclass(frozen=True)
class Sizes:
    """Rows of each part; what is left of the table is left out."""

    train: int
    valid: int
    test: int


def parts(table: "OwnTable", sizes: Sizes, seed: int) -> tuple[Rows, Rows, Rows]:
    """Rows for training, validation and testing; the last are those of every seed."""
    if table.time is not None:
        return _by_time(table.time, sizes)
    rest, test = test_part(table, sizes.test)
    draw = stream(seed, "split")
    if table.group is not None:
        rest, valid = _grouped(table, rest, sizes.valid, draw)
        train = rest if sizes.train >= len(rest) else _grouped(table, rest, sizes.train, draw)[1]
        return draw.permutation(train), valid, test
    rest, valid = stratified(table.y, rest, sizes.valid, draw)
    train = rest if sizes.train >= len(rest) else stratified(table.y, rest, sizes.train, draw)[1]
    return draw.permutation(train), valid, test


@lru_cache(maxsize=16)
def test_part(table: "OwnTable", rows: int) -> tuple[Rows, Rows]:
    """All other rows, and those of the test part."""
    everything, draw = np.arange(len(table.y)), stream(0, "test part")
    return (
        _grouped(table, everything, rows, draw)
        if table.group is not None
        else stratified(table.y, everything, rows, draw)
    )


def _grouped(table: "OwnTable", rows: Rows, size: int, draw: np.random.Generator) -> tuple[Rows, Rows]:
    """The rest, and ``size`` rows of whole groups; of the group that would be cut, what is too much is left out."""
    assert table.group is not None
    groups = table.group[rows]
    wanted = np.bincount(table.y[rows], minlength=int(table.y.max()) + 1) / len(rows)
    best: tuple[float, tuple[Rows, Rows]] | None = None
    for _ in range(TRIES):
        order = draw.permutation(np.unique(groups))
        place = np.empty(int(groups.max()) + 1, np.int64)
        place[order] = np.arange(len(order))
        sorted_rows = rows[np.argsort(place[groups], kind="stable")]
        inside = set(table.group[sorted_rows[:size]].tolist())
        rest = rows[~np.isin(groups, list(inside))]
        taken = np.sort(sorted_rows[:size])
        shares = np.bincount(table.y[taken], minlength=len(wanted)) / max(1, len(taken))
        far = float(np.abs(shares - wanted).max())
        if best is None or far < best[0]:
            best = far, (rest, taken)
    assert best is not None
    return best[1]


def _by_time(time: NDArray[np.float64], sizes: Sizes) -> tuple[Rows, Rows, Rows]:
    """The latest rows test, those before them validate, those before these train: the same for all seeds."""
    order = np.argsort(time, kind="stable")
    end = len(order) - sizes.test
    return order[end - sizes.valid - sizes.train : end - sizes.valid], order[end - sizes.valid : end], order[end:]


def ties(table: "OwnTable", sizes: Sizes) -> Iterator[str]:
    """A line for each border between parts that rows of one time lie on both sides of."""
    if table.time is None:
        return
    named = zip(("training", "validation", "test"), _by_time(table.time, sizes), strict=True)
    for (before, earlier), (after, later) in pairwise(named):
        at = table.time[later[0]]
        if table.time[earlier[-1]] == at:
            counts = [int((table.time[rows] == at).sum()) for rows in (earlier, later)]
            yield (
                f"rows of one {table.split_by} stand in two parts, {counts[0]} of them in the {before} part and {counts[1]} in the {after} part, as"
                " the file orders them: a finer --time, or other data.valid and data.test, would part them by time"
            )


def largest_group(table: "OwnTable") -> int:
    """Rows of it; 0 without groups. Raises ``ValueError`` where it does not fit into a part."""
    if table.group is None:
        return 0
    largest = int(np.bincount(table.group).max())
    if largest > LARGEST_GROUP * len(table.y):
        raise ValueError(
            f"the largest group has {largest} of {len(table.y)} rows, at most a fifth fits into a part: choose another --group"
        )
    return largest


def check_parts(table: "OwnTable", sizes: Sizes) -> None:
    """Raises ``ValueError`` where a part of seed 0 lacks a class."""
    named = dict(zip(("training", "validation", "test"), parts(table, sizes, 0), strict=True))
    for name, rows in named.items():
        absent = np.setdiff1d(np.arange(len(table.labels.names)), table.y[rows])
        if len(absent):
            missing = table.labels.names[int(absent[0])]
            raise ValueError(
                f"the {name} part of {table.place} has no row of class {missing}: join it with another class"
                + (", or split by another column" if table.group is not None or table.time is not None else "")
            )
