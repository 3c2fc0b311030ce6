"""The settings that were trained again on fresh seeds: how each did, beside the best of them and beside no regularisation.

What a search or a design says of its own best is too good, for it was chosen by that very number. So nothing here compares
by it: settings are chosen between on the validation loss of the fresh seeds, and told on a test part that chose nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from reports.choice.choosing import FEWEST, gain_of_choosing
from reports.choice.lagging import Lag, lags
from reports.evidence.matrices import laid_out
from reports.judging import text
from reports.judging.intervals import Estimate, Numbers, mean
from reports.judging.verdict import SESOI

KEYS = ["stage", "arm", "repeat", "trial"]
Key: TypeAlias = tuple[Any, ...]  # values of KEYS
CHOSEN_IN = {"refit": "search", "score": "design"}  # the stage whose seeds chose what this one trains
SCORES = {
    "valid_loss": 1.0,
    "test_loss": 1.0,
    "valid_error": 100.0,
    "test_error": 100.0,
}  # and the factor to nats and points
CHOOSING = "valid_loss"
KINDS: Mapping[str, tuple[str, float]] = {  # the strengths by column: what they are called, and where they do nothing
    "keep_prob": ("dropout", 1.0),
    "input_keep_prob": ("dropout of inputs", 1.0),
    "l1": ("L1", 0.0),
    "l2": ("L2", 0.0),
    "weight_decay": ("weight decay", 0.0),
    "max_norm": ("max-norm", 0.0),
}


class Standing(StrEnum):
    """What a study says of a setting beside the best, by validation loss on fresh seeds; no more than ``SESOI`` behind is no difference of interest."""

    CHOSEN = "chosen"
    CLOSE = "cannot be told apart"  # not shown to be worse, and seen no further behind than is of interest
    OPEN = "too few seeds to tell"  # not shown to be worse either, but seen further behind
    WORSE = "worse"


@dataclass(frozen=True)
class Candidate:
    """One setting on its fresh seeds; losses in nats, errors in points.

    ``before`` is the validation loss on the seeds that chose it, ``behind`` each score less the best candidate's, and
    ``gain`` that of no regularisation less this one's, both paired by seed; of the best candidate, whose luck is in the scores that
    chose it, each seed is scored at what the others choose. ``lost`` counts networks without a value.
    """

    key: tuple[str, str, int, int]
    settings: Mapping[str, Any]
    scores: Mapping[str, Estimate]
    before: Estimate
    behind: Mapping[str, Estimate]
    gain: Mapping[str, Estimate]
    lost: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it regularises by."""
        strengths = [name for field, (name, off) in KINDS.items() if self.settings.get(field, off) != off]
        stopped = ["early stopping"] if self.settings.get("weights") == "best" else []
        weighed = ["class weights"] if self.settings.get("class_weights", "none") != "none" else []
        return (*strengths, *stopped, *weighed)

    @property
    def is_normalised(self) -> bool:
        return bool(self.settings.get("batch_norm", "none") != "none")

    @property
    def complexity(self) -> tuple[int, int]:
        """How many things it switches on, then how wide it is: the simplest comes first."""
        return len(self.kinds) + self.is_normalised, int(self.settings["width"])

    @property
    def name(self) -> str:
        """In words, such as “batch norm and dropout, 12 units”."""
        things = text.switched_on(self.kinds, batch_norm=self.is_normalised)
        return f"{things or 'no regularisation'}, {int(self.settings['width'])} units"


