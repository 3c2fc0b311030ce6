"""The forecast grows with what is left to train, and with nothing else."""

import pytest
from small_study import small_study

from nets import Hyper
from study.asked.study_file import PRESETS, read_study
from study.told.forecast import cost, forecast
from study.told.tally import Tally


def test_cost_is_that_of_its_steps_and_units():
    narrow, wide = Hyper(seed=0, width=8), Hyper(seed=0, width=128)
    assert cost(Hyper(seed=0, width=8, steps=1800), 4, 64) == pytest.approx(2 * cost(narrow, 4, 64))
    assert cost(wide, 1, 64) > cost(narrow, 1, 64)
    assert 8 * cost(narrow, 1, 64) > cost(narrow, 8, 64) > cost(narrow, 1, 64)  # a stack shares its overhead


def test_inputs_cost_once_whatever_the_depth():
    shallow, deep = (Hyper(seed=0, depth=depth) for depth in (1, 4))
    added = [cost(hyper, 1, 784) - cost(hyper, 1, 64) for hyper in (shallow, deep)]
    assert added == pytest.approx([added[0]] * 2)
    assert added[0] > 0


def test_nothing_is_left_of_what_is_done(monkeypatch):
    # numba is an extra; nothing is faster than nothing
    monkeypatch.setattr("study.told.forecast.installed", lambda: True)
    config = small_study(hyper__steps=100_000)
    tally = Tally(config, [])
    begun = forecast(config, tally, 2)
    assert not begun.startswith("about 0:00:00 ")
    assert begun.endswith("; --set kernels=compiled is faster")
    tally.done.update(tally.total)
    assert forecast(config, tally, 2) == "about 0:00:00 with 2 workers: design 0:00:00, search 0:00:00, refit 0:00:00"


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_have_one(preset):
    own = ["data.name=tests/study/own/cases/good.csv", "data.target=churned"] if preset == "table" else []
    config = read_study(preset, own, claimed=lambda tables: {"B4": {"B4_none": {"width": [3]}}})
    assert forecast(config, Tally(config, []), 1).startswith("about ")
