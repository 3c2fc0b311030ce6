"""What the tests of the engine share."""

import sys
from pathlib import Path

import pytest
from optuna.samplers import TPESampler
from small_study import carry_out, small_study, stand_in, without_seconds

import nets
from study import sampling
from study.__main__ import main


@pytest.fixture
def quick_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in for training, and a TPE that follows its history from the third trial on."""
    monkeypatch.setattr(nets, "train", stand_in)
    monkeypatch.setitem(sampling.SAMPLERS, "tpe", lambda draw, search: TPESampler(seed=draw, n_startup_trials=2))


@pytest.fixture
def uninterrupted(quick_networks: None, tmp_path: Path) -> str:
    """The small study's table, as text without wall-clock."""
    return without_seconds(carry_out(tmp_path / "uninterrupted.db", small_study()))


@pytest.fixture
def folder_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dropstep(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder_of_runs: Path):
    """The command line in this process: exit code, stdout and stderr of a list of words."""

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dropstep", *words])
        code = main()
        said = capsys.readouterr()
        return code, said.out, said.err

    return called
