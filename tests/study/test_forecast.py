"""The forecast grows with what is left to train, and with nothing else."""

import pytest
from small_study import small_study

from nets import Hyper
from study.forecast import cost, forecast
from study.study_file import PRESETS, read_study
from study.tally import Tally


def test_cost_is_that_of_its_steps_and_units():
    narrow, wide = Hyper(seed=0, width=8), Hyper(seed=0, width=128)
    assert cost(Hyper(seed=0, width=8, steps=1800), 4) == pytest.approx(2 * cost(narrow, 4))
    assert cost(wide, 1) > cost(narrow, 1)
    assert 8 * cost(narrow, 1) > cost(narrow, 8) > cost(narrow, 1)  # a stack shares its overhead


def test_nothing_is_left_of_what_is_done():
    config = small_study(hyper__steps=100_000)
    tally = Tally(config, [])
    assert not forecast(config, tally, 2).startswith("about 0:00:00 ")
    tally.done.update(tally.total)
    assert forecast(config, tally, 2) == "about 0:00:00 with 2 workers: design 0:00:00, search 0:00:00, refit 0:00:00"


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_one(preset):
    config = read_study(preset, [], claimed=lambda: {"B4": {"B4_none": {"width": [3]}}})
    assert forecast(config, Tally(config, []), 1).startswith("about ")
