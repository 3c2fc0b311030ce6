"""The executors by themselves: what a task does to its process stays there, and comes back as a value or as an error."""

import importlib.util
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from levels import one_in
from small_study import carry_out, small_study, without_seconds
from threadpoolctl import threadpool_info

from study.errors import StudyError, UsageError
from study.kept.numerics import numerics
from study.trained.executors import (
    EXECUTORS,
    Crew,
    Kind,
    Pool,
    Serial,
    StudyExecutor,
    available_cores,
    choose,
    open_executor,
)
from study.trained.failures import CRASHED, OUT_OF_MEMORY, OUT_OF_TIME, FailedError, KilledError
from study.trained.guard import Guards, Limits, Terms, guards

NO_LIMITS = Limits(memory=None, time=None)
NAMES = ["serial", "pool", pytest.param("dask", marks=pytest.mark.skipif(
    not importlib.util.find_spec("distributed"), reason="the extra dask is not installed"))]  # fmt: skip


def terms(memory: int | None = None, time: float | None = None) -> Terms:
    """Those of this process."""
    return Terms(Limits(memory=memory, time=time), numerics())


def opened(name: str, workers: int, limits: Limits = NO_LIMITS):
    return open_executor(Crew(name, workers, limits), say=print)


@pytest.fixture(scope="module", params=NAMES)
def executor(request: pytest.FixtureRequest) -> Iterator[StudyExecutor]:
    """One of a kind for all tests that leave it as it was, with limits where it has a guard."""
    limits = NO_LIMITS if request.param == "serial" else Limits(memory=200, time=3)
    with opened(request.param, 2, limits) as begun:
        yield begun


def test_results_and_errors_come_back(executor: StudyExecutor) -> None:
    tasks = [executor.submit(abs, number) for number in (-1, 2, -3)]
    assert [task.result() for task in tasks] == [1, 2, 3]
    with pytest.raises(ZeroDivisionError) as raised:
        executor.submit(divmod, 1, 0).result()
    assert isinstance(executor, Serial) or "in the process that trained" in raised.value.__notes__[0]
    assert executor.submit(abs, -1).result() == 1
    alike = {executor.submit(time.monotonic_ns).result() for _ in range(2)}
    assert len(alike) == 2, "the same call is made as often as it is asked for"


@pytest.mark.parametrize("name", NAMES)
def test_each_worker_has_a_task_and_another_one_waits_for_it(name: str) -> None:
    """None waits for who trains while it is submitted; workers elsewhere may come at any time."""
    for workers in (1, 40):
        with opened(name, workers) as executor:
            assert executor.capacity == {"serial": 1, "pool": 2 * workers, "dask": max(64, 2 * workers)}[name]
            assert not executor.elsewhere


@pytest.mark.parametrize("name", NAMES)
def test_who_shuts_down_waits_for_what_was_submitted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guards, "run", lambda _, terms, function, *arguments: function(*arguments))
    executor = opened(name, 1)
    tasks = [executor.submit(abs, -number) for number in range(3)]
    executor.shutdown()
    assert [task.done() and task.result() for task in tasks] == [0, 1, 2]


def test_a_pool_that_nobody_waits_for_goes_on_and_then_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    with ThreadPoolExecutor(1) as threads:
        made = Pool(2, terms())
        monkeypatch.setattr(made, "_threads", threads)
        monkeypatch.setattr(threads, "shutdown", lambda wait, *, cancel_futures: told.append((wait, cancel_futures)))
        monkeypatch.setattr(made._guards, "close", lambda: told.append("closed"))
        made.shutdown(wait=False)
        made.shutdown(wait=False, cancel_futures=True)
        made.shutdown()
        monkeypatch.undo()
    assert told == [(False, False), (False, True), (True, False), "closed"]


def threads_of_each_library() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


def take(mebibytes: int) -> int:
    try:
        return len(bytearray(mebibytes * 2**20))
    except MemoryError as error:
        raise FailedError(OUT_OF_MEMORY) from error


ENDS = {
    "exit": (partial(os._exit, 0), CRASHED),
    "abort": (os.abort, CRASHED),
    "segmentation fault": (partial(signal.raise_signal, signal.SIGSEGV), CRASHED),
    "memory": (partial(take, 300), OUT_OF_MEMORY),
    "hang": (partial(time.sleep, 60), OUT_OF_TIME),
}


