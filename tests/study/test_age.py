"""Stored studies outlive a version: what an older one recorded opens, what a newer one did is told, and neither is damage."""

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from levels import one_in
from small_study import carry_out, small_study

from nets.outcome import Outcome
from study.kept import columns
from study.kept.ledger import Ledger, digest_of
from study.kept.sqlite import Sqlite
from study.records import Record

RECORDED = Path(__file__).parent / "recorded"
FILE = Path("runs/keepsake/study.db")
DESIGNS = {("", own) for own in ("none", "dropout", "l2")} | {("exact", "before")}
DESIGNS |= {("d300", variant) for variant in ("none", "dropout", "gaussian", "l2")}
ALSO = {"advise": "no advice without", "verify": "so that equal bits are not promised"}  # an answer too
READERS = ("status", "report", "export", "advise", "verify")


@pytest.fixture(params=sorted(path.name.removesuffix(".db.gz") for path in RECORDED.glob("*.db.gz")))
def keepsake(request: pytest.FixtureRequest, folder_of_runs: Path) -> Path:
    """The study file of a stored study, whose database lies where a run's does."""
    FILE.parent.mkdir(parents=True)
    with gzip.open(RECORDED / f"{request.param}.db.gz") as packed, FILE.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return RECORDED / f"{request.param}.toml"


@pytest.mark.whole
@pytest.mark.usefixtures("undrawn")
def test_a_stored_study_opens_reports_and_exports_for_ever(keepsake: Path, dropstep) -> None:
    before = FILE.read_bytes()
    for command in READERS:
        code, out, err = dropstep(command)
        assert (code, bool(out), err) == (0, True, "") or ALSO.get(command, "?!") in out + err, command
    assert dropstep("status")[1].startswith("keepsake: finished")
    with closing(Ledger(Sqlite(FILE), begin=False)) as ledger:
        assert len(pd.read_parquet("runs/keepsake/results.parquet")) == len(ledger.records) > 300
    names = pd.read_parquet("runs/keepsake/results.parquet").groupby("stage")[["design", "variant"]]
    assert set(names.get_group("design").itertuples(index=False, name=None)) == DESIGNS
    assert set(names.get_group("search").itertuples(index=False, name=None)) == {("", "joint")}
    assert FILE.read_bytes() == before
    assert Path("runs/keepsake/report/index.html").stat().st_size > 100_000


def test_what_is_stored_is_read_without_its_data(keepsake: Path, dropstep, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> Any:
        raise ValueError(f"there is no file {name}")

    for module in ("study.data.splits", "study.asked.source", "study.kept.provenance", "study.trained.verify"):
        monkeypatch.setattr(f"{module}.table", gone)
    for command in ("status", "export", "verify"):
        code, out, err = dropstep(command)
        assert (code, err) == (0, ""), command
    assert "0 of 338 networks trained again" in out
    assert "left out what learns from digits: there is no file digits" in out


def test_what_cannot_be_carried_on_says_what_differs_and_how_to_go_on(keepsake: Path, dropstep) -> None:
    before = FILE.read_bytes()
    code, _, err = dropstep("run", str(keepsake), "--name", "keepsake")
    line, header, *rows = err.splitlines()
    assert code == 2
    assert "begin a new one with --name, or go on with dropstep 0.1.0 (code nets 0c8f89aab5a4)" in line
    assert "status, report, export and advise read it as it is" in line
    assert header.split() == ["setting", "recorded", "now"]
    assert {row.split()[0] for row in rows} >= {"versions.nets", "versions.study"}
    assert "restore" not in err
    assert FILE.read_bytes() == before


def test_verify_promises_equal_bits_only_where_code_and_machine_are_equal(keepsake: Path, dropstep) -> None:
    out = dropstep("verify", "--sample", "1")[1]
    assert "recorded by other code or on another machine, so that equal bits are not promised" in out


def as_an_older_version_stored(path: Path, field: str) -> None:
    """Takes a column away, and digests over those that are left."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"ALTER TABLE networks DROP COLUMN {field}")
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT rowid, * FROM networks").fetchall():
            recorded = {name: row[name] for name in row.keys() if name not in {"rowid", *columns.UNRECORDED}}  # noqa: SIM118
            nested = {name: json.loads(recorded[name]) for name in ("curve", "measures") if name in recorded}
            stored = (digest_of({**recorded, **nested}), row["rowid"])
            connection.execute("UPDATE networks SET digest = ? WHERE rowid = ?", stored)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("age") / "study.db"
    carry_out(path, small_study(search__trials=3, hyper__steps=2))
    return path


def with_default(record: Record, field: str) -> dict[str, Any]:
    return {**record.row, field: columns.DEFAULTS[field]}


@pytest.mark.parametrize("field", one_in(4, columns.DEFAULTS))
def test_a_column_that_was_not_there_yet_is_its_fields_default(recorded: Path, tmp_path: Path, field: str) -> None:
    old = Path(shutil.copy(recorded, tmp_path / "old.db"))
    as_an_older_version_stored(old, field)
    with closing(Ledger(Sqlite(recorded))) as now, closing(Ledger(Sqlite(old), begin=False)) as then:
        assert [record.row for record in then.records] == [with_default(record, field) for record in now.records]


def test_every_field_that_today_adds_has_a_default(keepsake: Path) -> None:
    """Else no study of before can be read; a field that today takes away makes it a newer version's."""
    with closing(Ledger(Sqlite(FILE), begin=False)) as ledger:
        assert set(ledger.columns) <= set(columns.COLUMNS)
        assert set(columns.COLUMNS) - set(ledger.columns) <= set(columns.DEFAULTS)
    assert {each.name for each in fields(Outcome)} - set(columns.DEFAULTS) == {"stopped", "epochs_run"}


@pytest.mark.parametrize("command", [*READERS, "restore"])
def test_what_a_newer_version_recorded_is_told_and_left_alone(keepsake: Path, dropstep, command: str) -> None:
    with closing(sqlite3.connect(FILE)) as connection, connection:
        connection.execute("ALTER TABLE networks ADD COLUMN zeal DOUBLE DEFAULT 1.0")
    shutil.copy(FILE, FILE.with_suffix(".backup.db"))
    before = FILE.read_bytes()
    code, _, err = dropstep(command)
    assert code == 1
    assert err == (
        "error: runs/keepsake/study.db was recorded by a newer version of dropstep, whose networks have zeal"
        ": read it with dropstep 0.1.0\n"
    )
    assert FILE.read_bytes() == before
    assert not list(FILE.parent.glob("*damaged*"))


def test_nothing_is_made_by_reading(folder_of_runs: Path) -> None:
    with closing(Ledger(Sqlite(folder_of_runs / "new.db"))) as begun:
        assert begun.records == []
    empty = folder_of_runs / "empty.db"
    sqlite3.connect(empty).close()
    with closing(Ledger(Sqlite(empty), begin=False)) as ledger:
        assert ledger.records == []
        assert ledger.note("provenance") is None
    with closing(sqlite3.connect(empty)) as connection:
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
