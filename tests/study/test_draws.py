"""Drawn designs: equal budgets, the same draws in every arm, none outside its range; and the tables that they are carried out over."""

from pathlib import Path

import numpy as np
import pytest
from small_study import carry_out, small_study

from study.asked.designs import DesignDefaults, read_design
from study.asked.over import sources
from study.asked.source import Source
from study.asked.study_file import read_study
from study.errors import UsageError
from study.packaged.listing import listed, of_name

IRIS = Source(name="iris", train=60, valid=40)
RATE = {"low": 0.01, "high": 1.0, "log": True}
KEEP = {"low": 0.2, "high": 0.997}
OVER = {"tables": ["wine", "digits", "iris"], "rows": [500, 150]}


def read(settings, draws=40, seed=5, **changes):
    stage = DesignDefaults(replicates=2, draws=draws, seed=seed)
    return read_design("one", {**settings, **changes}, shared={}, source=IRIS, stage=stage)


def column(design, field: str, place: int = 0) -> np.ndarray:
    return np.array([each[field] for each in design.settings(place)])


def test_arms_of_equal_budgets_have_the_same_draws_of_what_they_share() -> None:
    none = read({"width": [8, 32], "learning_rate": RATE})
    dropout = read({"learning_rate": RATE, "keep_prob": KEEP, "width": [8, 32]})
    assert none.size == dropout.size == 40
    for field in ("width", "learning_rate"):
        assert (column(none, field) == column(dropout, field)).all()
    fewer = read({"width": [8, 32], "learning_rate": RATE}, draws=10)
    assert fewer.settings() == none.settings()[:10]


def test_draws_fill_their_range_and_differ_between_sources_fields_and_seeds() -> None:
    settings = {"width": [8, 32, 128], "learning_rate": RATE, "keep_prob": KEEP}
    design = read(settings, draws=2000)
    rates = np.log(column(design, "learning_rate")) / np.log(0.01)
    assert 0 <= rates.min() < 0.01 < 0.99 < rates.max() <= 1
    assert rates.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 2000))
    assert np.bincount(column(design, "width"))[[8, 32, 128]] == pytest.approx(667, abs=90)
    keep = (column(design, "keep_prob") - 0.2) / 0.797
    for other in (
        rates,
        (column(design, "keep_prob", 1) - 0.2) / 0.797,
        (column(read(settings, 2000, 6), "keep_prob") - 0.2) / 0.797,
    ):
        assert abs(np.corrcoef(keep, other)[0, 1]) < 4 / np.sqrt(2000)


def test_the_odds_are_drawn_in_the_order_of_the_keep_probs() -> None:
    """The same places of the range on both axes, so that they are compared in pairs."""
    linear = read({"learning_rate": RATE, "keep_prob": KEEP})
    odds = read({"learning_rate": RATE, "keep_prob": {**KEEP, "axis": "odds"}})
    assert (np.argsort(column(linear, "keep_prob")) == np.argsort(column(odds, "keep_prob"))).all()
    alpha = np.log(1 / column(odds, "keep_prob") - 1)
    share = (column(linear, "keep_prob") - 0.2) / 0.797
    assert alpha == pytest.approx(np.log(4) + share * (np.log(0.003 / 0.997) - np.log(4)))


def test_a_study_draws_scores_and_trains_each_source_by_itself(tmp_path) -> None:
    data = [{"train": 60, "valid": 40}, {"train": 70, "valid": 40}]
    arms = {"none": {"learning_rate": RATE}, "dropout": {"learning_rate": RATE, "keep_prob": KEEP}}
    config = small_study(
        design={"replicates": 2, "draws": 3, "data": data, "arms": arms},
        score={"replicates": 3, "held": []},
        search=None,
        refit=None,
    )
    table = carry_out(tmp_path / "study.db", config)
    design = table[table["stage"] == "design"]
    assert design.groupby(["arm", "train_rows"]).size().tolist() == [6] * 4
    tried = design[design["arm"] == "none"].groupby("train_rows")["learning_rate"].apply(set)
    assert not tried[60] & tried[70]
    for (arm, rows), scored in table[table["stage"] == "score"].groupby(["arm", "train_rows"]):
        means = design[(design["arm"] == arm) & (design["train_rows"] == rows)].groupby("trial")["valid_loss"].mean()
        assert set(scored.loc[scored["chosen_by"].str.contains("valid_loss"), "trial"]) == {means.idxmin()}


