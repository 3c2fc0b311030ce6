"""Trials written by the row are those that Optuna's public ``add_trial`` writes, in every table of its own."""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import optuna
import pytest
import sqlalchemy as sql
from levels import one_in
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState

from study.kept.optuna_rows import add_trials

SPACE = {
    "keep_prob": FloatDistribution(0.1, 1.0),
    "l2": FloatDistribution(1e-5, 1.0, log=True),
    "width": IntDistribution(2, 64, log=True),
    "activation": CategoricalDistribution(["relu", "tanh"]),
}
PARAMS = {"keep_prob": 0.5, "l2": 0.001, "width": 8, "activation": "tanh"}
WHEN = datetime(2026, 1, 2, 3, 4, 5, 678)  # noqa: DTZ001 - Optuna's own have no zone
ENDS: dict[str, dict[str, Any]] = {
    "complete": {"state": TrialState.COMPLETE, "value": 0.25, "intermediate_values": {1: 0.5, 2: 0.25}},
    "complete, a value that is not finite": {"state": TrialState.COMPLETE, "value": float("inf")},
    "pruned": {"state": TrialState.PRUNED, "intermediate_values": {1: float("inf"), 2: float("nan"), 3: 1e-300}},
    "failed": {"state": TrialState.FAIL},
    "with attributes": {"state": TrialState.COMPLETE, "value": 1.0, "user_attrs": {"stopped": ["completed"], "n": [1.5]}},
    "without parameters": {"state": TrialState.COMPLETE, "value": 1.0, "params": {}, "distributions": {}},
}  # fmt: skip


def trials() -> list[FrozenTrial]:
    made = [optuna.trial.create_trial(**{"params": PARAMS, "distributions": SPACE, **end}) for end in ENDS.values()]
    for number, trial in enumerate(made):
        trial.number, trial.datetime_start, trial.datetime_complete = number, WHEN, WHEN
    return made


def replace_number(trial: FrozenTrial, number: int) -> FrozenTrial:
    trial.number = number
    return trial


def content(storage: RDBStorage) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    tables = sql.MetaData()
    tables.reflect(storage.engine)
    with storage.engine.connect() as connection:
        return {name: sorted(map(repr, connection.execute(sql.select(table)))) for name, table in tables.tables.items()}


@pytest.mark.parametrize("end", one_in(2, range(len(ENDS))), ids=ENDS)
def test_rows_are_those_of_the_public_way(tmp_path: Path, end: int) -> None:
    found = []
    for way in ("ours", "public"):
        storage = RDBStorage(f"sqlite:///{tmp_path / way}.db")
        study = optuna.create_study(storage=storage, study_name="one")
        told = trials()[end : end + 1]
        told[0].number = 0
        if way == "ours":
            assert add_trials(storage.engine, [(storage.get_study_id_from_name("one"), trial) for trial in told])
        else:
            study.add_trials(told)
        found.append(content(storage))
        storage.remove_session()
        storage.engine.dispose()
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("held", "numbers", "added"),
    [(0, [0], True), (0, [1], False), (1, [0], False), (1, [1, 2], True), (1, [1, 1], False), (1, [2, 1], False)],
)
def test_nothing_is_added_where_other_trials_come_before(
    tmp_path: Path, held: int, numbers: list[int], *, added: bool
) -> None:
    storage = RDBStorage(f"sqlite:///{tmp_path / 'one'}.db")
    for name in ("one", "another"):
        optuna.create_study(storage=storage, study_name=name)
    study = storage.get_study_id_from_name("one")
    for number in range(held):
        storage.create_new_trial(study, template_trial=trials()[number])
    told = [replace_number(trials()[0], number) for number in numbers]
    assert add_trials(storage.engine, [(study, trial) for trial in told]) is added
    assert len(storage.get_all_trials(study)) == held + added * len(numbers)
    storage.remove_session()
    storage.engine.dispose()


def test_the_private_models_are_those_of_the_version_that_is_asked_for() -> None:
    """Another minor version may have others: widen pyproject's bound once these tests have passed with it."""
    assert version("optuna").startswith("5.0.")
