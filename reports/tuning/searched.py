"""Searches that were really run on an axis, scored on the response curves: their regret beside that of replayed random search."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from reports.judging.intervals import Numbers, mean
from reports.tuning import joint
from reports.tuning.replay import PLACES, TRIALS, kept_scores
from reports.tuning.response_curves import curves
from reports.tuning.strength_axes import AXES, SERIES, StrengthAxis

FIELDS = {"dropout": "keep_prob", "fixed_count": "keep_prob", "l2": "l2"}
BOTH = "strengths"  # the search arm whose keep_prob and λ are open, and nothing else

Score = Callable[..., Numbers]  # of one strength, or of both


def searched_regrets(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, axis, trials, mean, low, high, repeats and random, where search arms have the names of axes, or that of ``BOTH``.

    Regret in nats of the strength that a search had found best after so many trials: its loss on the smoothed mean response of all
    seeds above the lowest there is; no interval reaches below 0, where no regret is. ``random`` is that of random search, replayed on the seeds that the search saw.
    """
    columns = ["width", "axis", "trials", "mean", "low", "high", "repeats", "random"]
    rows = [*(row for axis in AXES.values() for row in _of_axis(results, axis)), *_of_both(results)]
    return pd.DataFrame(rows, columns=columns)


def _of_axis(results: pd.DataFrame, axis: StrengthAxis) -> Iterator[tuple[object, ...]]:
    for curve in curves(results, axis.arm):
        networks = _networks(results, axis.name, curve.width)
        if networks.empty or not curve.covers(axis):
            continue
        _, lowest = curve.lowest(curve.mean_response)
        seen = curve.losses[:, _places(curve.seeds, networks)].mean(axis=1)
        tried = axis.at(PLACES[0], curve.width)
        random = kept_scores(curve.seen(seen, tried), curve.mean_response(tried)) - lowest
        found = _found(networks, [FIELDS[axis.arm]], curve.mean_response)
        yield from _rows(curve.width, axis.label, found - lowest, random)


def _of_both(results: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for surface in joint.surfaces(results[(results["stage"] == "design") & (results["arm"] == joint.ARM)]):
        networks = _networks(results, BOTH, surface.width)
        if networks.empty:
            continue
        scored, tried = surface.response(range(len(surface.seeds))), joint.random_strengths(surface.width)
        lowest = surface.lowest(scored)
        random = kept_scores(surface.response(_places(surface.seeds, networks))(*tried), scored(*tried)) - lowest
        found = _found(networks, ["keep_prob", "l2"], scored)
        yield from _rows(surface.width, SERIES[joint.NAME][0], found - lowest, random)


def _networks(results: pd.DataFrame, arm: str, width: int) -> pd.DataFrame:
    return results[(results["stage"] == "search") & (results["arm"] == arm) & (results["width"] == width)]


def _places(seeds: Sequence[int], networks: pd.DataFrame) -> list[int]:
    """Of the seeds that the searches saw."""
    searched = set(networks["seed"])
    return [place for place, seed in enumerate(seeds) if seed in searched]


def _found(networks: pd.DataFrame, fields: Sequence[str], score: Score) -> Numbers:
    """The score of what each repeat had found best after each of TRIALS, (repeats, len(TRIALS)); NaN where the search is shorter."""
    repeats = networks.groupby("repeat") if "repeat" in networks else [(0, networks)]
    return np.array([_after(_trials(of_repeat, fields), score) for _, of_repeat in repeats])


def _trials(networks: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    """The fields, and the loss, of each trial; one that lost a network has no loss."""
    trials = networks.groupby("trial", sort=True)
    losses = trials["valid_loss"].mean().where(trials["valid_loss"].apply(lambda losses: losses.notna().all()))
    return trials[list(fields)].first().assign(loss=losses)


def _after(trials: pd.DataFrame, score: Score) -> Sequence[float]:
    scored = score(*(trials[field].to_numpy(float) for field in trials.columns.drop("loss")))
    seen = trials["loss"].fillna(np.inf).to_numpy(float)
    return [float(scored[seen[:number].argmin()]) if number <= len(seen) else np.nan for number in TRIALS]


def _rows(width: int, label: str, found: Numbers, random: Numbers) -> Iterator[tuple[object, ...]]:
    for place, trials in enumerate(TRIALS):
        after = mean(found[:, place])
        yield width, label, trials, after.value, max(after.low, 0), after.high, len(found), random[place]
