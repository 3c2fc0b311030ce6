"""How a tuned gain changes with the width: at each width every arm at its own best, the slope of each seed's gain on log₂ n."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from reports.judging.intervals import Estimate, Numbers, bounded, jackknife, mean, nothing
from reports.tuning.effects import Effect, choice_error, left_out_scores, widened
from reports.tuning.others import chosen_by_others
from reports.tuning.tuned_arms import on_shared_seeds, shared_seeds

COLUMNS = ["width", "seed", "gain", "lacking", "choice", "more", "less", "void"]
USUAL: dict[str, Any] = {
    "lacking": np.nan,
    "choice": 0.0,
    "more": False,
    "less": False,
    "void": "",
}  # of a gain that nothing was chosen for


def gains_by_width(found: Sequence[Effect]) -> pd.DataFrame:
    """A row for each width and seed.

    Columns width, seed and gain; lacking (the mean gain of all other seeds where this one chooses nothing, NaN on fresh seeds);
    choice (the standard error that the choice adds on fresh seeds); more and less (whether the gain may be larger or smaller,
    the best of an arm lying at an end); void (why there is none).
    """
    return pd.concat([_of_width(each) for each in found])


def _of_width(effect: Effect) -> pd.DataFrame:
    arm, reference = effect.arm, effect.reference
    if effect.gain.void:
        return pd.DataFrame([USUAL | {"width": arm.width, "seed": -1, "gain": np.nan, "void": effect.gain.void}])
    if arm.scores.empty or reference.scores.empty:
        rows = nested_gains(*on_shared_seeds(arm, reference), width=arm.width, seeds=shared_seeds(arm, reference))
    else:
        gains = (reference.scores - arm.scores).dropna()
        fresh = {"width": arm.width, "seed": gains.index, "gain": gains.to_numpy(float)}
        rows = pd.DataFrame(fresh).assign(**USUAL | {"choice": choice_error(arm, reference)})
    return rows.assign(more=effect.gain.high == np.inf, less=effect.gain.low == -np.inf)


def nested_gains(arm: Numbers, reference: Numbers, *, width: int, seeds: Sequence[int]) -> pd.DataFrame:
    """The same columns, of settings × the same seeds: each seed scored at the setting that is best on the others."""
    whole, lacking = (
        scores(reference) - scores(arm) for scores in (_scores, lambda values: left_out_scores(values)[1])
    )
    return pd.DataFrame({"width": width, "seed": seeds, "gain": whole}).assign(**USUAL | {"lacking": lacking})


def _scores(values: Numbers) -> Numbers:
    """Of each seed the value at the setting that is best on the others, (S,)."""
    return np.asarray(np.take_along_axis(values, chosen_by_others(values)[None], axis=0)[0])


def slope(rows: pd.DataFrame) -> Estimate:
    """Least squares, over the seeds that have every width; from these columns."""
    doubts = [f"width {width}: {void}" for width, void in zip(rows["width"], rows["void"], strict=True) if void]
    if doubts:
        return nothing("; ".join(dict.fromkeys(doubts)))
    gains, lacking = (
        rows.pivot(index="width", columns="seed", values=value).dropna(axis="columns")  # noqa: PD010 - no two are alike
        for value in ("gain", "lacking")
    )
    if len(gains) < 2 or gains.empty:
        return nothing("no seed has two widths")
    weights = _weights(gains.index.to_numpy(float))
    slopes = weights @ gains.to_numpy(float)
    of_width = rows.drop_duplicates("width").set_index("width").loc[gains.index]
    if lacking.shape == gains.shape:
        found = jackknife(float(slopes.mean()), weights @ lacking.to_numpy(float))
    else:
        found = widened(mean(slopes), float(np.linalg.norm(weights * of_width["choice"].to_numpy(float))))
    more, less = (of_width[column].to_numpy(bool) for column in ("more", "less"))
    rising, falling = weights > 0, weights < 0
    above, below = (more & rising) | (less & falling), (less & rising) | (more & falling)
    return bounded(bounded(found, int(above.any())), -int(below.any()))


def _weights(widths: Numbers) -> Numbers:
    """Of the gains at each width in their slope on log₂ n."""
    centred = np.log2(widths) - np.log2(widths).mean()
    return np.asarray(centred / (centred**2).sum())
