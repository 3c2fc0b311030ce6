"""The search as it went: every trial's mean, the best so far, the chosen configuration and its score on fresh seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reports.judging.intervals import Estimate, mean, welch


def trials(results: pd.DataFrame, opened: Sequence[str]) -> pd.DataFrame:
    """One row for each search trial: arm, repeat, trial, the opened fields, mean, low, high, seeds, diverged, best.

    A trial with a diverged or pruned network counts as pruned: its mean is NaN. ``best`` is the lowest mean so far in its search.
    """
    columns = ["arm", "repeat", "trial", *opened, "mean", "low", "high", "seeds", "diverged"]
    networks = results.loc[results["stage"] == "search", [*columns[:3], *opened, "valid_loss", "stopped"]]
    rows = []
    for key, of_trial in networks.groupby(columns[:3], sort=True):
        losses = of_trial["valid_loss"].to_numpy(float)
        found = mean([] if pd.isna(losses).any() else losses)
        settings = (of_trial[name].to_numpy()[0] for name in opened)
        diverged = int((of_trial["stopped"] == "diverged").sum())
        rows.append((*key, *settings, found.value, found.low, found.high, len(losses), diverged))
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(best=table.groupby(["arm", "repeat"])["mean"].transform(lambda losses: losses.cummin().ffill()))


def best_trial(tried: pd.DataFrame) -> pd.Series | None:
    """The trial with the lowest mean, None if all were pruned."""
    complete = tried.dropna(subset=["mean"]).sort_values("mean", kind="stable")
    return None if complete.empty else complete.iloc[0]


def networks_of(results: pd.DataFrame, stage: str, trial: pd.Series) -> pd.DataFrame:
    """The networks of a chosen trial in a stage."""
    same = (results[["arm", "repeat", "trial"]] == trial[["arm", "repeat", "trial"]]).all(axis=1)
    return pd.DataFrame(results.loc[same & (results["stage"] == stage)])


@dataclass(frozen=True)
class Score:
    """A line of the table of scores; ``basis`` says over what the interval is."""

    name: str
    estimate: Estimate
    unit: str
    basis: str
    sign: bool


def scores_of(results: pd.DataFrame, trial: pd.Series) -> list[Score]:
    """What the chosen trial scores on fresh seeds, test first; empty where none of them has a test score."""
    refit, search = networks_of(results, "refit", trial), networks_of(results, "search", trial)
    test = refit["test_loss"].to_numpy(float)
    if not refit["test_loss"].notna().any():
        return []
    before, after = search["valid_loss"].to_numpy(float), refit["valid_loss"].to_numpy(float)
    fresh = f"{int(refit['test_loss'].notna().sum())} fresh seeds"
    both = f"{len(before)} search and {fresh}"
    return [
        Score("Test loss", mean(test), "nat", fresh, sign=False),
        Score("Test accuracy", mean(100 * (1 - refit["test_error"].to_numpy(float))), "%", fresh, sign=False),
        Score("Validation loss, same seeds", mean(after), "nat", fresh, sign=False),
        Score("Validation loss in the search", mean(before), "nat", f"{len(before)} search seeds", sign=False),
        Score("Validation minus test, same seeds", mean(after - test), "nat", f"{fresh}, paired", sign=True),
        Score("Optimism: search validation minus test", welch(before, test), "nat", f"{both}, Welch", sign=True),
    ]
