"""What regularising gains is not made by the way that a table is prepared: another preparation finds the same."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from own_tables import people
from sklearn.compose import make_column_transformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nets.data import Data, Part
from nets.hyper import Hyper
from nets.train import train
from study.asked.source import Source
from study.data.splits import load
from study.data.tables import table
from study.own.parts import Sizes, parts

SEEDS = tuple(range(8))
ARMS = {"none": {}, "l2": {"l2": 0.03}}
MOST = 0.005  # nat: a quarter of the smallest effect of interest; a standardised indicator of gaps alone makes 0.026


def frame() -> pd.DataFrame:
    """Numbers with gaps, words of which some are rare."""
    draw = np.random.default_rng(2)
    found = people(260).assign(city=[f"town {min(number, 9)}" for number in draw.geometric(0.3, 260)])
    found["churned"] = np.where(found.age + draw.normal(0, 25, 260) > 50, "yes", "no")
    found["age"] = found["age"].where(draw.random(260) < 0.85)
    return found


def theirs(own: pd.DataFrame, y: np.ndarray, rows: list[tuple[np.ndarray, ...]]) -> Data:
    """Prepared by scikit-learn's usual steps."""
    made = []
    for train_rows, _, test in rows:
        numbers = make_pipeline(SimpleImputer(), StandardScaler())
        words = OneHotEncoder(
            sparse_output=False,
            handle_unknown="ignore",
            categories=[sorted(own[name].unique()) for name in ("plan", "city")],
        )
        steps = make_column_transformer(
            (numbers, ["age", "income"]), (MissingIndicator(), ["age"]), (words, ["plan", "city"])
        )
        steps.fit(own.iloc[train_rows])
        made.append([(steps.transform(own.iloc[each]), y[each]) for each in (train_rows, test)])
    kinds = [Part(*map(np.stack, zip(*(each[place] for each in made), strict=True))) for place in (0, 1)]
    return Data(classes=2, train=kinds[0], test=kinds[1], seeds=SEEDS)


def gain(data: Data) -> float:
    """Test loss of none less that of L2, the mean over seeds."""
    means = {}
    for arm, settings in ARMS.items():
        found = train([Hyper(seed=seed, width=24, steps=300, learning_rate=0.1, **settings) for seed in SEEDS], data)
        means[arm] = np.mean([each.test_loss for each in found])
    return float(means["none"] - means["l2"])


@pytest.mark.whole
def test_another_preparation_gains_as_much(tmp_path: Path) -> None:
    frame().to_csv(tmp_path / "people.csv", index=False)
    task = Source(name=str(tmp_path / "people.csv:churned")).task
    own = table(task.data).own
    sizes = Sizes(task.train_rows, task.valid_rows, task.test_rows)
    rows = [parts(own, sizes, seed) for seed in SEEDS]
    ours = gain(load(task, SEEDS, with_test=True))
    again = gain(theirs(own.frame, own.y, rows))
    assert ours > 10 * MOST  # there is something to gain
    assert abs(ours - again) < MOST
