"""Page and findings of any run's table, without the run."""

import pandas as pd
import pytest
from synthetic import results_table
from threadpoolctl import threadpool_info, threadpool_limits

import reports
from reports.page import sources
from study.commands.pages import render
from study.commands.report import report
from study.errors import StudyError, UsageError


@pytest.fixture
def table(tmp_path):
    """With little in it, so that it is drawn at once."""
    table = results_table(widths=(8,), opened=("keep_prob",))
    few = table[(table["arm"] == "none") & (table["stage"] == "design")]
    few.attrs = table.attrs
    few.to_parquet(tmp_path / "results.parquet")
    return tmp_path / "results.parquet"


def test_a_table_alone_has_its_page_and_findings(table, tmp_path, capsys):
    assert report(table=table, to=tmp_path / "page") == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "page/index.html")
    assert {path.name for path in (tmp_path / "page").iterdir()} >= {"index.html", "findings.csv", "findings.json"}
    assert list(pd.read_csv(tmp_path / "page/findings.csv").columns)[:3] == ["claim", "origin", "regime"]


@pytest.mark.parametrize("judged", [False, True])
def test_findings_are_listed_where_there_are_any(*, judged: bool):
    named = {name for _, name, _ in sources.links({}, judged=judged)}
    assert named == {"study.toml", "citation.bib"} | ({"findings.csv", "findings.json"} if judged else set())


def test_what_is_no_table_is_told_in_a_line(table, tmp_path):
    (tmp_path / "other.parquet").write_text("claim,regime")
    bare = pd.read_parquet(table)
    bare.attrs = {}
    bare.to_parquet(tmp_path / "bare.parquet")
    for name, told in (("absent", "there is none at"), ("other", "is no results table"), ("bare", "its provenance")):
        with pytest.raises(StudyError, match=rf"^[^\n]*{told}[^\n]*$"):
            report(table=tmp_path / f"{name}.parquet", to=tmp_path / "page")


def test_a_table_goes_with_a_folder_and_without_a_run(table, tmp_path):
    for asked in ({"table": table}, {"to": tmp_path}):
        with pytest.raises(UsageError, match=r"--table results\.parquet --to FOLDER"):
            report(**asked)
    with pytest.raises(UsageError, match="exclude each other"):
        report(table=table, to=tmp_path, name="default")
    with pytest.raises(UsageError, match="is a file"):
        report(table=table, to=table)


def test_a_page_is_computed_by_one_thread_whatever_the_machine_has(table, tmp_path, monkeypatch):
    """Another number sums in another order, and the last bits of findings would be the machine's."""
    threads = []

    def rendered(*_):
        threads.extend(library["num_threads"] for library in threadpool_info())
        return tmp_path, []

    monkeypatch.setattr(reports, "render", rendered)
    with threadpool_limits(2):
        report(table=table, to=tmp_path / "page")
        render(pd.read_parquet(table), tmp_path)
    assert set(threads) == {1}
