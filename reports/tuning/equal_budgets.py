"""Arms of equal budgets, each searched with its own learning rate, its winner refitted on fresh seeds and scored once on test."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

KINDS = ("none", "early stopping", "L2", "dropout", "both")  # what an arm regularises by, read from its rows
PARTS = {False: "without batch normalisation", True: "with batch normalisation"}
CHOSEN = {"learning_rate": "learning rate", "keep_prob": "keep_prob", "l2": "λ"}
NEUTRAL: Mapping[str, Any] = {"keep_prob": 1, "l2": 0}


def refit_scores(results: pd.DataFrame) -> pd.DataFrame:
    """A row for each arm and refit seed, repeated searches averaged.

    Returns:
        Columns arm, width, kind, batch_norm, trials, chosen (in words), seed, loss (test), gain (over none with the same
        normalisation, width and seed) and optimism (validation loss of the search’s best trial minus the arm’s mean test loss).
    """
    refits = results.query("stage == 'refit'").groupby(["arm", "seed"])["test_loss"].mean().rename("loss")
    found = arms(results).merge(refits.reset_index(), on="arm")
    same = ["width", "batch_norm", "seed"]
    none = found[found["kind"] == "none"].rename(columns={"loss": "none"})[[*same, "none"]]
    paired = found.merge(none, on=same)
    test = paired.groupby("arm")["loss"].transform("mean")
    return paired.assign(gain=paired["none"] - paired["loss"], optimism=paired["valid_loss"] - test).drop(
        columns=["none", "valid_loss"]
    )


def arms(results: pd.DataFrame) -> pd.DataFrame:
    """Columns arm, width, kind, batch_norm, trials, chosen, valid_loss, of the searches that open the learning rate at one width."""
    rows = []
    for arm, networks in results.query("stage == 'search'").groupby("arm", sort=True):
        refits = results[(results["stage"] == "refit") & (results["arm"] == arm)]
        first = networks.iloc[0]
        one_width, one_rate = ((networks[field] == first[field]).all() for field in ("width", "learning_rate"))
        if one_width and not one_rate and len(refits):
            what = (arm, int(first["width"]), kind(networks), bool(first["batch_norm"] != "none"))
            rows.append((*what, networks["trial"].nunique(), _chosen(refits), _best(networks, refits)))
    return pd.DataFrame(rows, columns=["arm", "width", "kind", "batch_norm", "trials", "chosen", "valid_loss"])


def kind(networks: pd.DataFrame) -> str:
    """Which of ``KINDS`` an arm is, by the strengths that its networks have."""
    dropout, l2 = bool((networks["keep_prob"] < 1).any()), bool((networks["l2"] > 0).any())
    if dropout or l2:
        return "both" if dropout and l2 else "dropout" if dropout else "L2"
    stops = "weights" in networks and bool((networks["weights"] == "best").all())
    return "early stopping" if stops else "none"


def _chosen(refits: pd.DataFrame) -> str:
    """What the search chose, or from where to where its repeats did."""
    words = []
    for field, name in CHOSEN.items():
        low, high = refits[field].min(), refits[field].max()
        if low != NEUTRAL.get(field):
            words.append(f"{name} {low:.3g}" if low == high else f"{name} {low:.3g} to {high:.3g}")
    return ", ".join(words)


def _best(networks: pd.DataFrame, refits: pd.DataFrame) -> float:
    """Mean validation loss of the chosen trials in their searches."""
    keys = [key for key in ("repeat", "trial") if key in networks]
    chosen = networks.merge(refits[keys].drop_duplicates(), on=keys)
    return float(chosen["valid_loss"].mean())
