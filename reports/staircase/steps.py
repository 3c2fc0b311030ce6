"""Steps in one seed's response, where common random numbers make it a function of the strength alone."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.evidence.responses import no_response
from reports.judging.intervals import Estimate, Numbers, mean, nothing


def distinct(losses: pd.DataFrame) -> Estimate:
    """D: outcomes ÷ strengths of one seed, where neighbours with exactly equal losses are one outcome; mean over seeds.

    1/4 where a grid of four strengths for each level meets a staircase, 1 where no two neighbours agree.
    """
    return _over_seeds(losses, lambda loss: (1 + np.count_nonzero(np.diff(loss))) / loss.size)


def unit_share(losses: pd.DataFrame, levels: int) -> Estimate:
    """U: how much of one seed's ups and downs falls on the steps (k − ½)/n, beyond their share c of the grid's intervals.

    U = (share − c)/(1 − c): 1 for a staircase of 1/n, 0 where the response moves as much between the steps as on them, and
    for pure noise as well. It knows no spline and no smoothness.
    """
    if still := no_response(losses.to_numpy(float)):
        return nothing(still, seeds=losses.shape[1])
    on_step = np.diff(_level(losses, levels)) > 0
    return _over_seeds(losses, lambda loss: _beyond_chance(np.abs(np.diff(loss)), on_step))


def jump_share(losses: pd.DataFrame, levels: int) -> Estimate:
    """J: share of one seed's ups and downs that falls on its largest moves, as many as there are steps (k − ½)/n.

    1 for a staircase wherever its steps lie, about a quarter for a straight line, about a half for pure noise, on a grid of
    four strengths for each level.
    """
    level = _level(losses, levels)
    steps = int(level.max() - level.min()) if level.size else 0
    return _over_seeds(losses, lambda loss: _share(np.sort(np.abs(np.diff(loss)))[::-1], slice(steps)))


def _level(losses: pd.DataFrame, levels: int) -> Numbers:
    """round(pn), (P,)."""
    return np.asarray(np.round(losses.index.to_numpy(float) * levels), float)


def _beyond_chance(moves: Numbers, on_step: NDArray[np.bool_]) -> float:
    chance = float(on_step.mean())
    return (_share(moves, on_step) - chance) / (1 - chance) if chance < 1 else float("nan")


def _share(moves: Numbers, chosen: slice | NDArray[np.bool_]) -> float:
    """NaN where nothing moves."""
    total = float(moves.sum())
    return float(moves[chosen].sum()) / total if total > 0 else float("nan")


def _over_seeds(losses: pd.DataFrame, statistic: Callable[[Numbers], float]) -> Estimate:
    """``losses``: strengths × seeds, complete."""
    if len(losses) < 2:
        return nothing("fewer than two strengths have no steps", seeds=losses.shape[1])
    return mean([statistic(losses[seed].to_numpy(float)) for seed in losses])
