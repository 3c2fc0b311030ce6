"""What was trained is what was asked: rows are the driver's, or compared with the fingerprint that travels with the task."""

from concurrent.futures import Future
from pathlib import Path
from socket import gethostname
from typing import Any

import numpy as np
import pytest
from small_study import carry_out, small_study, stand_in

from nets import Hyper, Part
from nets.data import Drawn
from study.asked.source import Source
from study.data import tables
from study.data.splits import Task, fingerprints, load, prepared_as, split
from study.data.tables import table
from study.errors import StudyError, UsageError
from study.kept.numerics import numerics
from study.own.address import parted
from study.trained import training
from study.trained.executors.pool import Pool
from study.trained.executors.serial import Serial
from study.trained.failures import FailedError
from study.trained.guard import Limits, Terms
from study.trained.training import check_same, train_stack

HYPERS = [Hyper(width=3, steps=5, seed=0)]


def terms() -> Terms:
    return Terms(Limits(memory=None, time=None), numerics())


def write(path: Path, *, shift: float = 0) -> None:
    rows = [f"{(3 * row + shift * (row % 5)) % 7},{row % 11},{'yes' if row % 7 < 3 else 'no'}" for row in range(120)]
    path.write_text("\n".join(["length,weight,sold", *rows]), encoding="utf-8")


@pytest.fixture
def task(tmp_path: Path) -> Task:
    write(tmp_path / "people.csv")
    return Source(name=str(tmp_path / "people.csv"), target="sold", train=60, valid=30, label_noise=0.0).task


def forget() -> None:
    """As in a process that has just begun."""
    tables._read.clear()
    tables.read.cache_clear()
    split.cache_clear()


