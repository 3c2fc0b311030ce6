"""What a study is was stored when it began: whatever differs later is refused with the difference, and nothing is trained."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.errors import UsageError
from study.kept import numerics, provenance, reached
from study.kept.provenance import (
    Difference,
    check_extent,
    check_repeats,
    check_same,
    commit,
    describe,
    difference_table,
    elsewhere,
)
from study.records import Key, Network, Record

WIDER = {"keep_prob": {"low": 0.1, "high": 1.0}}
MORE = {"keep_prob": {"low": 0.2, "high": 1.0}, "l2": {"low": 0.1, "high": 1.0}}
CHANGES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "seed": ({"seed": 4}, "seed", "3", "4"),
    "window": ({"search__window": 2}, "search.window", "3", "2"),
    "sampler": ({"search__sampler": "random"}, "search.sampler", '"tpe"', '"random"'),
    "replicates": ({"search__replicates": 3}, "config.search.replicates", "2", "3"),
    "training": ({"hyper__steps": 6}, "config.hyper.steps", "5", "6"),
    "new setting": ({"hyper__momentum": 0.5}, "config.hyper.momentum", "-", "0.5"),
    "rows": ({"data__train": 70}, "data.train", "60", "70"),
    "data": ({"data__name": "wine"}, "data.name", '"iris"', '"wine"'),
    "noise": ({"data__label_noise": 0.5}, "data.label_noise", "0.0", "0.5"),
    "design": (
        {"design__arms__dropout__width": [3]}, "config.design.arms.dropout.width", "[3, 40]", "[3]",
    ),
    "space, wider": ({"search__arms__joint__keep_prob": WIDER["keep_prob"]}, "search.open.keep_prob.low", "0.2", "0.1"),
    "space, a dimension more": ({"search__arms__joint__l2": MORE["l2"]}, "search.open.l2.low", "-", "0.1"),
    "space, a choice less": (
        {"search__arms__joint__activation": ["relu"]}, "search.open.activation.choices", '["relu", "tanh"]', '["relu"]',
    ),
    "an arm more": ({"search__arms__other": MORE}, "config.search.arms.other.l2.low", "-", "0.1"),
}  # fmt: skip


def rows(error: UsageError) -> dict[str, tuple[str, str]]:
    """The table below the error's line: recorded and new value by setting; values may hold single spaces."""
    header, *lines = (line.strip() for line in error.details.splitlines())
    assert header.split() == ["setting", "recorded", "now"]
    cells = [[cell.strip() for cell in line.split("  ") if cell] for line in lines]
    return {setting: (recorded, now) for setting, recorded, now in cells}


ANOTHER = "small was begun as another study: begin a new one with --name, throw this one away by dropstep delete small"
ELSEWHERE = "small was begun by other code or on another machine, which trains other bits: begin a new one with --name"


