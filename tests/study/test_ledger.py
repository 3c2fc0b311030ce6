"""The ledger by itself: what was recorded comes back as it was or is told to be damaged, and notes stay apart."""

import json
import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.errors import DamagedError, StudyError
from study.kept.ledger import NETWORKS, NOTES, Depth, Ledger
from study.kept.results import results_table
from study.kept.sqlite import Sqlite
from study.records import Key, Network, Record

MEASURES = {"saturation.share": [[0.1, None], [1 / 3, 1e-300]], "deletion.mean": 0.25, "masks.by_count": None}


def test_what_probes_measure_comes_back_and_is_json_in_the_results_table(databases) -> None:
    database = databases()
    task = small_study().data.task
    outcome = Outcome(stopped="completed", epochs_run=2, valid_loss=0.5, curve=((1, 0.7), (2, 0.5)), measures=MEASURES)
    record = Record(
        Key("design", "dropout", 0, 0, 0), Network(task, Hyper(seed=1, probes="saturation")), outcome, seconds=0.1
    )
    with closing(Ledger(database)) as ledger:
        ledger.record([record])
    with closing(Ledger(database)) as ledger:
        assert ledger.records == [record]
        table = results_table(small_study(), ledger.records, {})
    with closing(Ledger(database, begin=False, depth=Depth.OUTLINE)) as ledger:
        flat = replace(outcome, curve=None, measures=None)
        assert (ledger.size, ledger.records) == (1, [replace(record, outcome=flat)])
    with closing(Ledger(database, begin=False, depth=Depth.END)) as ledger:
        (ended,) = ledger.records
        assert (ledger.size, ended.key, ended.outcome.stopped) == (1, record.key, "completed")
        assert (ended.outcome.valid_loss, ended.outcome.test_error) == (0.5, None)
        with pytest.raises(AttributeError):
            _ = ended.network
    with closing(Ledger(database, begin=False, depth=Depth.NOTHING)) as ledger:
        assert (ledger.size, ledger.records) == (1, [])
    assert json.loads(table.measures[0]) == MEASURES
    assert json.loads(table.curve[0]) == [[1, 0.7], [2, 0.5]]


def record(replicate: int, **settings: object) -> Record:
    network = Network(small_study().data.task, Hyper(seed=replicate, **settings))
    outcome = Outcome(stopped="completed", epochs_run=1, valid_loss=0.5, curve=((1, 0.5),))
    return Record(Key("design", "dropout", 0, 0, replicate), network, outcome, 0.5)


@pytest.fixture
def place(tmp_path: Path) -> Sqlite:
    """A ledger of three networks with two notes."""
    made = Sqlite(tmp_path / "study.db")
    with closing(Ledger(made)) as ledger:
        ledger.record([record(0), record(1)])
        ledger.record([record(2)])
        for subject in ("driver", "provenance"):
            ledger.write_note(subject, {"versions": {"dropstep": "9.9"}, "of": subject})
    return made


