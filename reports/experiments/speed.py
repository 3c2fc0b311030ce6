"""Speed: deep networks with normalisation nowhere, before or after the activation, at nine learning rates, to a fixed loss."""

from typing import Any

import numpy as np
import pandas as pd

from reports.arms import arm, at_best, difference, with_regime
from reports.measures import steps_to
from reports.text import setting

NAME = "speed"
TARGET = 0.3  # nats: what a trained network of this size goes well below, and a stuck one never reaches
RATES = [0.0025, 0.0063, 0.0158, 0.04, 0.1, 0.25, 0.63, 1.58, 4.0]
REGIMES = {"activation": "{}", "init_gain": "gain {:g}"}
SETTING = (
    "Digits, 600 clean training rows, 4 hidden layers of 50 units, constant learning rate, 1,200 steps; the usual initial "
    "weights (Glorot’s or He’s) times a gain of 1 or 5."
)
ARM: dict[str, Any] = {
    "data": {"train": 600, "valid": 300, "label_noise": 0.0},
    "depth": 4,
    "width": 50,
    "activation": ["sigmoid", "tanh", "relu"],
    "init_gain": [1.0, 5.0],
    "learning_rate": RATES,
    "schedule": "constant",
    "steps": 1200,
    "checkpoints": 100,
}
DESIGN = {place: {**ARM, "batch_norm": place} for place in ("none", "before", "after")}
CENSORING = (
    "A run that never reaches the target, or diverges, counts as one of 1,200 steps; the ratio is then a bound, and its interval is open "
    "on that side."
)


def networks(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their regime; ``reached`` says whether the target was, ``log_steps`` is cut at the end of the run."""
    reached = np.where(rows["stopped"] == "completed", steps_to(rows, TARGET), np.inf)
    cut = np.minimum(reached, rows["steps"].to_numpy(float))
    return with_regime(rows, REGIMES).assign(reached=np.isfinite(reached), log_steps=np.log(cut))


def ratio(rows: pd.DataFrame, slow: str, fast: str) -> pd.DataFrame:
    """Log of the steps that ``slow`` takes over those of ``fast``, each at its own best learning rate; what never reaches is a bound."""
    rows = networks(rows)
    sides = {place: at_best(arm(rows, place), tuned=["learning_rate"], cost="log_steps") for place in (slow, fast)}
    paired = difference(sides[slow], sides[fast], "log_steps")
    reached = [
        paired.merge(sides[place][["regime", "seed", "reached"]], on=["regime", "seed"]) for place in (slow, fast)
    ]
    bound = (~reached[0]["reached"]).astype(int) - (~reached[1]["reached"]).astype(int)
    hopeless = ~reached[0]["reached"] & ~reached[1]["reached"]
    noted = paired.assign(bound=bound, effect=paired["effect"].mask(hopeless))
    return noted.assign(
        note=noted["regime"].map({str(name): _medians(group, slow, fast) for name, group in noted.groupby("regime")})
    )


def _medians(rows: pd.DataFrame, slow: str, fast: str) -> str:
    """Median steps and rates of both arms."""
    return "; ".join(
        f"{place}: {setting(round(float(np.exp(rows[side].median()))))} steps at rate "
        f"{', '.join(sorted(rows[f'{side}_chosen'].unique(), key=float))}"
        for place, side in ((slow, "high"), (fast, "low"))
    )
