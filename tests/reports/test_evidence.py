"""What is read out of the results table, by hand: steps to a loss, measures at their places, tunable strengths, shapes."""

import json

import numpy as np
import pandas as pd
import pytest
from planted import design, parabola

from reports.evidence.checked import METRICS, TableError, plain
from reports.evidence.lost import lost, trained
from reports.evidence.matrices import laid_out
from reports.evidence.measures import measure, measured, steps_to
from reports.evidence.quantities import VALID_ERROR, VALID_LOSS, Column, Logarithm, Probed, Steps, in_error
from reports.evidence.responses import by_width, complete, no_response, rate, responses, summary, together, tunable
from reports.evidence.search import best_trial, trials


def curves(*points, batch_size: int = 50, train_rows: int = 300) -> pd.DataFrame:
    rows = {"curve": [json.dumps(each) for each in points], "train_rows": train_rows, "batch_size": batch_size}
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("curve", "target", "steps"),
    [
        ([[2, 1.0], [4, 0.5]], 0.75, 18),  # six steps an epoch, half way from 12 to 24
        ([[2, 1.0], [4, 0.5]], 0.9, 14.4),
        ([[2, 1.0], [4, 0.5]], 0.5, 24),  # at the target it is reached
        ([[2, 1.0], [4, 0.5]], 0.49, np.inf),
        ([[2, 1.0], [4, 0.5]], 1.0, 12),  # the first checkpoint: an upper limit
        ([[1, 0.9], [2, 0.4], [3, 0.8], [4, 0.2]], 0.5, 6 + 6 * 0.8),  # the first time
        ([], 0.5, np.inf),
    ],
)
def test_steps_until_a_loss_is_reached(curve, target, steps):
    assert steps_to(curves(curve), pd.Series([target])) == pytest.approx([steps])


def test_a_short_last_batch_is_a_step():
    for rows, batches in ((300, 6), (301, 7), (299, 6)):
        found = steps_to(curves([[1, 0.1]], train_rows=rows), pd.Series([0.5]))
        assert found.tolist() == [batches]


MEASURES = pd.DataFrame(
    {"measures": ['{"a.b": [[1.0, 3.0], [5.0, null]]}', "{}", "null"], "valid_loss": [0.5, 1.0, 2.0]}
)


def test_measures_are_found_at_their_places():
    assert measure(MEASURES, "a.b", 0, 1).tolist() == pytest.approx([3.0, np.nan, np.nan], nan_ok=True)
    assert measure(MEASURES, "a.b", 1, 1).tolist() == pytest.approx([np.nan] * 3, nan_ok=True)
    assert measured(MEASURES, "a.b").index.tolist() == [0]
    assert measured(MEASURES.drop(columns="measures"), "a.b").empty


def test_quantities_have_their_factors_and_places():
    kept = Probed("a.b").known(MEASURES)
    assert kept.index.tolist() == [0]
    assert Probed("a.b", place=(0,)).read(kept).tolist() == [2.0]
    assert Probed("a.b", place=(0, 1), factor=10, less="valid_loss").read(kept).tolist() == [25.0]
    assert Logarithm(Probed("a.b", place=(0, 1))).read(kept) == pytest.approx([np.log(3)])
    assert Column("valid_loss", factor=2).read(MEASURES).tolist() == [1.0, 2.0, 4.0]
    assert VALID_ERROR.read(pd.DataFrame({"valid_error": [0.25]})).tolist() == [25.0]


def test_steps_end_with_the_run_and_count_where_it_completed():
    rows = curves([[2, 1.0], [4, 0.5]], [[2, 1.0], [4, 0.7]], [[2, 1.0], [4, 0.5]])
    rows = rows.assign(data=["digits", "digits", "iris"], steps=24, stopped=["completed"] * 3)
    speed = Steps({"digits": 0.6})
    known = speed.known(rows)
    assert known["data"].tolist() == ["digits", "digits"]
    assert np.exp(speed.read(known)) == pytest.approx([21.6, 24])
    assert speed.reached(known).tolist() == [1, 0]
    assert speed.reached(known.assign(stopped="diverged")).tolist() == [0, 0]
    assert len(speed.known(rows.assign(stopped=["diverged", "out of time", "completed"]))) == 1, (
        "of one that the machine ended nothing is known"
    )


