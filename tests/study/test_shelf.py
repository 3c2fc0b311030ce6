"""``dropstep list`` and ``dropstep delete``: every study in a line, whatever its state, and none lost by accident."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from postgresql_server import Server

from study.kept.postgresql import names_on
from study.kept.runs import Run


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
