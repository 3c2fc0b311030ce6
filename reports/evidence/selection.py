"""The best strength of an arm, chosen without optimism: on the other seeds, scored on the one left out."""

import numpy as np
import pandas as pd

from reports.evidence.responses import by_width, complete, responses


def leave_one_seed_out(losses: pd.DataFrame) -> pd.DataFrame:
    """For each seed the strength that is best in the mean of the others, and its loss on this seed.

    Args:
        losses: strengths × seeds, complete; a single strength needs no choice, a single seed leaves none to choose on.

    Returns:
        Columns seed, strength, loss.
    """
    matrix = losses.to_numpy(float)
    points, seeds = matrix.shape
    if points == 0 or (seeds < 2 and points > 1):
        return pd.DataFrame({"seed": losses.columns, "strength": np.nan, "loss": np.nan})
    others = matrix.sum(axis=1, keepdims=True) - matrix
    chosen = others.argmin(axis=0)
    return pd.DataFrame(
        {
            "seed": losses.columns.to_numpy(),
            "strength": losses.index.to_numpy(float)[chosen],
            "loss": matrix[chosen, np.arange(seeds)],
        }
    )


def best_by_width(results: pd.DataFrame, arm: str) -> pd.DataFrame:
    """The loss of the arm at its best strength, by width and seed; columns width, seed, strength, loss."""
    parts = [
        leave_one_seed_out(complete(rows)).assign(width=width) for width, rows in by_width(responses(results, arm))
    ]
    columns = ["width", "seed", "strength", "loss"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns, dtype=float)


def compare(results: pd.DataFrame, arm: str, reference: str) -> pd.DataFrame:
    """Paired over seeds, each arm at its best strength.

    Returns:
        Columns width, seed, strength and loss of ``arm``, reference_strength and reference (its loss),
        gain = reference − loss, and diverged, the number of networks of both arms at that width.
    """
    other = best_by_width(results, reference).rename(columns={"loss": "reference", "strength": "reference_strength"})
    paired = best_by_width(results, arm).merge(other, on=["width", "seed"])
    networks = pd.concat([responses(results, arm), responses(results, reference)])
    diverged = networks["loss"].isna().groupby(networks["width"]).sum()
    return paired.assign(gain=paired["reference"] - paired["loss"], diverged=paired["width"].map(diverged))


def gains(results: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Gain over no regularisation in nats at every strength, paired by seed; columns arm, width, strength, seed, loss, gain."""
    none = responses(results, "none").rename(columns={"loss": "none"})[["width", "seed", "none"]]
    paired = responses(results, arm).merge(none, on=["width", "seed"])
    return paired.assign(gain=paired["none"] - paired["loss"]).drop(columns="none")
