"""What a study says of itself, sentence by sentence: its log, how it ended, what to do next, how a network is trained again."""

import logging
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from small_study import small_study, stand_in
from threadpoolctl import threadpool_info, threadpool_limits

import nets
import reports
from nets import Hyper
from study import reported, session
from study.commands import pages
from study.data.splits import Task
from study.kept.endings import COMPLETE
from study.kept.runs import Run
from study.records import Network
from study.told.again import python_lines
from study.told.progress import Log, said, told_left

DRAW = pages.render  # which the tests of runs replace


def test_a_line_of_the_log_has_its_date_and_what_is_said_is_printed_too(tmp_path: Path, capsys) -> None:
    log = Log(tmp_path / "log")
    log.write("one ±")
    log.say("two")
    assert capsys.readouterr().out == "two\n"
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", line) for line in lines] == ["one ±", "two"]
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S", line) for line in lines)


def test_what_is_said_is_there_at_once_where_a_program_reads_it(tmp_path: Path, monkeypatch) -> None:
    seen: list[str] = []
    stream = SimpleNamespace(write=seen.append, flush=lambda: seen.append("flushed"))
    monkeypatch.setattr(sys, "stdout", stream)
    Log(tmp_path / "log").say("two")
    assert "".join(seen) == "two\nflushed"


