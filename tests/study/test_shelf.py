"""``dropstep list`` and ``dropstep delete``: every study in a line, whatever its state, and none lost by accident."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from postgresql_server import Server

from study import shelf
from study.errors import DamagedError, StudyError
from study.kept.postgresql import names_on
from study.kept.runs import Run
from study.opened import NotBegunError


def test_studies_are_listed_whatever_their_state(run, dropstep) -> None:
    assert dropstep("list")[1] == "there is no run yet\n"
    assert run()[0] == 0
    shutil.copytree("runs/small", "runs/other")
    Path("runs/other/study.db").write_bytes(b"damaged")
    code, out, err = dropstep("list")
    header, *rows = [line.split() for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert header == ["name", "state", "networks", "table", "size"]
    assert [row[:2] for row in rows] == [["other", "damaged"], ["small", "finished"]]
    assert rows[1][2:4] == ["14/14", "iris"]
    Path("runs/other/more").write_bytes(bytes(3 * 1024**2))  # beside 0.2 MiB of what it is a copy of
    assert "  3.2 MiB" in dropstep("list")[1].splitlines()[1]


def test_nothing_is_deleted_that_was_not_meant(finished: str, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = dropstep("delete", "small")
    assert (code, "pass --yes" in err) == (2, True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "y")
    assert dropstep("delete", "small")[:2] == (1, "nothing is deleted\n")
    assert asked == ["delete small (finished, 14/14 networks): runs/small/? type yes: "]
    assert "there is no run 'smal'" in dropstep("delete", "smal", "--yes")[2]
    with Run("small").locked():
        code, _, err = dropstep("delete", "small", "--yes")
    assert (code, "is being written by another run" in err) == (1, True)
    assert Path("runs/small/study.db").exists()
    monkeypatch.setattr("builtins.input", lambda question: "yes")
    assert dropstep("delete", "small")[0] == 0
    assert not Path("runs/small").exists()


def test_a_run_that_is_no_study_yet_or_no_folder_is_listed_as_what_it_is(
    run, folder_of_runs: Path, monkeypatch
) -> None:
    run("--name", "small")
    assert shelf._row(Run("nothing"))[2:] == ("-", "-", "-")
    for error, state in (
        (NotBegunError("x"), "not begun"),
        (DamagedError("x"), "damaged"),
        (StudyError("x"), "not readable: see dropstep status"),
    ):

        def fails(place: Run, *, depth: object, error: StudyError = error) -> None:
            raise error

        monkeypatch.setattr(shelf, "open_ledger", fails)
        assert shelf._row(Run("small"))[:4] == ("small", state, "-", "-")
    Path("runs/small/deep/er").mkdir(parents=True)
    size = float(shelf._row(Run("small"))[4].removesuffix(" MiB"))
    Path("runs/small/deep/er/file").write_bytes(bytes(2**21))
    assert float(shelf._row(Run("small"))[4].removesuffix(" MiB")) == pytest.approx(size + 2, abs=0.11)


def test_a_sound_study_is_not_restored_and_one_that_is_gone_is(finished: str, dropstep) -> None:
    code, out, err = dropstep("restore")
    assert (code, out) == (2, "")
    assert "is sound: nothing to restore" in err
    Path("runs/small/study.db").unlink()
    code, out, _ = dropstep("restore", "--name", "small")
    assert (code, out.splitlines()[0]) == (0, "small: finished")
    assert "what was there is kept as" not in out
    Path("runs/small/study.db").write_bytes(b"damaged")
    assert "what was there is kept as" in dropstep("restore")[1].splitlines()[-1]


def test_a_study_on_a_server_is_named_with_its_folder(finished: str) -> None:
    pytest.importorskip("psycopg")
    place = Run("small", "postgresql+psycopg://host/studies")
    ledger_less = ("small", "stopped", "3/14", "iris", "1 MiB")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "_row", lambda place: ledger_less)
        assert shelf.what_goes(place) == f"small (stopped, 3/14 networks): {place.database.label} and runs/small/"
        assert shelf.what_goes(Run("small")) == "small (stopped, 3/14 networks): runs/small/"


@pytest.mark.parametrize("content", [b"", b"damaged"])
def test_a_damaged_study_can_be_deleted(finished: str, dropstep, content: bytes) -> None:
    Path("runs/small/study.db").write_bytes(content)
    assert dropstep("delete", "small", "--yes") == (0, "small is deleted\n", "")
    assert dropstep("list")[1] == "there is no run yet\n"


def test_what_a_link_leads_to_is_left_alone(finished: str, dropstep) -> None:
    Path("runs/small").rename("elsewhere")
    Path("runs/small").symlink_to(Path("elsewhere").resolve())
    assert "is a link" in dropstep("delete", "small", "--yes")[2]
    assert Path("elsewhere/study.db").exists()


def test_a_schema_on_a_server_is_dropped(run, dropstep, postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPSTEP_STORAGE", postgresql.url)
    assert run("--name", "gone")[0] == 0
    assert run("--name", "stays")[0] == 0
    assert dropstep("delete", "gone", "--yes")[0] == 0
    assert "stays" in names_on(postgresql.url)
    assert "gone" not in names_on(postgresql.url)
    assert "stays" in dropstep("list")[1]
    assert not Path("runs/gone").exists()


@pytest.mark.parametrize("command", ["list", "status"])
def test_how_far_studies_are_is_told_without_a_library_of_tables(finished: str, command: str) -> None:
    script = (
        f"import sys; sys.argv = ['dropstep', {command!r}]\n"
        "from study.command_line import main\n"
        "assert main() == 0\n"
        "assert not {'pandas', 'sklearn', 'reports'} & set(sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")
