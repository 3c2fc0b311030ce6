"""``verify`` trains recorded networks again: it finds a bit that differs, and says where."""

from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import pytest
from small_study import stand_in
from threadpoolctl import threadpool_info

import nets
from study.data.tables import table
from study.kept.ledger import Ledger
from study.kept.runs import Run
from study.trained.verify import deviations, sample_of, trouble, verified


@pytest.fixture
def records(finished: str) -> list:
    with closing(Ledger(Run("small").database)) as ledger:
        return ledger.records


def test_what_was_recorded_comes_out_again(records, dropstep) -> None:
    code, out, err = dropstep("verify", "--sample", "1000")
    assert (code, err) == (0, "")
    assert out == f"{len(records)} of {len(records)} networks trained again: 0 fields differ from what is recorded\n"
    assert dropstep("verify", "--sample", "3")[1].startswith("3 of ")


def test_a_bit_that_differs_is_found_and_named(records, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = nets.train

    def off(hypers, data, **options):
        return [
            replace(each, valid_loss=each.valid_loss * (1 + 2**-52))
            if hyper.keep_prob == 0.25 and each.valid_loss
            else each
            for hyper, each in zip(hypers, trained(hypers, data), strict=True)
        ]

    monkeypatch.setattr(nets, "train", off)
    code, out, _ = dropstep("verify", "--sample", "1000")
    assert code == 1
    first, header, *rows = out.splitlines()
    assert first.endswith("2 fields differ from what is recorded")
    assert header.split() == ["network", "field", "recorded", "now"]
    assert [row.split()[:6] for row in rows] == [["design", "dropout", "0", "0", str(n), "valid_loss"] for n in (0, 1)]


@pytest.mark.parametrize("factor", [1 - 2**-53, 1 + 2**-52])
def test_a_deviation_is_of_what_was_stored_and_of_nothing_else(
    records, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    """Measured anew: a field that is younger than the study has nothing to differ from."""
    (record,) = sample_of(records, 1, seed=1)

    record = replace(record, key=replace(record.key, stage="design"))
    monkeypatch.setattr(nets, "train", stand_in)
    recorded = replace(record, outcome=stand_in([record.network.hyper], SimpleNamespace(test=None))[0])
    assert deviations(recorded, {"valid_loss", "valid_error", "curve"}, "numpy") == []
    other = replace(recorded, outcome=replace(recorded.outcome, valid_loss=recorded.outcome.valid_loss * factor))
    name = " ".join(map(str, vars(record.key).values()))
    found = [(name, "valid_loss", str(other.outcome.valid_loss), str(recorded.outcome.valid_loss))]
    assert deviations(other, {"valid_loss", "valid_error"}, "numpy") == found
    assert deviations(other, {"valid_error"}, "numpy") == []


def test_what_is_left_out_is_named_with_its_reason(records, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, same = verified(Run("small"), 2)
    assert (whole, same) == (
        [f"2 of {len(records)} networks trained again: 0 fields differ from what is recorded"],
        True,
    )
    monkeypatch.setattr("study.trained.verify.table", lambda name: SimpleNamespace(fingerprint="another"))
    lines, same = verified(Run("small"), 2)
    assert same
    assert lines[0] == f"0 of {len(records)} networks trained again: 0 fields differ from what is recorded"
    assert lines[1].startswith("left out what learns from iris: the table is another one, another, than was recorded, ")
    assert len(lines) == 2


def test_a_table_of_an_unknown_fingerprint_is_no_trouble() -> None:
    """An older version recorded none."""
    known = table("iris").fingerprint
    assert [trouble("iris", recorded) for recorded in (None, known)] == ["", ""]
    assert trouble("iris", "0123") == f"the table is another one, {known}, than was recorded, 0123"
    assert trouble("nowhere.csv", None).startswith("there is no file nowhere.csv")


def test_one_thread_trains_as_it_did_before(records, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()

    def watched(hypers, data, **options):
        threads.update(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
        return stand_in(hypers, data)

    monkeypatch.setattr(nets, "train", watched)
    assert dropstep("verify")[0] == 0
    assert threads == {1}


def test_networks_recorded_on_another_machine_are_trained_and_the_difference_is_told(
    records, dropstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study.kept.numerics.processor", lambda: "abacus")
    code, out, _ = dropstep("verify")
    assert code == 0
    assert "recorded by other code or on another machine, so that equal bits are not promised:" in out
    assert "abacus" in out


def test_the_sample_follows_from_the_seed_and_leaves_out_what_the_machine_ended(records) -> None:
    assert sample_of(records, 5, seed=1) == sample_of(records, 5, seed=1) != sample_of(records, 5, seed=2)
    crashed = [replace(record, outcome=replace(record.outcome, stopped="crashed")) for record in records]
    assert sample_of(crashed, 5, seed=1) == []
    mixed = [*crashed[:3], *records[3:]]
    assert sample_of(mixed, 1000, seed=1) == records[3:]
    diverged = [replace(record, outcome=replace(record.outcome, stopped="diverged")) for record in records]
    assert len(sample_of(diverged, 5, seed=1)) == 5
    assert sample_of(records, 5, seed=1) == sorted(sample_of(records, 5, seed=1), key=records.index)


def test_a_sample_of_none_is_refused(dropstep) -> None:
    code, _, err = dropstep("verify", "--sample", "0")
    assert (code, err) == (2, "error: --sample is at least 1, got 0\n")
