"""What a study file and its overrides come to: batches and steps of a table of one's own, arms of claims, words that are no TOML."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.asked import study_file
from study.asked.study_file import fitting, read_study
from study.errors import UsageError


@pytest.mark.parametrize(
    ("rows", "batch", "steps"),
    [
        (1, 50, 900),
        (2000, 50, 900),
        (2001, 128, 1500),
        (19_200, 128, 1500),
        (19_213, 128, 1501),
        (20_000, 128, 1562),
        (20_001, 256, 1500),
        (38_426, 256, 1501),
        (256_000, 256, 10_000),
        (10**15, 256, 10**16 // 256),
    ],
)
def test_batches_and_steps_of_a_table_make_ten_passes_and_no_fewer_steps_than_for_a_small_one(
    rows: int, batch: int, steps: int
) -> None:
    assert fitting(rows) == (batch, steps)


def own(folder: Path, rows: int = 90, share: float = 0.5) -> list[str]:
    """The overrides of a table of numbers; ``share`` of its rows are of the first class."""
    path = folder / f"{rows}-{share}.parquet"
    y = np.where(np.arange(rows) * share % 1 < share, "no", "yes")
    pd.DataFrame({"x": np.arange(rows) * np.pi % 1, "y": y}).to_parquet(path)
    return [f"data.name={path}", "data.target=y"]


def read(*overrides: str, study: str = "table"):
    return read_study(study, overrides, claimed=lambda tables: {})


def test_a_table_has_batches_and_steps_of_its_size_unless_they_are_set(tmp_path: Path) -> None:
    table = own(tmp_path)
    assert read(*table).hyper["batch_size"] == 50
    assert read(*table).hyper["steps"] == 900
    assert (read(*table).hyper["depth"], read(*table).data.rows) == (1, None)
    assert read(*table, "hyper.batch_size=20", "hyper.steps=7").hyper.items() >= {"batch_size": 20, "steps": 7}.items()
    epochs = read(*table, "hyper.epochs=3", "hyper.steps=0").hyper
    assert (epochs["batch_size"], epochs["epochs"], epochs["steps"]) == (50, 3, 0)


def test_epochs_stand_in_the_place_of_steps(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"steps=900 and epochs=3"):
        read(*own(tmp_path), "hyper.epochs=3")


def test_of_a_large_table_two_hundred_thousand_rows_are_used_unless_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(*own(tmp_path, 200_001)).data.rows == 200_000
    monkeypatch.setattr(study_file, "MOST_ROWS", 90)
    assert read(*own(tmp_path, 90)).data.rows is None
    more = own(tmp_path, 91)
    assert read(*more).data.rows == 90
    assert read(*more, "data.rows=60").data.rows == 60


def test_rare_classes_bring_an_arm_that_weighs_them(tmp_path: Path) -> None:
    assert "l2_weighted" not in read(*own(tmp_path, 100)).search.arms
    uneven = own(tmp_path, 100, share=0.1)
    arms = read(*uneven).search.arms
    assert arms["l2_weighted"] == {**arms["l2"], "class_weights": "balanced"}
    said = read(*uneven, "search.arms.l2_weighted.l2=0.5").search.arms["l2_weighted"]
    assert said == {"l2": 0.5}, "an arm of that name that is there stays as it is"
    assert "l2_weighted" not in read(*uneven, "search.arms={none={width=[3,4]}}").search.arms


@pytest.mark.parametrize(
    ("override", "document"),
    [
        ("seed=3", {"seed": 3}),
        (" hyper . l2 = 0.5 ", {"hyper": {"l2": 0.5}}),
        ("data.name=iris", {"data": {"name": "iris"}}),
        ("data.name=", {"data": {"name": ""}}),
        ("data.name='a=b'", {"data": {"name": "a=b"}}),
        ("data.name=1\nseed=2", {"data": {"name": "1\nseed=2"}}),
    ],
)
def test_an_override_is_one_value_of_toml_or_a_word(override: str, document: dict) -> None:
    """Another line of it is no other setting."""
    found: dict = {}
    study_file._override(found, override)
    assert found == document


def test_a_study_file_may_have_any_name(folder_of_runs: Path) -> None:
    """It is no table's for that: its steps are those that it says, or the default."""
    for name in ("mine", "zeta"):
        Path(name).write_text('data = { name = "iris" }\nsearch.arms.none.width = [3, 4]\n')
        assert (read(study=name).data.name, read(study=name).hyper) == ("iris", {})
        assert study_file.find(name) == Path(name)
    with pytest.raises(UsageError, match="'yours' is neither a preset"):
        study_file.find("yours")
