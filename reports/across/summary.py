"""The small table of a study over many tables: a row for each table, number of rows, arm, metric and fresh seed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from reports.judging.verdict import SESOI, SESOI_IN_POINTS

TABLE = Path(__file__).with_name("tables.parquet")
METRICS = {
    "loss": ("nat", 1.0, SESOI),
    "error": ("points", 100.0, SESOI_IN_POINTS),
}  # unit, scale, smallest effect of interest
CELL = ["table", "rows"]
COLUMNS = {
    "table": "the table of data",
    "rows": "training rows",
    "step": "the number of rows that the study asked for; tables that have fewer stand at its smallest",
    "arm": "the arm, or another method",
    "network": "whether it is a network of ours",
    "metric": "loss or error",
    "seed": "fresh seed",
    "score": "on the test rows: nat, or percent",
    "tuned": "on the validation rows, mean over the tuning seeds, of the setting that was chosen by it",
    "width": "of the chosen setting, in units",
    "learning_rate": "of the chosen setting",
    "keep_prob": "of the chosen setting",
    "decay": "of the chosen setting: λ of L2, or AdamW's own",
}


def is_over_tables(results: pd.DataFrame) -> bool:
    """Whether a run's results are those of a study over listed tables."""
    return bool(results.attrs.get("tables"))


def summary(results: pd.DataFrame) -> pd.DataFrame:
    """The columns of ``COLUMNS`` from a run's results; ``attrs`` holds what is known of the tables, and of the run."""
    facts: Mapping[str, Any] = results.attrs["tables"]
    known = results[results["data"].isin(facts)]
    parts = [_networks(known, metric) for metric in METRICS] + [_others(results, metric) for metric in METRICS]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True)
    found["table"] = found["table"].map(lambda name: facts[name]["name"])
    found["step"] = _steps(found)
    ordered = found[list(COLUMNS)].sort_values(["metric", "step", "table", "arm", "seed"], ignore_index=True)
    design = results.attrs["provenance"]["config"]["design"]
    whole = results.merge(results.loc[results["stage"] == "score", ["data", "train_rows"]].drop_duplicates())
    ordered.attrs = {
        "tables": {fact["name"]: fact for fact in facts.values()},
        "run": {
            "command": results.attrs["provenance"]["command"],
            "draws": design["draws"],
            "tuning_seeds": design["replicates"],
            "networks": len(whole),  # of the tables that are here
            "hyper": results.attrs["provenance"]["config"]["hyper"],
        },
    }
    return ordered


def _steps(rows: pd.DataFrame) -> "pd.Series[int]":
    """A table's fewest rows belong to the first number that was asked for, its next ones to the second, and so on."""
    place = rows.groupby("table")["rows"].rank(method="dense").astype(int)
    return rows.groupby(place)["rows"].transform("max")


def read(path: Path = TABLE) -> pd.DataFrame:
    return pd.read_parquet(path)


def _networks(results: pd.DataFrame, metric: str) -> pd.DataFrame:
    scale = METRICS[metric][1]
    scored = results[
        (results["stage"] == "score") & results["chosen_by"].str.split("+").map(lambda by: f"valid_{metric}" in by)
    ]
    design = results[results["stage"] == "design"]
    tuned = design.groupby(["arm", "trial"])[f"valid_{metric}"].mean().rename("tuned") * scale
    joined = scored.join(tuned, on=["arm", "trial"])
    return pd.DataFrame(
        {
            "table": joined["data"],
            "rows": joined["train_rows"],
            "arm": joined["arm"],
            "network": True,
            "metric": metric,
            "seed": joined["seed"],
            "score": scale * joined[f"test_{metric}"],
            "tuned": joined["tuned"],
            "width": joined["width"],
            "learning_rate": joined["learning_rate"],
            "keep_prob": joined["keep_prob"],
            "decay": joined["l2"] + joined["weight_decay"],
        }
    )


def _others(results: pd.DataFrame, metric: str) -> pd.DataFrame:
    noted = pd.DataFrame(results.attrs.get("baselines") or [])
    if noted.empty:
        return noted
    scale = METRICS[metric][1]
    return pd.DataFrame(
        {
            "table": noted["data"],
            "rows": noted["train_rows"],
            "arm": noted["method"],
            "network": False,
            "metric": metric,
            "seed": noted["seed"],
            "score": scale * noted[f"test_{metric}"],
            "tuned": scale * noted[f"valid_{metric}"],
            "width": 0,
            "learning_rate": float("nan"),
            "keep_prob": float("nan"),
            "decay": float("nan"),
        }
    )
