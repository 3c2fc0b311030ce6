"""What probes measure comes back from the ledger as it was, and is JSON in the results table."""

import json
from contextlib import closing
from dataclasses import replace

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.kept.ledger import Depth, Ledger
from study.kept.results import results_table
from study.records import Key, Network, Record

MEASURES = {"saturation.share": [[0.1, None], [1 / 3, 1e-300]], "deletion.mean": 0.25, "masks.by_count": None}


def test_measures(databases) -> None:
    database = databases()
    task = small_study().data.task
    outcome = Outcome(stopped="completed", epochs_run=2, valid_loss=0.5, curve=((1, 0.7), (2, 0.5)), measures=MEASURES)
    record = Record(
        Key("design", "dropout", 0, 0, 0), Network(task, Hyper(seed=1, probes="saturation")), outcome, seconds=0.1
    )
    with closing(Ledger(database)) as ledger:
        ledger.record([record])
    with closing(Ledger(database)) as ledger:
        assert ledger.records == [record]
        table = results_table(small_study(), ledger.records, {})
    with closing(Ledger(database, begin=False, depth=Depth.OUTLINE)) as ledger:
        flat = replace(outcome, curve=None, measures=None)
        assert (ledger.size, ledger.records) == (1, [replace(record, outcome=flat)])
    with closing(Ledger(database, begin=False, depth=Depth.END)) as ledger:
        (ended,) = ledger.records
        assert (ledger.size, ended.key, ended.outcome.stopped) == (1, record.key, "completed")
        assert (ended.outcome.valid_loss, ended.outcome.test_error) == (0.5, None)
        with pytest.raises(AttributeError):
            _ = ended.network
    with closing(Ledger(database, begin=False, depth=Depth.NOTHING)) as ledger:
        assert (ledger.size, ledger.records) == (1, [])
    assert json.loads(table.measures[0]) == MEASURES
    assert json.loads(table.curve[0]) == [[1, 0.7], [2, 0.5]]
