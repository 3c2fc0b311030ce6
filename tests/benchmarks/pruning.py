"""What pruning saves, and what it costs: the joint search of the default study with each rule, from several sampler seeds."""

import tempfile
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

from study.asked.config import Config, read_config
from study.asked.study_file import PRESETS
from study.kept.ledger import Ledger
from study.kept.optuna_tables import OptunaTables
from study.kept.results import results_table
from study.kept.sqlite import Sqlite
from study.loop import run
from study.searched.pruning import RULES
from study.searched.ranking import search_name
from study.trained.executors import Serial
from study.trained.submissions import Submissions
from tests.benchmarks import accuracy

SLACK = 0.02  # nats: the smallest difference that the study cares for


def measure(*, searches: int, trials: int, say: Callable[[str], None]) -> pd.DataFrame:
    """One row for each trial of each search: rule, repeat, trial, loss in nats (NaN where there is none), epochs of its networks."""
    frames = []
    for rule in RULES:
        table = searched(rule, searches=searches, trials=trials)
        told = table.groupby(["repeat", "trial"], as_index=False).agg(
            loss=("valid_loss", lambda losses: losses.mean(skipna=False)), epochs=("epochs_run", "sum")
        )
        frames.append(told.assign(rule=rule))
        say(f"pruning {rule}: {told.epochs.sum()} network-epochs")
    return pd.concat(frames, ignore_index=True)


def searched(rule: str, *, searches: int, trials: int) -> pd.DataFrame:
    """The results of the searches with this rule."""
    with PRESETS["default"].open("rb") as file:
        document = tomllib.load(file)
    search = {**document["search"], "pruning": rule, "repeats": searches, "trials": trials}
    arms = {"joint": document["search"]["arms"]["joint"]}
    stages = {"design": None, "score": None, "search": {**search, "arms": arms}, "refit": None}
    config = read_config({**document, **stages})
    with tempfile.TemporaryDirectory() as folder:
        return carried_out(config, Path(folder) / "study.db")


def carried_out(config: Config, path: Path) -> pd.DataFrame:
    """The results of a study that is kept nowhere else."""
    names = [search_name(arm.name, repeat) for arm, repeat in config.searches]
    with (
        closing(Ledger(Sqlite(path))) as ledger,
        closing(OptunaTables(Sqlite(path), name="b", searches=names, provenance={})) as tables,
    ):
        run(
            config,
            Submissions(ledger=ledger, executor=Serial(), capacity=1, kernels="numpy", watch=lambda _: None),
            tables,
        )
        return results_table(config, ledger.records, {})


def summary(told: pd.DataFrame) -> pd.DataFrame:
    """One row for each rule: cost of a whole search, how many searches reached the target and when, best loss at the end."""
    best = told.pivot_table(index="repeat", columns="rule", values="loss", aggfunc="min")
    target = float(best["none"].median()) + SLACK
    full = told[told.rule == "none"].epochs.sum()
    rows = []
    for rule, trials in told.groupby("rule", sort=False):
        reached = [until(search, target) for _, search in trials.groupby("repeat")]
        known = np.array([each for each in reached if each])
        at = np.median(known, axis=0) if len(known) else (np.nan, np.nan)
        mean, low, high = accuracy.interval(best[rule] - best["none"]) if rule != "none" else (0.0, 0.0, 0.0)
        rows.append(
            {
                "rule": rule,
                "network-epochs": f"{trials.epochs.sum() / full:.0%}",
                "reached the target": f"{len(known)} of {len(reached)}",
                "trials to target": f"{at[0]:.1f}",
                "network-epochs to target": f"{at[1]:,.0f}",
                "best loss minus that of none": "" if rule == "none" else f"{mean:+.4f} ({low:+.4f} … {high:+.4f})",
            }
        )
    return pd.DataFrame(rows)


def until(search: pd.DataFrame, target: float) -> tuple[int, int] | None:
    """Trials and network-epochs up to the first trial at or below ``target``."""
    ordered = search.sort_values("trial")
    hits = np.flatnonzero(ordered.loss.to_numpy() <= target)
    return (int(hits[0]) + 1, int(ordered.epochs.cumsum().iloc[hits[0]])) if len(hits) else None
