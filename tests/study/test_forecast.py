"""The forecast grows with what is left to train, and with nothing else."""

import pytest
from small_study import small_study

from nets import Hyper
from study.asked.study_file import PRESETS, read_study
from study.errors import UsageError
from study.told.forecast import _rounded, cost, forecast
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
    try:
        config = read_study(preset, own, claimed=lambda tables: {"B4": {"B4_none": {"width": [3]}}})
    except UsageError as missing:  # of tables that are fetched
        pytest.skip(str(missing))
    assert forecast(config, Tally(config, []), 1).startswith("about ")


@pytest.mark.parametrize(
    ("fields", "networks", "inputs", "microseconds"),
    [
        ({"width": 10}, 1, 64, 84 + 5.6 + 4.7),
        ({"width": 10}, 3, 20, 84 + 3 * (5.6 + 4.7)),
        ({"width": 10, "depth": 2}, 3, 164, 84 + 3 * (2 * (5.6 + 4.7) + 6)),
        ({"width": 100}, 2, 64, 84 + 2 * (5.6 + 47)),
    ],
)
def test_cost_is_the_sum_of_what_was_measured(fields, networks, inputs, microseconds):
    """Of a step in µs: 84 a stack, 5.6 a network, 0.47 a unit, and 6 for a thousand further weights."""
    assert cost(Hyper(seed=0, steps=1, **fields), networks, inputs) == pytest.approx(1e-6 * microseconds)
    assert cost(Hyper(seed=0, steps=0, epochs=1, **fields), networks, inputs) == pytest.approx(6e-6 * microseconds)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0:00:00"), (59.4, "0:00:59"), (60, "0:01:00"), (89, "0:01:00"), (91, "0:02:00"), (3600, "1:00:00")],
)
def test_a_time_is_said_to_a_second_or_a_minute(seconds, said):
    assert _rounded(seconds) == said
    assert _rounded(1e300) == _rounded(1e12)
