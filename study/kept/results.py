"""The results table: one row for each network, one column for each field of ``Key``, ``Task``, ``Hyper`` and ``Outcome``."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pandas as pd

from nets.hyper import Hyper
from nets.outcome import Outcome
from study.asked.config import Config
from study.asked.scores import chosen
from study.data.splits import Task
from study.kept.arm_names import apart
from study.kept.current import current
from study.kept.endings import stopped
from study.kept.published import write_whole
from study.records import Key, Record

FIELDS = [*fields(Key), *fields(Task), *fields(Hyper), *fields(Outcome)]
TYPES: dict[Any, str] = {int: "whole number", float: "number", float | None: "number or nothing", str: "text"}
DTYPES: dict[Any, str] = {int: "int64", float: "float64", float | None: "float64", str: "str"}
MEANINGS = {
    "stage": ("", "design, score, search or refit"),
    "arm": ("", "the design or the search space"),
    "repeat": ("", "number of the arm's search, from 0"),
    "trial": ("", "number of the search trial or design point, from 0"),
    "replicate": ("", "number of the seed, from 0"),
    "design": (
        "",
        "design, score: the claim, or what several share, whose design the arm is of; empty for a study's own",
    ),
    "variant": ("", "the arm within its design: none of B4_none"),
    "chosen_by": ("", "score: the metrics, joined by '+', that are best at this point on the design's own seeds"),
    "seconds": ("s", "share of its stack's wall-clock; every other column is a function of the configuration"),
}
NESTED = [each.name for each in fields(Outcome) if each.type not in DTYPES]
OF_DESIGNS = ("design", "score")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def results_table(config: Config, records: Sequence[Record], provenance: Mapping[str, Any]) -> pd.DataFrame:
    """What is recorded, by key; ``attrs`` holds the provenance, why each search ended, and each column's unit and meaning."""
    metrics = _metrics(config, records)
    names = apart(config)
    rows = []
    for record in current(config, records):
        design, variant = names(record.key.arm) if record.key.stage in OF_DESIGNS else ("", record.key.arm)
        found = {"design": design, "variant": variant, "chosen_by": metrics.get(_point(record), "")}
        rows.append({**_flat(record.row), **found})
    dtypes = {each.name: DTYPES.get(each.type, "str") for each in FIELDS}
    dtypes |= {"design": "str", "variant": "str", "chosen_by": "str", "seconds": "float64"}
    table = pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)
    table.attrs = {
        "provenance": {**provenance, "stopped": stopped(config, records)},
        "fields": {column: _described(column) for column in dtypes},
    }
    return table


def _metrics(config: Config, records: Sequence[Record]) -> dict[tuple[str, str, int], str]:
    """What each point that was scored had been chosen by."""
    found = {}
    by_arm: dict[str, list[Record]] = {}
    for record in records if config.scored else ():
        if record.key.stage == "design":
            by_arm.setdefault(record.key.arm, []).append(record)
    for design in config.scored:
        assert config.score
        for number, metrics in chosen(design, config.score.held, by_arm.get(design.name, [])).items():
            found["score", design.name, number] = "+".join(metrics)
    return found


def _point(record: Record) -> tuple[str, str, int]:
    return record.key.stage, record.key.arm, record.key.trial


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what is neither number nor word as JSON."""
    return {**row, **{name: json.dumps(row[name]) for name in NESTED}}


def write_results(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes results.parquet, results.csv and their dictionary columns.csv, and baselines.csv where there are some, each whole or not at all."""
    baselines = pd.DataFrame(table.attrs.get("baselines", []))
    tables = {"results.csv": table} | ({"columns.csv": dictionary(table)} if "fields" in table.attrs else {})
    tables |= {"baselines.csv": baselines} if len(baselines) else {}

    def write(unfinished: Path) -> list[Path]:
        table.to_parquet(unfinished / "results.parquet")
        for name, each in tables.items():
            _write_csv(harmless(each), unfinished / name)
        return [unfinished / name for name in ("results.parquet", *tables)]

    return write_whole(folder, write)


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """The bytes of pandas's ``to_csv`` in two thirds of its time."""
    columns = [table[name].astype(object).where(table[name].notna(), None).tolist() for name in table]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(zip(*columns, strict=True))


def dictionary(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each column of the table, from its declaration; columns column, unit, meaning, type, default (empty where it has none)."""
    types = {each.name: TYPES.get(each.type, "JSON") for each in FIELDS} | {"seconds": TYPES[float]}
    defaults = {each.name: each.default for each in (*fields(Task), *fields(Hyper)) if each.default is not MISSING}
    rows = [
        (column, described["unit"], described["meaning"], types.get(column, TYPES[str]), defaults.get(column, ""))
        for column, described in table.attrs["fields"].items()
    ]
    return pd.DataFrame(rows, columns=["column", "unit", "meaning", "type", "default"])


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The cells, with an apostrophe before each text that a spreadsheet would take for a formula: a file may be called =A1.csv."""
    bare = table.copy(deep=False)
    bare.attrs = {}  # pandas copies them, all the way down, for each column that is taken
    texts = {str(column): bare[column] for column in bare if pd.api.types.is_string_dtype(bare[column])}
    formulas = {column: text.fillna("").str.startswith(FORMULA) for column, text in texts.items()}
    return bare.assign(
        **{
            column: texts[column].where(~those, "'" + texts[column])
            for column, those in formulas.items()
            if those.any()
        }
    )


def _described(column: str) -> dict[str, str]:
    declared = {each.name: each.metadata for each in FIELDS if each.metadata}
    unit, meaning = MEANINGS.get(column) or (declared[column]["unit"], declared[column]["meaning"])
    return {"unit": unit, "meaning": meaning}
