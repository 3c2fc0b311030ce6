"""What commands hand to the engine and to reports, and what they print of the answer: neither is the subject here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import reports
from study import several_runs
from study.asked.table_flags import TableFlags
from study.commands.pages import render, said_of
from study.commands.run import _command
from study.errors import StudyError
from study.kept.runs import Run


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        (("quick", None, None, [], [], []), "dropstep run quick"),
        ((None, None, None, [], [], ["--data", "a b.csv"]), "dropstep run --data 'a b.csv'"),
        (("claims", "x", 7, ["B4", "D1"], ["seed=3", "data.name=a b"], []),
         "dropstep run claims --name x --trials 7 --only B4 --only D1 --set seed=3 --set 'data.name=a b'"),
    ],
)  # fmt: skip
def test_a_run_is_reproduced_by_one_spelling_of_its_command(asked: tuple[Any, ...], command: str) -> None:
    assert _command(*asked) == command


def test_flags_of_a_table_are_settings_of_its_file_and_words_again() -> None:
    flags = TableFlags(data="a.csv", target="y", drop=("x", 'q"'), sep=";", na=("ö",))
    assert flags.overrides == [
        'data.name="a.csv"', 'data.target="y"', 'data.drop=["x", "q\\""]', 'data.na=["ö"]', 'data.sep=";"',
    ]  # fmt: skip
    assert flags.words == [
        "--data", "a.csv", "--target", "y", "--drop", "x", "--drop", 'q"', "--na", "ö", "--sep", ";",
    ]  # fmt: skip
    assert TableFlags().overrides == TableFlags().words == []


def test_a_run_is_called_by_its_study_its_claims_or_its_table(dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    """And without a study it is the preset for a table where there is one, else the default."""
    told: list[tuple[str, str, str, float | None]] = []

    def carried_out(place: Run, config: Any, *, command: str, crew: Any, budget: float | None, render: Any) -> None:
        told.append((place.name, config.data.name, command, budget))

    monkeypatch.setattr("study.session.carry_out", carried_out)
    Path("own.csv").write_text("x,y\n" + "".join(f"{n * 7 % 11 / 3},{n % 2}\n" for n in range(60)))
    for words in (
        ("--budget", "0.5"),
        ("quick", "--name", "mine"),
        ("claims", "--only", "B8b"),
        ("--data", "own.csv", "--target", "y"),
    ):
        assert dropstep("run", *words) == (0, "", "")
    assert told == [
        ("default", "digits", "dropstep run default", 0.5),
        ("mine", "digits", "dropstep run quick --name mine", None),
        ("claims-B8b", "digits", "dropstep run claims --only B8b", None),
        ("own", "own.csv", "dropstep run --data own.csv --target y", None),
    ]


def test_trials_and_settings_of_the_command_line_reach_the_study(dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr("study.session.carry_out", lambda place, config, **_: told.append(config))
    assert dropstep("run", "quick", "--trials", "7", "--set", "seed=5")[0] == 0
    assert (told[0].search.trials, told[0].seed) == (7, 5)


def test_advice_is_that_of_the_run_and_what_is_known_of_other_tables(
    finished: str, dropstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(reports, "spoken", lambda results: [f"of {len(results)} networks"])
    monkeypatch.setattr(reports, "prior", lambda rows: asked.append(rows) or ["elsewhere"])
    assert dropstep("advise") == (0, "of 14 networks\nelsewhere\n", "")
    assert set(asked) == {60}, "known of as many training rows"

    def unknown(results: pd.DataFrame) -> list[str]:
        raise ValueError("too little")

    monkeypatch.setattr(reports, "spoken", unknown)
    assert dropstep("advise") == (0, "runs/small: too little; until then:\nelsewhere\n", "")
    monkeypatch.setattr(reports, "prior", lambda rows: [])
    assert dropstep("advise") == (1, "", "error: runs/small: too little\n")


def test_a_report_is_of_one_run_all_two_or_a_table(finished: str, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[reports.Listed] = []
    monkeypatch.setattr(reports, "index", lambda runs, path: listed.extend(runs) or path)
    monkeypatch.setattr(reports, "compare", lambda one, other, differing, path: f"{len(one)} {len(other)} {path}")
    monkeypatch.setattr(reports, "render", lambda claims, table, folder: (folder / f"{len(table)}.html", []))
    assert dropstep("report") == (0, "runs/small/report/index.html\n", "")
    assert dropstep("report", "--all") == (0, "runs/index.html\n", "")
    assert [each.name for each in listed] == ["small"]
    assert dropstep("report", "--compare", "small", "small") == (0, "14 14 runs/small-beside-small.html\n", "")
    table = ("--table", "runs/small/results.parquet")
    assert dropstep("report", *table, "--to", "elsewhere") == (0, "elsewhere/14.html\n", "")
    Path("file").touch()
    for words, told in (
        (table, "a table is reported with --table results.parquet --to FOLDER"),
        (("--to", "elsewhere"), "a table is reported with --table results.parquet --to FOLDER"),
        ((*table, "--to", "file"), "--to is a folder, file is a file: name another"),
        ((*table, "--to", "elsewhere", "--all"), "exclude each other: pass one of them"),
        (("--all", "--name", "small"), "exclude each other: pass one of them"),
        (("--compare", "small", "small", "--all"), "exclude each other: pass one of them"),
        (("--compare", "small", "small", "--name", "small"), "exclude each other: pass one of them"),
    ):
        code, out, err = dropstep("report", *words)
        assert (code, out) == (2, "")
        assert told in err


def test_a_table_that_cannot_be_reported_is_one_line(finished: str, dropstep, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise reports.TableError("no column")

    monkeypatch.setattr(reports, "compare", refuse)
    monkeypatch.setattr(reports, "render", refuse)
    words = ("report", "--table", "runs/small/results.parquet", "--to", "elsewhere")
    assert dropstep(*words) == (1, "", "error: no column\n")
    assert (
        dropstep("report", "--compare", "small", "small")[2] == "error: no comparison of small and small: no column\n"
    )


def test_results_without_a_page_are_told(monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise reports.TableError("no column")

    monkeypatch.setattr(reports, "render", refuse)
    with pytest.raises(StudyError, match="the results are written, but no page: no column"):
        render(pd.DataFrame(), Path())


def test_each_run_is_a_line_of_the_index_and_what_two_differ_in_is_told(finished: str, run) -> None:
    """By the findings of each; their own names and why their searches ended are no difference."""
    run("--name", "other", "--set", "hyper.l2=0.5")
    Path("runs/broken").mkdir()
    Path("runs/broken/study.db").write_text("no database")
    small, other, broken = several_runs.listed([Run("small"), Run("other"), Run("broken")])
    assert {name: other[name] for name in ("name", "page", "table", "state", "answer", "best")} == {
        "name": "other", "page": "other/report/index.html", "table": "iris", "state": "finished", "answer": "", "best": "",
    }  # fmt: skip
    assert small["begun"][:4].isdigit()
    assert (broken["page"], broken["table"], broken["begun"]) == ("", "", "")
    assert broken["state"].startswith("runs/broken/study.db is")
    one, two, differing, page = several_runs.beside(Run("small"), Run("other"))
    assert (len(one), len(two), page) == (14, 14, Path("runs/small-beside-other.html"))
    assert differing == [("config.hyper.l2", "-", "0.5")]


def test_the_index_says_what_was_found_and_chosen(finished: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = {"found": ["found   it helps", "chosen  l2, rate 0.1", "found"], "provenance": {"data": {"name": "iris"}}}
    held = type("Held", (), {"note": lambda self, name: noted[name], "begun": "2026", "close": lambda self: None})
    monkeypatch.setattr(several_runs, "open_ledger", lambda place, depth: held())
    monkeypatch.setattr(several_runs, "state_of", lambda place, ledger: "finished")
    noted["found"].pop()
    (line,) = several_runs.listed([Run("small")])
    assert (line["answer"], line["best"], line["begun"]) == ("it helps", "l2, rate 0.1", "2026")


@pytest.mark.parametrize("flag", ["--draws", "--workers"])
def test_a_calibration_has_one_draw_and_one_worker_at_least(dropstep, monkeypatch, flag: str) -> None:
    asked: list[tuple[Path, dict[str, int | None]]] = []
    monkeypatch.setattr("reports.calibration.calibrate_anew", lambda to, **how: asked.append((to, how)))
    assert dropstep("calibrate", flag, "0")[2] == f"error: {flag} is at least 1, got 0\n"
    assert dropstep("calibrate", flag, "1") == (0, f"{reports.calibration.TABLE}\n", "")
    assert asked == [(reports.calibration.TABLE, {"draws": None, "workers": 2, flag[2:]: 1})]


def test_a_sample_is_verified_by_one_network_at_least_and_twenty_by_default(
    finished: str, dropstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(
        "study.trained.verify.verified", lambda place, size: (asked.append(size) or [f"{size}"], size > 1)
    )
    assert dropstep("verify", "--sample", "0") == (2, "", "error: --sample is at least 1, got 0\n")
    assert dropstep("verify", "--sample", "1") == (1, "1\n", "")
    assert dropstep("verify") == (0, "20\n", "")
    assert asked == [1, 20]


def test_an_export_does_not_take_the_place_of_a_file(finished: str, dropstep) -> None:
    Path("file").touch()
    assert dropstep("export", "--to", "file") == (2, "", "error: --to is a folder, file is a file: name another\n")
    code, out, _ = dropstep("export")
    assert (code, out.splitlines()[0]) == (0, "runs/small/results.parquet")
    Path("there").mkdir()
    assert dropstep("export", "--to", "there")[1].splitlines()[0] == "there/results.parquet"


def test_a_model_is_made_as_it_was_asked_for_and_says_how_to_predict(dropstep, monkeypatch) -> None:
    asked: list[dict[str, Any]] = []

    def made(place: Run, to: Path, **how: Any) -> list[str]:
        asked.append({"place": place.name, "to": to, **how})
        return ["made"]

    monkeypatch.setattr("study.kept.runs.chosen", lambda name, storage: Run(name or "only"))
    monkeypatch.setattr("study.commands.pages.said_of", lambda place: ("choice", ["others"]))
    monkeypatch.setattr("study.model.making.make", made)
    assert dropstep("model", "--to", "a b.skops")[:2] == (
        0,
        "made\npredict dropstep predict 'a b.skops' new.csv --to out.csv\n",
    )
    assert dropstep("model", "--to", "m.skops", "--name", "x", "--arm", "l2", "--refit-all", "--onnx")[0] == 0
    told = {"choice": "choice", "others": ["others"]}
    assert asked == [
        {"place": "only", "to": Path("a b.skops"), "arm": None, "all_rows": False, "onnx": False,
         "command": "dropstep model --to 'a b.skops'", **told},
        {"place": "x", "to": Path("m.skops"), "arm": "l2", "all_rows": True, "onnx": True,
         "command": "dropstep model --name x --to m.skops --arm l2 --refit-all --onnx", **told},
    ]  # fmt: skip


def test_predictions_are_written_without_their_index_and_their_column_is_named(dropstep, monkeypatch) -> None:
    Path("m.skops").touch()
    model = type("Model", (), {"classes_": np.array(["no", "yes"])})()
    table = pd.DataFrame({"x": [1, 2], "churned": ["no", "yes"], "p(no)": [0.75, 0.25], "p(yes)": [0.25, 0.75]})
    monkeypatch.setattr("study.model.files.load", lambda path: (model, "form"))
    monkeypatch.setattr("study.model.files.predictions", lambda found, form, data: table if form == "form" else None)
    assert dropstep("predict", "m.skops", "new.csv", "--to", "deep/er/out.csv") == (
        0, "2 rows, churned in deep/er/out.csv\n", "",
    )  # fmt: skip
    assert Path("deep/er/out.csv").read_bytes() == b"x,churned,p(no),p(yes)\n1,no,0.75,0.25\n2,yes,0.25,0.75\n"


def test_what_is_said_of_a_run_is_its_choice_and_what_it_is_worth(finished: str, monkeypatch) -> None:
    monkeypatch.setattr(reports, "choose", lambda results: None)
    monkeypatch.setattr(reports, "worth", lambda results: None)
    assert said_of(Run("small")) == ("", [])
    monkeypatch.setattr(reports, "choose", len)
    monkeypatch.setattr(reports, "worth", len)
    monkeypatch.setattr(reports, "recommendation", lambda choice: f"take {choice}")
    monkeypatch.setattr(reports, "worth_lines", lambda found: [f"worth {found}"])
    assert said_of(Run("small")) == ("take 14", ["worth 14"])


def test_the_choice_is_told_as_data_too(finished: str, dropstep) -> None:
    said = dropstep("best", "--json")[1]
    assert said == json.dumps(json.loads(said), indent=2) + "\n"


def test_status_tells_each_search_where_it_is_asked_to(finished: str, run, dropstep) -> None:
    lines = dropstep("status")[1].splitlines()
    every = dropstep("status", "--all")[1].splitlines()
    assert every[: len(lines)] == lines
    assert [line.split()[0] for line in every[len(lines) :]] == ["test", "ended"]
    assert every[-1] == "  ended   joint: all 4 trials"
    run("--name", "other")
    assert [line for line in dropstep("status")[1].splitlines() if not line.startswith(" ")] == [
        "other: finished", "small: finished",
    ]  # fmt: skip


def test_of_several_runs_one_that_cannot_be_read_is_told_beside_the_others(
    finished: str, dropstep, monkeypatch
) -> None:
    Path("runs/other").mkdir()
    Path("runs/other/study.db").write_text("no database")
    code, out, _ = dropstep("status")
    assert (code, out.splitlines()[0].startswith("other: "), "small: finished" in out) == (1, True, True)

    def fails(place: Run, *, every: bool) -> list[str]:
        raise StudyError("gone")

    monkeypatch.setattr("study.standing.standing", fails)
    assert dropstep("status", "--name", "small") == (1, "", "error: gone\n")
