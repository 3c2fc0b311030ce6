"""Arms beside each other: how often each is best, what it costs to know one alone, and the default that costs least."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.across.summary import CELL, METRICS
from reports.evidence.once import once
from reports.judging.intervals import Estimate, mean

TUNED = {
    "none": "none",
    "early_stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout with L2",
    "bn_none": "batch norm",
    "bn_early_stopping": "batch norm, early stopping",
    "bn_l2": "batch norm, L2",
    "bn_dropout": "batch norm, dropout",
    "bn_both": "batch norm, dropout with L2",
    "adamw_none": "AdamW",
    "adamw_early_stopping": "AdamW, early stopping",
    "adamw_l2": "AdamW, weight decay",
    "adamw_dropout": "AdamW, dropout",
    "adamw_both": "AdamW, dropout with weight decay",
}
UNTUNED = {"untuned": "one setting, nothing tuned"}
OTHERS = {
    "frequencies": "class frequencies",
    "logistic": "logistic regression",
    "trees": "boosted trees",
    "mlp": "scikit-learn’s MLP",
}
EVERYTHING = "everything"  # the tuned arm that the validation rows choose


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Of ``tables``: the share on which an arm is best, and on which it is within the smallest effect of interest of the best; its ``regret``."""

    arm: str
    best: float
    near: float
    regret: Estimate
    tables: int


@once
def scores(summary: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Mean score by table and rows (index) and arm or method (columns), ``EVERYTHING`` among them."""
    rows = summary[summary["metric"] == metric]
    cell = [*CELL, "step"]
    names = [*TUNED, *UNTUNED, *OTHERS]
    others = [name for name in rows["arm"].unique() if name not in names]
    wide, tuned = (
        rows.pivot_table(index=cell, columns="arm", values=values, aggfunc="mean").reindex(columns=[*names, *others])
        for values in ("score", "tuned")
    )
    chosen = tuned.reindex(wide.index)[list(TUNED)].fillna(np.inf).to_numpy(float).argmin(axis=1)
    return wide.assign(**{EVERYTHING: wide[list(TUNED)].to_numpy(float)[np.arange(len(wide)), chosen]})


def standings(summary: pd.DataFrame, metric: str, step: int) -> list[Standing]:
    """Of every tuned arm, on tables where all of them have a score; the least regret first."""
    wide = _complete(scores(summary, metric), step)
    arms = list(TUNED)
    best = wide[arms].min(axis=1)
    found = [
        Standing(
            arm=arm,
            best=float((wide[arms].idxmin(axis=1) == arm).mean()),
            near=float((wide[arm] <= best + METRICS[metric][2]).mean()),
            regret=mean(wide[arm] - wide[EVERYTHING]),
            tables=len(wide),
        )
        for arm in arms
    ]
    return sorted(found, key=lambda standing: standing.regret.value)


def _complete(wide: pd.DataFrame, step: int) -> pd.DataFrame:
    at = wide[wide.index.get_level_values("step") == step]
    return at.dropna(subset=list(TUNED))


@dataclass(frozen=True, kw_only=True)
class Default:
    """The arm of least mean regret in loss over all tables; ``regret`` against tuning everything, by metric, of the arm that the other
    tables choose, on the one left out: choosing it is inside. ``untuned`` is that of one setting without any tuning.
    """

    arm: str
    regret: dict[str, Estimate]
    untuned: dict[str, Estimate]
    alike: float  # share of tables whose others choose the same arm


def default(summary: pd.DataFrame) -> Default | None:
    """Each table counts once, its numbers of rows averaged; nothing where no table has all arms. A single table chooses for itself."""
    regrets = {metric: _regrets(summary, metric) for metric in METRICS}
    loss = regrets["loss"]
    if loss.empty:
        return None
    arm = str(loss[list(TUNED)].mean().idxmin())
    left = (loss.drop(index=table) if len(loss) > 1 else loss for table in loss.index)
    others = [str(each[list(TUNED)].mean().idxmin()) for each in left]
    left_out = {
        metric: mean(np.array([each.loc[table, choice] for table, choice in zip(loss.index, others, strict=True)]))
        for metric, each in regrets.items()
    }
    return Default(
        arm=arm,
        regret=left_out,
        untuned={metric: mean(each["untuned"]) for metric, each in regrets.items()},
        alike=float(np.mean([each == arm for each in others])),
    )


def _regrets(summary: pd.DataFrame, metric: str) -> pd.DataFrame:
    wide = scores(summary, metric).dropna(subset=list(TUNED))
    over = wide[[*TUNED, *UNTUNED]].sub(wide[EVERYTHING], axis=0)
    return over.groupby("table").mean()