@pytest.mark.parametrize("executor", NAMES[1:], indirect=True)
def test_what_a_task_does_to_its_process_is_contained(executor: StudyExecutor) -> None:
    tasks = {executor.submit(function): reason for function, reason in ENDS.values()}
    for task, reason in tasks.items():
        with pytest.raises(FailedError, match=reason):
            task.result()
    assert executor.submit(take, 100).result() == 100 * 2**20
    assert executor.submit(threads_of_each_library).result() == {1}


def listening() -> set[str]:
    """The addresses at which this process listens, in hexadecimal as the kernel has them."""
    links = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    ours = {link.strip("socket:[]") for link in links if link.startswith("socket:")}
    rows = [line.split() for kind in ("tcp", "tcp6") for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in ours}


@pytest.mark.usefixtures("executor")
def test_nothing_listens_beyond_this_machine() -> None:
    assert listening() <= {"0100007F", "00000000000000000000000001000000"}


FROM_OUTSIDE = ("KILL", "TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "BUS", "XCPU", "ALRM", "VTALRM")


@pytest.fixture
def nothing_ignored() -> Iterator[None]:
    """What a shell begins in the background ignores some signals, and so do its children."""
    named = [signal.Signals[f"SIG{name}"] for name in FROM_OUTSIDE]
    ignored = [number for number in named if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One without limits for all tests that leave it as it was: to begin takes longer than most of them."""
    with Pool(1, terms()) as begun:
        yield begun


@pytest.mark.whole
@pytest.mark.usefixtures("nothing_ignored")
def test_a_task_that_somebody_kills_tells_so_and_the_next_one_has_a_new_process() -> None:
    """With any signal that training does not raise by itself; some leave a core, which is nobody's wish here.

    In a pool of its own: its server keeps what is ignored as it begins.
    """
    with Pool(1, terms(time=60)) as pool:
        pids = {pool.submit(os.getpid).result()}
        for number in (signal.Signals[f"SIG{name}"] for name in FROM_OUTSIDE):
            with pytest.raises(KilledError):
                pool.submit(signal.raise_signal, number).result()
            pids.add(pool.submit(os.getpid).result())
    assert len(pids) == 1 + len(FROM_OUTSIDE)


@pytest.mark.parametrize("generation", one_in(2, [1, 2]))
def test_killing_the_guard_or_the_server_ends_the_task_too(pool: Pool, generation: int) -> None:
    child = pool.submit(os.getpid).result()
    ancestor = ancestor_of(child, generation)
    task = pool.submit(time.sleep, 60)
    while not task.running():
        time.sleep(0.01)
    os.kill(ancestor, signal.SIGKILL)
    with pytest.raises(KilledError):
        task.result(timeout=30)
    assert not is_alive(child)
    with suppress(KilledError):  # a server that was killed may still seem alive for a moment
        pool.submit(abs, -1).result()
    assert pool.submit(abs, -1).result() == 1


def ancestor_of(pid: int, generation: int) -> int:
    for _ in range(generation):
        pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return pid


def test_the_server_has_one_thread_so_that_it_may_fork(pool: Pool) -> None:
    server = ancestor_of(pool.submit(os.getpid).result(), 2)
    assert len(list(Path(f"/proc/{server}/task").iterdir())) == 1


def is_alive(pid: int) -> bool:
    """A process without a command line has ended, and nobody has waited for it."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_task_that_is_paused_goes_on(pool: Pool) -> None:
    child = pool.submit(os.getpid).result()
    os.kill(child, signal.SIGSTOP)
    task = pool.submit(abs, -1)
    assert not wait([task], timeout=0.2).done
    os.kill(child, signal.SIGCONT)
    assert task.result(timeout=30) == 1


@pytest.fixture
def hangup_ignored() -> Iterator[None]:
    """As by nohup: when the server ends the kernel wakes its paused child, which SIGHUP does not end then."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.whole
@pytest.mark.usefixtures("hangup_ignored")
def test_a_task_that_is_paused_beyond_its_time_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal that ends a child whose time is over waits as long as the child is paused."""
    monkeypatch.setattr(guards, "OVERDUE", 0.2)
    with Pool(1, terms(time=0.5)) as pool:
        os.kill(pool.submit(os.getpid).result(), signal.SIGSTOP)
        with pytest.raises(KilledError):
            pool.submit(abs, -1).result(timeout=30)
        assert pool.submit(abs, -1).result(timeout=30) == 1


def test_a_server_that_was_ended_forks_none() -> None:
    """Another thread may end it at any moment; what was opened for the child is closed."""
    server = guards.Server()
    server.end()
    with pytest.raises(KilledError):
        server.fork()


@pytest.mark.whole
def test_an_error_ends_the_tasks_in_work() -> None:
    tasks, before = [], threading.enumerate()

    def interrupted() -> None:
        with Pool(2, terms()) as pool:
            pool.submit(abs, -1).result()
            tasks.extend(pool.submit(time.sleep, 600) for _ in range(4))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    assert all(task.done() for task in tasks)
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert not [thread for thread in left if "ThreadPoolExecutor" in thread.name]


@pytest.mark.parametrize("executor", NAMES[1:], indirect=True)
def test_every_executor_gives_the_same_table(tmp_path: Path, executor: StudyExecutor) -> None:
    serial = carry_out(tmp_path / "serial.db", small_study())
    table = carry_out(tmp_path / "study.db", small_study(), nullcontext(executor))
    assert without_seconds(table) == without_seconds(serial)


class Threads(StudyExecutor):
    """Another executor, whole: one that could as well have its workers elsewhere."""

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers)

    @property
    def capacity(self) -> int:
        return 4

    def submit(self, function, /, *arguments, **keywords):
        return self._threads.submit(function, *arguments, **keywords)


@pytest.mark.parametrize("name", ["threads", "threads://elsewhere:1"])
def test_another_executor_is_a_module_and_a_row(
    quick_networks: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: str, name: str
) -> None:
    """A second one with workers elsewhere too: nothing asks for Dask by its name."""
    begun = []
    module = ModuleType("study.trained.executors.threads")
    module.begin = lambda crew, say: begun.append(crew.address) or Threads(crew.workers)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(EXECUTORS, "threads", Kind(remote=True))
    crew = choose(name, None, NO_LIMITS)
    table = carry_out(tmp_path / "study.db", small_study(), open_executor(crew, print))
    assert without_seconds(table) == uninterrupted
    assert begun == [name.removeprefix("threads").removeprefix("://")]
    with pytest.raises(UsageError, match="serial, pool, dask, threads, dask://host:port, threads://host:port"):
        choose("thread", None, NO_LIMITS)


def test_a_worker_that_would_give_other_bits_is_refused() -> None:
    others = replace(terms(), numerics={**numerics(), "machine": "abacus"})
    with (
        Pool(1, others) as pool,
        pytest.raises(StudyError, match=r"would give other bits, it has machine .* for abacus"),
    ):
        pool.submit(abs, -1).result()


@pytest.mark.whole
def test_a_server_that_cannot_begin_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd) -> None:
    (tmp_path / "nets.py").write_text("raise ImportError('no nets here')")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with Pool(1, terms()) as pool, pytest.raises(StudyError, match="the process that trains could not begin"):
        pool.submit(abs, -1).result()
    assert "no nets here" in capfd.readouterr().err


