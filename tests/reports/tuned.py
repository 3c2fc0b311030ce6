"""Results tables of tuned arms with planted truths: every number is a function of the arguments and a seed."""

from collections.abc import Callable

import numpy as np
import pandas as pd

RATES = (0.01, 0.03, 0.1, 0.3)
DOSES = {"none": (), "early_stopping": (), "dropout_rates": (0.5, 0.7, 0.9), "l2_rates": (0.001, 0.01, 0.1)}
PLACE = {"design": "", "variant": "", "data": "digits", "train_rows": 300, "valid_rows": 600, "label_noise": 0.2}
NETWORK = {
    "batch_norm": "none",
    "weights": "last",
    "keep_prob": 1.0,
    "l2": 0.0,
    "test_loss": np.nan,
    "test_error": np.nan,
}

Truth = Callable[[float, float], float]  # loss at a learning rate and a strength; error is a tenth of it


def bowl(best: float, rate: float = 0.03, dose: float | None = None, depth: float = 0.1) -> Truth:
    """Lowest, ``best``, at one rate and dose; ``depth`` more at the next ones."""

    def truth(at: float, strength: float) -> float:
        steps = abs(np.log(at / rate)) / np.log(10 / 3)
        steps += 0 if dose is None else abs(strength - dose) / dose
        return float(best + depth * min(steps, 4))

    return truth


def table(  # what a run is made of
    truths: dict[str, Truth],
    *,
    seeds: int = 8,
    fresh: int = 20,
    noise: float = 0.01,
    width: int = 12,
    generator: int = 0,
    rates: tuple[float, ...] = RATES,
) -> pd.DataFrame:
    """Designs of the arms that ``truths`` names, and their score on fresh seeds as a study chooses; a seed has a level of its own."""
    draws = np.random.default_rng(generator)
    level = draws.normal(0, 0.05, seeds + fresh)
    designs = pd.DataFrame([row for arm in truths for row in _design(arm, truths[arm], rates, range(seeds), width)])
    scored = pd.DataFrame(
        [row for arm in truths for row in _design(arm, truths[arm], rates, range(seeds, seeds + fresh), width)]
    )
    both = pd.concat(
        [designs.assign(stage="design"), scored.assign(stage="score", seed=scored["seed"] + 492 - seeds + 8)]
    )
    own = level[np.concatenate([designs["seed"], scored["seed"]]).astype(int)]
    for metric, scale in (("valid_loss", 1.0), ("valid_error", 0.1)):
        both[metric] = scale * (both["truth"] + own + draws.normal(0, noise, len(both)))
    both["stopped"] = "completed"
    return keep_chosen(both.drop(columns="truth").reset_index(drop=True))


def keep_chosen(both: pd.DataFrame) -> pd.DataFrame:
    """Of the scores those of the points that are lowest in the mean of the design, by each metric."""
    design = both[both["stage"] == "design"]
    chosen = pd.Series("", index=both.index)
    for metric in ("valid_loss", "valid_error"):
        means = design.groupby(["arm", "width", "trial"])[metric].mean().reset_index()
        best = means.loc[means.groupby(["arm", "width"])[metric].idxmin(), ["arm", "width", "trial"]]
        hit = both.merge(best.assign(hit=True), how="left", on=["arm", "width", "trial"])["hit"].notna().to_numpy()
        chosen[hit] = [f"{before}+{metric}" if before else metric for before in chosen[hit]]
    scored = both["stage"] == "score"
    return both.assign(chosen_by=chosen.where(scored, ""))[~scored | (chosen != "")].reset_index(drop=True)


def _design(arm: str, truth: Truth, rates, seeds, width: int):
    kind = arm.removeprefix("bn_")
    field = "l2" if kind.startswith("l2") else "keep_prob"
    points = [(rate, dose) for rate in rates for dose in DOSES[kind] or (NETWORK[field],)]
    for number, (rate, dose) in enumerate(points):
        for seed in seeds:
            yield {
                **PLACE, **NETWORK, "arm": arm, "repeat": 0, "trial": number, "replicate": seed, "seed": seed, "width": width,
                "learning_rate": rate, field: dose, "truth": truth(rate, dose),
                **({"weights": "best"} if kind == "early_stopping" else {}),
                **({"batch_norm": "before"} if arm.startswith("bn_") else {}),
            }  # fmt: skip
