"""Optuna's own tables, beside the ledger: what ``optuna-dashboard`` and the ``optuna`` command read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial

from study.database import engine_options, told, url_of
from study.ledger import Record


class OptunaTables:
    """One Optuna study for each arm. Holds finished trials only, in their order, and none that the ledger does not hold."""

    def __init__(self, path: Path, *, name: str, arms: Iterable[str], provenance: Mapping[str, Any]) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._path = path
        with told(path):
            self._storage = RDBStorage(url_of(path), dict(engine_options))
            self._studies = {arm: self._open(f"{name}-{arm}", provenance) for arm in arms}
            self._held = {arm: len(study.get_trials(deepcopy=False)) for arm, study in self._studies.items()}

    def _open(self, name: str, provenance: Mapping[str, Any]) -> optuna.Study:
        study = optuna.create_study(storage=self._storage, study_name=name, direction="minimize", load_if_exists=True)
        known = study.user_attrs
        for key, value in provenance.items():
            if known.get(key) != value:
                study.set_user_attr(key, value)
        return study

    def add(self, arm: str, trial: FrozenTrial, records: Sequence[Record]) -> None:
        """Adds a trial that was just told, unless the tables hold it from before."""
        if trial.number < self._held[arm]:
            return
        assert trial.datetime_complete is not None
        trial.datetime_start = trial.datetime_complete - timedelta(seconds=sum(record.seconds for record in records))
        trial.user_attrs = {
            "stopped": sorted({record.outcome.stopped for record in records}),
            "valid_loss": [record.outcome.valid_loss for record in records],
            "valid_error": [record.outcome.valid_error for record in records],
        }
        with told(self._path):
            self._studies[arm].add_trial(trial)
        self._held[arm] += 1

    def close(self) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()
