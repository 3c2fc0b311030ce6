"""What the samplers proposed in studies that are finished: ``python tests/study/golden_proposals.py`` writes the table anew."""

import json
import math
from collections import deque
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState
from small_study import small_study

from study.searched.sampling import SAMPLERS, Brain

PATH = Path(__file__).parent / "golden_proposals.json"
TRIALS = 24
WINDOW = 3
GOLDEN = sorted(set(SAMPLERS) - {"gp"})  # torch decides, whose last bits differ between processors


def brain_of(sampler: str) -> Brain:
    arm = small_study().arms[0]
    return Brain(arm.open, sampler=sampler, seed=small_study().seed, search=arm.name)


def tell(brain: Brain, number: int, value: float | None) -> None:
    brain.tell(number, TrialState.PRUNED if value is None else TrialState.COMPLETE, value=value)


def value(params: dict[str, Any]) -> float | None:
    """A loss in which every parameter counts; a trial at the largest learning rates has none."""
    if params["learning_rate"] > 3:
        return None
    loss = abs(math.log(params["learning_rate"] / 0.1)) + params["keep_prob"] ** 2 + math.log(params["width"]) / 7
    return round(loss + 0.1 * (params["activation"] == "tanh"), 6)


def studies() -> dict[str, list[dict[str, Any]]]:
    """Each sampler's trials, asked and told as the loop does: ``window`` of them are always unfinished."""
    found = {}
    for sampler in GOLDEN:
        brain = brain_of(sampler)
        untold: deque[int] = deque()
        trials: list[dict[str, Any]] = []
        for number in range(TRIALS):
            if len(untold) == WINDOW:
                first = untold.popleft()
                tell(brain, first, trials[first]["value"])
            params = brain.ask()
            trials.append({"params": params, "value": value(params)})
            untold.append(number)
        found[sampler] = trials
    return found


if __name__ == "__main__":
    document = {"optuna": optuna.__version__, "studies": studies()}
    PATH.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
