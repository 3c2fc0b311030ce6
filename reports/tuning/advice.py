"""Advice from a run: at each width which regulariser, searched on which axis, for how many trials, and what regret to expect."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from reports.evidence.checked import plain
from reports.evidence.selection import compare
from reports.judging.intervals import Estimate, mean
from reports.judging.text import interval_with_n, quantity
from reports.judging.verdict import SESOI
from reports.tuning.equal_budgets import refit_scores
from reports.tuning.replay import BUDGET, FLOOR, TRIALS, replayed_regrets
from reports.tuning.strength_axes import AXES
from reports.tuning.windows import TOLERANCE

NAMES = {"dropout": "dropout", "l2": "L2"}
OTHERS = {"dropout": "l2", "l2": "dropout"}
SEARCHED = {"dropout": ("linear", "odds"), "l2": ("lambda",)}  # axes that a person would search


@dataclass(frozen=True)
class SearchRegret:
    """How to search an arm's strength: on which axis, and the regret to expect after so many trials of random search."""

    arm: str
    axis: str
    trials: int
    regret: Estimate
    floor: Estimate  # after any number of trials

    def __str__(self) -> str:
        said = f"{NAMES[self.arm]} on {self.axis}, {self.trials} trials: expected regret {_said(self.regret)}"
        if self.floor.value >= self.regret.value:
            return f"{said}, which more trials would not lower"
        return f"{said}; {_said(self.floor)} would be left after any number of them"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """For one width, in nats: ``lead`` of the better arm over the other, ``gain`` over none, each at its best strength.

    ``searches`` begin with the better arm's; the other's follows where neither is shown to be ahead. ``tuned`` is the gain on test
    where the learning rate is tuned too; None where the run did not search it.
    """

    width: int
    arm: str
    lead: Estimate
    gain: Estimate
    searches: tuple[SearchRegret, ...]
    tuned: Estimate | None

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        """What to do, and why, in words; no more than that where nothing is shown to help."""
        yield "use", self._use
        if self.gain.low <= 0:
            return
        yield from (("search", str(search)) for search in self.searches)
        yield "learning rate", self._learning_rate

    @property
    def _use(self) -> str:
        name, other = NAMES[self.arm], NAMES[OTHERS[self.arm]]
        gain = f"gain over none {_said(self.gain)}"
        if self.gain.low <= 0:
            return f"none: no regulariser is shown to help; {name}: {gain}"
        if self.lead.low <= 0:
            return (
                f"{name} or {other}: neither is shown to be ahead ({name}’s lead is {_said(self.lead)}); {name}: {gain}"
            )
        return f"{name}: ahead of {other} by {_said(self.lead)}; {gain}"

    @property
    def _learning_rate(self) -> str:
        if self.tuned is None:
            return f"not known here: the run has no search arms none and {self.arm} with an open learning_rate at this width"
        pays = self.tuned.low > SESOI
        verdict = (
            "still pays" if pays else "adds nothing of interest" if self.tuned.high < SESOI else "may or may not pay"
        )
        return f"once it is tuned, {NAMES[self.arm]} {verdict}: gain on test {_said(self.tuned)}"


def advise(results: pd.DataFrame) -> list[Advice]:
    """One for each width at which the run holds both regularisers and none; ``missing`` says what the others lack."""
    replayed, leads = replayed_regrets(results), compare(results, "dropout", "l2").dropna(subset=["gain"])
    tried = [set(replayed.loc[replayed["axis"] == axis, "width"]) for axis in ("linear", "lambda")]
    widths = set(leads["width"]) & set(compare(results, "l2", "none")["width"]) & tried[0] & tried[1]
    return [_at_width(results, int(width), leads, replayed) for width in sorted(widths)]


def missing(results: pd.DataFrame) -> str:
    """What the run lacks where it has no advice."""
    arms = set(results.loc[results["stage"] == "design", "arm"])
    lacking = [f"the design {arm}" for arm in ("none", *NAMES) if arm not in arms]
    return " and ".join(lacking) or (
        "two seeds or more at one width, for none, dropout and l2, with strengths from end to end of their axes: "
        "keep_prob from 0.2 to 1, l2 from 1e-5 to 1"
    )


def _at_width(results: pd.DataFrame, width: int, leads: pd.DataFrame, replayed: pd.DataFrame) -> Advice:
    lead = leads.loc[leads["width"] == width, "gain"].to_numpy(float)
    arm = "dropout" if lead.mean() > 0 else "l2"
    gains = compare(results, arm, "none").query("width == @width")["gain"]
    ahead = mean(lead if arm == "dropout" else -lead)
    arms = [arm] if ahead.low > 0 else [arm, OTHERS[arm]]
    rows = replayed[replayed["width"] == width]
    return Advice(
        width=width,
        arm=arm,
        lead=ahead,
        gain=mean(gains.to_numpy(float)),
        searches=tuple(_search(rows, each) for each in arms),
        tuned=_tuned(results, width, NAMES[arm]),
    )


def _search(replayed: pd.DataFrame, arm: str) -> SearchRegret:
    """On the axis of least regret, with the fewest trials that do."""
    axes = [name for name in SEARCHED[arm] if name in set(replayed["axis"])]
    regret = {name: _by_trials(replayed[replayed["axis"] == name]) for name in axes}
    axis = min(regret, key=lambda name: float(regret[name][BUDGET].mean()))
    trials = _enough(regret[axis])
    found, floor = (mean(regret[axis][number].to_numpy(float)) for number in (trials, FLOOR))
    return SearchRegret(arm, AXES[axis].label, trials, found, floor)


def _by_trials(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.pivot(index="seed", columns="trials", values="regret")  # noqa: PD010 - no two rows are alike


def _enough(regret: pd.DataFrame) -> int:
    """The fewest trials after which more of them could gain no more than ``TOLERANCE``, at the upper end of the interval."""
    left = {trials: mean((regret[trials] - regret[FLOOR]).to_numpy(float)).high for trials in TRIALS}
    return next((trials for trials, high in left.items() if high < TOLERANCE), TRIALS[-1])


def _tuned(results: pd.DataFrame, width: int, kind: str) -> Estimate | None:
    found = refit_scores(results)
    gains = found[(found["width"] == width) & (found["kind"] == kind) & ~found["batch_norm"]]["gain"]
    return mean(gains.to_numpy(float)) if gains.notna().any() else None


def _said(found: Estimate) -> str:
    return f"{quantity(found.value, 'nat')} {interval_with_n(found, 'nat')}"


def spoken(results: pd.DataFrame) -> list[str]:
    """The advice of a results table as lines of a terminal. Raises ``ValueError`` where the table holds too little for any."""
    checked = plain(results)
    advice = advise(checked)
    if not advice:
        raise ValueError(f"no advice without {missing(checked)}: run the preset default with your data and width")
    return [
        line
        for each in advice
        for line in (f"width {each.width}", *(f"  {name:<14} {words}" for name, words in each.lines))
    ]
