"""A small study whose networks are a pure function of their hyperparameters: the engine is the subject, not the training."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
from optuna.storages import RDBStorage
from sqlalchemy.pool import NullPool

from nets import Data, Hyper, Outcome
from study.asked.config import Config, read_config
from study.kept.database import Database
from study.kept.ledger import Ledger
from study.kept.optuna_tables import OptunaTables
from study.kept.provenance import describe
from study.kept.results import results_table
from study.kept.sqlite import Sqlite
from study.loop import run
from study.searched.ranking import search_name
from study.trained.executors import Serial
from study.trained.submissions import Submissions

Databases = Callable[[], Database]  # makes a new one, empty, at each call

DOCUMENT: dict[str, Any] = {
    "seed": 3,
    "data": {"name": "iris", "train": 60, "valid": 40, "label_noise": 0.0},
    "hyper": {"steps": 5},
    "design": {"replicates": 2, "arms": {"dropout": {"width": [3, 40], "keep_prob": [0.25, 0.5, 1.0]}}},
    "search": {
        "trials": 6,
        "replicates": 2,
        "window": 3,
        "sampler": "tpe",
        "arms": {
            "joint": {
                "width": {"low": 2, "high": 64, "log": True},
                "keep_prob": {"low": 0.2, "high": 1.0},
                "activation": ["relu", "tanh"],
                "learning_rate": {"low": 0.001, "high": 10.0, "log": True},
            }
        },
    },
    "refit": {"replicates": 2, "trials": 2},
}


STUDY = """
seed = 3
data = { name = "iris", train = 60, valid = 40, label_noise = 0.0 }
hyper = { steps = 5 }
refit = { replicates = 2 }

[design]
replicates = 2
arms.dropout = { width = [3], keep_prob = [0.25, 0.5] }

[search]
trials = 4
replicates = 2
window = 2
sampler = "tpe"
arms.joint = { keep_prob = { low = 0.2, high = 1.0 }, learning_rate = { low = 0.001, high = 10.0, log = true } }
"""


def small_study(**changes: Any) -> Config:
    """The small study, with settings changed: ``search__trials=9`` is search.trials = 9."""
    document = deepcopy(DOCUMENT)
    for key, value in changes.items():
        *path, last = key.split("__")
        table = document
        for name in path:
            table = table[name]
        table[last] = value
    return read_config(document)


def stand_in(
    hypers: Sequence[Hyper], data: Data, *, thresholds: Sequence[float] = (), kernels: str = "numpy"
) -> list[Outcome]:
    """In the place of ``nets.train``: diverges at large learning rates, else a loss in which every open field and the seed count."""
    return [_outcome(hyper, with_test=data.test is not None) for hyper in hypers]


def _outcome(hyper: Hyper, *, with_test: bool) -> Outcome:
    if hyper.learning_rate > 3:
        return Outcome(stopped="diverged", epochs_run=1)
    loss = abs(math.log(hyper.learning_rate / 0.1)) + hyper.keep_prob**2 + math.log(hyper.width) / 7
    loss += 0.1 * (hyper.activation == "tanh") + 0.01 * math.sin(hyper.seed)
    test = {"test_loss": loss + 0.5, "test_error": 0.25} if with_test else {}
    return Outcome(stopped="completed", epochs_run=1, valid_loss=loss, valid_error=0.5, curve=((1, loss),), **test)


def carry_out(
    place: Path | Database,
    config: Config,
    executor: Executor | None = None,
    *,
    capacity: int = 4,
    elsewhere: bool = False,
) -> pd.DataFrame:
    """Brings the study in a database, or in the sqlite file of a path, to its end, whatever it holds already; returns its table."""
    database = Sqlite(place) if isinstance(place, Path) else place
    provenance = describe(config, name="small", command="")
    searches = [search_name(arm.name, repeat) for arm, repeat in config.searches]
    with executor or Serial() as workers, closing(Ledger(database)) as ledger:
        with closing(OptunaTables(database, name="small", searches=searches, provenance={})) as tables:
            submissions = Submissions(
                ledger=ledger,
                executor=workers,
                capacity=capacity,
                kernels=config.kernels,
                watch=lambda _: None,
                elsewhere=elsewhere,
            )
            run(config, submissions, tables)
        return results_table(config, ledger.records, provenance)


def without_seconds(table: pd.DataFrame) -> str:
    """The table as text, byte for byte but for the wall-clock."""
    return table.drop(columns="seconds").to_csv(index=False)


@contextmanager
def optuna_study(database: Database, study: str = "small-joint") -> Iterator[optuna.Study]:
    """A study as Optuna itself has it; no connection stays open, whatever it finds: from Python 3.13 on that is warned of."""
    storage = RDBStorage(database.url, {"poolclass": NullPool})
    try:
        yield optuna.load_study(study_name=study, storage=storage)
    finally:
        storage.remove_session()
        storage.engine.dispose()


def optuna_trials(database: Database, study: str = "small-joint") -> list[optuna.trial.FrozenTrial]:
    """What Optuna itself reads of a study."""
    with optuna_study(database, study) as opened:
        return opened.trials
