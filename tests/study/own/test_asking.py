"""Rows for a model, of a file of text or of typed columns, become what the rows became that it learnt from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.model.asking import Asked, Form


def form(*columns: Asked, **told: Any) -> Form:
    held = {"na": (), "decimal": ".", "thousands": "", "sep": ",", "encoding": "utf-8", **told}
    return Form("y", columns, **held)


def cells(folder: Path, column: Asked, values: Any, **told: Any) -> pd.Series:
    pd.DataFrame({column.name: values}).to_parquet(folder / "new.parquet")
    return form(column, **told).rows(str(folder / "new.parquet"))[1][column.name]


NUMBER, SWITCH, DATE, WORDS = (Asked("x", kind, "") for kind in ("number", "switch", "date", "words"))


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        (np.array([3, 255], np.uint8), "uint8", [3, 255]),  # a pixel is a byte, not eight
        (np.array([3, -4], np.int16), "int16", [3, -4]),
        (np.array([0.5, 1.5], np.float32), "float32", [0.5, 1.5]),
        (pd.array([3, None], "Int64"), "float64", [3, np.nan]),
        (pd.array([0.5, None], "Float32"), "float64", [0.5, np.nan]),
        (np.array([True, False]), "float64", [1, 0]),
        (pd.array([True, None], "boolean"), "float64", [1, np.nan]),
        (["TRUE", "False"], "float64", [1, 0]),
        (["1.5", None], "float64", [1.5, np.nan]),
        (["1.5", "NULL"], "float64", [1.5, np.nan]),
        (["1.5", " 7 "], "float64", [1.5, 7]),
        (["1:30", "$7"], "float64", [1.5, 7]),
    ],
)
def test_numbers_of_typed_columns_stay_as_narrow_as_they_are(
    tmp_path: Path, values: Any, dtype: str, expected: list
) -> None:
    found = cells(tmp_path, NUMBER, values)
    assert found.dtype == dtype
    assert found.tolist() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "held", "expected"),
    [
        (["7 mg", "mg 8", "9", "NA", ""], {}, [7, 8, 9, np.nan, np.nan]),
        (["1.250,5 mg", "8 mg"], {"decimal": ",", "thousands": "."}, [1250.5, 8]),
        (["7 mg", "?", "8"], {"na": ("?",)}, [7, np.nan, 8]),
    ],
)
def test_numbers_of_a_unit_are_read_with_it_or_without(
    tmp_path: Path, values: list[str], held: dict[str, Any], expected: list
) -> None:
    column = Asked("x", "number", "", is_signed=True, unit="mg")
    assert cells(tmp_path, column, values, **held).tolist() == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "dates", "expected"),
    [
        ([19700103, 19700102], "%Y%m%d", [2, 1]),
        ([19700103, 19700102], "", [2, 1]),
        ([19700103, 19700102], "%Y-%m-%d", [2, 1]),  # as a typed column has them where a file of text had 1970-01-03
        ([197001031200, 197001020600], "%Y%m%d%H%M", [2.5, 1.25]),
        (pd.array([19700103, None], "Int64"), "%Y%m%d", [2, np.nan]),
        (pd.to_datetime(["1970-01-03 12:00", None]), "%d.%m.%Y", [2.5, np.nan]),
        (["03.01.1970", None], "%d.%m.%Y", [2, np.nan]),
        (["03.01.1970", "NA"], "%d.%m.%Y", [2, np.nan]),
        (["1970-01-03", ""], "", [2, np.nan]),
        (["1970-01-03T12:00:00Z", ""], "ISO8601", [2.5, np.nan]),
        (["1970-01-03T12:00:00+01:00", "1970-01-03T12:00:00-06:00"], "ISO8601", [2 + 11 / 24, 2.75]),
    ],
)
def test_dates_become_days_however_a_file_holds_them(tmp_path: Path, values: Any, dates: str, expected: list) -> None:
    found = cells(tmp_path, Asked("x", "date", dates), values)
    assert found.tolist() == pytest.approx(expected, nan_ok=True)


def test_words_are_words_whatever_they_look_like(tmp_path: Path) -> None:
    assert cells(tmp_path, WORDS, [" a ", None, "NA", "7"]).tolist() == ["a", "", "NA", "7"]
    assert cells(tmp_path, WORDS, ["a", "?"], na=("?",)).tolist() == ["a", ""]
    assert cells(tmp_path, WORDS, [7, 8]).tolist() == ["7", "8"]


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        (NUMBER, ["7", "8", "old", "new"], 'holds "old" in x, line 3, where the model takes a number: correct it'),
        (DATE, [20260101, 20260230, 20260102], 'holds "20260230" in x, line 2, where the model takes a date: correct'),
        (
            Asked("x", "date", "%d.%m.%Y"),
            ["1.1.2026", None, "31.2.2026"],
            'holds "31.2.2026" in x, line 3, where the model takes a date such as %d.%m.%Y: correct it, or leave it blank',
        ),
    ],
)
def test_the_first_cell_that_a_model_cannot_take_is_told(
    tmp_path: Path, column: Asked, values: list, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        cells(tmp_path, column, values)


def test_a_column_that_is_missing_is_told_with_the_nearest(tmp_path: Path) -> None:
    pd.DataFrame({"age": [1], "y": [2]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match=r"has no column ages, which the model takes; did you mean age\?"):
        form(Asked("ages", "number", "")).rows(str(tmp_path / "a.csv"))


def test_rows_stand_as_they_are_beside_what_the_model_takes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name;x;more\n Ann;1,50;z\nBob;;\n")
    told, taken = form(NUMBER, decimal=",").rows(str(tmp_path / "a.csv"))
    assert told.fillna("").to_numpy().tolist() == [["Ann", "1,50", "z"], ["Bob", "", ""]]
    assert list(taken) == ["x"]
    assert taken.x.tolist() == pytest.approx([1.5, np.nan], nan_ok=True)


def test_a_form_is_read_as_it_was_written() -> None:
    held = form(Asked("x", "number", "", is_signed=True, unit="€"), DATE, WORDS, na=("?", "-"), thousands="'", sep=None)
    assert Form.read(held.text) == held
    assert "€" in held.text
    assert held.words() == ["x"]
    older = json.loads(form(NUMBER).text)
    older["columns"] = [{"name": "x", "kind": "number", "form": ""}]  # before there were units
    assert Form.read(json.dumps(older)) == form(Asked("x", "number", "", is_signed=False, unit=""))


@pytest.mark.parametrize("text", ['{"target": "y"}', "[]", "{}", '{"columns": [{"name": "x"}], "na": []}'])
def test_what_does_not_say_how_rows_are_read_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="it does not say how rows are read"):
        Form.read(text)
