"""The cards below the headline: four numbers, each with its interval and n."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan

import pandas as pd

from reports.evidence.search import Score
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.intervals import Estimate
from reports.page.headline import tested
from reports.tuning.effects import Effect, at_home_in, effects

CARDS = 4
NAMES = {"dropout": "dropout", "L2": "l2"}  # and their colours
SCORES = ("Test accuracy", "Test loss", "Validation loss in the search")


@dataclass(frozen=True)
class Card:
    """``arm`` names the colour."""

    value: str
    interval: str
    label: str
    arm: str


def cards(results: pd.DataFrame, judgements: Sequence[Judgement], scores: Sequence[Score]) -> list[Card]:
    """The first four of what the run has: gains and index at the widest width, as in the opening, and scores."""
    return [*_gains(results), *_index(judgements), *_scores(scores)][:CARDS]


def _gains(results: pd.DataFrame) -> Iterator[Card]:
    """Of each regulariser over none at the widest width, both with their own best learning rate: in loss, and beside it in error."""
    arms = at_home_in(results)
    for kind, arm in NAMES.items():
        found = effects(arms, kind, "none")
        widest = [each for each in found if each.arm.width == max(each.arm.width for each in found)]
        for loss, error in zip(widest[::2], widest[1::2], strict=False):
            label = f"gain of {kind} over none, learning rates tuned, width {loss.arm.width}; in error {_said(error)}"
            yield Card(*_value(loss), label, arm)


def _value(effect: Effect) -> tuple[str, str]:
    unit, gain = effect.arm.metric.unit, effect.gain
    if effect.none_chosen:
        return "none chosen", f"before any dose; the best dose gains {_said(effect)}"
    if gain.void:
        return text.UNKNOWN, gain.void
    return f"{_bound(gain)}{text.quantity(gain.value, unit)}", text.interval_with_n(gain, unit)


def _said(effect: Effect) -> str:
    unit, gain = effect.arm.metric.unit, effect.gain
    return gain.void or f"{_bound(gain)}{text.quantity(gain.value, unit)} {text.interval(gain, unit)}"


def _bound(gain: Estimate) -> str:
    return "≥ " if gain.high == inf and gain.low > -inf else "≤ " if gain.low == -inf and gain.high < inf else ""


def _index(judgements: Sequence[Judgement]) -> Iterator[Card]:
    for judgement in tested(judgements, ("Q1",)):
        found, rule = judgement.findings[-1].estimate, judgement.claim.rule
        if isnan(found.value):
            continue
        value = f"Q = {text.quantity(found.value, rule.unit)}"
        label = f"index of dropout’s steps: {rule.reading}, {found.regime}"
        yield Card(value, text.interval_with_n(found, rule.unit), label, "dropout")


def _scores(scores: Sequence[Score]) -> Iterator[Card]:
    by_name = {score.name: score for score in scores}
    for score in (by_name[name] for name in SCORES if name in by_name):
        value = text.quantity(score.estimate.value, score.unit, sign=False)
        reach = text.interval(score.estimate, score.unit, sign=False)
        yield Card(value, f"{reach}, {score.basis}", f"{score.name.lower()} of the chosen configuration", "joint")
