"""The score stage: the settings of a design that are best on its own seeds, trained again on seeds that chose nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from statistics import fmean
from typing import Any

from nets.hyper import Hyper
from study.asked.designs import Design
from study.records import Record

METRICS = ("valid_loss", "valid_error")  # each chooses for itself
NONE = {"keep_prob": 1.0, "l2": 0.0, "weight_decay": 0.0}  # the value of a strength at which it does nothing
DIGITS = 12  # of a mean, after the point: what agrees to them is equal, and the first of equals is chosen

Group = tuple[int, tuple[Any, ...]]  # the place of a source of data, and values of fields


def groups(design: Design, held: Sequence[str], among: Collection[int] | None = None) -> dict[Group, list[int]]:
    """The numbers of the points, all or these, among which one is chosen: those on one source of data that share the fields ``held``.

    Of a strength that the design varies only what lies above none: none is an arm of its own, and the two are compared.
    """
    varied = [field for field in NONE if field in design.open]
    found: defaultdict[Group, list[int]] = defaultdict(list)
    wanted = range(design.size) if among is None else sorted(among)
    for source, numbers in groupby(wanted, key=lambda number: number // design.per_source):
        settings = design.settings(source)
        for number in numbers:
            hyper = Hyper(**settings[number % design.per_source], seed=0)
            if all(getattr(hyper, field) != NONE[field] for field in varied):
                found[source, tuple(getattr(hyper, field) for field in held)].append(number)
    return dict(found)


def chosen(design: Design, held: Sequence[str], records: Iterable[Record]) -> dict[int, tuple[str, ...]]:
    """The points that are lowest in the mean of a metric over all seeds, with the metrics; of equals the first.

    A point at which a network has no value of the metric (it diverged, or failed) is not chosen by it; where each has
    one, nothing is.
    """
    values: defaultdict[int, list[Record]] = defaultdict(list)
    for record in records:
        values[record.key.trial].append(record)
    by_metric: defaultdict[int, list[str]] = defaultdict(list)
    among = groups(design, held, values)
    for metric in METRICS:
        means = {number: _mean(metric, each, design.replicates) for number, each in values.items()}
        for numbers in among.values():
            known = {number: mean for number in numbers if (mean := means.get(number)) is not None}
            if known:
                by_metric[min(known, key=known.__getitem__)].append(metric)
    return {number: tuple(by_metric[number]) for number in sorted(by_metric)}


def _mean(metric: str, records: Sequence[Record], seeds: int) -> float | None:
    known = [value for record in records if (value := getattr(record.outcome, metric)) is not None]
    return round(fmean(known), DIGITS) if len(known) == seeds else None
