"""Every mistake that a person can make is told in one line that holds the rule, the value or the nearest name."""

import importlib.util
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import study
from study.asked.config import read_config
from study.asked.study_file import read_study
from study.errors import UsageError
from study.told.tally import networks_of

MISTAKES = {
    "run defualt": "did you mean default?",
    "run ''": "'' is neither a preset",
    "run .": "'.' is neither a preset",
    "run missing.toml": "missing.toml: No such file",
    "run folder.toml": "folder.toml: Is a directory",
    "run binary.toml": "binary.toml is no text",
    "run broken.toml": "broken.toml is no TOML file",
    "run deep.toml": "deep.toml is no TOML file",
    "run empty.toml": 'the study lacks the name of its table, data.name, such as "digits" or "people.csv" and an arm, [search.arms.NAME]',
    "run flat.toml": "data is a table, got 3",
    "run 'my study.toml'": "pass --name",
    "run quick --trials 0": "search.trials is a whole number in 1 … 1000000000, got 0",
    "run quick --trials abc": "--trials",
    "run quick --workers -1": "--workers is at least 1, got -1",
    "run quick --workers 0": "--workers is at least 1, got 0",
    "run quick --executor dsak": "did you mean dask?",
    "run quick --executor dask://": "dask://host:port, got 'dask://'",
    "run quick --executor serial --workers 2": "--executor serial is one worker, got --workers 2",
    "run quick --executor serial --time-limit 3": "--executor serial has no guard to keep a limit",
    "run quick --executor dask://x:1 --workers 2": "dask://x:1 has workers of its own, got --workers 2",
    "run quick --memory-limit 0": "--memory-limit lies above 0 and below 1e+09, got 0",
    "run quick --time-limit -1": "--time-limit lies above 0 and below 1e+09, got -1",
    "run quick --only M1": "--only chooses among the claims of a study, quick has none: run claims --only M1",
    "run quick --workers " + 401 * "9": "--workers is at most 1024 on one machine",
    "run quick --trials " + 401 * "9": "search.trials is a whole number in 1 … 1000000000",
    "run claims --set design.tables=['wnie']": "wnie is no table, there are",
    "run claims --set design.tables='wine'": 'design.tables is a list of tables such as ["wine"], got \'wine\'',
    "run claims --set design.tables=['digits']": "design.tables are others than data.name, digits, and each once",
    "run quick --set design.tables=['wine']": "there are none: set design.claims",
    "run quick --set design.absent=['mnist']": "there are none: set design.claims",
    "run quick --set design.arms.l2.data=[]": "data takes at least one source",
    "run quick --set hyper.width=" + 401 * "9": "width lies in [1, 1e6]",
    "run quick --set hyper.width=" + 5000 * "9": "width is a whole number",
    "run quick --time-limit inf": "--time-limit lies above 0 and below 1e+09, got inf",
    "run quick --set search.arms.joint.keep_prob={low=0.2,high=0.9,axis=['odds']}": "keep_prob.axis is one of linear, odds, levels",
    "run quick --set design.arms.l2.data={label_noise=[nan]}": "design.arms.l2.data.label_noise is a number in 0 … 1, got nan",
    "run quick --set design.arms.l2.data={name=['iris','iris']}": "data.name takes at least one value, and each once",
    "run quick --set design.arms={} --set search.arms={}": "the study lacks an arm, [search.arms.NAME] or [design.arms.NAME]; everything else has a default",
    "run quick --budget 0": "--budget is a number of seconds above 0, got 0",
    "run quick --budget nan": "--budget is a number of seconds above 0, got nan",
    "run quick --name ../x": "got '../x'",
    "run quick --name=": "got ''",
    "run quick --set": "--set requires an argument",
    "run quick --set keep_prob": "--set takes key=value",
    "run quick --set =3": "--set takes key=value",
    "run quick --set learning_rate=1": "did you mean hyper.learning_rate?",
    "run quick --set l2=1": "did you mean hyper.l2?",
    "run quick --set trials=3": "did you mean search.trials?",
    "run quick --set serach.trials=3": "did you mean search?",
    "run quick --set search.trails=3": "did you mean search.trials?",
    "run quick --set search.trials.x=3": "trials is a value and holds no x",
    "run quick --set search.trials=1.5": "search.trials is a whole number in 1 … 1000000000, got 1.5",
    "run quick --set search.sampler=tpee": "did you mean tpe?",
    "run quick --set search.pruning=medain": "did you mean median?",
    "run quick --set search.patience=0": "search.patience is a whole number in 1 … 1000000000, got 0",
    "run quick --set search.repeats=0": "search.repeats is a whole number in 1 … 1000000000, got 0",
    "run quick --set search.pruning=median --set search.replicates=65": "at most 64 replicates at the widths of joint",
    "run quick --set search.arms.joint.keep_prob={low=0.2,high=0.9,axis='odd'}": "did you mean odds?",
    "run quick --set search.arms.joint.keep_prob={low=0.2,high=0.9,axis='levels'}": "the width of this arm is open",
    "run quick --set search.replicates=0": "got 0",
    "run quick --set search.replicates=501": "search.replicates is a whole number in 1 … 500, got 501",
    "run quick --set search.arms.joint=3": "is a table, got 3",
    "run quick --set search.arms.1x.width=3": "search.arms.1x: an arm's name",
    "run quick --set search.arms.joint.widht=4": "did you mean width?",
    "run quick --set search.arms.joint.keep_prob={low=1,high=0.5}": "keep_prob.low lies below keep_prob.high, got 1 and 0.5",
    "run quick --set search.arms.joint.keep_prob={low=0,high=1}": "keep_prob lies in (0, 1], got 0",
    "run quick --set search.arms.joint.keep_prob={low=0.5}": "high is missing",
    "run quick --set search.arms.joint.keep_prob={low=0.5,hihg=1}": "did you mean high?",
    "run quick --set search.arms.joint.l2={low=0,high=1,log=true}": "l2.low lies above 0 where log is true, got 0",
    "run quick --set search.arms.joint.l2={low=0.1,high=1,log=1}": "l2.log is true or false, got 1",
    "run quick --set search.arms.joint.noise={low=1,high=2}": "noise is a word and has no range",
    "run quick --set search.arms.joint.noise=['bernouli']": "got 'bernouli'",
    "run quick --set hyper=3": "hyper is a table, got 3",
    "run quick --set hyper.keep_prob=2": "keep_prob lies in (0, 1], got 2",
    "run quick --set hyper.keep_prob=abc": "keep_prob is a number, got 'abc'",
    "run quick --set hyper.keep_prob=1979-05-27": "keep_prob takes one value here",
    "run quick --set hyper.width=1.5": "width is a whole number, got 1.5",
    "run quick --set hyper.l2=inf": "got inf",
    "run quick --set hyper.l2=true": "l2 is a number, got True",
    "run quick --set hyper.seed=3": "set seed at the top",
    "run quick --set hyper.epochs=3": "got steps=900 and epochs=3",
    "run quick --set design.arms.none.width=[]": "width takes at least one value, got []",
    "run quick --set design.arms.none.width=[8,8]": "width takes each value once",
    "run quick --set design.arms.none.width={low=4,high=8}": "width.points is a whole number in 1 … 10000, got nothing",
    "run quick --set design.arms.none.width={low=4,high=8,per_level=4}": "per_level counts values of keep_prob",
    "run quick --set design.arms.dropout.keep_prob={low=0.99,high=1,per_level=1}": "no point (j + ½)/8 inside [0.99, 1]",
    "run quick --set data.name=digit": "did you mean digits?",
    "run quick --set data.train=0": "a whole number of rows from 1, or a share between 0 and 1, got 0",
    "run quick --set data.train=1.0": "got 1.0",
    "run quick --set data.train=true": "got True",
    "run quick --set data.train=1500": "got train 1500, valid 600, test 497: lower data.train, data.valid or data.test",
    "run quick --set data.label_noise=2": "data.label_noise is a number in 0 … 1, got 2",
    "run quick --set data.label_noise=nan": "got nan",
    "run quick --set seed=-1": "seed is a whole number in 0 … 1000000000000, got -1",
    "run quick --sett seed=3": "Did you mean --set?",
    "run quick --set kernels=compield": "did you mean compiled?",
    "run quick extra": "unexpected extra",
    "rnu": 'Did you mean "run"?',
    "--trials 3": "--trials",
    "status --nmae x": "Did you mean --name?",
    "status": "there is no run in runs/",
    "report --name x": "there is no run in runs/",
    "export --name x": "there is no run in runs/",
    "advise --name x": "there is no run in runs/",
    "verify": "there is no run in runs/",
    "restore": "there is no run in runs/",
    "predict churn new.csv --to out.csv": "there is no file churn and no run of that name: there is no run yet: begin one",
    "run quick --storage sqlite:///x.db": "--storage is postgresql+psycopg://user@host/database, got 'sqlite:///x.db'",
}  # fmt: skip


