"""Of many cases a few are shown, the same of what is compared, and it is said that they are few."""

import pandas as pd
import pytest

from reports.judging.regimes import Regime, numbered
from reports.page.shortened import CASES, PANELS, drawn, few, left_out, spread


def regimes(widths, conditions):
    return [numbered("width", width).under(each) for each in conditions for width in widths]


def evidence(panels, cases, **more):
    rows = [{"panel": panel, "regime": case, "seed": seed} for panel in panels for case in cases for seed in range(2)]
    return pd.DataFrame(rows).assign(**more)


def test_few_of_many_are_the_first_the_last_and_some_evenly_between():
    assert spread([8, 12, 32], 4) == [8, 12, 32]
    assert spread([4, 6, 8, 12, 16, 32, 64, 128], 4) == [4, 8, 32, 128]
    assert spread("abcdefgh", 2) == ["a", "h"]


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_all_that_is_compared_at_a_width_stands_together(count):
    conditions = [f"arm {number}" for number in range(count)]
    found = few(regimes(range(4, 64), conditions))
    widths = list(dict.fromkeys(each.words.rpartition("width ")[2] for each in found))
    assert found == regimes(widths, conditions)
    assert CASES - count < len(found) <= CASES
    assert (widths[0], widths[-1]) == ("4", "63")


def test_no_more_than_there_is_room_for_whatever_they_are_called():
    cases = regimes([4], [f"arm {number}" for number in range(2 * CASES)])
    assert len(few(cases)) == CASES
    assert few(cases[:CASES]) == cases[:CASES]


def test_a_figure_draws_few_panels_and_few_cases_of_each():
    cases = regimes(range(60), ["a", "b"])
    rows = evidence(["in loss", "in error"], cases, effect=1.0)
    shown = drawn(rows)
    assert shown.groupby("panel")["regime"].agg(lambda found: list(dict.fromkeys(found)) == few(cases)).all()
    assert (shown.groupby(["panel", "regime"]).size() == 2).all()
    assert left_out(rows, shown).startswith("36 of 120 cases are drawn")
    panels = evidence([f"width {width}" for width in range(20)], [Regime("")])
    assert drawn(panels)["panel"].nunique() == PANELS
    assert left_out(panels, drawn(panels)).startswith("6 of 20 panels are drawn")


def test_what_fits_is_shown_whole_and_nothing_is_said():
    rows = evidence(["in loss"], regimes(range(CASES), [""]), effect=1.0)
    assert drawn(rows) is rows
    assert not left_out(rows, rows)
