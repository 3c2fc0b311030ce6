"""A table of one's own: what is in the file is what is learnt, and what cannot be learnt from is told in one line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.asked.source import Source
from study.data.tables import table

PEOPLE = pd.DataFrame(
    {
        "age": [31, 45, 22, 60, 38, 51],
        "town": ["Ulm", "Rom", "Ulm", "Bern", "Rom", "Ulm"],
        "member": [True, False, True, True, False, False],
        "income": ["low", "high", "low", "high", "low", "high"],
    }
)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a table as people.csv of the working directory."""
    monkeypatch.chdir(tmp_path)
    table.cache_clear()

    def write(frame: pd.DataFrame = PEOPLE) -> None:
        frame.to_csv("people.csv", index=False)

    return write


def source(name: str = "people.csv:income", **changes) -> Source:
    return Source(**{"name": name, "train": 3, "valid": 2, "label_noise": 0.0, **changes})


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_numbers_stay_and_words_become_columns(people, kind: str) -> None:
    write = PEOPLE.to_parquet if kind == "parquet" else PEOPLE.to_csv
    write(f"people.{kind}", index=False)
    read = table(f"people.{kind}:income")
    assert read.y.tolist() == [1, 0, 1, 0, 1, 0], "classes are numbered in the order of their names"
    ages, towns, members = read.x[:, :1], read.x[:, 1:4], read.x[:, 4:]
    assert ages[:, 0].tolist() == PEOPLE.age.tolist()
    assert members[:, 0].tolist() == PEOPLE.member.tolist()
    assert np.array(["Bern", "Rom", "Ulm"])[towns.argmax(axis=1)].tolist() == PEOPLE.town.tolist()
    assert (towns.sum(axis=1) == 1).all()


def test_a_file_is_split_as_any_table(people) -> None:
    people()
    task = source().task
    assert (task.data, task.train_rows, task.valid_rows, task.scaling) == ("people.csv:income", 3, 2, "standardised")


def _with(**columns) -> pd.DataFrame:
    return PEOPLE.assign(**columns)


@pytest.mark.parametrize(
    ("frame", "name", "message"),
    [
        (PEOPLE, "people.csv", "people.csv needs the column that holds the class, people.csv:COLUMN"),
        (PEOPLE, "persons.csv:income", "there is no file persons.csv"),
        (PEOPLE, "people.csv:incom", r"people.csv has no column incom; did you mean income\?"),
        (_with(age=[1, None, 3, 4, 5, 6]), "people.csv:income", "rows without age: fill them in"),
        (_with(income="low"), "people.csv:income", "a class is one of 2 to 100, got 1 values in people.csv:income"),
        (_with(age=[1, np.inf, 3, 4, 5, 6]), "people.csv:income", "not finite in age"),
        (PEOPLE[["income"]], "people.csv:income", "no column besides income"),
        (pd.DataFrame(), "people.csv:income", "people.csv cannot be read: No columns to parse"),
    ],
)
def test_what_cannot_be_learnt_from(people, frame: pd.DataFrame, name: str, message: str) -> None:
    people(frame)
    with pytest.raises(ValueError, match=message) as refusal:
        _ = source(name).task
    assert "\n" not in str(refusal.value) or "validation error" in str(refusal.value)


def test_a_text_is_no_input(people) -> None:
    rows = range(60)
    frame = pd.DataFrame({"name": [f"person {row}" for row in rows], "age": rows, "old": [row > 30 for row in rows]})
    people(frame)
    with pytest.raises(ValueError, match="60 different words in name, 50 at most: group them, or leave it out"):
        _ = source("people.csv:old").task
    frame.assign(name=pd.Timestamp("2026-11-21")).to_parquet("people.parquet")
    with pytest.raises(ValueError, match="neither numbers nor words in name, but datetime64"):
        _ = source("people.parquet:old").task