def rows_of(losses: dict[float, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"strength": strength, "seed": seed, "loss": loss}
            for strength, of_seeds in losses.items()
            for seed, loss in enumerate(of_seeds)
        ]
    )


def test_seeds_that_lack_half_go_before_points_that_lack_a_seed():
    nan = np.nan
    half = complete(rows_of({0.1: [1, nan, 1], 0.2: [1, nan, 1], 0.3: [1, 1, nan], 0.4: [1, 1, 1]}))
    assert (half.columns.tolist(), half.index.tolist()) == ([0, 2], [0.1, 0.2, 0.4])
    more = complete(rows_of({0.1: [1, nan, 1], 0.2: [1, 1, 1], 0.3: [1, 1, nan], 0.4: [1, 1, 1]}))
    assert (more.columns.tolist(), more.index.tolist()) == ([0, 1, 2], [0.2, 0.4])
    few = complete(rows_of({0.1: [1, nan], 0.2: [1, nan], 0.3: [1, nan], 0.4: [1, 1]}))
    assert (few.columns.tolist(), few.index.tolist()) == ([0], [0.1, 0.2, 0.3, 0.4])
    none = complete(rows_of({0.1: [nan, 1], 0.2: [1, nan]}))
    assert none.shape == (0, 0), "of seeds that lack half nothing is left, points neither"
    assert complete(rows_of({0.1: []})[:0].reindex(columns=["strength", "seed", "loss"])).empty


