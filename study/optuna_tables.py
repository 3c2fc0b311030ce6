"""Optuna's own tables, beside the ledger: what ``optuna-dashboard`` and the ``optuna`` command read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy as sql
from optuna.distributions import BaseDistribution
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial

from study.database import engine_options, told, url_of
from study.ledger import Record

# Optuna's own way to read 10,000 trials takes seconds, this one a tenth of one
COUNT = sql.text("SELECT count(*) FROM trials WHERE study_id = :study")
PROPOSALS = sql.text("""
    SELECT number, param_name, param_value FROM trials JOIN trial_params USING (trial_id) WHERE study_id = :study
""")


class OptunaTables:
    """One Optuna study for each search, by its name. Holds finished trials only, in their order, and none that the ledger does not hold."""

    def __init__(self, path: Path, *, name: str, arms: Iterable[str], provenance: Mapping[str, Any]) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._path = path
        with told(path):
            self._storage = RDBStorage(url_of(path), dict(engine_options))
            self._studies = {arm: self._open(f"{name}-{arm}", provenance) for arm in arms}
            self._held = {arm: self._count(arm) for arm in self._studies}

    def _open(self, name: str, provenance: Mapping[str, Any]) -> optuna.Study:
        study = optuna.create_study(storage=self._storage, study_name=name, direction="minimize", load_if_exists=True)
        known = study.user_attrs
        for key, value in provenance.items():
            if known.get(key) != value:
                study.set_user_attr(key, value)
        return study

    def _count(self, arm: str) -> int:
        with self._storage.engine.connect() as connection:
            return int(connection.execute(COUNT, {"study": self._number(arm)}).scalar_one())

    def _number(self, arm: str) -> int:
        return self._storage.get_study_id_from_name(self._studies[arm].study_name)

    def proposals(self, arm: str, space: Mapping[str, BaseDistribution]) -> list[dict[str, Any]]:
        """The parameters of every trial that is held, up to the first that lacks one."""
        with told(self._path), self._storage.engine.connect() as connection:
            rows = connection.execute(PROPOSALS, {"study": self._number(arm)})
            trials: defaultdict[int, dict[str, Any]] = defaultdict(dict)
            for number, name, value in rows:
                trials[number][name] = space[name].to_external_repr(value) if name in space else value
        numbers = takewhile(lambda number: trials[number].keys() == space.keys(), range(len(trials)))
        return [{name: trials[number][name] for name in space} for number in numbers]

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
