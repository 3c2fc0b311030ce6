"""The cards below the headline: four numbers, each with its interval and n."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from reports.evidence.responses import by_width
from reports.evidence.search import Score
from reports.evidence.selection import compare
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.intervals import mean
from reports.page.headline import tested

CARDS = 4
NAMES = {"dropout": "dropout", "l2": "L2"}
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
    for arm, name in NAMES.items():
        for width, rows in list(by_width(compare(results, arm, "none").dropna(subset=["gain"])))[-1:]:
            found = mean(rows["gain"].to_numpy(float))
            label = f"gain of {name} over none, each at its best, width {width}"
            yield Card(text.quantity(found.value, "nat"), text.interval_with_n(found, "nat"), label, arm)


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
