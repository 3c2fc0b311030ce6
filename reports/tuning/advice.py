"""Advice from a run: which regulariser or none, at which strength and learning rate, in loss and in error; all from tuned arms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import log

import pandas as pd

from reports.choice.worth import worth
from reports.evidence.checked import plain
from reports.judging.counting import SPELLED, counts, is_small, shortfall
from reports.judging.intervals import Estimate
from reports.judging.text import count, interval, joined, quantity
from reports.tuning.axis_advice import SearchAdvice, search_advice
from reports.tuning.chosen_advice import advise_from_choice, basis_of_choice, spelled
from reports.tuning.effects import Effect, at_home_in, effect
from reports.tuning.tuned_arms import IN_ERROR, IN_LOSS, KINDS, METRICS, Metric, TunedArm

SIMPLEST = (*((kind, False) for kind in KINDS), *((kind, True) for kind in KINDS))  # kinds, without and with batch norm


@dataclass(frozen=True, kw_only=True)
class MetricAdvice:
    """At one width in one metric: ``gains`` of every other arm over none, ``shortlist`` of those whose gain counts, simplest first,
    that cannot be told from the best of them.
    """

    metric: Metric
    none: TunedArm
    gains: tuple[Effect, ...]
    shortlist: tuple[Effect, ...]

    def __str__(self) -> str:
        if not self.shortlist:
            return self._nothing
        first = self.shortlist[0]
        others = [each.arm.name for each in self.shortlist[1:]]
        alike = f"; no difference is shown from {joined(others)}" if others else ""
        return f"{first.arm.name}, {first.arm.chosen}: {_said(first.gain, self.metric)} better than none at {self.none.chosen}{alike}"

    @property
    def _nothing(self) -> str:
        unit = self.metric.unit
        least = all(is_small(each.gain, unit) for each in self.gains if not each.gain.void)
        alike = f"nothing else {'gains' if least else 'is shown to gain'} what counts, {SPELLED[unit]}"
        first = (
            f"none, {self.none.chosen}: {'it makes no difference that counts' if least and not self.worse else alike}"
        )
        may = [each for each in self.gains if each.gain.low > 0 and not is_small(each.gain, unit)]
        if not may:
            return first
        most = max(may, key=lambda each: each.gain.value)
        return f"{first}; {most.arm.name}, {most.arm.chosen}, gains {_said(most.gain, self.metric)}{shortfall(most.gain, unit)}"

    @property
    def worse(self) -> list[Effect]:
        """What is shown to be behind none by what counts."""
        return [each for each in self.gains if not each.gain.void and each.gain.high < -self.metric.margin]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """For one width."""

    width: int
    metrics: tuple[MetricAdvice, ...]
    searches: tuple[SearchAdvice, ...]
    warnings: tuple[str, ...]

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        """What to do, and why, in words."""
        for each in self.metrics:
            yield f"for the {each.metric.name}", str(each)
        yield from (("search", str(search)) for search in self.searches)
        yield from (("beware", warning) for warning in self.warnings)


def advise(results: pd.DataFrame, classes: int) -> list[Advice]:
    """One for each width at which none and a regulariser were tuned; ``missing`` says what the others lack. ``classes`` of the table."""
    arms = at_home_in(results)
    tuned = {each.width for each in arms if each.kind == "none" and not each.batch_norm and each.means.size}
    widths = sorted(tuned & {each.width for each in arms if each.doses})
    searches = search_advice(results) if widths else {}
    warned = partial(_warnings, results, classes)
    return [_at_width(width, [each for each in arms if each.width == width], searches, warned) for width in widths]


def missing(results: pd.DataFrame) -> str:
    """What the run lacks where it has no advice."""
    kinds = {each.kind for each in at_home_in(results)}
    lacking = [] if "none" in kinds else ["the design none"]
    lacking += [] if kinds & set(KINDS[2:]) else ["the design dropout_rates or the design l2_rates"]
    return f"{' and '.join(lacking) or 'a width that none shares with a regulariser'}, each over several learning rates"


def _at_width(
    width: int,
    arms: Sequence[TunedArm],
    searches: Mapping[tuple[int, str], SearchAdvice],
    warned: Callable[[Sequence[MetricAdvice]], Iterator[str]],
) -> Advice:
    metrics = tuple(_in_metric([each for each in arms if each.metric == metric]) for metric in METRICS)
    kinds = {kind for each in metrics for effect in each.shortlist for kind in _parts(effect.arm.kind)}
    return Advice(
        width=width,
        metrics=metrics,
        searches=tuple(
            searches[width, kind] for kind in ("dropout", "L2") if kind in kinds and (width, kind) in searches
        ),
        warnings=tuple(warned(metrics)),
    )


def _parts(kind: str) -> Sequence[str]:
    return ("dropout", "L2") if kind == "both" else (kind,)


def _in_metric(arms: Sequence[TunedArm]) -> MetricAdvice:
    by_kind = {(each.kind, each.batch_norm): each for each in arms if each.means.size}
    none = by_kind["none", False]
    gains = tuple(effect(by_kind[what], none) for what in SIMPLEST[1:] if what in by_kind)
    return MetricAdvice(metric=none.metric, none=none, gains=gains, shortlist=_shortlist(gains, none.metric))


def _shortlist(gains: Sequence[Effect], metric: Metric) -> tuple[Effect, ...]:
    """Of those whose gain over none is shown to count, all that are not shown to be behind the best."""
    ahead = [each for each in gains if not each.gain.void and counts(each.gain, metric.unit)]
    if not ahead:
        return ()
    best = max(ahead, key=lambda each: each.gain.value)
    return tuple(each for each in ahead if each is best or not effect(best.arm, each.arm).gain.low > 0)


def _warnings(results: pd.DataFrame, classes: int, metrics: Sequence[MetricAdvice]) -> Iterator[str]:
    for each in metrics:
        for found in each.worse:
            yield f"with {found.arm.name} the {each.metric.name} is worse: {_said(found.gain, each.metric)} beside none"
        for arm in (each.none, *(found.arm for found in each.shortlist)):
            if arm.edges:
                yield f"the best {' and '.join(arm.edges)} of {arm.name} for the {each.metric.name} lies at the end of those tried: try beyond it"
    loss = next(each for each in metrics if each.metric == IN_LOSS)
    if loss.none.means.min() > log(classes):
        yield "none does worse than guessing every class alike: tune further before anything is compared"
    rows = int(results["valid_rows"].min())
    if IN_ERROR.scale / rows > IN_ERROR.margin:
        yield f"{count(rows, 'validation row')} of a seed are too few to tell {SPELLED[IN_ERROR.unit]} apart"


def _said(found: Estimate, metric: Metric) -> str:
    return f"{quantity(found.value, metric.unit)} {interval(found, metric.unit)}"


def basis(results: pd.DataFrame) -> str:
    """What the advice rests on."""
    fresh = results.loc[results["stage"] == "score", "seed"].nunique()
    seeds = results.loc[results["stage"] == "design", "seed"].nunique()
    chosen = f"chosen on {count(int(seeds), 'seed')}"
    return (
        f"{chosen}, scored on {count(int(fresh), 'fresh seed')}"
        if fresh
        else f"{chosen}, each scored on those left out"
    )


def spoken(results: pd.DataFrame) -> list[str]:
    """The advice of a results table as lines of a terminal. Raises ``ValueError`` where the table holds too little for any."""
    checked = plain(results)
    advice = advise(checked, results.attrs["provenance"]["data"]["classes"])
    from_choice = [] if advice else advise_from_choice(checked, results.attrs["provenance"]["config"])
    if from_choice:
        found = worth(results)  # the page says it first of all
        first = [("worth", found.sentence)] if found else []
        return [*spelled([*first, *from_choice]), basis_of_choice(checked)]
    if not advice:
        raise ValueError(f"no advice without {missing(checked)}: run the preset default with your data and width")
    lines = [
        line
        for each in advice
        for line in (f"width {each.width}", *(f"  {name:<14} {words}" for name, words in each.lines))
    ]
    return [*lines, f"every arm at its own best learning rate and strength, {basis(checked)}"]