def spoil(place: Sqlite, *statements: str) -> None:
    with closing(sqlite3.connect(place.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def read_again(place: Sqlite, depth: Depth = Depth.WHOLE) -> list[Record]:
    with closing(Ledger(place, begin=False, depth=depth)) as ledger:
        return ledger.records


DAMAGES = {
    "UPDATE networks SET digest = '0' WHERE replicate = 1": "its network design dropout 0 0 1 is not as it was recorded",
    "UPDATE networks SET digest = 'z' WHERE replicate = 1": "its network design dropout 0 0 1 is not as it was recorded",
    "UPDATE networks SET valid_loss = 0.25": "its network design dropout 0 0 0 is not as it was recorded",
    "UPDATE networks SET valid_loss = 0.75": "its network design dropout 0 0 0 is not as it was recorded",
    "UPDATE notes SET digest = '0' WHERE subject = 'networks'": "its note networks is not as it was recorded",
    "DELETE FROM networks WHERE replicate = 1": "it holds 2 of 3 recorded networks",
    "DELETE FROM networks": "it holds 0 of 3 recorded networks",
    "DROP TABLE networks": "it holds 0 of 3 recorded networks",
    "DELETE FROM notes WHERE subject = 'networks'": "it does not say how many networks it recorded",
    "UPDATE networks SET curve = '[1,'": "damaged, Expecting value",
    "ALTER TABLE notes DROP COLUMN digest": "is another program's database, its table lacks digest: ",
    "ALTER TABLE networks DROP COLUMN seconds": "is another program's database, its table lacks seconds: ",
}


@pytest.mark.parametrize("statement", DAMAGES)
def test_what_is_not_as_it_was_recorded_is_told(place: Sqlite, statement: str) -> None:
    spoil(place, statement)
    for begin in (False, True):
        with pytest.raises(DamagedError) as raised:
            Ledger(place, begin=begin)
        assert DAMAGES[statement] in str(raised.value)
        assert str(raised.value).endswith("move it away, or choose another --name")


def test_a_database_of_other_tables_is_another_programs(place: Sqlite) -> None:
    spoil(place, "DROP TABLE networks", "DROP TABLE notes", "CREATE TABLE songs (title TEXT)")
    with pytest.raises(DamagedError, match=r"study\.db is another program's database: move it away"):
        Ledger(place)


def test_a_newer_version_is_named_where_the_study_says_which(place: Sqlite) -> None:
    spoil(place, "ALTER TABLE networks ADD COLUMN zeal DOUBLE", "ALTER TABLE networks ADD COLUMN calm DOUBLE")
    with pytest.raises(StudyError, match=r"whose networks have calm, zeal: read it with dropstep 9\.9"):
        Ledger(place)
    spoil(place, "DELETE FROM notes WHERE subject = 'provenance'")
    with pytest.raises(StudyError, match="whose networks have calm, zeal: read it with that version"):
        Ledger(place)


def test_what_a_driver_at_work_adds_while_one_reads_is_no_damage(place: Sqlite) -> None:
    """The note is read before the networks are."""
    with closing(Ledger(place)) as ledger:
        ledger.write_note("networks", 2)
    assert read_again(place) == [record(0), record(1), record(2)]


@pytest.mark.parametrize("depth", [Depth.NOTHING, Depth.END, Depth.OUTLINE, Depth.WHOLE])
def test_a_ledger_that_has_not_begun_holds_nothing_at_any_depth(tmp_path: Path, depth: Depth) -> None:
    with closing(Ledger(Sqlite(tmp_path / "study.db"), begin=False, depth=depth)) as ledger:
        assert (ledger.size, ledger.records, ledger.columns, ledger.note("driver")) == (0, [], [], None)


def test_what_a_network_was_is_never_missing_and_what_came_of_it_may_be() -> None:
    assert {each.name for each in NETWORKS.columns if each.nullable} == {each.name for each in fields(Outcome)}
    assert not [each.name for each in NOTES.columns if each.nullable]
    assert [each.name for each in NOTES.primary_key.columns] == ["subject"]
    assert [each.name for each in NETWORKS.primary_key.columns] == [each.name for each in fields(Key)]


def test_a_note_takes_the_place_of_its_own_alone(place: Sqlite) -> None:
    with closing(Ledger(place)) as ledger:
        for subject in ("end", "networks more", "a"):
            ledger.write_note(subject, [subject])
        for subject in ("end", "driver"):
            ledger.write_note(subject, {"new": 1})
        ledger.write_note("a", None)
        subjects = ("a", "driver", "end", "networks", "networks more", "provenance", "unknown")
        found = {subject: ledger.note(subject) for subject in subjects}
    assert found == {
        "a": None,
        "driver": {"new": 1},
        "end": {"new": 1},
        "networks": 3,
        "networks more": ["networks more"],
        "provenance": {"versions": {"dropstep": "9.9"}, "of": "provenance"},
        "unknown": None,
    }


def test_networks_arrive_at_the_drivers_clock(place: Sqlite) -> None:
    with closing(Ledger(place)) as ledger:
        spoil(
            place, *(f"UPDATE networks SET recorded_at = {86400 + each} WHERE replicate = {each}" for each in range(3))
        )
        assert [key.replicate for key in ledger.arrivals(86401)] == [1, 2]
        assert [len(ledger.arrivals(since)) for since in (0, 86400, 86402, 86402.5)] == [3, 3, 1, 0]
        assert ledger.begun == "1970-01-02"


def test_a_study_that_has_recorded_nothing_has_begun_on_no_day(tmp_path: Path) -> None:
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        assert (ledger.begun, ledger.arrivals(0)) == ("", [])


@pytest.mark.parametrize(("recorded", "asked"), [(5, 6), (6, 5)])
def test_another_network_under_a_recorded_key_is_refused_with_what_differs(
    tmp_path: Path, recorded: int, asked: int
) -> None:
    held, other, unknown = record(0, steps=recorded), record(0, steps=asked), record(1)
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        ledger.record([held])
        assert ledger.holds(held.key, held.network)
        assert ledger.agrees(held.key, held.network)
        assert not ledger.agrees(held.key, other.network)
        assert not ledger.holds(unknown.key, unknown.network)
        assert not ledger.agrees(unknown.key, unknown.network)
        with pytest.raises(
            StudyError, match=f"holds design dropout 0 with steps {recorded}, this study asks for {asked}: choose"
        ):
            ledger.holds(held.key, other.network)


def test_what_is_written_and_read_has_its_columns_type(tmp_path: Path) -> None:
    """A learning rate may be asked for as 1, and is 1.0 when it is read: its digest is that of the number stored."""
    whole = record(0, learning_rate=1)
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        ledger.record([whole])
    (found,) = read_again(Sqlite(tmp_path / "study.db"))
    assert (found, type(found.network.hyper.learning_rate)) == (whole, float)
    assert type(found.network.hyper.width) is int


def test_networks_that_are_recorded_again_count_once(place: Sqlite) -> None:
    """As where the answer to a first attempt was lost."""
    with closing(Ledger(place)) as ledger, pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sqlite, "patiently", lambda _, act: [act(), act()][1])
        ledger.record([record(3), record(4)])
    with closing(Ledger(place)) as ledger:
        assert (ledger.size, ledger.note("networks")) == (5, 5)
