"""The questions that are asked over tables, and the effect of each on every table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports.across.summary import METRICS

LEAST_ERROR = 0.1  # of the smallest effect of interest: a standard error below it counts as that much
ENOUGH = 3  # fresh seeds that both arms have


@dataclass(frozen=True, kw_only=True)
class Question:
    """What ``arm`` gains over ``reference``: a positive effect is a lower loss or error of the arm."""

    slug: str
    words: str
    arm: str
    reference: str
    led: bool = True  # has a forest of its own


QUESTIONS: Sequence[Question] = (
    Question(slug="dropout", words="dropout over none", arm="dropout", reference="none"),
    Question(slug="l2", words="L2 over none", arm="l2", reference="none"),
    Question(slug="dropout-l2", words="dropout over L2", arm="dropout", reference="l2"),
    Question(slug="bn", words="batch norm over none", arm="bn_none", reference="none"),
    Question(slug="both", words="dropout with L2 over none", arm="both", reference="none"),
    Question(slug="early-stopping", words="early stopping over none", arm="early_stopping", reference="none"),
    Question(slug="odds", words="keep-prob by its odds over linear, ten tries", arm="odds", reference="linear"),
    Question(slug="bn-dropout", words="dropout over none, both with batch norm", arm="bn_dropout", reference="bn_none", led=False),
    Question(slug="bn-l2", words="L2 over none, both with batch norm", arm="bn_l2", reference="bn_none", led=False),
    Question(slug="bn-both", words="dropout with L2 over none, both with batch norm", arm="bn_both", reference="bn_none", led=False),
    Question(slug="bn-early-stopping", words="early stopping over none, both with batch norm", arm="bn_early_stopping", reference="bn_none", led=False),
    Question(slug="adamw", words="AdamW over SGD, none in both", arm="adamw_none", reference="none", led=False),
    Question(slug="adamw-dropout", words="dropout over none, both by AdamW", arm="adamw_dropout", reference="adamw_none", led=False),
    Question(slug="adamw-decay", words="weight decay over none, both by AdamW", arm="adamw_l2", reference="adamw_none", led=False),
    Question(slug="adamw-both", words="dropout with weight decay over none, both by AdamW", arm="adamw_both", reference="adamw_none", led=False),
    Question(slug="adamw-early-stopping", words="early stopping over none, both by AdamW", arm="adamw_early_stopping", reference="adamw_none", led=False),
)  # fmt: skip


def sides(summary: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Scores by step, table, rows and fresh seed (index) and arm (columns)."""
    rows = summary[summary["metric"] == metric]
    return rows.pivot_table(index=["step", "table", "rows", "seed"], columns="arm", values="score", sort=False)


def effects(by_seed: pd.DataFrame, question: Question, metric: str, step: int) -> pd.DataFrame:
    """Of ``sides`` in a metric a row for each table: ``table``, ``rows``, ``effect``, its standard ``error`` over paired fresh seeds, and their number ``seeds``."""
    empty = pd.Series(index=by_seed.index, dtype=float)
    reference, arm = (by_seed.get(name, empty) for name in (question.reference, question.arm))
    at = by_seed.index.get_level_values("step") == step
    paired = (reference - arm)[at].dropna().rename("effect").reset_index()
    found = paired.groupby(["table", "rows"])["effect"].agg(["mean", "std", "count"]).reset_index()
    known = found[found["count"] >= ENOUGH].rename(columns={"mean": "effect", "count": "seeds"})
    least = LEAST_ERROR * METRICS[metric][2]
    return known.assign(error=np.maximum(known["std"] / np.sqrt(known["seeds"]), least))[
        ["table", "rows", "effect", "error", "seeds"]
    ].reset_index(drop=True)


def steps(summary: pd.DataFrame) -> list[int]:
    """The numbers of training rows that were asked for."""
    return sorted(int(step) for step in summary["step"].unique())