def test_a_missing_dask_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "study.trained.executors.dask", raising=False)
    with pytest.raises(ImportError, match=r"--executor dask needs distributed: pip install 'dropstep\[dask\]'"):
        opened("dask", 1)


def test_an_executor_is_chosen_by_workers_and_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    timed = Limits(memory=None, time=1.0)
    assert choose(None, 1, NO_LIMITS) == Crew("serial", 1, NO_LIMITS)
    assert choose(None, 2, NO_LIMITS) == Crew("pool", 2, NO_LIMITS)
    assert choose(None, 1, timed) == Crew("pool", 1, timed)
    assert choose("dask", None, NO_LIMITS).workers == available_cores()
    assert choose("dask://host:1", None, timed) == Crew("dask://host:1", available_cores(), timed)
    assert choose("pool", 1, NO_LIMITS) == Crew("pool", 1, NO_LIMITS)
    assert choose("serial", None, NO_LIMITS) == choose("serial", 1, NO_LIMITS) == Crew("serial", 1, NO_LIMITS)
    monkeypatch.setattr("study.trained.executors.hire.available_cores", lambda: 5)
    assert choose(None, None, NO_LIMITS) == Crew("pool", 5, NO_LIMITS)
    assert choose("serial", None, NO_LIMITS).workers == 1
    monkeypatch.setattr("study.trained.executors.hire.available_cores", lambda: 1)
    assert choose(None, None, NO_LIMITS) == Crew("serial", 1, NO_LIMITS)