def test_tables_come_with_their_fewest_rows_first_and_with_what_they_have() -> None:
    found = [(each["name"], each["train"]) for each in sources(OVER)]
    wine, iris = (of_name(name).rows for name in ("wine", "iris"))
    left = {"wine": wine - wine // 5 - wine // 4, "iris": iris - iris // 5 - iris // 4}
    small = [("packaged:wine", left["wine"]), ("packaged:digits", 150), ("packaged:iris", left["iris"])]
    assert found == [*small, ("packaged:digits", 500)]
    parts = {(each["valid"], each["test"]) for each in sources(OVER) if each["name"] == "packaged:digits"}
    assert len(parts) == 1  # the same at all numbers of training rows


def test_a_table_trains_on_what_it_has_to_the_last_row_and_comes_once() -> None:
    iris = of_name("iris").rows
    left = iris - iris // 5 - iris // 4
    for rows, trained in (([1], [1]), ([left - 1, left], [left - 1, left]), ([left + 1], [left]), ([9, left + 1], [9])):
        assert [each["train"] for each in sources({"tables": ["iris", "iris"], "rows": rows})] == trained


def test_tables_that_are_not_here_are_told_with_how_to_fetch_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.asked.over.is_here", lambda table: table.name != "wine")
    assert len(sources({"tables": ["iris"], "rows": [9]})) == 1
    with pytest.raises(UsageError, match="1 of 2 tables are not here yet: dropstep fetch-tables wine"):
        sources({"tables": ["iris", "wine"], "rows": [9]})
    monkeypatch.setattr("study.asked.over.is_here", lambda table: True)
    assert {each["name"] for each in sources({"tables": ["all"], "rows": [9]})} == {
        f"packaged:{name}" for name in listed()
    }


def test_whole_numbers_and_levels_are_drawn_in_their_range() -> None:
    """Each at the place of its range at which a share of an arm without rounding lies."""
    drawn = read({"width": {"low": 2, "high": 6}, "learning_rate": RATE})
    assert set(column(drawn, "width")) == {2, 3, 4, 5, 6}
    levels = read({"width": 4, "keep_prob": {"low": 0.2, "high": 1.0, "axis": "levels"}, "learning_rate": RATE})
    assert set(column(levels, "keep_prob")) == {0.25, 0.5, 0.75, 1.0}
    linear = read({"keep_prob": KEEP, "learning_rate": RATE})
    assert (column(linear, "learning_rate") == column(drawn, "learning_rate")).all()
    share = (column(linear, "keep_prob") - 0.2) / 0.797
    assert (column(levels, "keep_prob") == np.round(1 + 3 * share) / 4).all()
    default = read({"keep_prob": {"low": 0.01, "high": 1.0, "axis": "levels"}, "learning_rate": RATE})
    assert (column(default, "keep_prob") * 32 % 1 == 0).all()
    with pytest.raises(ValueError, match="the width of this arm is open"):
        read({"width": [3, 4], "keep_prob": {"low": 0.2, "high": 1.0, "axis": "levels"}})


@pytest.mark.parametrize(
    ("over", "rule"),
    [
        ({"tables": ["winee"], "rows": [150]}, "did you mean wine"),
        ({"tables": ["wine"]}, "design.over is"),
        ({"tables": [], "rows": [150]}, "design.over.tables"),
        ({"tables": ["wine"], "rows": [0]}, "design.over.rows"),
        ({"tables": ["wine"], "rows": [True]}, "design.over.rows"),
        ({"tables": ["wine"], "rows": [150, 1.5]}, "design.over.rows"),
        ({"tables": ["wine"], "rows": []}, "design.over.rows"),
        ({"tables": ["wine"], "rows": 150}, "design.over.rows"),
        ({"tables": ["wine"], "rows": [150], "seed": 3}, "design.over is"),
        ("all", "design.over is"),
        ({"tables": "wine", "rows": [150]}, "design.over.tables"),
        ({"tables": ["wine", 3], "rows": [150]}, "design.over.tables"),
    ],
)
def test_what_cannot_be_carried_out_over_tables_is_told(over, rule: str) -> None:
    with pytest.raises(UsageError, match=rule):
        sources(over)


@pytest.mark.whole
def test_the_presets_ask_the_same_of_every_table() -> None:
    config = read_study("many_quick", [], claimed=lambda tables: {})
    assert {source.name for design in config.designs for source in design.sources} == {
        f"packaged:{name}" for name in listed() if of_name(name).comes_along
    }
    budgets = {design.name: design.per_source for design in config.designs}
    assert len({budget for name, budget in budgets.items() if name not in {"linear", "odds", "untuned"}}) == 1
    assert budgets["linear"] == budgets["odds"]


def test_a_thin_study_over_tables_runs_to_its_page(dropstep, folder_of_runs: Path) -> None:
    """A single table is told to be too few."""
    thin = {
        "design.over": '{ tables = ["iris"], rows = [150] }',
        "design.draws": 2,
        "design.replicates": 1,
        "design.arms.linear.draws": 2,
        "design.arms.odds.draws": 2,
        "hyper.steps": 5,
        "score.replicates": 3,
        "baselines.methods": '["frequencies", "logistic"]',
    }
    words = [
        "run",
        "many_quick",
        "--workers",
        "1",
        *(part for key, value in thin.items() for part in ("--set", f"{key}={value}")),
    ]
    code, out, _ = dropstep(*words)
    assert code == 0
    assert "1 table is too few to tell what is to be expected on a new one" in out
    assert "What should I do on a new table?" in Path("runs/many_quick/report/index.html").read_text(encoding="utf-8")
