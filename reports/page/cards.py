"""The cards below the headline: at most four numbers, each beside what it is compared with, with its interval and seeds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np
import pandas as pd

from reports.choice.candidates import Candidate, Choice
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.counting import EITHER, counts, shortfall
from reports.judging.intervals import Estimate
from reports.judging.verdict import Verdict
from reports.page.answer import shown
from reports.page.headline import tested
from reports.tuning.effects import Effect, at_home_in, effects
from reports.tuning.tuned_arms import IN_ERROR, IN_LOSS, TunedArm

SHOWN = (Verdict.SUPPORTED, Verdict.CONTRADICTED)
SMALL = f"; at no width shown to reach what counts, {EITHER}"
FEW = 4  # widths whose gains a card has room for
NAMES = {"dropout": "dropout", "L2": "l2"}  # and their colours


@dataclass(frozen=True)
class Card:
    """``beside`` is the comparison; ``arm`` names the colour."""

    value: str
    label: str
    beside: str
    interval: str
    arm: str


def cards(results: pd.DataFrame, judgements: Sequence[Judgement], choice: Choice | None) -> list[Card]:
    """Is it stepped, does dropout pay, does L2, and what does the chosen configuration score."""
    return [*_index(judgements), *_gains(results, judgements), *_chosen(choice)]


def _index(judgements: Sequence[Judgement]) -> Iterator[Card]:
    for judgement in tested(judgements, ("Q1",)):
        known = [each.estimate for each in judgement.findings if not (isnan(each.estimate.value) or each.estimate.void)]
        if not known:
            continue
        found, rule = max(known, key=lambda each: abs(each.value)), judgement.claim.rule
        most = f", the farthest from 0 of {len(known)} widths" if len(known) > 1 else ""
        yield Card(
            text.quantity(found.value, rule.unit, sign=False),
            f"of a full step in dropout’s response, {_units(found.regime.number)}{most}",
            "against 1 for a staircase, 0 for a smooth curve",
            text.interval_with_n(found, rule.unit, sign=False),
            "dropout",
        )


def _gains(results: pd.DataFrame, judgements: Sequence[Judgement]) -> Iterator[Card]:
    """In accuracy, and beside it in loss: of each regulariser over none, both with their own best learning rate.

    At the width of the largest gain, of those first at which the headline says that it helps or harms; the others stand beside it.
    """
    arms = at_home_in(results)
    said = shown({each.claim.slug: each for each in judgements if each.findings})
    worse = said[said["verdict"] == Verdict.CONTRADICTED]
    for kind, colour in NAMES.items():
        found = {(each.arm.where, each.arm.metric): each for each in effects(arms, kind, "none")}
        places = dict.fromkeys(where for where, _ in found)
        both = [(found[where, IN_LOSS], found[where, IN_ERROR]) for where in places]
        pairs = [pair for pair in both if not all(each.gain.void for each in pair)]
        if not pairs:
            continue  # the claim says why
        here = said[(said["kind"] == kind) & said["verdict"].isin(SHOWN)]
        loss, error = _told(pairs, set(here["width"]))
        value, interval = _value(error)
        label = f"in accuracy from {kind}, learning rates tuned, {_units(error.arm.width)}"
        widths = sorted({int(width) for width in worse.loc[worse["kind"] == kind, "width"]})
        harms = f"; worse than none at {text.listed([str(width) for width in widths])} units" if widths else ""
        rest = _others([each for _, each in pairs if each is not error])
        beside = f"{_accuracies(error)}; in loss {_said(loss)}{rest}{harms}{SMALL if here.empty else ''}"
        yield Card(value, label, beside, interval, colour)


def _told(pairs: Sequence[tuple[Effect, Effect]], shown_at: Collection[int]) -> tuple[Effect, Effect]:
    """In loss and in error."""
    first = [pair for pair in pairs if pair[1].arm.width in shown_at] or pairs
    return max(first, key=lambda pair: (not pair[1].gain.void, np.nan_to_num(abs(pair[1].gain.value))))


def _others(found: Sequence[Effect]) -> str:
    """What is gained in error at the other widths."""
    known = [each for each in found if not each.gain.void]
    if not known:
        return ""
    unit = known[0].arm.metric.unit
    if len(known) < FEW:
        told = text.joined([f"{text.number(each.gain.value, unit)} at {each.arm.width}" for each in known])
        return f"; {told} units"
    least, most = (text.number(end(each.gain.value for each in known), unit) for end in (min, max))
    return f"; {least} to {most} points at {len(known)} other widths"


def _value(effect: Effect) -> tuple[str, str]:
    unit, gain = effect.arm.metric.unit, effect.gain
    if effect.none_chosen:
        return "nothing", f"no dropout at all was best; the best dose above it gains {_said(effect)}"
    if gain.void:
        return text.UNKNOWN, gain.void
    return f"{_bound(gain)}{text.quantity(gain.value, unit)}", text.interval_with_n(gain, unit)


def _accuracies(error: Effect) -> str:
    with_it, without = (100 - _error_of(arm) for arm in (error.arm, error.reference))
    if isnan(with_it) or isnan(without):
        return "nothing to compare"
    return f"{text.number(with_it, '%', sign=False)}% against {text.number(without, '%', sign=False)}% without"


def _error_of(arm: TunedArm) -> float:
    """On fresh seeds, or where there are none, on those that chose."""
    known = arm.scores.to_numpy(float)
    if np.isfinite(known).any():
        return float(np.nanmean(known))
    return float(arm.means.min()) if arm.means.size else float("nan")


def _said(effect: Effect) -> str:
    unit, gain = effect.arm.metric.unit, effect.gain
    return gain.void or f"{_bound(gain)}{text.quantity(gain.value, unit)} {text.interval(gain, unit)}"


def _bound(gain: Estimate) -> str:
    return "≥ " if gain.high == inf and gain.low > -inf else "≤ " if gain.low == -inf and gain.high < inf else ""


def _chosen(choice: Choice | None) -> Iterator[Card]:
    """The test accuracy of the chosen configuration beside that of the best one without regularisation."""
    best = None if choice is None else choice.best
    if choice is None or best is None or not best.scores["test_error"].has_interval:
        return
    value, interval = _accuracy(best)
    yield Card(value, f"test accuracy of the chosen configuration, {best.name}", _beside(choice), interval, "joint")


def _beside(choice: Choice) -> str:
    """What the best configuration without regularisation scores, in loss as well, by which settings are chosen."""
    if choice.none is None:
        return "without regularisation none was trained again"
    if choice.none is choice.best:
        return "it is the one without regularisation"
    losses = [text.number(each.scores["test_loss"].value, "nat", sign=False) for each in (choice.best, choice.none)]
    return f"against {_accuracy(choice.none)[0]} without; in loss, by which settings are chosen, {losses[0]} against {losses[1]} nat{_short(choice.best.gain['test_loss'])}"


def _short(gain: Estimate) -> str:
    if gain.low > 0:
        return "" if counts(gain, "nat") else f"; the gain is {shortfall(gain, 'nat').removeprefix(', ')}"
    return "" if gain.high < 0 else ", not shown to be lower"


def _accuracy(candidate: Candidate) -> tuple[str, str]:
    error = candidate.scores["test_error"]
    ends = np.clip([100 - error.high, 100 - error.low], 0, 100)  # a t interval of few seeds knows no end of the scale
    low, high = (text.number(float(end), "%", sign=False) for end in ends)
    return f"{100 - error.value:.1f}%", f"[{low}, {high}], {text.count(error.seeds, 'fresh seed')}"


def _units(width: object) -> str:
    return f"{width} units"
