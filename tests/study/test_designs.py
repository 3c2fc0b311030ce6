"""A design is the product of its axes; keep_prob's points lie between the levels k/width."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from study.asked.designs import Design, DesignDefaults, PerLevel, Space, read_design
from study.asked.source import Source

IRIS = Source(name="iris", train=60, valid=40, label_noise=0.0)


def read(settings, **changes) -> Design:
    given = {"shared": {}, "source": IRIS, "stage": DesignDefaults(replicates=2), **changes}
    return read_design("one", settings, **given)


@given(st.integers(1, 200), st.integers(1, 8), st.floats(0.01, 0.5), st.floats(0.55, 1.0))
def test_each_level_has_its_points_and_none_lies_on_a_level(
    width: int, per_level: int, low: float, high: float
) -> None:
    axis = PerLevel(low, high, 2 * per_level)
    try:
        points = np.array(axis.values(width))
    except ValueError:
        assert high - low < 1 / (2 * per_level * width)
        return
    places = points * 2 * per_level * width - 0.5
    assert places == pytest.approx(np.arange(places[0].round(), places[0].round() + len(places)))
    assert ((low <= points) & (points <= high)).all()
    assert points[0] - low < 1 / (2 * per_level * width)
    assert high - points[-1] < 1 / (2 * per_level * width)
    halves = points * width * 2  # on a level k/width, or half-way between two, this is whole
    assert np.abs(halves - halves.round()).min() > 1e-6


def test_points_are_the_product_of_the_axes_in_the_order_of_fields() -> None:
    settings = {"l2": [0.0, 0.1], "width": [8, 4], "momentum": 0.5}
    points = read({"batch_size": 20, **settings}).settings()
    assert points == [
        {"batch_size": 20, "momentum": 0.5, "width": w, "l2": l2} for w, l2 in product([8, 4], [0.0, 0.1])
    ]


def test_keep_prob_follows_the_width_of_its_point() -> None:
    settings = {"keep_prob": {"low": 0.5, "high": 1.0, "per_level": 4}, "width": [1, 2]}
    points = read(settings).settings()
    assert [(point["width"], point["keep_prob"]) for point in points] == [
        (1, 0.625), (1, 0.875), (2, 0.5625), (2, 0.6875), (2, 0.8125), (2, 0.9375),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("log", "values"), [(False, [0.0, 0.25, 0.5, 0.75, 1.0]), (True, [1e-4, 1e-3, 1e-2, 0.1, 1.0])]
)
def test_a_range_is_spaced_evenly_from_low_to_high(log, values: list[float]) -> None:
    axis = {"low": values[0], "high": values[-1], "points": 5, "log": log}
    points = read({"l2": axis}).settings()
    assert [point["l2"] for point in points] == pytest.approx(values)


def test_points_spread_over_all_ranges_at_once_fill_each_axis_and_each_pair() -> None:
    ranges = {"l2": {"low": 1e-5, "high": 1.0, "log": True}, "keep_prob": {"low": 0.2, "high": 1.0}}
    points = read({"spread": 64, "learning_rate": {"low": 0.1, "high": 0.5}, "batch_size": 20, **ranges}).settings()
    assert {point["batch_size"] for point in points} == {20}
    unit = np.array(
        [[(p["keep_prob"] - 0.2) / 0.8, np.log10(p["l2"]) / 5 + 1, (p["learning_rate"] - 0.1) / 0.4] for p in points]
    )
    assert ((unit >= 0) & (unit <= 1)).all()
    for axis in unit.T:
        assert np.histogram(axis, bins=8, range=(0, 1))[0] == pytest.approx(np.full(8, 8), abs=3)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        cells = np.histogram2d(unit[:, one], unit[:, other], bins=4, range=[[0, 1], [0, 1]])[0]
        assert cells.min() >= 1
    assert np.abs(np.corrcoef(unit.T) - np.eye(3)).max() < 0.1


def test_points_are_spread_by_multiples_of_the_golden_ratio_from_a_half() -> None:
    """By Roberts: of one field 1/φ = 0.618034, of two the powers of 1/1.324718; a range is met at its share of it."""
    one = Space(3, {"keep_prob": (0.0, 1.0, False)}).settings()
    assert [each["keep_prob"] for each in one] == pytest.approx([0.118034, 0.736068, 0.354102], abs=1e-6)
    (two,) = Space(1, {"keep_prob": (0.2, 1.0, False), "l2": (1e-4, 1.0, True)}).settings()
    assert two["keep_prob"] == pytest.approx(0.2 + 0.8 * 0.254878, abs=1e-6)
    assert np.log10(two["l2"]) == pytest.approx(-4 + 4 * 0.069840, abs=1e-5)


def test_points_are_spread_to_twelve_digits() -> None:
    """In which the powers of another machine agree."""
    places = [each for point in Space(50, {"keep_prob": (0.0, 1.0, False)})._places() for each in point]
    assert all(round(place, 12) == place for place in places)
    assert any(round(place, 11) != place for place in places)


RANGES = {"keep_prob": {"low": 0.2, "high": 1.0}, "learning_rate": {"low": 0.01, "high": 1.0, "log": True}}


def test_points_are_spread_for_each_value_of_what_has_points_of_its_own() -> None:
    design = read({"spread": 5, "width": [3, 4], "l2": {"low": 0.0, "high": 0.2, "points": 3}, **RANGES})
    points = [{field: point[field] for field in RANGES} for point in design.settings()]
    assert [(point["width"], point["l2"]) for point in design.settings()] == [
        (width, l2) for width in (3, 4) for l2 in (0.0, 0.1, 0.2) for _ in range(5)
    ]
    assert points == 6 * points[:5]
    assert design.open == ("width", "l2"), "a space is looked at as a whole"
    assert (design.size, design.per_source, design.drawn) == (30, 30, None)
    levels = read(
        {"spread": 5, "width": 2, "keep_prob": {"low": 0.5, "high": 1.0, "per_level": 2}, "l2": RANGES["keep_prob"]}
    )
    assert [point["keep_prob"] for point in levels.settings()][::5] == [0.625, 0.875]


def test_what_is_spread_or_opens_nothing_is_not_drawn() -> None:
    """However many draws the other arms have."""
    stage = DesignDefaults(replicates=2, draws=7)
    assert read({"spread": 5, **RANGES}, stage=stage).size == 5
    assert read({"width": 3}, stage=stage).size == 1
    drawn = read(RANGES, stage=stage)
    assert (drawn.size, drawn.open) == (7, tuple(RANGES))
    assert read({"draws": 3, **RANGES}, stage=stage).settings() == drawn.settings()[:3]
    assert drawn.settings() == read(RANGES, stage=DesignDefaults(replicates=2, draws=7, seed=0)).settings()
    assert drawn.settings() != read(RANGES, stage=DesignDefaults(replicates=2, draws=7, seed=1)).settings()
    with pytest.raises(ValueError, match="draws is a whole number in 1 … 10000, got 0"):
        read({"draws": 0, **RANGES})


def test_a_design_has_its_points_on_each_of_its_sources() -> None:
    design = read({"data": [{"train": 30}, {"train": 40}, {"train": 50}], "width": [3, 4]})
    assert (design.size, design.per_source) == (6, 2)
    usual = read({"width": [3, 4]}, stage=DesignDefaults(replicates=7, data=[{"train": 30}, {"train": 40}]))
    assert [each.train for each in usual.sources] == [30, 40]
    assert usual.replicates == 7
    assert read({"width": [3], "replicates": 500}).replicates == 500
    with pytest.raises(ValueError, match="replicates is a whole number in 1 … 500, got 501"):
        read({"width": [3], "replicates": 501})


@pytest.mark.parametrize("field", ["momentum", "bn_momentum"])
def test_keep_prob_alone_has_values_for_each_level(field: str) -> None:
    with pytest.raises(
        ValueError, match=f"per_level counts values of keep_prob for each 1/width, {field} has no levels"
    ):
        read({field: {"low": 0.1, "high": 0.9, "per_level": 4}})


def test_points_spread_over_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="spread lays points over ranges, and there is none"):
        read({"spread": 8, "width": [3, 4]})


def test_whole_numbers_are_rounded_and_none_comes_twice() -> None:
    axis = {"low": 2, "high": 5, "points": 9}
    assert [point["width"] for point in read({"width": axis}).settings()] == [2, 3, 4, 5]


def test_a_design_turns_through_tasks_of_its_own() -> None:
    data = {"name": ["iris", "wine"], "train": [30, 60], "scaling": "raw"}
    design = read({"data": data, "replicates": 5, "width": [3, 4]})
    assert [(task.data, task.train_rows, settings["width"]) for task, settings in design.points()] == list(
        product(["iris", "wine"], [30, 60], [3, 4])
    )
    assert {task.scaling for task in design.tasks} == {"raw"}
    assert design.replicates == 5
    assert {task.valid_rows for task in design.tasks} == {40}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"data": "wine"}, "data is a table of settings, got 'wine'"),
        ({"data": {"row": 3}}, "data.row is no setting"),
        ({"data": {"train": 140}}, "iris has 150 rows for three parts of at least one each"),
        ({"replicates": 0}, "replicates is a whole number in 1 … 500, got 0"),
        ({"replicates": True}, "replicates is a whole number in 1 … 500, got True"),
    ],
)
def test_what_a_design_changes_is_checked(settings, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        _ = read(settings).tasks