@pytest.fixture
def study_files(folder_of_runs: Path) -> None:
    (folder_of_runs / "folder.toml").mkdir()
    (folder_of_runs / "binary.toml").write_bytes(bytes(range(256)))
    (folder_of_runs / "broken.toml").write_text("seed = = 3")
    (folder_of_runs / "deep.toml").write_text("seed = " + "[" * 5000)
    (folder_of_runs / "empty.toml").write_text("")
    (folder_of_runs / "flat.toml").write_text("seed = 1\ndata = 3")
    (folder_of_runs / "my study.toml").write_text("")


@pytest.mark.usefixtures("study_files")
@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_told_in_one_line(dropstep, folder_of_runs: Path, words: str) -> None:
    code, out, err = dropstep(*(words.split() if "{" in words or "[" in words else shlex.split(words)))
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert MISTAKES[words] in err
    assert not (folder_of_runs / "runs").exists()


@pytest.mark.parametrize("preset", ["quick", "default", "full"])
def test_presets_are_valid_and_keep_the_window_to_a_tenth_or_two(preset: str) -> None:
    config = read_study(preset, [], claimed=lambda tables: {})
    assert set(config.arms[0].open) == {"keep_prob", "width", "l2", "bn_momentum", "learning_rate"}
    assert config.search.window <= config.search.trials / 6
    assert {design.name for design in config.designs} >= {"none", "dropout", "fixed_count", "l2"}


