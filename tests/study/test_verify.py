"""``verify`` trains recorded networks again: it finds a bit that differs, and says where."""

from contextlib import closing
from dataclasses import replace

import pytest
from small_study import stand_in
from threadpoolctl import threadpool_info

import nets
from study.kept.ledger import Ledger
from study.kept.runs import Run
from study.trained.verify import sample_of


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


def test_a_sample_of_none_is_refused(dropstep) -> None:
    code, _, err = dropstep("verify", "--sample", "0")
    assert (code, err) == (2, "error: --sample is at least 1, got 0\n")
