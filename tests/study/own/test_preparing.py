"""Inputs are the same for all seeds, and what numbers become is known from the training rows alone."""

import numpy as np
import pandas as pd
import pytest
from own_tables import people, read
from sklearn.preprocessing import StandardScaler

from study.own.columns import Column
from study.own.fitting import fitted, prepared
from study.own.parts import Sizes, largest_group, parts
from study.own.preparing import input_names, is_wild
from study.own.strata import allotted

SIZES = Sizes(72, 24, 24)
SEEDS = range(4)


def _own(tmp_path, frame: pd.DataFrame, **options):
    frame.to_csv(tmp_path / "own.csv", index=False)
    return read(tmp_path / "own.csv", **options)


def _inputs(table, seed: int = 0):
    train, _, _ = parts(table, SIZES, seed)
    transformer = fitted(table.columns, table.frame, train)
    names = input_names(table.columns, transformer)
    return pd.DataFrame(prepared(transformer, table.frame), columns=names), train


@pytest.fixture
def mixed() -> pd.DataFrame:
    """Every kind of column, with gaps in most."""
    draw = np.random.default_rng(1)
    frame = people().assign(
        member=draw.random(120) < 0.5,
        old=draw.integers(0, 2, 120),
        amount=draw.lognormal(0, 3, 120).round(3),
        since=(pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 900, 120), "D")).strftime("%Y-%m-%d"),
    )
    for column in ("age", "plan", "old", "amount", "since"):
        frame[column] = frame[column].astype(object).where(draw.random(120) < 0.8, None)
    return frame


def test_all_seeds_have_the_same_inputs_and_none_has_gaps(tmp_path, mixed) -> None:
    table = _own(tmp_path, mixed)
    names = [list(_inputs(table, seed)[0]) for seed in SEEDS]
    assert all(each == names[0] for each in names)
    assert len(set(names[0])) == len(names[0])
    assert all(np.isfinite(_inputs(table, seed)[0]).all(axis=None) for seed in SEEDS)
    assert {"age (gap)", "plan (gap)", "amount (gap)", "since (gap)", "since (sine of the year)"} <= set(names[0])


def test_inputs_are_what_scikit_learn_makes_of_the_rows_bit_by_bit(tmp_path, mixed) -> None:
    table = _own(tmp_path, mixed)
    rows = np.random.default_rng(0).permutation(120)[:90]
    transformer = fitted(table.columns, table.frame, rows)
    expected = transformer.transform(table.rows(rows)).astype(np.float32)
    assert prepared(transformer, table.frame, rows=rows).tobytes() == expected.tobytes()
    wider = np.ones((90, expected.shape[1] + 1), np.float32)
    prepared(transformer, table.frame, wider[:, :-1], rows)
    assert wider[:, :-1].tobytes() == expected.tobytes()
    assert (wider[:, -1] == 1).all()


def test_rows_that_do_not_train_change_nothing(tmp_path, mixed) -> None:
    table = _own(tmp_path, mixed)
    x, train = _inputs(table)
    others = np.setdiff1d(np.arange(120), train)
    changed = table.frame.copy()
    numbers = ["age", "income", "amount", "since"]
    changed.loc[others, numbers] = changed.loc[others, numbers] * 3 + 1
    again = prepared(fitted(table.columns, changed, train), changed)
    np.testing.assert_array_equal(again[train], x.to_numpy()[train])


def test_numbers_have_mean_zero_and_spread_one_in_training_rows(tmp_path) -> None:
    x, train = _inputs(_own(tmp_path, people()))
    for name in ("age", "income"):
        assert x[name][train].mean() == pytest.approx(0, abs=1e-6)
        assert x[name][train].std(ddof=0) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("columns", [1, 16, 17, 40])
def test_however_many_numbers_there_are_each_has_its_own_average_and_spread(columns: int) -> None:
    """In more training rows than which inputs there are is known from, with gaps in every third column."""
    draw = np.random.default_rng(0)
    cells = draw.normal(np.arange(columns), 1 + np.arange(columns), (300, columns))
    cells[::7, ::3] = np.nan
    frame = pd.DataFrame(cells, columns=[f"x{place}" for place in range(columns)])
    rows = draw.permutation(300)[:200]
    held = [Column(name, "number", frame[name]) for name in frame]
    transformer = fitted(held, frame, rows)
    expected = (cells - np.nanmean(cells[rows], 0)) / np.nanstd(cells[rows], 0)
    found = prepared(transformer, frame)
    np.testing.assert_allclose(found[:, :columns], np.nan_to_num(expected), atol=1e-5)
    np.testing.assert_array_equal(found[:, columns:], np.isnan(cells)[:, ::3])
    np.testing.assert_allclose(transformer.transform(frame), found, atol=1e-5)
    scaler = transformer.named_transformers_["numbers"][0]
    assert np.shape(scaler.n_samples_seen_) == np.shape(StandardScaler().fit(cells[rows]).n_samples_seen_)
    assert np.broadcast_to(scaler.n_samples_seen_, columns).tolist() == (~np.isnan(cells[rows])).sum(0).tolist()