def test_overrides_reach_any_depth_and_keep_their_types() -> None:
    config = read_study(
        "default", ["data.train=0.5", "data.valid = 0.2", "hyper.activation=tanh", "design.arms.l2.l2.points=3",
                    "search.arms.joint.width=16", "search.arms.joint.l2={low=0.1, high=1}", "design.arms.mine.width=[3]"],
        claimed=lambda tables: {},
    )  # fmt: skip
    assert (config.data.train, config.data.valid) == (0.5, 0.2)
    assert config.arms[0].fixed["activation"] == "tanh"
    assert config.arms[0].fixed["width"] == 16
    assert config.arms[0].open["l2"].low == 0.1
    assert config.designs[-1].settings()[0]["width"] == 3
    assert len(next(design for design in config.designs if design.name == "l2").points()) == 9


NONE, BEFORE = {"width": [3, 5]}, {"batch_norm": "before"}
CLAIMED = {
    "B4": {"speed_none": NONE, "speed_before": BEFORE},
    "B6": {"speed_none": NONE},
    "D1": {"D1_rows": {"width": [7]}},
}
OTHERS = ["design.seeds={}"]  # those of the preset are of the true ledger


@pytest.mark.parametrize(
    ("claims", "arms"), [('["all"]', ["speed_none", "speed_before", "D1_rows"]), ('["D1"]', ["D1_rows"])]
)
def test_claims_bring_their_designs(claims: str, arms: list[str]) -> None:
    config = read_study("claims", [*OTHERS, f"design.claims={claims}"], claimed=lambda tables: CLAIMED)
    assert [design.name for design in config.designs] == arms
    again = read_config(config.document)
    assert again.designs == config.designs


def test_more_seeds_and_tables_are_all_that_sets_the_full_ledger_apart() -> None:
    usual, full = (
        read_study(name, OTHERS, claimed=lambda tables: CLAIMED).document for name in ("claims", "claims_full")
    )
    assert full["design"].pop("replicates") > usual["design"].pop("replicates")
    assert [*full["design"].pop("tables"), *full["design"].pop("absent")] == [
        "breast_cancer",
        "wine",
        "mnist",
        "mnist1d",
    ]
    assert usual["design"].pop("tables") == usual["design"].pop("absent") == []
    assert full == usual


def test_absent_tables_are_left_out_and_noted(monkeypatch) -> None:
    monkeypatch.setattr("study.data.tables.find_spec", lambda package: None)
    asked = []

    def claimed(tables):
        asked.extend(tables)
        return {"B4": {"B4_none": {"data": [{}, *({"name": name, "train": 60, "valid": 80} for name in tables)]}}}

    config = read_study("claims_full", ['design.tables=["mnist", "wine"]'], claimed=claimed)
    assert asked == config.design.tables == ["wine"]
    assert config.design.absent == ["mnist"]
    assert config.tables == {"digits", "wine"}
    assert read_config(config.document).designs == config.designs


def test_a_claim_without_a_design_is_told() -> None:
    with pytest.raises(UsageError, match="B9 is no claim with a design, there are B4, B6, D1"):
        read_study("claims", ['design.claims=["B9"]'], claimed=lambda tables: CLAIMED)


