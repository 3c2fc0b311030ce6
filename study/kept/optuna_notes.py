"""What optuna-dashboard shows of a search beside its trials: a note of what the run found, as ``optuna_dashboard.save_note`` stores it."""

from collections.abc import Mapping

import sqlalchemy as sql
from optuna.storages import RDBStorage
from optuna.storages._rdb import models

from study.kept.database import Database

VERSION, PART = "dashboard:note_ver", "dashboard:note_str:"
LONGEST = 2045  # signs of a part: what a column of the dashboard's holds
METRIC = ["mean validation loss [nat]"]
NAMES = "study:metric_names"


def write_notes(database: Database, notes: Mapping[str, str]) -> None:
    """Each study's note in Markdown, in the place of the one before; a study that the tables do not hold is passed over."""
    if notes:
        database.patiently(lambda: _write(database, notes))


def _write(database: Database, notes: Mapping[str, str]) -> None:
    storage = RDBStorage(database.url, {"connect_args": dict(database.connect_args)})
    try:
        database.watch(storage.engine)
        held = {each.study_name: each._study_id for each in storage.get_all_studies()}  # noqa: SLF001 - Optuna has no other way to it
        for name in notes.keys() & held.keys():
            _write_note(storage, held[name], notes[name])
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _write_note(storage: RDBStorage, study: int, body: str) -> None:
    known = storage.get_study_system_attrs(study)
    parts = [body[start : start + LONGEST] for start in range(0, len(body), LONGEST)]
    if [known.get(f"{PART}{number}") for number in range(len(parts))] != parts:
        _forget(storage, study)
        for number, part in enumerate(parts):
            storage.set_study_system_attr(study, f"{PART}{number}", part)
        storage.set_study_system_attr(study, VERSION, known.get(VERSION, 0) + 1)
    if known.get(NAMES) != METRIC:
        storage.set_study_system_attr(study, NAMES, METRIC)


def _forget(storage: RDBStorage, study: int) -> None:
    """A shorter note must not go on with the end of a longer one."""
    attributes = models.StudySystemAttributeModel
    with storage.engine.begin() as connection:
        connection.execute(
            sql.delete(attributes).where(attributes.study_id == study, attributes.key.startswith(PART, autoescape=True))
        )
