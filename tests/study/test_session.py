"""The commands on a run: what they write, what they leave alone and what they refuse."""

import gc
import logging
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import optuna.cli
import pandas as pd
import pytest
from small_study import STUDY, optuna_study

from nets import Hyper, Outcome
from study.data.splits import Task
from study.data.tables import PACKAGES
from study.kept.ledger import Ledger
from study.kept.optuna_notes import write_notes
from study.kept.results import write_results
from study.kept.runs import Run, existing_runs
from study.reported import table_of


def test_a_run_writes_its_results_and_the_next_one_finds_nothing_left_to_do(run, pages: list[pd.DataFrame]) -> None:
    assert run()[0] == 0
    written = {path: path.stat().st_mtime_ns for path in Path("runs/small").glob("results.*")}
    assert len(written) == 2
    code, out, _ = run()
    assert code == 0
    assert "nothing left to do" in out
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert len(pages) == 1


def test_a_driver_that_dies_leaves_no_word_of_the_end_before(
    finished: str, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_of_run() -> str | None:
        with closing(Ledger(Run("small").database)) as ledger:
            return ledger.note("end")

    def killed(*_: object) -> None:
        raise SystemError

    assert end_of_run()
    monkeypatch.setattr("study.session.run", killed)
    with pytest.raises(SystemError):
        run("--trials", "6")
    assert end_of_run() is None


def test_the_table_has_every_field_in_order_with_unit_and_meaning(finished: str) -> None:
    table = pd.read_parquet("runs/small/results.parquet")
    declared = [each.name for owner in (Task, Hyper, Outcome) for each in fields(owner)]
    found = ["design", "variant", "chosen_by", "seconds"]
    assert list(table) == ["stage", "arm", "repeat", "trial", "replicate", *declared, *found]
    assert list(table.attrs["fields"]) == list(table)
    assert table.attrs["fields"]["width"] == {"unit": "units", "meaning": "units in each hidden layer"}
    assert table.equals(table.sort_values(["stage", "arm", "repeat", "trial", "replicate"], ignore_index=True))
    assert len(table) == 2 * 2 + 4 * 2 + 2
    text, empty = pd.read_csv("runs/small/results.csv"), ["design", "chosen_by"]
    pd.testing.assert_frame_equal(text.drop(columns=empty), table.drop(columns=empty), check_dtype=False)


def test_a_dictionary_beside_the_table_says_what_each_column_means(finished: str) -> None:
    told = pd.read_csv("runs/small/columns.csv", keep_default_na=False).set_index("column")
    assert list(told.index) == list(pd.read_csv("runs/small/results.csv", nrows=0))
    assert told.loc["width"].to_list() == ["units", "units in each hidden layer", "whole number", "32"]
    assert told.loc["valid_loss", ["unit", "type", "default"]].to_list() == ["nats", "number or nothing", ""]
    assert (told["meaning"] != "").all()


def test_provenance_tells_how_to_reproduce_the_table(run) -> None:
    run("--name", "other", "--set", "hyper.l2=0.5", "--trials", "3")
    provenance = pd.read_parquet("runs/other/results.parquet").attrs["provenance"]
    assert provenance["command"] == "dropstep run small.toml --name other --trials 3 --set hyper.l2=0.5"
    assert provenance["data"]["fingerprint"]
    assert provenance["data"] | {"fingerprint": ""} == {
        "name": "iris", "rows": 150, "inputs": 4, "classes": 3, "fingerprint": "",
        "train": 60, "valid": 40, "test": 30, "label_noise": 0.0, "tables": {},
    }  # fmt: skip
    assert provenance["search"]["open"]["keep_prob"] == {"low": 0.2, "high": 1.0, "log": False}
    assert provenance["config"]["hyper"] == {"steps": 5, "l2": 0.5}


def test_export_writes_the_same_table_elsewhere(finished: str, dropstep) -> None:
    assert dropstep("export", "--to", "elsewhere")[0] == 0
    for name in ("results.csv", "results.parquet"):
        assert Path("elsewhere", name).read_bytes() == Path("runs/small", name).read_bytes()


def test_status_tells_how_far_and_how_well(finished: str, dropstep) -> None:
    code, out, _ = dropstep("status")
    assert code == 0
    assert out.startswith("small: finished\n")
    assert "search  8/8 networks" in out
    assert "valid   loss best " in out
    with Run("small").locked():
        assert dropstep("status", "--name", "small")[1].startswith("small: running\n")


def test_a_changed_setting_is_refused_with_what_differs(run, finished: str) -> None:
    code, _, err = run("--set", "hyper.momentum=0.5", "--set", "data.label_noise=0.1")
    assert code == 2
    first, header, *rows = err.splitlines()
    assert first.startswith("error: small was begun as another study: begin a new one with --name")
    assert header.split() == ["setting", "recorded", "now"]
    assert [row.split() for row in rows] == [
        ["data.label_noise", "0.0", "0.1"],
        ["config.data.label_noise", "0.0", "0.1"],
        ["config.hyper.momentum", "-", "0.5"],
    ]


def test_another_version_or_machine_is_refused(run, finished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("study.kept.numerics.version", lambda package: "9.9")
    monkeypatch.setattr("study.kept.numerics.processor", lambda: "abacus")
    code, _, err = run()
    assert code == 2
    assert {"versions.numpy", "versions.optuna", "machine"} <= {row.split()[0] for row in err.splitlines()[2:]}


def test_trials_are_the_total_and_only_grow(run, finished: str) -> None:
    code, _, err = run("--trials", "3")
    assert (code, err.count("\n")) == (2, 1)
    assert "at least the 4 that small has begun, got 3" in err
    assert run("--trials", "6")[0] == 0
    table = pd.read_parquet("runs/small/results.parquet")
    assert table.query("stage == 'search'").trial.nunique() == 6
    assert table.attrs["provenance"]["search"]["trials"] == 6


def test_a_budget_ends_the_run_and_changes_nothing(run, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    run("--name", "whole")
    ticks = iter(range(10**6))
    with monkeypatch.context() as patched:
        patched.setattr("study.budget.monotonic", lambda: next(ticks))
        code, out, _ = run("--budget", "3")
    assert code == 0
    assert "the budget of 3 s is spent" in out
    assert "next    the same command resumes it; " in out
    assert dropstep("status", "--name", "small")[1].startswith(
        "small: the budget of 3 s is spent: the same dropstep run"
    )
    table = pd.read_parquet("runs/small/results.parquet")
    record = table.attrs["record"]
    assert 0 < len(table) < sum(record["planned"].values()) == 14
    assert record["unfinished"] == "the budget of 3 s is spent"
    assert record["designs"] == {"dropout": 4}
    assert run()[0] == 0
    assert not pd.read_parquet("runs/small/results.parquet").attrs["record"]["unfinished"]
    assert dropstep("status", "--name", "small")[1].startswith("small: finished")
    small, whole = (pd.read_csv(f"runs/{name}/results.csv").drop(columns="seconds") for name in ("small", "whole"))
    pd.testing.assert_frame_equal(small, whole)


def test_a_second_driver_is_refused(run) -> None:
    with Run("small").locked():
        code, _, err = run()
    assert (code, err.count("\n")) == (1, 1)
    assert "being written by another run" in err


def test_a_stack_that_cannot_be_trained_is_told_in_one_line(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(hypers, data, **options):
        raise ValueError("batch normalisation needs 2 rows or more")

    monkeypatch.setattr("nets.train", refuse)
    code, _, err = run()
    assert (code, err) == (2, "error: batch normalisation needs 2 rows or more\n")


def test_runs_that_cannot_be_written_are_told(run) -> None:
    Path("runs").write_text("")
    code, _, err = run()
    assert (code, err.count("\n")) == (1, 1)
    assert err.startswith("error: runs")


@pytest.mark.filterwarnings("ignore:.*experimental CLI command")
@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
def test_optuna_reads_the_study(
    finished: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = "sqlite:///runs/small/study.db"
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # to which optuna's command adds one that stays
    for words in (
        ["studies"],
        ["trials", "--study-name", "small-joint"],
        ["best-trial", "--study-name", "small-joint"],
    ):
        monkeypatch.setattr(sys, "argv", ["optuna", *words, "--storage", storage, "--format", "json"])
        assert not optuna.cli.main()
        assert ("small-joint" if words == ["studies"] else "keep_prob") in capsys.readouterr().out
    gc.collect()  # optuna's command leaves its connection open
    with optuna_study(Run("small").database) as study:
        assert len(study.trials) == 4
        assert study.user_attrs["data"]["name"] == "iris"
        assert f"{study.best_value:.4f}" in Path("runs/small/log").read_text()


def test_the_dashboard_shows_what_was_found_and_that_it_is_the_end(run, dropstep) -> None:
    note = pytest.importorskip("optuna_dashboard").get_note
    run()
    with optuna_study(Run("small").database) as study:
        assert note(study).startswith("**Finished.** Search 1 of 1 of the arm *joint*")
        assert str(Run("small").page) in note(study)
        assert study.metric_names == ["mean validation loss [nat]"]


def test_a_note_is_stored_as_the_dashboard_stores_it_and_does_not_go_on_with_a_longer_one(run) -> None:
    dashboard = pytest.importorskip("optuna_dashboard")
    run()
    for length in (5000, 10, 3000):
        write_notes(Run("small").database, {"small-joint": "x" * length, "unknown": "y"})
        with optuna_study(Run("small").database) as study:
            assert dashboard.get_note(study) == "x" * length
            ours = parts_of_note(study)
            dashboard.save_note(study, "x" * length)
            assert ours == parts_of_note(study)


def parts_of_note(study: optuna.Study) -> dict[str, str]:
    attributes = study._storage.get_study_system_attrs(study._study_id)
    return {name: value for name, value in attributes.items() if "note_str" in name}


@pytest.mark.whole
def test_an_index_lists_every_run_and_says_what_is_wrong_with_one(run, finished: str, dropstep) -> None:
    run("--name", "other")
    broken = Path("runs/broken/study.db")
    broken.parent.mkdir()
    broken.write_text("no database")
    assert dropstep("report", "--all")[:2] == (0, "runs/index.html\n")
    page = Path("runs/index.html").read_text()
    assert page.count("<td>finished</td>") == 2
    assert page.count('report/index.html">') == 2
    assert "runs/broken/study.db is" in page


@pytest.mark.whole
def test_two_runs_are_written_beside_each_other(run, finished: str, dropstep) -> None:
    run("--name", "other", "--set", "hyper.l2=0.5")
    code, out, _ = dropstep("report", "--compare", "small", "other")
    assert (code, out) == (0, "runs/small-beside-other.html\n")
    page = Path(out.strip()).read_text()
    assert "<h1>other beside small</h1>" in page
    assert "config.hyper.l2" in page
    assert dropstep("report", "--compare", "small", "gone")[0] == 2
    assert dropstep("report", "--all", "--name", "small")[0] == 2


def test_what_is_exported_is_what_the_ledger_holds(finished: str) -> None:
    ledger = Ledger(Run("small").database)
    pd.testing.assert_frame_equal(table_of(ledger), pd.read_parquet("runs/small/results.parquet"))
    ledger.close()


def test_a_stray_folder_among_the_runs_is_passed_over(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("has space", "sound"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "study.db").touch()
    assert [run.name for run in existing_runs()] == ["sound"]


def test_fewer_repeats_than_were_begun_are_refused(run) -> None:
    assert run("--set", "search.repeats=2")[0] == 0
    code, _, err = run("--set", "search.repeats=1")
    assert code == 2
    assert "small has begun repeat 1 of joint, and 1 are asked for, counted from 0: raise repeats" in err
    assert run("--set", "search.repeats=3")[0] == 0


@pytest.mark.whole
def test_designs_that_a_claim_cannot_tell_apart_are_told_in_one_line(
    dropstep, folder_of_runs: Path, quick_networks: None
) -> None:
    """What fails is a line of the page, and the page is there."""
    (folder_of_runs / "two.toml").write_text(STUDY.replace("width = [3]", "width = [3], data = { train = [20, 60] }"))
    assert dropstep("run", "two.toml", "--workers", "1")[0] == 0
    assert "the points of design &#39;dropout&#39; differ" in Path("runs/two/report/index.html").read_text(
        encoding="utf-8"
    )
    assert Path("runs/two/results.parquet").exists()


def test_a_table_that_is_not_installed_is_left_out_and_cannot_come_in_later(
    dropstep, folder_of_runs: Path, pages: list[pd.DataFrame], quick_networks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["run", "claims", "--only", "B8b", "--set", 'design.tables=["breast_cancer","mnist1d"]', "--workers", "1"]
    words += ["--set", "design.replicates=1"]
    with monkeypatch.context() as context:
        for name in ("breast_cancer", "mnist1d"):
            context.setitem(PACKAGES, name, "no_such_package")
        said = dropstep(*words)[1]
        assert "left out: breast_cancer, mnist1d need no_such_package" in said
        assert said.endswith("next    dropstep advise --name claims-B8b\n"), "nothing was chosen: best would fail"
        assert "nothing left to do" in dropstep(*words)[1]
        assert set(pages[-1]["data"]) == {"digits"}
        context.delitem(PACKAGES, "breast_cancer")
        code, _, err = dropstep(*words)
    assert code == 2
    assert "config.design.tables" in err
    assert '["breast_cancer"]' in err


def test_no_text_of_the_csv_is_a_formula(tmp_path: Path) -> None:
    """Numbers stay numbers, and the parquet file holds every text as it is."""
    texts = ["=HYPERLINK(1).csv:y", "+1", "-1", "@x", "\tx", "plain", "a=b", ""]
    table = pd.DataFrame({"data": pd.array(texts, "str"), "valid_loss": [-1.0] * len(texts)})
    write_results(table, tmp_path)
    cells = pd.read_csv(tmp_path / "results.csv", keep_default_na=False)
    assert list(cells.data) == [f"'{text}" for text in texts[:5]] + texts[5:]
    assert list(cells.valid_loss) == [-1.0] * len(texts)
    assert list(pd.read_parquet(tmp_path / "results.parquet").data) == texts