def test_seconds_of_each_network_are_those_of_all_that_train_by_turns(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passes between two turns is not theirs."""
    monkeypatch.setattr(training, "perf_counter", iter([10.0, 16.0, 20.0, 23.0]).__next__)
    monkeypatch.setattr(training, "at_once", lambda hypers, task: [[0, 2], [1]])
    fingerprint = table(task.data).fingerprint
    _, seconds = train_stack(3 * HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False)
    assert seconds == (6 + 3) / 3


@pytest.mark.whole
def test_processes_that_train_have_the_rows_that_their_driver_read(tmp_path: Path, task: Task) -> None:
    """Whatever lies at the path by then."""
    fingerprint = table(task.data).fingerprint
    expected, _ = train_stack(HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False)
    write(tmp_path / "people.csv", shift=1)
    with Pool(1, terms()) as pool:
        found, _ = pool.submit(
            train_stack, HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False
        ).result()
    assert found == expected


@pytest.mark.whole
def test_a_worker_elsewhere_with_another_file_is_refused_in_one_line(tmp_path: Path, task: Task) -> None:
    fingerprint = table(task.data).fingerprint
    forget()
    write(tmp_path / "people.csv", shift=1)
    with Pool(1, terms()) as pool, pytest.raises(StudyError, match="another table than the study's") as refused:
        pool.submit(train_stack, HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False).result()
    assert "people.csv" in str(refused.value)
    assert fingerprint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_worker_that_is_older_than_the_file_reads_it_again(tmp_path: Path, task: Task) -> None:
    before, _ = train_stack(HYPERS, task, fingerprint=table(task.data).fingerprint, kernels="numpy", with_test=False)
    write(tmp_path / "people.csv", shift=1)
    old = dict(tables._read)
    forget()
    fingerprint = table(task.data).fingerprint
    expected, _ = train_stack(HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False)
    tables._read.update(old)
    split.cache_clear()
    train_stack(HYPERS, task, fingerprint=old[task.data].fingerprint, kernels="numpy", with_test=False)
    found, _ = train_stack(HYPERS, task, fingerprint=fingerprint, kernels="numpy", with_test=False)
    assert found == expected != before


def test_a_fingerprint_of_prepared_rows_tells_every_bit(task: Task) -> None:
    """And is that of a seed, whatever its company."""
    together = load(task, [0, 1], with_test=True)
    assert fingerprints(together) == {seed: prepared_as(task, seed) for seed in (0, 1)}
    assert {len(each) for each in fingerprints(together).values()} == {16}, (
        "those that ledgers hold have so many digits"
    )
    part = together.valid
    assert isinstance(part, Part | Drawn)
    rows = part.table if isinstance(part, Drawn) else part.x
    place = (part.rows[1, 0], 0) if isinstance(part, Drawn) else (1, 0, 0)
    rows[place] = np.nextafter(rows[place], np.inf)
    assert fingerprints(together)[0] == prepared_as(task, 0)
    assert fingerprints(together)[1] != prepared_as(task, 1)


def test_rows_that_are_prepared_elsewhere_are_compared_with_the_drivers(task: Task) -> None:
    """Equal tables, of which another machine makes other rows by its libraries or its processor."""
    terms = {"fingerprint": table(task.data).fingerprint, "kernels": "numpy", "with_test": False}
    expected, _ = train_stack(HYPERS, task, **terms)
    assert train_stack(HYPERS, task, **terms, prepared={0: prepared_as(task, 0), 1: "not asked for"})[0] == expected
    for other in ("0123", "ffff"):
        with pytest.raises(
            StudyError, match=f"for seed 0 their fingerprint is .*, not {other}: use machines alike"
        ) as raised:
            train_stack(HYPERS, task, **terms, prepared={0: other})
        assert str(raised.value).startswith(
            f"{people_of(task)} is prepared on {gethostname()} as other rows than the driv"
        )


def people_of(task: Task) -> str:
    """The path of the file, without how it is read."""
    name, _ = parted(task.data)
    assert name.endswith("/people.csv")
    return name


@pytest.mark.parametrize("other", ["0123", "ffff"])
def test_another_table_than_the_studys_is_told_with_both_fingerprints(task: Task, other: str) -> None:
    with pytest.raises(StudyError) as raised:
        check_same(task.data, other)
    assert str(raised.value).startswith(
        f"{people_of(task)} on {gethostname()} is another table than the study's: its fingerprint is"
        f" {table(task.data).fingerprint}, not {other}: put it back there"
    )
    check_same(task.data, table(task.data).fingerprint)


SEEDS = [3, 1, 3, 2, 1, 4]


@pytest.mark.parametrize(
    ("megabytes", "places"),
    [
        (0, [[0, 1, 2, 3, 4, 5]]),
        (16, [[0, 1, 2, 3, 4, 5]]),
        (17, [[0, 1, 2, 3, 4], [5]]),
        (21, [[0, 1, 2, 3, 4], [5]]),
        (22, [[0, 1, 2, 4], [3, 5]]),
        (32, [[0, 1, 2, 4], [3, 5]]),
        (33, [[0, 2], [1, 4], [3], [5]]),
        (64, [[0, 2], [1, 4], [3], [5]]),
        (600, [[0, 2], [1, 4], [3], [5]]),
    ],
)
def test_as_many_seeds_train_at_once_as_have_their_inputs_in_64_megabytes(
    task: Task, monkeypatch: pytest.MonkeyPatch, megabytes: int, places: list[list[int]]
) -> None:
    monkeypatch.setattr(training, "bytes_of", lambda task: megabytes * 2**20)
    assert list(training.at_once([Hyper(seed=seed) for seed in SEEDS], task)) == places


@pytest.mark.parametrize("thresholds", [(), (0.5,)])
def test_what_is_pruned_by_its_mean_trains_as_one_whatever_memory_it_takes(
    task: Task, monkeypatch: pytest.MonkeyPatch, thresholds: tuple[float, ...]
) -> None:
    stacks: list[list[int]] = []

    def watched(hypers, data, **options):
        stacks.append([hyper.seed for hyper in hypers])
        assert options == {"thresholds": thresholds, "kernels": "numpy"}
        assert (data.test is None, data.seeds) == (True, tuple(sorted(set(stacks[-1]))))
        return stand_in(hypers, data)

    monkeypatch.setattr(training, "bytes_of", lambda task: 600 * 2**20)
    monkeypatch.setattr("nets.train", watched)
    terms = {"fingerprint": table(task.data).fingerprint, "kernels": "numpy", "with_test": False}
    found, _ = train_stack([Hyper(seed=seed) for seed in (3, 1, 3)], task, **terms, thresholds=thresholds)
    assert stacks == ([[3, 1, 3]] if thresholds else [[3, 3], [1]])
    assert found == stand_in([Hyper(seed=seed) for seed in (3, 1, 3)], load(task, [3], with_test=False))


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [(ValueError("too few rows"), UsageError, "too few rows"), (MemoryError(), FailedError, "out of memory")],
)
def test_what_cannot_be_trained_is_the_users_to_mend_and_a_lack_of_memory_a_failure(
    task: Task, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], told: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("nets.train", fail)
    with pytest.raises(kind, match=f"^{told}$"):
        train_stack(HYPERS, task, fingerprint=table(task.data).fingerprint, kernels="numpy", with_test=False)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_is_sent_elsewhere_says_what_its_rows_are(
    tmp_path: Path, quick_networks: None, *, elsewhere: bool
) -> None:
    """A second reading costs the driver time, and is spared where the rows are handed over."""
    sent: list[Any] = []

    class Elsewhere(Serial):
        def submit(self, fn: Any, /, *args: Any, **named: Any) -> Future[Any]:
            sent.append((*args, named["prepared"]))
            return super().submit(fn, *args, **named)

    carry_out(tmp_path / "study.db", small_study(), Elsewhere(), elsewhere=elsewhere)
    for hypers, task, prepared in sent:
        assert prepared == ({each.seed: prepared_as(task, each.seed) for each in hypers} if elsewhere else None)
    assert sent
