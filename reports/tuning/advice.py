"""Advice from a run: at each width which regulariser, searched on which axis, for how many trials, and what regret to expect."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from reports.intervals import Estimate, mean
from reports.selection import compare
from reports.table import plain
from reports.text import interval_with_n, quantity
from reports.tuning.axes import AXES
from reports.tuning.matched import scores
from reports.tuning.replay import BUDGET, FLOOR, TRIALS, regrets
from reports.tuning.windows import TOLERANCE
from reports.verdict import SESOI

NAMES = {"dropout": "dropout", "l2": "L2"}
OTHERS = {"dropout": "l2", "l2": "dropout"}
SEARCHED = {"dropout": ("linear", "odds"), "l2": ("lambda",)}  # axes that a person would search


@dataclass(frozen=True, kw_only=True)
class Advice:
    """For one width, in nats: ``lead`` of the better arm over the other, ``gain`` over none, each at its best strength.

    ``regret`` is to be expected after ``trials`` of random search, ``floor`` after any number. ``tuned`` is the gain on test where
    the learning rate is tuned too; None where the run did not search it.
    """

    width: int
    arm: str
    lead: Estimate
    gain: Estimate
    axis: str
    trials: int
    regret: Estimate
    floor: Estimate
    tuned: Estimate | None

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        """What to do, and why, in words."""
        yield "use", self._use
        left = f"{_said(self.floor)} would be left after any number of them"
        yield "search", f"{self.axis}, {self.trials} trials: expected regret {_said(self.regret)}; {left}"
        yield "learning rate", self._learning_rate

    @property
    def _use(self) -> str:
        name, other = NAMES[self.arm], NAMES[OTHERS[self.arm]]
        gain = f"gain over none {_said(self.gain)}"
        if self.gain.low <= 0:
            return f"none: no regulariser is shown to help; {name}: {gain}"
        if self.lead.low <= 0:
            return f"{name} or {other}: neither is shown to be ahead; {name}: {gain}, ahead of {other} by {_said(self.lead)}"
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
    replayed, leads = regrets(results), compare(results, "dropout", "l2").dropna(subset=["gain"])
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
    rows = replayed[replayed["width"] == width]
    regret = {name: _by_trials(rows[rows["axis"] == name]) for name in SEARCHED[arm] if name in set(rows["axis"])}
    axis = min(regret, key=lambda name: float(regret[name][BUDGET].mean()))
    trials = _enough(regret[axis])
    return Advice(
        width=width,
        arm=arm,
        lead=mean(lead if arm == "dropout" else -lead),
        gain=mean(gains.to_numpy(float)),
        axis=AXES[axis].label,
        trials=trials,
        regret=mean(regret[axis][trials].to_numpy(float)),
        floor=mean(regret[axis][FLOOR].to_numpy(float)),
        tuned=_tuned(results, width, NAMES[arm]),
    )


def _by_trials(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.pivot(index="seed", columns="trials", values="regret")  # noqa: PD010 - no two rows are alike


def _enough(regret: pd.DataFrame) -> int:
    """The fewest trials after which more of them could gain no more than ``TOLERANCE``, at the upper end of the interval."""
    left = {trials: mean((regret[trials] - regret[FLOOR]).to_numpy(float)).high for trials in TRIALS}
    return next((trials for trials, high in left.items() if high < TOLERANCE), TRIALS[-1])


def _tuned(results: pd.DataFrame, width: int, kind: str) -> Estimate | None:
    found = scores(results)
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
