"""Finished studies are proposed again, trial by trial from their history: a change of ours that moves a search is seen."""

import json

import optuna
import pytest
from golden_proposals import PATH, TRIALS
from small_study import small_study

from study.sampling import SAMPLERS, Brain

GOLDEN = json.loads(PATH.read_text(encoding="utf-8"))


@pytest.mark.skipif(
    optuna.__version__ != GOLDEN["optuna"],
    reason=f"proposed by Optuna {GOLDEN['optuna']}, another may propose otherwise",
)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_finished_study_is_proposed_again(sampler: str) -> None:
    """The tolerance is for the last bits of logarithms, which differ between processors."""
    config = small_study(search__sampler=sampler, search__trials=TRIALS)
    brain = Brain(config.arms[0], sampler=sampler, seed=config.seed)
    trials = GOLDEN["studies"][sampler]
    assert len(trials) == TRIALS
    for number, trial in enumerate(trials):
        told = number - config.search.window
        if told >= 0:
            brain.tell(told, trials[told]["value"])
        expected = {
            name: value if isinstance(value, str) else pytest.approx(value, rel=1e-9)
            for name, value in trial["params"].items()
        }
        assert brain.ask() == expected, f"trial {number}"
