"""A table of one's own in a study: named with how it is read, split and prepared for each seed, part of the study's identity."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import DOCUMENT

from study.asked.config import read_config
from study.asked.source import Source
from study.asked.study_file import read_study
from study.asked.table_flags import TableFlags
from study.data.splits import load
from study.data.tables import table
from study.errors import UsageError
from study.kept.provenance import describe
from study.kept.runs import run_name
from study.own.address import address, is_own, parted
from study.own.options import Options

CASES = Path(__file__).parent / "own" / "cases"
GOOD = str(CASES / "good.csv")
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1)
OPTIONS = st.builds(
    Options,
    target=WORDS,
    drop=st.lists(WORDS).map(tuple),
    na=st.lists(WORDS).map(tuple),
    time=st.none() | WORDS,
    day_first=st.none() | st.booleans(),
)


def source(**changes) -> Source:
    return Source(**{"name": GOOD, "target": "churned", "train": 0.6, "valid": 0.2, "label_noise": 0.0, **changes})


@given(WORDS.map("{}.csv".format), OPTIONS)
def test_an_address_says_all(name: str, options: Options) -> None:
    assert parted(address(name, options)) == (name, options)
    assert is_own(address(name, options))


def test_the_old_way_to_name_a_column_stays() -> None:
    assert parted("people.csv:income") == ("people.csv", Options(target="income"))
    assert table(f"{GOOD}:churned").fingerprint == table(source().address).fingerprint


def test_a_task_has_what_a_worker_needs() -> None:
    task = source().task
    assert (task.train_rows, task.valid_rows, task.test_rows, task.scaling) == (96, 32, 32, "prepared")
    data = load(task, [3, 5], with_test=True)
    assert data.test is not None
    assert data.train.x.shape == (2, 96, len(table(task.data).inputs))
    np.testing.assert_array_equal(data.test.y[0], data.test.y[1])
    assert (data.valid.y[0] == 1).mean() == pytest.approx(94 / 160, abs=1 / 32)


def test_groups_shorten_the_training_part_by_what_may_be_cut() -> None:
    """One border of a part cuts one group: beside the test part's there is that of the validation rows."""
    rows = [source(group=group).task.train_rows for group in (None, "months")]
    largest = int(pd.read_csv(GOOD)["months"].value_counts().max())
    assert rows == [96, 160 - 32 - 32 - 2 * largest]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "churn"}, r"no column churn \(target\); did you mean churned"),
        ({"target": None}, "needs the column that holds the class"),
        ({"name": "nowhere.csv"}, "there is no file nowhere.csv"),
        ({"name": "digits"}, "target is of a table of one's own, digits comes with dropstep"),
        ({"scaling": "raw"}, "a table of one's own is prepared column by column"),
        ({"name": "tabel"}, "tabel is no table, there are digits"),
        ({"train": 0.9}, "three parts"),
    ],
)
def test_what_cannot_be_learnt_from(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _ = source(**changes).task


def test_what_was_read_is_told_and_the_rows_are_the_identity(tmp_path: Path) -> None:
    (tmp_path / "churn.csv").write_text(Path(GOOD).read_text())
    data = {"name": str(tmp_path / "churn.csv"), "target": "churned", "train": 0.6, "valid": 0.2, "label_noise": 0.0}
    described = describe(read_config({**DOCUMENT, "data": data}), name="own", command="")["data"]
    assert described["columns"][:3] == ["age", "income", "months"]
    assert described["inputs"] == len(described["columns"]) == 15
    assert described["read"][1] == "classes no 66, yes 94"
    (tmp_path / "other.csv").write_text(Path(GOOD).read_text().replace("22,13831.38", "23,13831.38"))
    assert table(f"{tmp_path}/other.csv:churned").fingerprint != described["fingerprint"]


def test_flags_abbreviate_settings() -> None:
    flags = TableFlags(data="churn.csv", target="3", drop=["a=b", 'say "x"'], na=["?"], sep=";")
    asked = [
        'data.name="churn.csv"',
        'data.target="3"',
        'data.drop=["a=b", "say \\"x\\""]',
        'data.na=["?"]',
        'data.sep=";"',
    ]
    assert flags.overrides == asked
    assert flags.words[:6] == ["--data", "churn.csv", "--target", "3", "--drop", "a=b"]


@pytest.mark.parametrize(
    ("data", "name"),
    [("a/My churn (2).csv.gz", "My_churn_2"), ("openml:credit-g", "openml-credit-g"), ("p.mod:load", "p.mod-load")],
)
def test_a_run_is_called_like_its_table(data: str, name: str) -> None:
    assert run_name(data) == name


def test_batches_and_steps_fit_the_rows() -> None:
    overrides = [f'data.name="{GOOD}"', "data.target=churned"]
    config = read_study("table", overrides, claimed=lambda tables: {})
    assert (config.hyper["batch_size"], config.hyper["steps"]) == (50, 900)
    own = read_study("table", [*overrides, "hyper.batch_size=16"], claimed=lambda tables: {})
    assert own.hyper["batch_size"] == 16
    with pytest.raises(UsageError, match="pass --data"):
        read_study("table", [], claimed=lambda tables: {})
