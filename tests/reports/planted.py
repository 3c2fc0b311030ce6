"""Networks of designs with planted responses: no noise, so that what is measured has an exact answer."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from synthetic import OUTCOME, SETTINGS

SEEDS = 4


def design(
    arm: str,
    field: str,
    strengths: np.ndarray,
    loss: Callable,
    *,
    width: int = 12,
    train: Callable = lambda strengths: np.full(np.shape(strengths), 0.4),
    tilt: float = 0.0,
    **settings,
) -> pd.DataFrame:
    """``loss(strength)`` at each strength and seed; seed s lies s above it, and is tilted by ±``tilt``·strength about the mean of all."""
    signs = np.linspace(-1, 1, SEEDS)
    rows = [
        {
            **SETTINGS, **OUTCOME, **settings, "stage": "design", "arm": arm, "repeat": 0, "trial": point, "replicate": seed,
            "seed": seed, "width": width, field: strength, "train_loss": trained,
            "valid_loss": value + seed + tilt * signs[seed] * strength,
        }
        for point, (strength, value, trained) in enumerate(zip(strengths, loss(strengths), train(strengths), strict=True))
        for seed in range(SEEDS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def keep_probs(width: int = 12) -> np.ndarray:
    points = (np.arange(4 * width) + 0.5) / (4 * width)
    return points[points > 0.2]


def l2s() -> np.ndarray:
    return np.geomspace(1e-5, 1, 41)


def dropout(loss: Callable, *, width: int = 12, **more) -> pd.DataFrame:
    """The designs dropout and none with one response."""
    none = design("none", "keep_prob", np.ones(1), loss, width=width, **more)
    return pd.concat([design("dropout", "keep_prob", keep_probs(width), loss, width=width, **more), none])


def parabola(best: float, bend: float, *, log: bool = False) -> Callable:
    return lambda strengths: 0.5 + bend * ((np.log10(strengths) if log else strengths) - best) ** 2
