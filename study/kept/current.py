"""Which of the recorded networks are the study's today."""

from collections.abc import Sequence

from study.asked.config import Config
from study.records import Record
from study.searched.ranking import best_trials


def current(config: Config, records: Sequence[Record]) -> list[Record]:
    """All but the refits of trials that a longer search has overtaken: an extended study equals one of that length."""
    best = best_trials(records, config.refit.trials) if config.refit else set()
    return [
        record
        for record in records
        if record.key.stage != "refit" or (record.key.arm, record.key.repeat, record.key.trial) in best
    ]
