"""Optuna's own tables, beside the ledger: what ``optuna-dashboard`` and the ``optuna`` command read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Any

import optuna
import sqlalchemy as sql
from optuna.distributions import BaseDistribution, distribution_to_json
from optuna.storages import RDBStorage
from optuna.storages._rdb.models import BaseModel
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial
from sqlalchemy.exc import IntegrityError

from study.kept.database import Database
from study.kept.optuna_rows import add_trials
from study.records import Record

# Optuna's own way to read 10,000 trials takes seconds, this one a tenth of one
HELD = sql.text("""
    SELECT trials.trial_id, number, CAST(state AS VARCHAR(9)), value
    FROM trials LEFT JOIN trial_values ON trial_values.trial_id = trials.trial_id
    WHERE study_id = :study ORDER BY number
""")
PART = "SELECT trial_id, {} FROM {} JOIN trials USING (trial_id) WHERE study_id = :study"
PARTS = [
    sql.text(PART.format(columns, table))
    for table, columns in {
        "trial_params": "param_name, param_value, distribution_json",
        "trial_user_attributes": "key, value_json",
        "trial_intermediate_values": "step, intermediate_value",
    }.items()
]
Held = tuple[Any, ...]  # number, state, value, and the rows of PARTS
UNREADABLE = (RuntimeError, LookupError, ValueError)  # what Optuna makes of tables that somebody changed
TABLES = BaseModel.metadata
SECONDS_BETWEEN_WRITES = 1.0  # with a transaction for each trial the driver took twice its time


def optuna_name(run: str, search: str) -> str:
    """What Optuna's tables call a search of a run."""
    return f"{run}-{search}"