def test_tunable_strengths_are_those_up_to_a_nat_above_the_best():
    losses = pd.DataFrame({0: [1.6, 1.5, 2.0, 0.5, 1.5, 1.51]}, index=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert tunable(losses).index.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert tunable(losses, within=0.99).index.tolist() == [4.0]
    assert tunable(losses[:0]).empty


@pytest.mark.parametrize(("moves", "still"), [(0.0401, False), (0.0399, True), (0.0, True)])
def test_a_response_moves_by_more_than_twice_the_smallest_effect(moves, still):
    said = no_response(np.array([[0.3, 0.5], [0.3 + moves, 0.5 + moves]]))
    assert said == (f"the mean loss moves by {moves:.3f} nat, and a shape takes more than 0.04" if still else "")
    assert no_response(np.zeros((0, 2))).startswith("the mean loss moves by 0.000")


def test_networks_that_were_lost_are_counted_each_by_what_became_of_it():
    stopped = ["completed", "diverged", "completed", "out of memory"]
    table = pd.DataFrame({"arm": "an arm", "width": 8, "loss": [1.0, np.nan, 3.0, np.nan], "stopped": stopped})
    assert lost(table, "loss") == ("1 diverged, 1 ran out of memory, of 4 networks; their points are left out",)
    assert lost(table.dropna(), "loss") == ()
    # t(0.975) with one degree of freedom, times a standard error of 1
    expected = {"mean": 2.0, "low": 2 - 12.7062, "high": 2 + 12.7062, "seeds": 2, "lost": 2}
    for by in (["arm"], ["width", "arm"]):
        (row,) = summary(table, by, "loss").to_dict("records")
        names = {name: {"arm": "an arm", "width": 8}[name] for name in by}
        assert row == {**names, **{name: pytest.approx(value, abs=1e-4) for name, value in expected.items()}}


@pytest.mark.parametrize(("ended", "left"), [(0, 6), (1, 5), (2, 4), (3, 2)])
def test_a_point_of_which_the_machine_ended_most_goes_and_else_those_networks_alone(ended, left):
    """Two of its four are not most; the other point of two was trained whole."""
    rows = pd.DataFrame({"arm": "a", "trial": [0] * 4 + [1] * 2, "stopped": "completed"})
    rows.loc[: ended - 1, "stopped"] = "crashed"
    found = trained(rows, ["arm", "trial"])
    assert len(found) == left
    assert set(found["stopped"]) == {"completed"}


def test_a_table_is_plain_whatever_types_it_came_in():
    """As of a parquet file that another reader wrote: numbers with gaps, words of pandas' own, infinite losses."""
    table = pd.DataFrame(
        {
            "stage": pd.array(["search", "design", "design"], dtype="string"),
            "arm": ["a", "b", "b"],
            "repeat": pd.array([0, 0, 0], dtype="Int32"),
            "trial": [2, 1, 0],
            "replicate": 0,
            "ended": [True, False, True],
            "epochs": pd.array([3, 2, None], dtype="Int64"),
            "width": np.array([8, 4, 2], np.int16),
            "rate": np.array([0.5, 0.25, 1], np.float32),
            **{name: [0.5, np.inf, -np.inf] for name in METRICS},
        },
        index=[5, 5, 7],
    )
    table.attrs = {"provenance": {}}
    found = plain(table)
    assert found.index.tolist() == [0, 1, 2]
    assert found["trial"].tolist() == [0, 1, 2], "by stage, then by trial"
    assert found["stage"].tolist() == ["design", "design", "search"]
    assert type(found["stage"].iloc[0]) is str
    assert found["stage"].dtype == object
    assert {name: str(found[name].dtype) for name in ("repeat", "epochs", "width", "rate", "ended")} == {
        "repeat": "int64", "epochs": "float64", "width": "int64", "rate": "float64", "ended": "bool"
    }  # fmt: skip
    assert found["epochs"].tolist() == pytest.approx([np.nan, 2, 3], nan_ok=True)
    assert all(found[name].tolist() == pytest.approx([np.nan, np.nan, 0.5], nan_ok=True) for name in METRICS)
    assert found.attrs == {}
    assert table.attrs == {"provenance": {}}, "what is asked for is left as it was"


def test_values_are_laid_out_by_row_and_column_with_gaps_between():
    rows, columns, (first, second) = laid_out([0.7, 0.2, 0.7], [1, 3, 3], [10, 20, 30], [1, 2, 3])
    assert (rows.tolist(), columns.tolist()) == ([0.2, 0.7], [1, 3])
    assert first.ravel().tolist() == pytest.approx([np.nan, 20, 10, 30], nan_ok=True)
    assert second.ravel().tolist() == pytest.approx([np.nan, 2, 1, 3], nan_ok=True)
    with pytest.raises(ValueError, match="same setting and seed"):
        laid_out([1, 1], [2, 2], [5, 5])


def test_a_loss_has_an_error_beside_it_in_points_and_nothing_else_has():
    assert in_error(VALID_LOSS) == VALID_ERROR
    added = in_error(Probed("shift.missing_loss", (1,), less="valid_loss"))
    rows = pd.DataFrame({"measures": ['{"shift.missing_error": [0.1, 0.5]}'], "valid_error": [0.2]})
    assert added.read(rows) == pytest.approx([30])
    for other in (Column("test_loss"), Probed("correlation.mean"), Logarithm(Probed("a.b_loss"))):
        with pytest.raises(ValueError, match="is no loss"):
            in_error(other)


def at_rates(**rates):
    """Designs whose losses are those of a parabola, lower by a tenth at the rates that are written negative."""
    fields = {"l2": "l2", "l2_rates": "l2"}
    return pd.concat(
        design(arm, fields.get(arm, "keep_prob"), np.array([0.5, 0.7]), parabola(0.7, 1.0), learning_rate=abs(each))
        .assign(valid_loss=lambda rows, each=each: rows["valid_loss"] - 0.1 * (each < 0))
        for arm, of_arm in rates.items()
        for each in of_arm
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        (
            {"dropout": [0.1, -0.2], "l2": [0.1, 0.2]},
            0.2,
        ),  # of those that all were trained at, the one of the lowest loss
        ({"dropout": [-0.1, 0.2], "l2": [0.2, 0.3]}, 0.2),  # of one that others were not trained at nothing is known
        ({"dropout": [-0.1, 0.2], "gaussian": [0.2], "l2": [0.1, 0.2, 0.3]}, 0.2),  # one arm has it alone
        ({"dropout": [0.1, 0.2], "l2": [-0.3]}, 0.3),
        ({"dropout": [0.1], "l2": [-0.2]}, 0.2),  # two that have nothing in common
        ({"dropout": [0.1, 0.2], "dropout_rates": [-0.4]}, 0.1),  # a design over rates is none of a strength
    ],
)
def test_responses_are_read_at_the_rate_that_arms_share(rates, found):
    table = at_rates(**rates)
    searched = at_rates(dropout=[-0.5]).assign(stage="search")
    assert rate(pd.concat([table, searched])) == found