REFUSED: dict[str, tuple[str | None, int | None, Limits, str]] = {
    "no worker": (None, 0, NO_LIMITS, "--workers is at least 1, got 0"),
    "fewer than none": ("pool", -3, NO_LIMITS, "--workers is at least 1, got -3"),
    "too many workers": (None, 1025, NO_LIMITS, "--workers is at most 1024 on one machine: lower it"),
    "no time": (None, None, Limits(None, 0.0), "--time-limit lies above 0 and below 1e+09, got 0"),
    "time before": (None, None, Limits(None, -1.0), "--time-limit lies above 0 and below 1e+09, got -1"),
    "no memory": (None, None, Limits(0, None), "--memory-limit lies above 0 and below 1e+09, got 0"),
    "all memory": (None, None, Limits(10**9, 1.0), "--memory-limit lies above 0 and below 1e+09, got 1e+09"),
    "for ever": (None, None, Limits(1, float("inf")), "--time-limit lies above 0 and below 1e+09, got inf"),
    "several of one": ("serial", 2, NO_LIMITS, "--executor serial is one worker, got --workers 2: leave one of them"),
    "a limit without guard": ("serial", None, Limits(None, 1.0), "--executor serial has no guard to keep a limit"),
    "memory without guard": ("serial", 1, Limits(1, None), "--executor serial has no guard to keep a limit"),
    "workers of others": ("dask://host:1", 2, NO_LIMITS, "dask://host:1 has workers of its own, got --workers 2"),
    "unknown": ("daks", None, NO_LIMITS, "serial, pool, dask, dask://host:port, got 'daks'; did you mean dask?"),
    "no address": ("dask://", None, NO_LIMITS, "got 'dask://'"),
    "an address of none": ("pool://host:1", None, NO_LIMITS, "got 'pool://host:1'"),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_no_executor_can_do_is_refused(mistake: str) -> None:
    executor, workers, limits, told = REFUSED[mistake]
    with pytest.raises(UsageError, match=re.escape(told)):
        choose(executor, workers, limits)


def test_the_most_that_may_be_asked_for_is_given() -> None:
    largest = Limits(memory=10**9 - 1, time=1e9 - 1)
    assert choose(None, 1024, largest) == Crew("pool", 1024, largest)
    least = Limits(memory=1, time=0.001)
    assert choose("pool", 1, least) == Crew("pool", 1, least)


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", {0: {4, 5, 6}}.__getitem__, raising=False)
    assert available_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    for count, cores in ((7, 7), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert available_cores() == cores


@pytest.mark.parametrize(
    ("executor", "workers", "kind", "address", "hands"),
    [
        ("serial", 1, "serial", "", "1 worker"),
        ("pool", 2, "pool", "", "2 workers"),
        ("pool", 3, "pool", "", "3 workers"),
        ("dask://host:1", 4, "dask", "host:1", "the workers of dask://host:1"),
    ],
)
def test_a_crew_says_who_trains(executor: str, workers: int, kind: str, address: str, hands: str) -> None:
    crew = Crew(executor, workers, NO_LIMITS)
    assert (crew.kind, crew.address, crew.hands) == (kind, address, hands)
    assert crew.terms == terms()


def test_a_memory_limit_is_refused_where_the_system_keeps_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS takes the limit and never applies it."""
    bounded = Limits(memory=100, time=None)
    assert choose(None, 1, bounded).limits == bounded
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(UsageError, match="--memory-limit is kept by Linux alone, not by darwin: leave it out"):
        choose(None, 1, bounded)


class Told(StudyExecutor):
    """Writes down how it was ended."""

    capacity = 1

    def __init__(self) -> None:
        self.told: list[object] = []

    def end(self) -> None:
        self.told.append("ended")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        self.told.append((wait, cancel_futures))


def test_after_an_error_what_has_not_begun_never_does_and_nobody_waits_for_the_rest() -> None:
    whole, broken = Told(), Told()
    with whole:
        pass
    with pytest.raises(KeyError), broken:
        raise KeyError
    assert whole.told == [(True, False)]
    assert broken.told == [(False, True), "ended", (True, False)]