def test_one_thread_trains_and_draws_whatever_libraries_would_take(run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another number has other bits."""
    threads: dict[str, set[int]] = {"train": set(), "page": set(), "table": set()}

    def noted(where: str) -> None:
        threads[where] |= {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

    monkeypatch.setattr(nets, "train", lambda *how, **more: noted("train") or stand_in(*how, **more))
    with threadpool_limits(2):
        assert run()[0] == 0
        monkeypatch.setattr(reports, "render", lambda *_: noted("page") or (Path("page"), []))
        DRAW(pd.DataFrame(), Path())
        monkeypatch.setattr(reports, "render", lambda *_: noted("table") or (Path("page"), []))
        pages.report_of(Path("runs/small/results.parquet"), Path("elsewhere"))
    assert threads == {"train": {1}, "page": {1}, "table": {1}}


def test_what_the_engine_warns_of_is_said_while_it_works(tmp_path: Path, capsys) -> None:
    engine = logging.getLogger("study.kept")
    with said(Log(tmp_path / "log")):
        engine.warning("the database is waited for: %s", "x")
    engine.warning("afterwards")
    assert capsys.readouterr().out == "the database is waited for: x\n"
    with pytest.raises(OSError, match="gone"), said(Log(tmp_path / "log")):
        raise OSError("gone")
    assert logging.getLogger("study").handlers == []


@pytest.mark.parametrize(("seconds", "left"), [(0.4, "0:00:00"), (59.6, "0:01:00"), (7325, "2:02:05")])
def test_time_left_is_told_to_a_second(seconds: float, left: str) -> None:
    assert told_left(seconds) == f"{left} left"


TASK = Task(data="iris", train_rows=60, valid_rows=40, label_noise=0.0, scaling="raw", test_rows=30)


@pytest.mark.parametrize(("kernels", "how"), [("numpy", ""), ("compiled", ", kernels='compiled'")])
def test_a_network_is_trained_again_by_what_differs_from_defaults(kernels: str, how: str) -> None:
    task = "Task(data='iris', train_rows=60, valid_rows=40, label_noise=0.0, scaling='raw', test_rows=30)"
    network = Network(TASK, Hyper(seed=3500, width=8, activation="tanh"))
    assert python_lines(network, kernels) == [
        "from nets import Hyper, train",
        "from study.data.splits import Task, load",
        "",
        "hyper = Hyper(seed=3500, width=8, activation='tanh')",
        f"data = load({task}, seeds=(hyper.seed,), with_test=True)",
        f"(outcome,) = train([hyper], data{how})",
        "print(outcome.valid_loss, outcome.test_loss)",
    ]


def lines_of(
    name: str, stages: set[str], end: str, found: list[str] | None, monkeypatch
) -> tuple[list[str], list[str]]:
    """What is said at the end of a run, and what its log alone has."""
    said: list[str] = []
    written: list[str] = []
    records = [SimpleNamespace(key=SimpleNamespace(stage=stage)) for stage in sorted(stages)]
    monkeypatch.setattr(session, "current", lambda config, records: records)
    monkeypatch.setattr(session, "by_search", lambda config, records: ["ended   joint"])
    monkeypatch.setattr(session, "summary", lambda config, records: [f"{len(records)} stages"])
    ledger = SimpleNamespace(records=records, note={"end": end, "found": found}.get)
    config = SimpleNamespace(data=SimpleNamespace(name=name))
    session._tell(Run("x"), ledger, config, SimpleNamespace(say=said.append, write=written.append))
    return said, written


BEST, ADVISE = "dropstep best --name x", "dropstep advise --name x"
PREDICT = "dropstep predict x new.csv --to out.csv"


@pytest.mark.parametrize(
    ("name", "stages", "end", "ways"),
    [
        ("iris", {"design"}, COMPLETE, [ADVISE]),
        ("iris", {"design", "score"}, COMPLETE, [BEST, ADVISE]),
        ("iris", {"search", "refit"}, COMPLETE, [BEST, ADVISE]),
        ("own.csv", {"search", "refit"}, COMPLETE, [PREDICT, BEST, ADVISE]),
        ("own.csv", {"score"}, COMPLETE, [BEST, ADVISE]),
        ("own.csv", {"search"}, "the budget is spent", ["the same command resumes it", ADVISE]),
        ("own.csv", {"refit"}, "the budget is spent", ["the same command resumes it", PREDICT, BEST, ADVISE]),
    ],
)
def test_at_its_end_a_run_says_what_can_be_done_next(monkeypatch, name, stages, end, ways: list[str]) -> None:
    said, written = lines_of(name, stages, end, ["found   it helps"], monkeypatch)
    page = "report  runs/x/report/index.html"
    assert said == [f"{len(stages)} stages", "found   it helps", page, f"next    {'; '.join(ways)}"]
    assert written == ["ended   joint"]
    assert lines_of(name, stages, end, None, monkeypatch)[0] == [said[0], *said[2:]]


@pytest.mark.parametrize(
    ("end", "state"), [(COMPLETE, "Finished"), ("the budget is spent", "Not finished (the budget is spent)")]
)
def test_the_dashboard_is_told_of_each_search(end: str, state: str) -> None:
    notes = session._notes(Run("x"), small_study(search__repeats=2), end, ["one", "two"])
    assert notes == {
        f"x-{name}": (
            f"**{state}.** Search {number} of 2 of the arm *joint*, run *x*, on iris: it minimises the mean validation "
            "loss. What the whole run found:\n\n    one\n    two\n\nThe report: `runs/x/report/index.html`"
        )
        for name, number in (("joint", 1), ("joint-1", 2))
    }


@pytest.mark.parametrize(
    ("kernels", "installed", "shared", "precision"),
    [
        ("numpy", True, {}, None),
        ("compiled", False, {}, None),
        ("compiled", True, {}, "float32"),
        ("compiled", True, {"precision": "float64"}, "float64"),
    ],
)
def test_what_is_compiled_is_compiled_before_workers_begin(
    monkeypatch, kernels: str, shared: dict[str, str], precision: str | None, *, installed: bool
) -> None:
    compiled: list[str] = []
    told: list[str] = []
    monkeypatch.setattr(session.kernels, "installed", lambda: installed)
    monkeypatch.setattr(session.kernels, "compiled", compiled.append)
    session._prepare(SimpleNamespace(kernels=kernels, shared=shared), SimpleNamespace(say=told.append))
    assert compiled == ([precision] if precision else [])
    assert len(told) == len(compiled)


def test_a_forecast_is_made_and_what_compiles_begins_where_something_is_left(run, monkeypatch) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(session, "_prepare", lambda config, log: prepared.append(config.kernels))
    assert "about 0:00:0" in run()[1]
    assert "about" not in run()[1]
    assert prepared == ["numpy"]


@pytest.mark.parametrize(
    ("end", "published", "unfinished"),
    [
        (COMPLETE, None, ""),
        (COMPLETE, 3, ""),
        ("the budget is spent", None, "the budget is spent"),
        ("the budget is spent", 3, "the budget is spent"),
        ("the budget is spent", 4, ""),
        (None, None, "networks of its plan are missing"),
    ],
)
def test_a_report_says_why_its_study_is_not_at_its_end(monkeypatch, end, published, unfinished: str) -> None:
    """Four networks are recorded: where so many were published, the end is that of before."""
    monkeypatch.setattr(reported, "networks_published", lambda ledger: published)
    ledger: Any = SimpleNamespace(note={"end": end}.get, size=4, begun="2026")
    record = reported._record(small_study(), ledger, [])
    assert (record["unfinished"], record["begun"], record["commit"]) == (unfinished, "2026", "")
    assert record["designs"] == {"dropout": 12}
    assert record["planned"] == {"design": 12, "score": 0, "search": 12, "refit": 4}


def test_what_is_known_of_public_tables_comes_with_a_study_over_them(monkeypatch) -> None:
    """Of each by its name; a study of one table has none, whatever its claims are tested on."""
    monkeypatch.setattr(reported, "results_table", lambda config, records, provenance: pd.DataFrame({"x": [1]}))
    monkeypatch.setattr(reported, "noted_baselines", lambda config, ledger: ["noted"])
    monkeypatch.setattr(reported, "facts", lambda name: f"facts of {name}")
    monkeypatch.setattr(reported, "_record", lambda *_: "record")
    arms = {"one": {"width": [3]}, "other": {"width": [3], "data": {"name": "iris"}}}
    several = {"data": [{"name": "packaged:wine"}, {"name": "packaged:iris"}], "arms": arms}
    for design, tables in (
        (several, {"packaged:iris": "facts of iris", "packaged:wine": "facts of wine"}),
        ({"arms": {"one": {"width": [3], "data": {"name": "packaged:wine"}}}}, None),
        (None, None),
    ):
        config = {"data": {"name": "iris"}, "design": design, "search": {"arms": {"one": {}}}}
        ledger: Any = SimpleNamespace(note={"provenance": {"config": config}}.get, records=[])
        told = reported.table_of(ledger).attrs
        assert told == {"baselines": ["noted"], "record": "record", **({} if tables is None else {"tables": tables})}
        assert tables is None or list(told["tables"]) == sorted(tables)