class OptunaTables:
    """One Optuna study for each search, by its name. Holds finished trials only, in their order, and none that the ledger does not hold.

    They follow from the ledger, at most about a second behind: what is missing or differs is written anew.
    """

    def __init__(
        self, database: Database, *, name: str, searches: Iterable[str], provenance: Mapping[str, Any]
    ) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._database, self._name, self._provenance = database, name, provenance
        self._told: dict[str, list[FrozenTrial]] = {search: [] for search in searches}
        self._unwritten: list[tuple[str, FrozenTrial]] = []
        self._written_at = monotonic()
        database.patiently(self._open)

    def _open(self) -> None:
        self._drop(only_incomplete=True)
        try:
            self._open_tables()
        except UNREADABLE:
            self._drop(only_incomplete=False)
            self._open_tables()

    def _open_tables(self) -> None:
        self._storage = RDBStorage(self._database.url, {"connect_args": dict(self._database.connect_args)})
        try:
            self._database.watch(self._storage.engine)
            self._studies = {search: self._study(optuna_name(self._name, search)) for search in self._told}
            self._held = {search: self._read(study) for search, study in self._studies.items()}
        except BaseException:  # Ctrl-C too: what is raised on leaves no connection open
            self.close()
            raise

    def _drop(self, *, only_incomplete: bool) -> None:
        """Takes Optuna's tables away."""
        engine = self._database.engine()
        try:
            lacking = TABLES.tables.keys() - set(sql.inspect(engine).get_table_names())
            if lacking or not only_incomplete:
                TABLES.drop_all(engine)
                with engine.begin() as connection:
                    connection.execute(sql.text("DROP TABLE IF EXISTS alembic_version"))
        finally:
            engine.dispose()

    def _study(self, name: str) -> int:
        """The number that the tables give to a study, which is begun if there is none."""
        study = optuna.create_study(storage=self._storage, study_name=name, direction="minimize", load_if_exists=True)
        if study.direction is not StudyDirection.MINIMIZE:
            raise LookupError(f"{name} is minimised, got {study.direction}")
        known = study.user_attrs
        for key, value in self._provenance.items():
            if known.get(key) != value:
                study.set_user_attr(key, value)
        return self._storage.get_study_id_from_name(name)

    def _read(self, study: int) -> list[Held]:
        """Everything but the clock, of each trial that the tables hold."""
        parts: dict[int, list[list[Any]]] = defaultdict(lambda: [[] for _ in PARTS])
        with self._storage.engine.connect() as connection:
            trials = connection.execute(HELD, {"study": study}).all()
            for place, part in enumerate(PARTS):
                for trial, *row in connection.execute(part, {"study": study}):
                    parts[trial][place].append(tuple(row))
        return [(*row, *map(_ordered, parts[trial])) for trial, *row in trials]

    def proposals(self, search: str, space: Mapping[str, BaseDistribution]) -> dict[int, dict[str, Any]]:
        """The parameters of the trials that are held, as far as they make sense."""
        found = {}
        for number, *_, params, _, _ in self._held[search]:
            with suppress(ValueError, TypeError, IndexError):
                stored = {name: value for name, value, _ in params}
                if stored.keys() == space.keys():
                    found[number] = {name: each.to_external_repr(stored[name]) for name, each in space.items()}
        return found

    def add(self, search: str, trial: FrozenTrial, records: Sequence[Record]) -> None:
        """Adds a trial that was just told, unless the tables hold it from before; ``write`` writes it."""
        assert trial.datetime_complete is not None
        trial.datetime_start = trial.datetime_complete - timedelta(seconds=sum(record.seconds for record in records))
        trial.user_attrs = {
            "stopped": sorted({record.outcome.stopped for record in records}),
            "valid_loss": [record.outcome.valid_loss for record in records],
            "valid_error": [record.outcome.valid_error for record in records],
        }
        self._told[search].append(trial)
        held = self._held[search]
        if not (trial.number < len(held) and held[trial.number] == _held(trial)):
            self._unwritten.append((search, trial))

    def keep_up(self) -> None:
        """Writes if that is due."""
        if monotonic() - self._written_at >= SECONDS_BETWEEN_WRITES:
            self.write()

    def write(self) -> None:
        """Writes what was added since."""
        if self._unwritten:
            self._database.patiently(self._write)
        self._unwritten.clear()
        self._written_at = monotonic()

    def end(self) -> None:
        """All is told: writes what was added, and takes away what somebody else has, such as a trial that ``optuna ask`` began."""
        self.write()
        if any(self._held[search][len(told) :] for search, told in self._told.items()):
            self._database.patiently(self._write_anew)

    def _write(self) -> None:
        try:
            written = self._written(self._unwritten)
        except IntegrityError:
            written = False
        if not (written or self._hold_what_was_told()):
            self._write_anew()

    def _written(self, told: Sequence[tuple[str, FrozenTrial]]) -> bool:
        """False where the tables hold more or fewer trials than come before these."""
        return add_trials(self._storage.engine, [(self._studies[search], trial) for search, trial in told])

    def _hold_what_was_told(self) -> bool:
        """Whether the tables, read again, hold that and no more: an attempt may have written it whose answer was lost."""
        self._held = {search: self._read(study) for search, study in self._studies.items()}
        return self._held == {search: [_held(trial) for trial in told] for search, told in self._told.items()}

    def _write_anew(self) -> None:
        """All that was told so far, into new tables."""
        self.close()
        self._drop(only_incomplete=False)
        self._open()
        self._written([(search, trial) for search, told in self._told.items() for trial in told])

    def close(self) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()


def _held(trial: FrozenTrial) -> Held:
    """What ``_read`` finds of this trial."""
    params = (
        (name, trial.distributions[name].to_internal_repr(value), distribution_to_json(trial.distributions[name]))
        for name, value in trial.params.items()
    )
    attributes = ((key, json.dumps(value)) for key, value in trial.user_attrs.items())
    curve = trial.intermediate_values.items()
    return trial.number, trial.state.name, trial.value, *map(_ordered, (params, attributes, curve))


def _ordered(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(sorted(rows))
