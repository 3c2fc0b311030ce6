"""What the samplers proposed in studies that are finished: ``python tests/study/golden_proposals.py`` writes the table anew."""

import json
import math
from collections import deque
from pathlib import Path
from typing import Any

import optuna
from small_study import small_study

from study.sampling import SAMPLERS, Brain

PATH = Path(__file__).parent / "golden_proposals.json"
TRIALS = 24


def value(params: dict[str, Any]) -> float | None:
    """A loss in which every parameter counts; a trial at the largest learning rates has none."""
    if params["learning_rate"] > 3:
        return None
    loss = abs(math.log(params["learning_rate"] / 0.1)) + params["keep_prob"] ** 2 + math.log(params["width"]) / 7
    return round(loss + 0.1 * (params["activation"] == "tanh"), 6)


def studies() -> dict[str, list[dict[str, Any]]]:
    """Each sampler's trials, asked and told as the loop does: ``window`` of them are always unfinished."""
    found = {}
    for sampler in SAMPLERS:
        config = small_study(search__sampler=sampler, search__trials=TRIALS)
        brain = Brain(config.arms[0], sampler=sampler, seed=config.seed)
        untold: deque[int] = deque()
        trials: list[dict[str, Any]] = []
        for number in range(TRIALS):
            if len(untold) == config.search.window:
                first = untold.popleft()
                brain.tell(first, trials[first]["value"])
            params = brain.ask()
            trials.append({"params": params, "value": value(params)})
            untold.append(number)
        found[sampler] = trials
    return found


if __name__ == "__main__":
    document = {"optuna": optuna.__version__, "studies": studies()}
    PATH.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
