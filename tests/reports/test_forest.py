"""A figure of effects shows an open end as open, and a bound as a bound."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from reports.drawing.forest import named
from reports.experiments.seeded import by_seed_of_all
from reports.judging.regimes import Regime, numbered
from reports.judging.rules import Measured, effect

RATIO = Measured(what="It.", quantity="it", reading="more is more", unit="times", issue="it is so")
RULE = effect(RATIO, 1.25, supported="a", contradicted="b", alike="c")
SEEDS = 4


def shown(bounds):
    """A regime for each bound, whose first seed alone is one, and its figure."""
    rows = pd.DataFrame(
        [
            {"regime": numbered("regime", place), "seed": seed, "effect": 1 + seed / 10, "bound": 0 if seed else bound}
            for place, bound in enumerate(bounds)
            for seed in range(SEEDS)
        ]
    )
    claim = by_seed_of_all(RULE, lambda results: results, caption="It.")
    return claim, rows, claim["draw"](rows, Figure().subplots())


def marks(ax, marker):
    """Where the marks lie, with their faces."""
    lines = [line for line in ax.get_lines() if line.get_marker() == marker]
    return [(float(x), line.get_markerfacecolor()) for line in lines for x in np.atleast_1d(line.get_xdata())]


@pytest.mark.parametrize(("bound", "arrow", "edge"), [(1, ">", 1), (-1, "<", 0)])
def test_an_open_end_is_an_arrow_at_the_edge_without_a_cap(bound, arrow, edge):
    _, _, ax = shown([bound])
    assert len(marks(ax, "|")) == 1
    assert [place for place, _ in marks(ax, arrow)] == [ax.get_xlim()[edge]]


def test_a_closed_interval_has_two_caps_and_no_arrow():
    _, _, ax = shown([0])
    assert len(marks(ax, "|")) == 2
    assert marks(ax, "<") == marks(ax, ">") == []


def test_seeds_that_are_bounds_are_hollow_and_the_caption_says_so():
    claim, rows, ax = shown([1, 0])
    assert sum(face == "none" for _, face in marks(ax, "o")) == 1
    assert "hollow" in claim["remark"](rows)
    assert "hollow" not in claim["remark"](rows.assign(bound=0)) + claim["caption"]


def test_the_table_of_ratios_has_ratios():
    claim, rows, _ = shown([1])
    table = claim["table"](rows.assign(high=np.log(1500), low=np.log(150)))
    assert table["ratio"].to_numpy() == pytest.approx(np.exp(rows["effect"]))
    assert table[["high", "low"]].iloc[0].tolist() == pytest.approx([1500, 150])
    assert table["bound"].tolist() == ["at least", "", "", ""]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("width 12", "width 12"),
        (
            "batch norm and dropout over batch norm alone, width 12",
            "batch norm and dropout over batch …, width 12",
        ),
        ("one word after the other and no comma anywhere at all", "one word after the other and no comma …"),
    ],
)
def test_rows_that_are_told_apart_by_their_end_keep_it(words, said):
    assert named(Regime(words)) == said
    assert len(said) <= 46
