"""Output is not control flow: whatever becomes of stdout and stderr, a command does the same and ends with the same code."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from levels import one_in
from real_processes import DROPSTEP, begin, table_of

from study import outlets
from study.errors import without_passwords
from study.interrupts import Interrupted
from study.outlets import Outlet

CLOSED, FULL, ASCII = "closed", "full", "ascii"


class Failing(io.StringIO):
    """A stream that takes nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        raise OSError(errno.EPIPE, "Broken pipe")

    def flush(self) -> None:
        self.write("")


def test_a_stream_that_takes_nothing_is_written_to_all_the_same() -> None:
    outlet = Outlet(Failing())
    assert outlet.write("± 1\n") == 4
    print("more", file=outlet, flush=True)


def test_an_outlet_is_written_to_like_a_stream_and_is_no_terminal_where_its_stream_is_none() -> None:
    outlet = Outlet(io.StringIO())
    assert outlet.writable()
    assert not outlet.isatty()


def test_a_terminal_stays_one_and_a_closed_stream_is_none() -> None:
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    assert Outlet(terminal).isatty()
    terminal = io.StringIO()
    terminal.close()
    assert not Outlet(terminal).isatty()
    assert Outlet(io.StringIO()).encoding == "ascii", "a stream that says none"


def test_what_a_broken_pipe_still_holds_goes_nowhere() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        outlet = Outlet(stream)
        assert outlet.fileno() == writing
        outlet.write("x" * 10)
        outlet.flush()
        assert os.fstat(writing).st_rdev == Path(os.devnull).stat().st_rdev
        print("y" * 10**6, file=outlet, flush=True)


@pytest.mark.parametrize("closed", [(), (0,), (1, 2), (0, 1, 2)])
def test_descriptors_that_were_closed_are_opened_so_that_no_file_takes_their_numbers(
    monkeypatch: pytest.MonkeyPatch, closed: tuple[int, ...]
) -> None:
    opened: list[tuple[str, int]] = []

    def fstat(number: int) -> None:
        if number in closed:
            raise OSError(errno.EBADF, "Bad file descriptor")

    stderr = io.StringIO()
    monkeypatch.setattr(outlets, "os", SimpleNamespace(
        fstat=fstat, open=lambda *how: opened.append(how), devnull=os.devnull, O_RDWR=os.O_RDWR
    ))  # fmt: skip
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", stderr)
    outlets.open_outlets()
    assert opened == [(os.devnull, os.O_RDWR)] * len(closed)
    assert isinstance(sys.stdout, Outlet)
    assert sys.stdout.write("nowhere") == 7
    sys.stdout._stream.close()
    sys.stderr.write("said")
    assert stderr.getvalue() == "said"


def test_letters_that_a_stream_has_none_for_are_replaced() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, "ascii", write_through=True)
    print("0.3 ± 0.1", file=Outlet(stream))
    assert written.getvalue() == b"0.3 ? 0.1\n"


@pytest.mark.parametrize("redirected", ["| true", ">/dev/full", ">&-", "2>&- >&-", "| head -1", ">/dev/full 2>&1"])
@pytest.mark.parametrize(("words", "code"), one_in(2, [("status --name none", 2), ("--help", 0)]))
def test_an_exit_code_is_that_of_the_command(tmp_path: Path, redirected: str, words: str, code: int) -> None:
    script = f"set -o pipefail; {DROPSTEP} {words} {redirected}"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


@pytest.mark.whole
@pytest.mark.parametrize(
    "stdout", [CLOSED, pytest.param(FULL, marks=pytest.mark.slow), pytest.param(ASCII, marks=pytest.mark.slow)]
)
def test_a_study_goes_on_to_its_end(tmp_path: Path, in_one_process: str, stdout: str, monkeypatch) -> None:
    if stdout == ASCII:
        monkeypatch.setenv("PYTHONIOENCODING", "ascii:strict")
    driver = begin(
        tmp_path, "--workers", "1", stdout=os.open("/dev/full", os.O_WRONLY) if stdout == FULL else subprocess.PIPE
    )
    if stdout == CLOSED:
        driver.stdout.close()
    assert driver.wait(300) == 0
    with driver:
        assert driver.stderr.read() == ""
    assert table_of(tmp_path) == in_one_process
    assert "everything is trained" in (tmp_path / "runs/tiny/log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "--storage postgresql+psycopg://me:SECRET@host/db",
        "--storage 'postgresql://me:SEC@RET@host/db'",
        "postgresql://me:SEC RET@host/db",
        "postgresql://host/db?user=me&password=SECRET&x=1",
    ],
)
def test_a_password_is_never_shown(text: str) -> None:
    assert "SEC" not in without_passwords(text)
    assert "RET" not in without_passwords(text)
    assert without_passwords(text.replace("me:", "me")).startswith(text[:9])


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("run", "interrupted: what is trained is kept; to resume, run dropstep run x"),
        ("predict", "interrupted: to begin anew, run dropstep predict x"),
    ],
)
def test_an_interrupt_says_what_becomes_of_it(monkeypatch: pytest.MonkeyPatch, command: str, said: str) -> None:
    monkeypatch.setattr("sys.argv", ["dropstep", command, "x"])
    assert str(Interrupted(2)) == said


def test_what_holds_no_password_is_left_alone() -> None:
    for text in (
        "dropstep run a.toml --storage postgresql+psycopg://me@host:5432/db",
        "dask://host:8786",
        "sqlite:///x.db",
    ):
        assert without_passwords(text) == text
