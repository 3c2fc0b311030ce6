"""How many units a mask keeps: the binomial law, and losses over all masks of a small layer."""

import json
from collections.abc import Iterable
from math import sqrt

import numpy as np
import pandas as pd
from scipy import special

from reports.evidence.responses import together
from reports.judging.intervals import Numbers

BY_COUNT = "masks.loss_by_count"
PER_LEVEL = 4  # keep-probs for each 1/n, as designs lay them
LOWEST = 0.3  # keep-prob: below, few masks have a unit to speak of
COLUMNS = ["arm", "width", "strength", "seed", "loss", "stopped"]


def chances(units: int, keep_prob: float) -> Numbers:
    """P(K = k) for k = 0 … n, (n + 1,)."""
    kept = np.arange(units + 1)
    orders = special.gammaln(units + 1) - special.gammaln(kept + 1) - special.gammaln(units - kept + 1)
    return np.asarray(
        np.exp(orders + special.xlogy(kept, keep_prob) + special.xlog1py(units - kept, -keep_prob)), float
    )


def bernstein(by_count: Numbers, keep_prob: Numbers) -> Numbers:
    """E[loss](p) = Σ_k C(n, k) p^k (1 − p)^(n − k) J_k, (P,): the Bernstein polynomial of the fixed-count losses J_k, (n + 1,)."""
    units = by_count.size - 1
    return np.array([chances(units, p) @ by_count for p in keep_prob])


def kept_units(widths: Iterable[int]) -> pd.DataFrame:
    """What a draw keeps at one unit, and at half a unit, less than all."""
    return pd.DataFrame(
        [_kept(width, keep_prob) for width in widths for keep_prob in ((width - 1) / width, (width - 0.5) / width)]
    )


def enumerated(results: pd.DataFrame) -> pd.DataFrame:
    """Mean losses over all masks, from networks that measured them; columns of ``responses``.

    Arm fixed_count is J_round(pn), dropout its Bernstein polynomial, of the mean over a seed's networks at each width; empty
    where no network has the measure.
    """
    if "measures" not in results.columns:
        return pd.DataFrame(columns=COLUMNS)
    parts = [_curves(rows) for _, rows in _by_count(results).groupby(["width", "seed"])]
    return together([pd.DataFrame(columns=COLUMNS), *parts])


def _kept(width: int, keep_prob: float) -> dict[str, float]:
    chance = chances(width, keep_prob)
    return {
        "units": width,
        "keep_prob": keep_prob,
        "mean kept": width * keep_prob,
        "sd": sqrt(width * keep_prob * (1 - keep_prob)),
        "P(all)": chance[-1],
        "P(one less)": chance[-2],
        "P(fewer)": chance[:-2].sum(),
    }


def _by_count(results: pd.DataFrame) -> pd.DataFrame:
    """Columns width, seed, by_count (n + 1,), for the designs' networks that have it."""
    networks = results[results["stage"] == "design"]
    measured = [
        json.loads(measures)[BY_COUNT] if BY_COUNT in measures else None for measures in networks["measures"].fillna("")
    ]
    return (
        networks[["width", "seed"]]
        .assign(by_count=pd.Series(measured, networks.index, dtype=object))
        .dropna(subset=["by_count"])
    )


def _curves(rows: pd.DataFrame) -> pd.DataFrame:
    """Both arms of one width and seed."""
    width, seed = (int(rows[name].max()) for name in ("width", "seed"))
    by_count = np.mean(np.array(rows["by_count"].tolist(), float), axis=0)
    grid = (np.arange(PER_LEVEL * width) + 0.5) / (PER_LEVEL * width)
    keep_prob = grid[grid > LOWEST]
    losses = {
        "dropout": bernstein(by_count, keep_prob),
        "fixed_count": by_count[np.round(keep_prob * width).astype(int)],
    }
    parts = [
        pd.DataFrame(
            {"arm": arm, "width": width, "strength": keep_prob, "seed": seed, "loss": loss, "stopped": "completed"}
        )
        for arm, loss in losses.items()
    ]
    return pd.concat(parts, ignore_index=True)