def test_an_arm_of_one_rate_is_read_at_it_whatever_the_others_were_trained_at():
    table = at_rates(dropout=[0.1], l2=[-0.2])
    assert rate(table) == 0.2
    assert [len(responses(table, arm)) for arm in ("dropout", "l2")] == [8, 8]
    assert len(responses(table.drop(columns="learning_rate"), "dropout")) == 8


def test_responses_are_a_row_for_each_network_of_the_arm_in_order():
    table = at_rates(dropout=[0.1, -0.2], none=[0.2], l2=[0.2])
    lost_one = (table["seed"] == 2) & (table["keep_prob"] == 0.7) & (table["learning_rate"] == 0.2)
    table = table.assign(
        valid_loss=table["valid_loss"].mask(lost_one),
        stopped=table["stopped"].mask(lost_one, "diverged"),
        keep_prob=table["keep_prob"].replace(0.7, 0.7000000000000001),
    )
    found = responses(table.sample(frac=1, random_state=1), "dropout")
    assert found.columns.tolist() == ["arm", "width", "strength", "seed", "loss", "stopped"]
    assert found["strength"].tolist() == [0.5] * 4 + [0.7] * 4
    assert found["seed"].tolist() == [0, 1, 2, 3] * 2
    expected = [0.44, 1.44, 2.44, 3.44, 0.4, 1.4, np.nan, 3.4]
    assert found["loss"].tolist() == pytest.approx(expected, nan_ok=True)
    assert found["stopped"].tolist() == ["completed"] * 6 + ["diverged"] + ["completed"]
    assert [(width, len(rows)) for width, rows in by_width(pd.concat([found.assign(width=16), found]))] == [
        (12, 8),
        (16, 8),
    ]
    with pytest.raises(TableError, match="differ in width or keep_prob"):
        responses(pd.concat([table, table.assign(valid_loss=0.1)]), "dropout")


def test_an_empty_table_among_others_changes_no_type():
    numbers = pd.DataFrame({"width": [1, 2]})
    assert together([pd.DataFrame(columns=["width"]), numbers])["width"].dtype == numbers["width"].dtype
    assert together([pd.DataFrame(columns=["width"])]).empty


def searched() -> pd.DataFrame:
    losses = {0: [0.5, 0.7], 1: [0.4, np.nan], 2: [0.3, 0.3], 3: [0.9, 0.9]}
    rows = [
        {"stage": "search", "arm": "joint", "repeat": 0, "trial": trial, "l2": 0.1 * trial, "valid_loss": loss}
        for trial, of_seeds in losses.items()
        for loss in of_seeds
    ]
    fresh = [
        {"stage": "refit", "arm": "joint", "repeat": 0, "trial": 2, "valid_loss": loss, "test_loss": loss + 0.1}
        | {"test_error": error}
        for loss, error in ((0.4, 0.1), (0.6, 0.3))
    ]
    table = pd.DataFrame([*rows, *fresh])
    return table.assign(stopped=np.where(table["valid_loss"].isna(), "diverged", "completed"))


def test_a_search_is_told_in_the_order_of_its_trials():
    pd.testing.assert_frame_equal(trials(searched()[::-1], ["l2"]), trials(searched(), ["l2"]))


def test_a_search_as_it_went():
    tried = trials(searched(), ["l2"])
    assert tried["mean"].tolist() == pytest.approx([0.6, np.nan, 0.3, 0.9], nan_ok=True)
    assert tried["best"].tolist() == pytest.approx([0.6, 0.6, 0.3, 0.3])
    assert tried["seeds"].tolist() == [2, 2, 2, 2]
    assert tried["l2"].tolist() == pytest.approx([0, 0.1, 0.2, 0.3])
    assert best_trial(tried)["trial"] == 2
    assert best_trial(tried.assign(mean=np.nan)) is None
