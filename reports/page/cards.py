"""The cards below the headline: at most four numbers, each beside what it is compared with, with its interval and seeds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np
import pandas as pd

from reports.choice.candidates import Candidate, Choice
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.intervals import Estimate
from reports.judging.verdict import SESOI, SESOI_IN_POINTS, Verdict
from reports.page.answer import shown
from reports.page.headline import tested
from reports.tuning.effects import Effect, at_home_in, effects
from reports.tuning.tuned_arms import TunedArm

CARDS = 4
SHOWN = (Verdict.SUPPORTED, Verdict.CONTRADICTED)
SMALL = f"; not shown to reach what counts, {SESOI_IN_POINTS:g} point or {SESOI:g} nat"
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
    return [*_index(judgements), *_gains(results, judgements), *_chosen(choice)][:CARDS]


def _index(judgements: Sequence[Judgement]) -> Iterator[Card]:
    for judgement in tested(judgements, ("Q1",)):
        found, rule = judgement.findings[-1].estimate, judgement.claim.rule
        if isnan(found.value) or found.void:
            continue
        yield Card(
            text.quantity(found.value, rule.unit, sign=False),
            f"of a full step in dropout’s response, {_units(found.regime.number)}",
            "against 1 for a staircase, 0 for a smooth curve",
            text.interval_with_n(found, rule.unit),
            "dropout",
        )


def _gains(results: pd.DataFrame, judgements: Sequence[Judgement]) -> Iterator[Card]:
    """In accuracy at the widest width, and beside it in loss: of each regulariser over none, both with their own best learning rate."""
    arms = at_home_in(results)
    said = shown({each.claim.slug: each for each in judgements if each.findings})
    worse = said[said["verdict"] == Verdict.CONTRADICTED]
    for kind, colour in NAMES.items():
        found = effects(arms, kind, "none")
        widest = [each for each in found if each.arm.width == max(each.arm.width for each in found)]
        for loss, error in zip(widest[::2], widest[1::2], strict=False):
            if loss.gain.void and error.gain.void:
                continue  # the claim says why
            value, interval = _value(error)
            label = f"in accuracy from {kind}, learning rates tuned, {_units(error.arm.width)}"
            widths = sorted({int(width) for width in worse.loc[worse["kind"] == kind, "width"]})
            beside = f"; worse than none at {text.listed([str(width) for width in widths])} units" if widths else ""
            here = said[(said["kind"] == kind) & (said["width"] == error.arm.width)]
            small = "" if here["verdict"].isin(SHOWN).any() or beside else SMALL
            yield Card(value, label, f"{_accuracies(error)}; in loss {_said(loss)}{beside}{small}", interval, colour)


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
    return f"against {_accuracy(choice.none)[0]} without; chosen by its loss, {losses[0]} against {losses[1]} nat"


def _accuracy(candidate: Candidate) -> tuple[str, str]:
    error = candidate.scores["test_error"]
    ends = np.clip([100 - error.high, 100 - error.low], 0, 100)  # a t interval of few seeds knows no end of the scale
    low, high = (text.number(float(end), "%", sign=False) for end in ends)
    return f"{100 - error.value:.1f}%", f"[{low}, {high}], {text.count(error.seeds, 'fresh seed')}"


def _units(width: object) -> str:
    return f"{width} units"