@dataclass(frozen=True)
class Choice:
    """All candidates, the lowest validation loss on fresh seeds first; never none of them."""

    candidates: Sequence[Candidate]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def none(self) -> Candidate | None:
        """The best without any regularisation and normalisation, where one was trained."""
        return next((each for each in self.candidates if not each.complexity[0]), None)

    @cached_property
    def standings(self) -> Mapping[Key, Standing]:
        """Of each candidate, beside the best."""
        found = {each.key: _standing(self.lags[each.key]) for each in self.candidates[1:]}
        return {**found, self.best.key: Standing.CHOSEN}

    @cached_property
    def lags(self) -> Mapping[Key, Lag]:
        """Of every candidate but the best, in validation loss."""
        others = self.candidates[1:]
        found = lags([each.behind[CHOOSING] for each in others])
        return dict(zip((each.key for each in others), found, strict=True))

    @cached_property
    def shortlist(self) -> list[Candidate]:
        """The best and those that cannot be told apart from it, the simplest first."""
        return self._with(Standing.CHOSEN, Standing.CLOSE)

    @cached_property
    def undecided(self) -> list[Candidate]:
        """Those for which the seeds are too few, the simplest first.

        With the shortlist these are all that are not shown to be worse: the one that is truly the best is among them in 95 % of
        studies, although the best of many is seen at its luckiest.
        """
        return self._with(Standing.OPEN)

    def _with(self, *standings: Standing) -> list[Candidate]:
        found = [each for each in self.candidates if self.standings[each.key] in standings]
        return sorted(found, key=lambda each: (*each.complexity, each.scores[CHOOSING].value))


def _standing(lag: Lag) -> Standing:
    if lag.is_shown:
        return Standing.WORSE
    return Standing.OPEN if lag.value > SESOI else Standing.CLOSE


def choose(results: pd.DataFrame) -> Choice | None:
    """Compares every setting that was trained again, on the seeds that they share; ``None`` where none was to its end."""
    rows = results[results["stage"].isin(CHOSEN_IN)]
    tables = _by_seed(rows)
    whole = tables[CHOOSING].dropna()
    if whole.empty:
        return None
    tables = {score: table.reindex(whole.index) for score, table in tables.items()}
    by_key = {score: dict(zip(table.index, table.to_numpy(float), strict=True)) for score, table in tables.items()}
    order = list(whole.mean(axis=1).sort_values(kind="stable").index)
    settings = _settings(rows)
    lost = rows[CHOOSING].isna().groupby([rows[key] for key in KEYS]).sum()
    chosen_in = results[results["stage"].isin(CHOSEN_IN.values())]
    before = {key: losses.to_numpy(float) for key, losses in chosen_in.groupby(KEYS, sort=False)[CHOOSING]}
    first = [Candidate(key, settings[key], {}, mean([]), {}, {}, 0) for key in order]
    none = next((each.key for each in first if not each.complexity[0]), None)
    return Choice(
        [
            Candidate(
                key,
                settings[key],
                scores={score: mean(found[key]) for score, found in by_key.items()},
                before=mean(before.get((CHOSEN_IN[key[0]], *key[1:]), [])),
                behind={score: mean(found[key] - found[order[0]]) for score, found in by_key.items()},
                gain={} if none is None else {score: _gain(by_key, score, none, key, order[0]) for score in by_key},
                lost=int(lost.loc[key]),
            )
            for key in order
        ]
    )


def _gain(by_key: Mapping[str, Mapping[Key, Numbers]], score: str, none: Key, key: Key, best: Key) -> Estimate:
    """Over no regularisation; that of the best without what its luck adds on the seeds that chose it."""
    found = by_key[score]
    if key == best != none:
        scores = np.stack(list(found.values()))
        if scores.shape[1] >= FEWEST and np.isfinite(scores).all():
            return gain_of_choosing(np.stack(list(by_key[CHOOSING].values())), scores, found[none])
    return mean(found[none] - found[key])


def _settings(rows: pd.DataFrame) -> dict[Key, dict[str, Any]]:
    """By key what the first network of each was trained with."""
    first = rows.drop_duplicates(KEYS).to_dict("records")
    return {tuple(each[key] for key in KEYS): {str(field): value for field, value in each.items()} for each in first}


def _by_seed(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Of each score, in its unit, settings × the seeds that all settings have; a network without a value leaves NaN."""
    number = rows.groupby(KEYS).ngroup().to_numpy()
    keys = pd.MultiIndex.from_frame(rows[KEYS].drop_duplicates().sort_values(KEYS))
    scores = [factor * rows[score].to_numpy(float) for score, factor in SCORES.items()]
    _, seeds, (there, *found) = laid_out(number, rows["seed"], np.ones(len(rows)), *scores)
    shared = np.isfinite(there).all(axis=0)
    return {
        score: pd.DataFrame(values[:, shared], index=keys, columns=seeds[shared])
        for score, values in zip(SCORES, found, strict=True)
    }
