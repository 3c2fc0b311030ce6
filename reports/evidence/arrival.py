"""Steps to a target loss: how many each network takes, and how two arms compare where some never arrive."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from reports.evidence.measures import steps_to
from reports.evidence.paired import Regimes, at_best, pair, with_regime
from reports.judging.regimes import Regime
from reports.judging.text import setting


def timed(rows: pd.DataFrame, regimes: Regimes, targets: Mapping[str, float]) -> pd.DataFrame:
    """The rows whose table of data has a target, in nats, with their regime; ``reached`` says whether it was, ``log_steps`` is cut at the end of the run."""
    rows = rows[rows["data"].isin(targets)]
    steps = np.where(rows["stopped"] == "completed", steps_to(rows, rows["data"].map(targets)), np.inf)
    cut = np.minimum(steps, rows["steps"].to_numpy(float))
    return with_regime(rows, regimes).assign(reached=np.isfinite(steps), log_steps=np.log(cut))


def ratio_of_steps(slow: pd.DataFrame, fast: pd.DataFrame, *, names: tuple[str, str]) -> pd.DataFrame:
    """Log of the steps of ``slow`` over those of ``fast``, each at its own best learning rate, paired by regime and seed.

    A run that never arrives counts as one of all its steps: the ratio is then a bound. Where neither arrives there is none.
    """
    best = [at_best(side, tuned=["learning_rate"], cost="log_steps") for side in (slow, fast)]
    paired = pair(best[0], best[1], "log_steps")
    there = [paired.merge(side[["regime", "seed", "reached"]], on=["regime", "seed"])["reached"] for side in best]
    found = paired.assign(
        bound=there[1].astype(int) - there[0].astype(int), effect=paired["effect"].where(there[0] | there[1])
    )
    return found.assign(note=found["regime"].map(_notes(best, names)))


def _notes(best: list[pd.DataFrame], names: tuple[str, str]) -> dict[Regime, str]:
    """Of each regime, median steps and rates of both."""
    regimes = best[0]["regime"].unique()
    return {
        regime: "; ".join(_way(side[side["regime"] == regime], name) for side, name in zip(best, names, strict=True))
        for regime in regimes
    }


def _way(rows: pd.DataFrame, name: str) -> str:
    if not rows["reached"].any():
        return f"{name}: never"
    median = round(float(np.exp(rows["log_steps"].median())))
    rates = [setting(rate) for rate in sorted(rows["learning_rate"].unique())]
    return (
        f"{name}: {setting(median)} steps at rate {', '.join(rates)}, {int(rows['reached'].sum())} of {len(rows)} seeds"
    )
