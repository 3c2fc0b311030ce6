"""Finished trials as rows of Optuna's tables, in one transaction of a statement for each table.

``RDBStorage.create_new_trial`` writes the rows of a trial in about 50 statements.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sql
from optuna.distributions import distribution_to_json
from optuna.storages._rdb import models
from optuna.trial import FrozenTrial
from sqlalchemy.orm import Session

COUNTS = sql.select(models.TrialModel.study_id, sql.func.count()).group_by(models.TrialModel.study_id)
Part = tuple[type[models.BaseModel], dict[str, Any]]  # a table and a row of it


def add_trials(engine: sql.Engine, told: Sequence[tuple[int, FrozenTrial]]) -> bool:
    """Whether these trials, each with its study, were added, all of them: not where a study holds more or fewer than come before."""
    with Session(engine) as session, session.begin():
        held = defaultdict(int, [tuple(row) for row in session.execute(COUNTS)])
        for study, trial in told:
            if trial.number != held[study]:
                return False
            held[study] += 1
        rows = [_row(study, trial) for study, trial in told]
        session.add_all(rows)
        session.flush()  # they get their ids
        parts: dict[type[models.BaseModel], list[dict[str, Any]]] = defaultdict(list)
        for row, (_, trial) in zip(rows, told, strict=True):
            for table, part in _parts(trial):
                parts[table].append({"trial_id": row.trial_id, **part})
        for table, some in parts.items():
            session.execute(sql.insert(table), some)
    return True


def _row(study: int, trial: FrozenTrial) -> models.TrialModel:
    return models.TrialModel(
        number=trial.number,
        study_id=study,
        state=trial.state,
        datetime_start=trial.datetime_start,
        datetime_complete=trial.datetime_complete,
    )


def _parts(trial: FrozenTrial) -> Iterator[Part]:
    for objective, value in enumerate(trial.values or ()):
        stored, kind = models.TrialValueModel.value_to_stored_repr(value)
        yield models.TrialValueModel, {"objective": objective, "value": stored, "value_type": kind}
    for name, value in trial.params.items():
        distribution = trial.distributions[name]
        yield (
            models.TrialParamModel,
            {
                "param_name": name,
                "param_value": distribution.to_internal_repr(value),
                "distribution_json": distribution_to_json(distribution),
            },
        )
    for key, value in trial.user_attrs.items():
        yield models.TrialUserAttributeModel, {"key": key, "value_json": json.dumps(value)}
    for step, value in trial.intermediate_values.items():
        kept, sort = models.TrialIntermediateValueModel.intermediate_value_to_stored_repr(value)
        yield (
            models.TrialIntermediateValueModel,
            {"step": step, "intermediate_value": kept, "intermediate_value_type": sort},
        )