def seeds_of(*overrides: str) -> dict[str, int]:
    config = read_study("claims", overrides, claimed=lambda tables: CLAIMED)
    return {design.name: design.replicates for design in config.designs}


def test_a_design_has_its_own_seeds_until_a_number_is_asked_for_all() -> None:
    few = "design.seeds={speed=3}"
    assert seeds_of(few) == {"speed_none": 3, "speed_before": 3, "D1_rows": 16}
    assert set(seeds_of(few, "design.replicates = 60").values()) == {60}
    with pytest.raises(UsageError, match="sped is no design of a claim, there are D1, speed; did you mean speed"):
        seeds_of("design.seeds={sped=3}")
    with pytest.raises(UsageError, match="a table of designs"):
        seeds_of("design.seeds=3")


def test_a_calibration_is_written_where_it_is_asked_for(dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("reports.calibration.calibrate_anew", lambda to, **how: asked.append((to, how)))
    assert dropstep("calibrate", "--to", "q.csv", "--draws", "3") == (0, "q.csv\n", "")
    assert asked == [(Path("q.csv"), {"draws": 3, "workers": 2})]


def test_help_loads_nothing_heavy() -> None:
    asked = [["--version"], ["--help"], ["run", "--help"]]
    script = (
        "import sys\n"
        "from study.command_line import main\n"
        f"for words in {asked}:\n"
        "    sys.argv = ['dropstep', *words]\n"
        "    assert main() == 0, words\n"
        "    loaded = {'numpy', 'pandas', 'optuna', 'sklearn', 'reports'} & set(sys.modules)\n"
        "    assert not loaded, (words, loaded)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(said in done.stdout for said in (study.__version__, "dropstep run", "--workers"))
    assert "default: ()" not in done.stdout, "what may be repeated begins with nothing"


def test_the_package_runs_as_the_command_does() -> None:
    words = [sys.executable, "-m", "study", "--version"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, study.__version__, "")


def test_that_there_is_no_such_run_is_told_without_loading_a_library(tmp_path: Path) -> None:
    """By one command after the other in one process: none may have loaded any."""
    commands = ("status", "report", "export", "advise", "best", "verify", "restore")
    (tmp_path / "runs/another").mkdir(parents=True)
    (tmp_path / "runs/another/study.db").write_bytes(b"")
    script = (
        "import sys\n"
        "from study.command_line import main\n"
        f"for command in {commands}:\n"
        "    sys.argv = ['dropstep', command, '--name', 'nope']\n"
        "    assert main() == 2, command\n"
        "    loaded = {'numpy', 'pandas', 'optuna', 'sqlalchemy', 'sklearn', 'reports'} & set(sys.modules)\n"
        "    assert not loaded, (command, loaded)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stderr) == (
        0,
        "error: there is no run 'nope': pass --name, one of another\n" * len(commands),
    )


def test_a_damaged_run_hides_none_of_the_others(run, dropstep, folder_of_runs: Path) -> None:
    run("--name", "a")
    run("--name", "z")
    (folder_of_runs / "runs/b").mkdir()
    (folder_of_runs / "runs/b/study.db").write_bytes(b"no database" * 100)
    code, out, _ = dropstep("status")
    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines() if not line.startswith(" ")] == ["a", "b", "z"]
    assert "b: runs/b/study.db" in out


def test_kernels_that_are_not_installed_are_one_line(dropstep) -> None:
    if importlib.util.find_spec("numba"):
        pytest.skip("numba is installed")
    code, _, err = dropstep("run", "quick", "--set", "kernels=compiled")
    assert (code, err.count("\n")) == (2, 1)
    assert "need numba: pip install 'dropstep[fast]'" in err


@pytest.mark.parametrize(
    "arm",
    [
        "[search.arms.dropout]\nkeep_prob = { low = 0.2, high = 1.0 }",
        "[design.arms.none]",
        "[search.arms.one]\n[refit]",
    ],
)
def test_a_study_of_ones_own_needs_a_table_and_an_arm(folder_of_runs: Path, arm: str) -> None:
    """And every stage that it names has numbers that make sense: it trains on most rows, and keeps some of all parts."""
    (folder_of_runs / "mine.toml").write_text(f'[data]\nname = "iris"\n{arm}\n')
    config = read_study("mine.toml", [], claimed=lambda tables: {})
    task = config.data.task
    assert task.train_rows == 90
    assert min(task.valid_rows, task.test_rows) == 30
    assert task.label_noise == 0
    assert sum(networks_of(config).values()) > 1
    assert read_config(config.document) == config
