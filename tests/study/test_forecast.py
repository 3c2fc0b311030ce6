"""The forecast grows with what is left to train, and with nothing else."""

from types import SimpleNamespace

import pytest
from levels import one_in
from small_study import small_study

from study.asked.study_file import PRESETS, read_study
from study.errors import UsageError
from study.told.forecast import _rounded, forecast
from study.told.work import Work


def test_nothing_is_left_of_what_is_done(monkeypatch):
    # numba is an extra; nothing is faster than nothing
    monkeypatch.setattr("study.told.forecast.installed", lambda: True)
    config = small_study(hyper__steps=100_000, baselines={})
    work = Work(config, [], baselines=7200.0)
    begun = forecast(config, work, 2)
    assert not begun.startswith("about 1:00:00 ")
    assert begun.endswith("baselines 1:00:00; --set kernels=compiled is faster")
    work = _done(config, work)
    rest = "design 0:00:00, search 0:00:00, refit 0:00:00, baselines 1:00:00"
    assert forecast(config, work, 2) == f"about 1:00:00 with 2 workers: {rest}"
    work.baselines = 0.0
    assert forecast(config, work, 2).startswith("about 0:00:00 with 2 workers: design 0:00:00")


def _done(config, work: Work) -> Work:
    """All networks are."""
    whole = work.left["design"]
    work.tally.done.update(work.tally.total)
    work._done["design"] = whole
    return work


@pytest.mark.parametrize(
    ("kernels", "installed", "left", "workers", "said"),
    [
        ("numpy", True, {"design": 120.0}, 1, "about 0:02:00 with 1 worker: design 0:02:00; --set kernels=compiled is faster"),
        ("numpy", True, {"design": 120.0}, 2, "about 0:01:00 with 2 workers: design 0:01:00; --set kernels=compiled is faster"),
        ("numpy", False, {"design": 120.0}, 4, "about 0:00:30 with 4 workers: design 0:00:30"),
        ("compiled", True, {"design": 120.0}, 1, "about 0:02:00 with 1 worker: design 0:02:00"),
        ("numpy", True, {"design": 0.0, "baselines": 60.0}, 1, "about 0:01:00 with 1 worker: design 0:00:00, baselines 0:01:00"),
    ],
)  # fmt: skip
def test_a_forecast_says_what_would_be_faster_where_anything_would(
    monkeypatch, kernels: str, left: dict[str, float], workers: int, said: str, *, installed: bool
) -> None:
    monkeypatch.setattr("study.told.forecast.installed", lambda: installed)
    work = SimpleNamespace(left=left, networks_left=left["design"])
    assert forecast(SimpleNamespace(kernels=kernels), work, workers) == said


@pytest.mark.parametrize("preset", one_in(3, PRESETS))
def test_presets_have_one(preset):
    own = ["data.name=tests/study/own/cases/good.csv", "data.target=churned"] if preset == "table" else []
    own += ["design.seeds={}"] if preset == "claims" else []
    try:
        config = read_study(preset, own, claimed=lambda tables: {"B4": {"B4_none": {"width": [3]}}})
    except UsageError as missing:  # of tables that are fetched
        pytest.skip(str(missing))
    assert forecast(config, Work(config, []), 1).startswith("about ")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0:00:00"), (59.4, "0:00:59"), (60, "0:01:00"), (89, "0:01:00"), (91, "0:02:00"), (3600, "1:00:00")],
)
def test_a_time_is_said_to_a_second_or_a_minute(seconds, said):
    assert _rounded(seconds) == said
    assert _rounded(1e300) == _rounded(1e12)