def refused(recorded: dict[str, Any], now: dict[str, Any], told: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(UsageError, match=told) as caught:
        check_same(recorded, now)
    return rows(caught.value)


def described(**changes: Any) -> dict[str, Any]:
    return describe(small_study(**changes), name="small", command="")


@pytest.mark.parametrize("change", CHANGES)
def test_another_configuration_is_refused(change: str) -> None:
    changes, setting, recorded, now = CHANGES[change]
    assert refused(described(), described(**changes), ANOTHER)[setting] == (recorded, now)


@pytest.mark.parametrize("changes", [{}, {"search__trials": 7}, {"search__repeats": 3}])
def test_the_same_study_and_a_longer_one_are_not(changes: dict[str, Any]) -> None:
    check_same(described(), described(**changes))


def test_a_study_may_be_asked_for_in_other_words_and_of_a_table_that_is_read_in_others() -> None:
    now = described()
    check_same({**now, "command": "dropstep run other.toml", "data": {**now["data"], "read": ["in other words"]}}, now)
    for setting in ("name", "data", "search", "config", "machine"):
        with pytest.raises(UsageError):
            check_same({**now, setting: "another"}, now)


@pytest.mark.parametrize("package", ["numpy", "optuna", "scikit-learn"])
def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    recorded = described()
    known = numerics.version_of
    monkeypatch.setattr(numerics, "version_of", lambda name: "0.0" if name == package else known(name))
    assert refused(recorded, described(), ELSEWHERE) == {f"versions.{package}": (f'"{known(package)}"', '"0.0"')}
    with pytest.raises(UsageError, match=f"or go on with {package} {known(package)}; status, report"):
        check_same(recorded, described())


def test_another_version_of_ours_that_trains_the_same_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = described()
    monkeypatch.setitem(recorded["versions"], "dropstep", "0.0")
    check_same(recorded, described())


@pytest.mark.parametrize(
    ("part", "setting"),
    [
        ("python", "versions.python"),
        ("_blas", "versions.blas"),
        ("processor", "machine"),
    ],
)
def test_whatever_else_decides_bits_is_refused(monkeypatch: pytest.MonkeyPatch, part: str, setting: str) -> None:
    recorded = described()
    monkeypatch.setattr(numerics, part, lambda: "other")
    assert set(refused(recorded, described(), ELSEWHERE)) == {setting}


def test_other_data_under_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = described()
    recorded["data"]["fingerprint"] = "another"
    assert set(refused(recorded, described(), ANOTHER)) == {"data.fingerprint"}


def test_long_values_are_shown_where_they_part() -> None:
    """A hundred columns, of which the ninetieth was left out."""
    columns = [f"column {number}" for number in range(100)]
    found = Difference("data.columns", json.dumps(columns), json.dumps([*columns[:90], *columns[91:]]))
    header, row = difference_table([found, Difference("seed", "3", "4")]).splitlines()[:2]
    assert header.split() == ["setting", "recorded", "now"]
    assert len(row) < 160
    recorded, _, now = row.partition("  ")[2].partition("…  …")
    assert "column 90" in recorded
    assert "column 90" not in now
    assert "column 91" in now


SAME = "0123456789" * 9
SHOWN = {
    "as long as may be": ("a" * 60, "b" * 60, "a" * 60, "b" * 60),
    "one too long": ("a" * 61, "b", "a" * 60 + "…", "b"),
    "the other too long": ("a", "b" * 61, "a", "b" * 60 + "…"),
    "they part within the first third": (SAME[:20] + "a" * 50, SAME[:20] + "b", SAME[:20] + "a" * 40 + "…", SAME[:20] + "b"),
    "they part one later": (SAME[:21] + "a" * 60, SAME[:21] + "b", "…" + SAME[1:21] + "a" * 40 + "…", "…" + SAME[1:21] + "b"),
    "they part at the end": (SAME + "a", SAME + "b", "…" + SAME[70:] + "a", "…" + SAME[70:] + "b"),
    "as much is left as is shown": (SAME + "a" * 40, SAME + "b" * 41, "…" + SAME[70:] + "a" * 40, "…" + SAME[70:] + "b" * 40 + "…"),
    "one goes on": (SAME, SAME + "b" * 9, "…" + SAME[70:], "…" + SAME[70:] + "b" * 9),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_sixty_signs_of_a_value_are_shown_and_a_third_of_them_before_it_parts(case: str) -> None:
    recorded, now, *shown = SHOWN[case]
    assert difference_table([Difference("seed", recorded, now)]).splitlines()[1].split() == ["seed", *shown]


def test_what_a_study_was_begun_with_is_named_by_what_differs() -> None:
    """Code by the version it belongs to; what was not recorded then has no name."""
    now = described()
    versions = {"dropstep": "0.9", "nets": "0123", "study": "4567", "numpy": "1.0", "optuna": 2}
    recorded = {**now, "versions": {**now["versions"], **versions}, "machine": "abacus"}
    del recorded["versions"]["python"]
    told = "go on with dropstep 0.9 \\(code nets 0123, study 4567\\), numpy 1.0, optuna 2, machine abacus; status"
    assert set(refused(recorded, now, told)) == {
        f"versions.{each}" for each in ("nets", "study", "numpy", "optuna", "python")
    } | {"machine"}
    recorded = {**now, "versions": {**now["versions"], "study": "4567"}}
    refused(recorded, now, f"go on with dropstep {now['versions']['dropstep']} \\(code study 4567\\); status")


def test_a_version_of_a_sampler_is_the_machines_too() -> None:
    now = described()
    search = {**now["search"], "versions": {"cmaes": "0.1"}}
    assert set(refused({**now, "search": search}, now, "go on with cmaes 0.1; status")) == {
        "search.versions.cmaes",
        "search.versions",
    }


def test_what_decides_bits_is_compared_without_data_and_configuration() -> None:
    recorded = {**described(), "seed": 99, "data": None}
    assert elsewhere(recorded) == []
    assert elsewhere({**recorded, "machine": "abacus"}) == [
        Difference("machine", '"abacus"', json.dumps(numerics.processor()))
    ]
    compiled = {**recorded, "config": {**recorded["config"], "kernels": "compiled"}}
    assert {"versions.kernels", "versions.nets"} <= {each.setting for each in elsewhere(compiled)}


def begun(stage: str, trial: int, *, arm: str = "joint", repeat: int = 0) -> Record:
    network = Network(small_study().data.task, Hyper(seed=0))
    return Record(Key(stage, arm, repeat, trial, 0), network, Outcome(stopped="completed", epochs_run=1), 0.5)


@pytest.mark.parametrize(
    ("records", "trials", "least"),
    [
        ([], 1, None),
        ([begun("search", 0)], 1, None),
        ([begun("search", 0), begun("search", 1)], 1, 2),
        ([begun("search", 5)], 6, None),
        ([begun("search", 6), begun("search", 2)], 6, 7),
        ([begun("design", 9), begun("score", 9), begun("refit", 9)], 6, None),
    ],
)
def test_no_fewer_trials_than_were_begun_are_asked_for(records: list[Record], trials: int, least: int | None) -> None:
    config = small_study(search__trials=trials, refit=None)
    if least is None:
        check_extent(records, config, "small")
        check_extent(records, small_study(search=None, refit=None), "small")
        return
    with pytest.raises(UsageError) as raised:
        check_extent(records, config, "small")
    assert str(raised.value) == (
        f"--trials is the total and at least the {least} that small has begun, got {trials}"
        f": pass --trials {least} or more, or another --name"
    )


@pytest.mark.parametrize(
    ("record", "asked"),
    [
        (begun("search", 0), None),
        (begun("search", 0, repeat=1), None),
        (begun("search", 0, repeat=2), 2),
        (begun("search", 0, repeat=3), 2),
        (begun("search", 0, arm="gone"), 0),
        (begun("search", 0, arm="gone", repeat=1), 0),
        (begun("design", 0, arm="gone"), None),
        (begun("score", 0, arm="gone"), None),
        (begun("refit", 0, arm="gone"), None),
    ],
)
def test_no_fewer_searches_than_were_begun_are_asked_for(record: Record, asked: int | None) -> None:
    config, key = small_study(search__repeats=2), record.key
    if asked is None:
        check_repeats([record], config, "small")
        return
    with pytest.raises(UsageError) as raised:
        check_repeats([begun("search", 0), record], config, "small")
    assert str(raised.value).startswith(
        f"small has begun repeat {key.repeat} of {key.arm}, and {asked} are asked for, c"
    )


def test_ranges_of_a_search_are_those_of_its_fields_on_whatever_axis() -> None:
    arm = {
        "width": 8,
        "keep_prob": {"low": 0.25, "high": 0.75, "axis": "odds"},
        "learning_rate": {"low": 0.001, "high": 1.0, "log": True},
        "momentum": {"low": 0.25, "high": 0.5},
        "activation": ["relu", "tanh"],
    }
    config = small_study(search__arms={"joint": arm, "other": {**arm, "momentum": 0.5}})
    search = describe(config, name="small", command="")["search"]
    assert search["open"] == {
        "keep_prob": {"low": 0.25, "high": 0.75, "log": False},
        "learning_rate": {"low": 0.001, "high": 1.0, "log": True},
        "momentum": {"low": 0.25, "high": 0.5, "log": False},
        "activation": {"choices": ["relu", "tanh"]},
    }
    fields = {"keep_prob": "keep_prob_odds", "learning_rate": "learning_rate", "activation": "activation"}
    assert search["axes"] == {"joint": {**fields, "momentum": "momentum"}, "other": fields}
    assert describe(small_study(search=None, refit=None), name="small", command="")["search"] is None


def test_a_study_names_the_fingerprints_of_all_its_tables() -> None:
    arms = {"rows": {"width": 3}, "other": {"width": 3, "data": {"name": ["iris", "wine"]}}}
    found = describe(small_study(design__arms=arms), name="small", command="")["data"]
    assert (found["name"], found["rows"], found["inputs"], found["classes"]) == ("iris", 150, 4, 3)
    assert (found["train"], found["valid"], found["test"]) == (60, 40, 30)
    assert list(found["tables"]) == ["wine"]
    assert len({found["fingerprint"], found["tables"]["wine"]}) == 2
    assert "columns" not in found
    assert describe(small_study(), name="small", command="")["data"]["tables"] == {}


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=who", "-c", "user.email=who@where", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_commit_is_that_of_the_checkout_that_the_code_lies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "__file__", str(tmp_path / "study/kept/provenance.py"))
    git(tmp_path.parent, "init", "-q", str(tmp_path.parent))
    assert commit() == "", "a folder within somebody's checkout"
    git(tmp_path, "init", "-q", ".")
    assert commit() == "", "nothing is committed"
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")
    assert commit() == git(tmp_path, "rev-parse", "HEAD")
    assert len(commit()) >= 40
    monkeypatch.setattr(provenance.shutil, "which", lambda _: None)
    assert commit() == ""


CPUINFO = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Abacus: Deluxe @ 2 GHz\nflags\t\t: fast\n"


@pytest.mark.parametrize(
    ("said", "asked", "found"),
    [
        (f"{CPUINFO}{CPUINFO.replace('Abacus', 'Second')}", "x86", "Abacus: Deluxe @ 2 GHz"),
        ("processor\t: 0\nCPU part\t: 0xd0c\n", "aarch64-like", "aarch64-like"),
        (None, "arm", "arm"),
        (None, "", "by machine"),
    ],
)
def test_the_processor_is_named_by_the_system_or_else_by_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str | None, asked: str, found: str
) -> None:
    if said is not None:
        (tmp_path / "cpuinfo").write_text(said)
    monkeypatch.setattr(numerics, "Path", lambda _: tmp_path / "cpuinfo")
    monkeypatch.setattr(numerics.platform, "processor", lambda: asked)
    monkeypatch.setattr(numerics.platform, "machine", lambda: "by machine")
    assert numerics.processor() == found


def library(kind: str, name: str, place: str) -> dict[str, str]:
    return {"user_api": kind, "internal_api": name, "version": "1", "architecture": "Zen", "filepath": place}


@pytest.mark.parametrize(
    ("libraries", "found"),
    [
        ([], "unknown"),
        ([library("openmp", "libgomp", "numpy.libs/a")], "unknown"),
        ([library("blas", "mkl", "lib/b"), library("blas", "blis", "lib/c")], "mkl 1 Zen"),
        ([library("blas", "mkl", "scipy.libs/b"), library("blas", "openblas", "numpy.libs/c")], "openblas 1 Zen"),
        ([library("aaaa", "no", "numpy/a"), library("blas", "yes", "numpy/b"), library("zzz", "no", "numpy/c")], "yes 1 Zen"),
        ([library("blas", "first", "numpy/a"), library("blas", "second", "numpy/b")], "first 1 Zen"),
        ([{"user_api": "blas", "internal_api": "blis", "filepath": "numpy"}], "blis None None"),
    ],
)  # fmt: skip
def test_the_blas_that_decides_bits_is_numpys(monkeypatch: pytest.MonkeyPatch, libraries: list, found: str) -> None:
    monkeypatch.setattr(numerics, "threadpool_info", lambda: libraries)
    assert numerics._blas() == found


def test_what_decides_bits_names_python_packages_code_and_kernels() -> None:
    known = {"python", "nets", "study", "blas", "numpy", "scikit-learn"}
    assert set(numerics.numerics()) == known | {"numba", "machine"}
    assert set(described()["versions"]) == known | {"dropstep", "optuna", "kernels"}
    assert numerics.numerics()["nets"] == reached.fingerprints(also=numerics.COMPILED)["nets"]
    assert numerics.python() == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert numerics.version_of("a package of nobody") == "not installed"
    for kernels, also in (("numpy", ()), ("compiled", numerics.COMPILED)):
        found = numerics.code(kernels)
        assert {package: found[package] for package in ("nets", "study")} == reached.fingerprints(also=also)
        assert found["kernels"].startswith(kernels)
    assert {len(each) for each in reached.fingerprints().values()} == {12}
