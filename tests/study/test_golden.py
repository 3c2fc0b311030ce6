"""Finished studies are proposed again, trial by trial from their history: a change of ours that moves a search is seen."""

import json

import optuna
import pytest
from golden_proposals import GOLDEN, PATH, TRIALS, WINDOW, brain_of, tell

TABLE = json.loads(PATH.read_text(encoding="utf-8"))


@pytest.mark.skipif(
    optuna.__version__ != TABLE["optuna"],
    reason=f"proposed by Optuna {TABLE['optuna']}, another may propose otherwise",
)
@pytest.mark.parametrize("sampler", GOLDEN)
def test_a_finished_study_is_proposed_again(sampler: str) -> None:
    """The tolerance is for the last bits of logarithms, which differ between processors."""
    brain = brain_of(sampler)
    trials = TABLE["studies"][sampler]
    assert len(trials) == TRIALS
    for number, trial in enumerate(trials):
        told = number - WINDOW
        if told >= 0:
            tell(brain, told, trials[told]["value"])
        expected = {
            name: value if isinstance(value, str) else pytest.approx(value, rel=1e-9)
            for name, value in trial["params"].items()
        }
        assert brain.ask() == expected, f"trial {number}"
