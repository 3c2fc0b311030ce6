"""Optuna's own tables, beside the ledger: what ``optuna-dashboard`` and the ``optuna`` command read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import optuna
import sqlalchemy as sql
from optuna.storages import RDBStorage
from optuna.storages._rdb.models import BaseModel
from optuna.trial import FrozenTrial
from sqlalchemy.exc import IntegrityError

from study.database import Database
from study.ledger import Record

# Optuna's own way to read 10,000 trials takes seconds, this one a tenth of one
HELD = sql.text("""
    SELECT number, CAST(state AS VARCHAR(9)), value,
        (SELECT count(*) FROM trial_params WHERE trial_params.trial_id = trials.trial_id),
        (SELECT count(*) FROM trial_user_attributes WHERE trial_user_attributes.trial_id = trials.trial_id)
    FROM trials LEFT JOIN trial_values ON trial_values.trial_id = trials.trial_id
    WHERE study_id = :study ORDER BY number
""")
NUMBER = sql.text("SELECT number FROM trials WHERE trial_id = :trial")
TABLES = BaseModel.metadata


class OptunaTables:
    """One Optuna study for each arm. Holds finished trials only, in their order, and none that the ledger does not hold.

    They follow from the ledger: what is missing or differs is written anew.
    """

    def __init__(self, database: Database, *, name: str, arms: Iterable[str], provenance: Mapping[str, Any]) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._database, self._name, self._provenance = database, name, provenance
        self._told: dict[str, list[FrozenTrial]] = {arm: [] for arm in arms}
        database.patiently(self._open)

    def _open(self) -> None:
        self._drop(only_incomplete=True)
        self._storage = RDBStorage(self._database.url, {"connect_args": dict(self._database.connect_args)})
        try:
            self._database.watch(self._storage.engine)
            self._studies = {arm: self._study(f"{self._name}-{arm}") for arm in self._told}
            self._held = {arm: self._read(study) for arm, study in self._studies.items()}
        except BaseException:
            self.close()
            raise

    def _drop(self, *, only_incomplete: bool) -> None:
        """Takes Optuna's tables away."""
        engine = self._database.engine()
        try:
            complete = set(TABLES.tables) <= set(sql.inspect(engine).get_table_names())
            if not (only_incomplete and complete):
                TABLES.drop_all(engine)
        finally:
            engine.dispose()

    def _study(self, name: str) -> int:
        """The number that the tables give to a study, which is begun if there is none."""
        study = optuna.create_study(storage=self._storage, study_name=name, direction="minimize", load_if_exists=True)
        known = study.user_attrs
        for key, value in self._provenance.items():
            if known.get(key) != value:
                study.set_user_attr(key, value)
        return self._storage.get_study_id_from_name(name)

    def _read(self, study: int) -> list[tuple[Any, ...]]:
        """What tells one trial from another, of each that the tables hold."""
        with self._storage.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(HELD, {"study": study})]

    def add(self, arm: str, trial: FrozenTrial, records: Sequence[Record]) -> None:
        """Adds a trial that was just told, unless the tables hold it from before."""
        assert trial.datetime_complete is not None
        trial.datetime_start = trial.datetime_complete - timedelta(seconds=sum(record.seconds for record in records))
        trial.user_attrs = {
            "stopped": sorted({record.outcome.stopped for record in records}),
            "valid_loss": [record.outcome.valid_loss for record in records],
            "valid_error": [record.outcome.valid_error for record in records],
        }
        self._told[arm].append(trial)
        if _held(trial) != next(iter(self._held[arm][trial.number : trial.number + 1]), None):
            self._database.patiently(partial(self._write, arm, trial))

    def _write(self, arm: str, trial: FrozenTrial) -> None:
        try:
            written = len(self._held[arm]) == trial.number == self._added(arm, trial)
        except IntegrityError:
            written = False
        if not written:
            self._write_anew()

    def _added(self, arm: str, trial: FrozenTrial) -> int:
        """The number that the trial got: not its own where an attempt has added it whose answer was lost."""
        added = self._storage.create_new_trial(self._studies[arm], template_trial=trial)
        with self._storage.engine.connect() as connection:
            number = int(connection.execute(NUMBER, {"trial": added}).scalar_one())
        self._held[arm].append(_held(trial))
        return number

    def _write_anew(self) -> None:
        """All that was told so far, into new tables."""
        self.close()
        self._drop(only_incomplete=False)
        self._open()
        for arm, told in self._told.items():
            for trial in told:
                self._added(arm, trial)

    def close(self) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()


def _held(trial: FrozenTrial) -> tuple[Any, ...]:
    """A row of ``HELD``."""
    return trial.number, trial.state.name, trial.value, len(trial.params), len(trial.user_attrs)