def test_words_and_switches_are_not_divided_by_their_spread(tmp_path) -> None:
    rare = np.where(np.arange(120) % 30, "often", "seldom")
    x, _ = _inputs(_own(tmp_path, people().assign(word=rare, flag=(rare == "seldom").astype(int))))
    assert set(x["word = seldom"]) == {0, 1}
    assert np.ptp(x["flag"]) == pytest.approx(1)


def test_a_wild_column_is_tamed_and_keeps_its_order(tmp_path) -> None:
    amount = np.random.default_rng(0).lognormal(0, 4, 120)
    x, _ = _inputs(_own(tmp_path, people().assign(amount=amount)))
    assert np.abs(x["amount"]).max() < 5
    assert np.argsort(x["amount"]).tolist() == np.argsort(amount).tolist()


@pytest.mark.parametrize(
    ("values", "wild"),
    [
        (
            [-1] * 30 + [0] * 39 + [1] * 30 + [29.6],
            False,
        ),  # quartiles 2 apart: a spread of 1.483, and twenty of it 29.65
        ([-1] * 30 + [0] * 39 + [1] * 30 + [29.7], True),
        ([0] * 95 + [7] * 5, False),  # half are one value: the spread is 0.218 of 7
        ([0] * 96 + [7] * 4, True),  # 0.196, of which five are less than 7
        ([0] * 96 + [np.nan] * 20 + [-7] * 4, True),
    ],
)
def test_a_column_is_wild_where_a_value_lies_twenty_robust_spreads_out(values: list, *, wild: bool) -> None:
    assert is_wild(Column("x", "number", pd.Series(values, dtype=float))) is wild
    assert not is_wild(Column("x", "date", pd.Series(values, dtype=float)))


def test_a_gap_is_filled_by_the_training_rows_average_and_marked(tmp_path) -> None:
    frame = people()
    frame.loc[::5, "income"] = np.nan
    table = _own(tmp_path, frame)
    x, train = _inputs(table)
    gaps = table.frame.income.isna()
    assert (x["income"][gaps] == 0).all()
    assert x["income"][train].mean() == pytest.approx(0, abs=1e-6)
    assert (x["income (gap)"] == gaps).all()


def test_rare_words_join_and_unseen_ones_are_all_zero(tmp_path) -> None:
    words = np.array(["north", "south", "east"])[np.arange(1000) % 3].astype(object)
    words[:8] = [f"village {row}" for row in range(8)]
    table = _own(tmp_path, people(1000).assign(place=words))
    train = parts(table, Sizes(600, 200, 200), 0)[0]
    transformer = fitted(table.columns, table.frame, train)
    names = input_names(table.columns, transformer)
    assert [name for name in names if name.startswith("place")] == [
        "place = east", "place = north", "place = south", "place (rare words)",
    ]  # fmt: skip
    new = table.frame.head(3).assign(place=["village 3", "moon", "east"])
    x = pd.DataFrame(prepared(transformer, new), columns=names).filter(like="place")
    assert x.to_numpy().tolist() == [[0, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]]


def test_equal_days_of_equal_years_are_near_each_other(tmp_path) -> None:
    days = pd.date_range("2023-01-01", periods=120, freq="9D")
    x, _ = _inputs(_own(tmp_path, people().assign(since=days.strftime("%Y-%m-%d"))))
    turned = x[["since (sine of the year)", "since (cosine of the year)"]].to_numpy()
    np.testing.assert_allclose(turned[np.arange(60)], turned[np.arange(60) + 0], atol=0)
    angle = np.arctan2(turned[:, 0], turned[:, 1])
    expected = 2 * np.pi * (days - pd.Timestamp(0)).days.to_numpy() / 365.2425
    np.testing.assert_allclose(np.cos(angle), np.cos(expected), atol=1e-5)


