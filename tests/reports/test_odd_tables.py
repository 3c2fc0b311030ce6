"""Whatever a run lacks and whatever became of its networks, the page is written, no part of it fails, and its sentences are true."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from levels import examples, one_in
from synthetic import results_table, where

import reports
from reports.page import page, shortened
from reports.page.extent import REASONS

LOSSES = ["valid_loss", "valid_error", "test_loss", "test_error"]
STAGES = ["design", "search", "refit"]
EXAMPLES = examples(4)  # a page takes seconds: none is made again to shrink what failed


@pytest.fixture(scope="module")
def whole():
    """Of one width, and every other point of its designs."""
    table = results_table(widths=(8,), opened=("keep_prob",), seeds=3)
    return where(table, (table["stage"] != "design") | (table["trial"] % 2 == 0))


ARMS = sorted(set(results_table(widths=(8,), opened=("keep_prob",), seeds=1)["arm"]))


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lacking=st.none() | st.sampled_from(ARMS),
    lost=st.none() | st.tuples(st.sampled_from([*ARMS, *STAGES]), st.sampled_from(list(REASONS))),
    seeds=st.sampled_from([1, 2, 3]),
    constant=st.sampled_from([False, False, True]),
    unfinished=st.booleans(),
    infinite=st.booleans(),
)
@pytest.mark.usefixtures("undrawn")
def test_a_page_is_written_whole(whole, tmp_path, lacking, lost, seeds, constant, unfinished, infinite):
    table = whole[(whole["arm"] != lacking) & (whole["replicate"] < seeds)].copy()
    if constant:
        table[LOSSES] = table[LOSSES].mask(table[LOSSES].notna(), 0.5)
    if lost:
        place, reason = lost
        gone = (table["arm"] == place) | (table["stage"] == place)
        table[LOSSES] = table[LOSSES].mask(gone)
        table["stopped"] = table["stopped"].mask(gone, reason)
    if infinite:  # no loss that a study records, but a table from elsewhere may
        table["valid_loss"] = table["valid_loss"].mask(np.arange(len(table)) % 7 == 0, np.inf)
    table.attrs = {**whole.attrs, "record": record(table, unfinished=unfinished)}
    written = reports.render(reports.CLAIMS, table, tmp_path)[0].read_text(encoding="utf-8")
    words = re.sub(r"<(style|svg).*?</\1>|<[^>]*>", " ", written, flags=re.DOTALL)
    assert "could not be made" not in words
    assert not re.search(r"\bnan\b|\bNone\b(?! does as well)|\b0 seeds\b|\b0 of 0\b|\binf\b", words)
    assert ("Unfinished (" in words) == unfinished
    counts = table["stopped"].value_counts()
    assert all(f"{counts.get(reason, 0)} {reason}" in words for reason in set(table["stopped"]) - {"completed"})
    if constant:
        assert "Dropout moves in steps" not in re.search(r"<h1>.*?</h1>", written)[0]


def record(table, *, unfinished):
    """As a study notes it."""
    planned = table["stage"].value_counts().to_dict()
    designs = table.loc[table["stage"] == "design", "arm"].value_counts().to_dict()
    return {
        "unfinished": "its budget is spent" if unfinished else "",
        "planned": {stage: 2 * count if unfinished else count for stage, count in planned.items()},
        "designs": {arm: 2 * count if unfinished else count for arm, count in designs.items()},
    }


@pytest.mark.whole
@pytest.mark.usefixtures("undrawn")
def test_many_widths_are_few_panels_and_cases_and_a_short_title(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(shortened, "CASES", 12)
    tuned = whole[whole["arm"].str.endswith("_rates")]
    table = pd.concat([tuned.assign(width=width) for width in range(8, 88)], ignore_index=True)
    table.attrs = {**whole.attrs, "record": record(table, unfinished=False)}
    written = reports.render(reports.CLAIMS, table, tmp_path)[0].read_text(encoding="utf-8")
    assert "could not be made" not in written
    assert len(re.search(r"<h1>(.*?)</h1>", written)[1]) < 200
    figures, tables = (
        re.findall(f"<{name}.*?</{name.split()[0]}>", written, re.DOTALL)
        for name in ("figure", 'table class="findings"')
    )
    assert all(figure.count("<svg") <= shortened.PANELS for figure in figures)
    assert max(table.count('<tr class="finding">') for table in tables) <= 12
    assert "12 of 80 cases, evenly chosen" in written


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "rows", one_in(3, [{"stage": "search"}, {"arm": "dropout", "stage": "design"}, {"stage": "refit"}])
)
def test_of_what_a_run_lacks_nothing_is_said(whole, tmp_path, rows):
    table = where(whole, np.logical_and.reduce([whole[name] == value for name, value in rows.items()]))
    written = reports.render(reports.CLAIMS, table, tmp_path)[0].read_text(encoding="utf-8")
    for unsaid in ("in each of the trials", "lower neither", "lowers neither", "of a full step"):
        assert unsaid not in written


@pytest.mark.usefixtures("undrawn")
def test_what_fails_is_one_line_with_its_reason(whole, tmp_path, monkeypatch):
    def fails(*_):
        raise ZeroDivisionError("nothing\nto divide")

    monkeypatch.setattr(page, "cards", fails)
    searched = where(whole, whole["stage"] != "design")
    path, said = reports.render(reports.CLAIMS, searched, tmp_path)
    written = path.read_text(encoding="utf-8")
    assert "<li>The cards could not be made: ZeroDivisionError: nothing to divide.</li>" in written
    assert said[-1] == "failed  The cards could not be made: ZeroDivisionError: nothing to divide"
    assert written.count("could not be made") == 2, "the title of the list, and the one line of it"


@pytest.mark.usefixtures("undrawn")
def test_a_planned_claim_is_not_finished_and_not_untested(whole, tmp_path):
    """The control is missing, so that what needs it cannot be judged yet; claims of designs that nobody planned are not tested."""
    table = where(whole, whole["arm"].isin(["none", "dropout"]))
    table.attrs["record"] = {
        "unfinished": "its budget is spent",
        "planned": {"design": len(whole)},
        "designs": {"l2": 100, "dropout": 1},
    }
    written = reports.render(reports.CLAIMS, table, tmp_path)[0].read_text(encoding="utf-8")
    waiting, untested = re.findall(r'<ul class="untested.*?</ul>', written, flags=re.DOTALL)
    assert 'id="Q4"' in waiting
    assert 'id="B4"' in untested
    assert f"Unfinished ({len(table)} of {len(whole)} networks). " in written.replace("\N{NARROW NO-BREAK SPACE}", "")