@pytest.mark.parametrize("name", ["good.csv", "rare_class.csv", "gaps.csv"])
def test_parts_hold_every_class_in_its_share_and_test_rows_are_fixed(name: str) -> None:
    table, sizes = read(name), Sizes(96, 32, 32)
    found = [parts(table, sizes, seed) for seed in SEEDS]
    shares = np.bincount(table.y) / len(table.y)
    for each in found:
        assert sorted(np.concatenate(each).tolist()) == list(range(160))
        for part in each:
            counts = np.bincount(table.y[part], minlength=2)
            assert counts.min() >= 1
            np.testing.assert_allclose(counts, shares * len(part), atol=1)
        assert each[2].tolist() == found[0][2].tolist()
    assert len({tuple(each[1]) for each in found}) == len(SEEDS)


@pytest.mark.parametrize(
    ("counts", "size", "given"),
    [
        ((156, 4), 32, (31, 1)),
        ((5, 5, 150), 20, (1, 1, 18)),
        ((3, 100), 4, (1, 3)),  # one row at least
        ((50, 50), 99, (50, 49)),  # of equals the first
        ((10, 10, 10), 10, (4, 3, 3)),
        ((10, 11, 10), 10, (3, 4, 3)),  # shares of 3.2, 3.5 and 3.2
        ((7, 0, 3), 5, (4, 0, 1)),
        ((5, 5, 5), 1, (0, 0, 1)),  # fewer rows than classes: of equals the last
        ((8, 5, 3), 1, (1, 0, 0)),
        ((2, 2), 2, (1, 1)),
        ((2, 1), 2, (1, 1)),  # all of a class of one row, where nothing else is left
        ((4, 4), 8, (4, 4)),
    ],
)
def test_each_class_is_allotted_its_share_of_a_part(counts: tuple[int, ...], size: int, given: tuple[int, ...]) -> None:
    assert tuple(allotted(np.array(counts), size).tolist()) == given


def test_a_group_stays_in_one_part(tmp_path) -> None:
    table = _own(tmp_path, people().assign(clinic=np.arange(120) // 4), group="clinic")
    assert "clinic" not in table.frame
    for seed in SEEDS:
        groups = [set(table.group[part].tolist()) for part in parts(table, Sizes(68, 24, 24), seed)]
        assert not groups[0] & groups[1]
        assert not groups[0] & groups[2]
        assert not groups[1] & groups[2]


def test_of_many_orders_of_the_groups_one_is_taken_whose_parts_have_the_shares_of_the_classes(tmp_path) -> None:
    """Twenty groups of six rows of one class each: of four, half are of either class."""
    groups = np.arange(120) // 6
    frame = people().assign(clinic=[f"clinic {group}" for group in groups], churned=np.where(groups % 2, "yes", "no"))
    table = _own(tmp_path, frame, group="clinic")
    for seed in range(8):
        for part in parts(table, Sizes(72, 24, 24), seed)[1:]:
            assert np.bincount(table.y[part]).tolist() == [12, 12]


def test_however_groups_fall_every_seed_has_parts_of_one_size(tmp_path) -> None:
    patients = np.random.default_rng(1).integers(0, 50, 120)
    table = _own(tmp_path, people().assign(patient=patients), group="patient")
    size = 120 - 48 - 2 * largest_group(table)
    for seed in range(20):
        assert [len(part) for part in parts(table, Sizes(size, 24, 24), seed)] == [size, 24, 24]


def test_a_row_without_a_group_is_one_of_its_own(tmp_path) -> None:
    table = _own(tmp_path, people().assign(clinic=["a", "b ", "b", None, None, "c"] * 20), group="clinic")
    assert np.bincount(table.group).tolist() == [20, 40, 20, *[1] * 40]
    assert "split by clinic: rows of one value stay in one part, 43 values" in "\n".join(table.described())


def test_later_rows_test_what_earlier_ones_train(tmp_path) -> None:
    when = np.random.default_rng(0).permutation(120)
    table = _own(tmp_path, people().assign(day=when), time="day")
    assert "day" not in table.frame
    train, valid, test = parts(table, SIZES, 0)
    assert table.time[train].max() < table.time[valid].min()
    assert table.time[valid].max() < table.time[test].min()
    few, order = parts(table, Sizes(30, 20, 10), 0), np.argsort(when)
    assert [part.tolist() for part in few] == [order[60:90].tolist(), order[90:110].tolist(), order[110:].tolist()]
