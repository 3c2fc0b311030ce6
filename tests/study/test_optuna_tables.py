"""Optuna's tables follow what was told: when they are written, what is left alone, and what is put right, whoever changed it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.trial import FrozenTrial, TrialState
from small_study import optuna_study, optuna_trials
from sqlalchemy.exc import IntegrityError
from test_ranking import record

from study.kept import optuna_tables
from study.kept.optuna_notes import write_notes
from study.kept.optuna_tables import OptunaTables
from study.kept.sqlite import Sqlite

SPACE = {"keep_prob": FloatDistribution(0.1, 1.0), "activation": CategoricalDistribution(["relu", "tanh"])}
END = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - Optuna's own have no zone


def trial(number: int) -> FrozenTrial:
    ends: dict[str, Any] = {"value": 0.5 + number}
    if number == 2:
        ends = {"state": TrialState.PRUNED, "intermediate_values": {1: 3.0, 4: 2.0}}
    params = {"keep_prob": 0.25 + number / 10, "activation": "tanh"}
    made = optuna.trial.create_trial(params=params, distributions=SPACE, **ends)
    made.number, made.datetime_complete = number, END
    return made


@pytest.fixture
def place(tmp_path: Path) -> Sqlite:
    return Sqlite(tmp_path / "study.db")


@contextmanager
def opened(place: Sqlite, *searches: str, **provenance: Any) -> Iterator[OptunaTables]:
    with closing(OptunaTables(place, name="small", searches=searches or ["joint"], provenance=provenance)) as tables:
        yield tables


def tell(tables: OptunaTables, *numbers: int) -> None:
    for number in numbers:
        tables.add("joint", trial(number), [record(number, 0.5), record(number, 0.75, seed=1)])


def told(place: Sqlite, numbers: range) -> list[FrozenTrial]:
    """What the tables hold at the end of a study that told so many trials."""
    with opened(place) as tables:
        tell(tables, *numbers)
        tables.end()
    return optuna_trials(place)


def fail(*_: object) -> None:
    raise AssertionError("nothing is to be written")


def spoil(place: Sqlite, *statements: str) -> None:
    with closing(sqlite3.connect(place.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_trial_is_there_with_what_came_of_its_networks_and_how_long_they_took(place: Sqlite) -> None:
    first, _, third = told(place, range(3))
    assert (first.number, first.value, first.params) == (0, 0.5, {"keep_prob": 0.25, "activation": "tanh"})
    assert (first.datetime_start, first.datetime_complete) == (END - timedelta(seconds=2 * 0.5), END)
    assert first.user_attrs == {"stopped": ["completed"], "valid_loss": [0.5, 0.75], "valid_error": [None, None]}
    assert (third.state, third.value, third.intermediate_values) == (TrialState.PRUNED, None, {1: 3.0, 4: 2.0})


def test_trials_are_written_a_second_after_those_before(place: Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(optuna_tables, "monotonic", lambda: now[0])
    held = []
    with opened(place) as tables:
        for number, at in enumerate((100.5, 100.99, 101.0, 101.5, 102.0, 102.25)):
            now[0] = at
            tell(tables, number)
            tables.keep_up()
            held.append(len(optuna_trials(place)))
        assert held == [0, 0, 3, 3, 5, 5]
        tables.write()
        assert len(optuna_trials(place)) == 6
        monkeypatch.setattr(tables, "_write", fail)
        tables.write()
        tables.end()


def test_a_study_that_is_resumed_writes_what_is_new(place: Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(place, range(3))
    written = []
    add_trials = optuna_tables.add_trials

    def counted(engine, trials) -> bool:
        written.extend(each.number for _, each in trials)
        return add_trials(engine, trials)

    with monkeypatch.context() as patched:
        for name in ("_write", "_write_anew"):
            patched.setattr(OptunaTables, name, fail)
        assert told(place, range(3)) == before
    monkeypatch.setattr(optuna_tables, "add_trials", counted)
    assert told(place, range(5))[:3] == before
    assert written == [3, 4]


def test_what_somebody_notes_of_a_study_stays(place: Sqlite) -> None:
    told(place, range(2))
    with optuna_study(place) as study:
        study.set_user_attr("mine", "a remark")
    told(place, range(3))
    with optuna_study(place) as study:
        assert study.user_attrs == {"mine": "a remark"}


def test_the_study_says_what_it_is_and_what_changed_of_it(place: Sqlite) -> None:
    for provenance in ({"seed": 3, "name": "iris"}, {"seed": 4, "name": "iris"}, {"seed": 2}):
        with opened(place, **provenance):
            pass
        with optuna_study(place) as study:
            assert study.user_attrs == {"name": "iris", **provenance}


SPOILT = [
    "INSERT INTO trials SELECT 99, number, study_id, state, datetime_start, datetime_complete FROM trials WHERE number = 1",
    "UPDATE trial_values SET value = 7",
    "UPDATE trial_values SET value = 7 WHERE trial_id = 2",
    "UPDATE trials SET state = 'RUNNING'",
    "DELETE FROM trials",
    "DELETE FROM trials WHERE number = 0",
    "DELETE FROM trials WHERE number = 2",
    "DELETE FROM trial_params",
    "UPDATE trial_params SET param_value = param_value * 1.01",
    "UPDATE trial_user_attributes SET value_json = '7'",
    "UPDATE trial_intermediate_values SET step = step + 1",
    "UPDATE study_directions SET direction = 'MAXIMIZE'",
    "UPDATE study_directions SET direction = 'X'",
    "UPDATE alembic_version SET version_num = 'v0'",
    "DROP TABLE trial_values",
    "DROP TABLE studies",
]


@pytest.mark.parametrize("statement", SPOILT)
def test_what_somebody_changed_is_put_right(place: Sqlite, statement: str) -> None:
    expected = told(place, range(4))
    spoil(place, statement)
    assert told(place, range(4)) == expected


def test_what_another_program_writes_meanwhile_is_put_right(place: Sqlite) -> None:
    expected = told(Sqlite(place.path.with_name("alone.db")), range(3))
    with opened(place) as tables:
        tell(tables, 0)
        tables.write()
        with optuna_study(place) as study:
            study.ask()
        tell(tables, 1, 2)
        tables.end()
    assert optuna_trials(place) == expected


def test_a_trial_of_somebody_elses_goes_at_the_end(place: Sqlite) -> None:
    expected = told(place, range(3))
    with optuna_study(place) as study:
        study.ask()
    assert len(optuna_trials(place)) == 4
    assert told(place, range(3)) == expected


@pytest.mark.parametrize("is_written", [True, False])
def test_a_conflict_leaves_what_was_told(place: Sqlite, monkeypatch: pytest.MonkeyPatch, *, is_written: bool) -> None:
    """The database refuses what an attempt has written whose answer was lost, or another program."""
    expected = told(Sqlite(place.path.with_name("alone.db")), range(3))
    add_trials, attempts = optuna_tables.add_trials, iter(range(100))

    def conflicting(engine, trials) -> bool:
        first = next(attempts) == 0
        if is_written or not first:
            add_trials(engine, trials)
        if first:
            raise IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed"))
        return True

    monkeypatch.setattr(optuna_tables, "add_trials", conflicting)
    assert told(place, range(3)) == expected
    assert next(attempts) == (1 if is_written else 2)


def test_searches_are_written_apart(place: Sqlite) -> None:
    with opened(place, "joint", "other") as tables:
        tell(tables, 0)
        tables.add("other", trial(0), [record(0, 0.5)])
        tell(tables, 1)
        tables.end()
    assert [len(optuna_trials(place, f"small-{search}")) for search in ("joint", "other")] == [2, 1]


def proposals(place: Sqlite, space: dict[str, Any]) -> dict[int, dict[str, Any]]:
    with opened(place) as tables:
        return tables.proposals("joint", space)


def test_what_was_proposed_is_read_as_far_as_it_makes_sense(place: Sqlite) -> None:
    expected = {number: each.params for number, each in enumerate(told(place, range(4)))}
    assert proposals(place, SPACE) == expected
    assert proposals(place, {"keep_prob": SPACE["keep_prob"]}) == {}
    assert proposals(place, {**SPACE, "l2": SPACE["keep_prob"]}) == {}
    spoil(
        place,
        "DELETE FROM trial_params WHERE trial_id = 1 AND param_name = 'activation'",
        "UPDATE trial_params SET param_value = 7 WHERE trial_id = 2 AND param_name = 'activation'",
        "UPDATE trial_params SET param_value = 'abc' WHERE trial_id = 3 AND param_name = 'activation'",
    )
    assert proposals(place, SPACE) == {3: expected[3]}


def attributes(place: Sqlite, study: str) -> dict[str, Any]:
    with optuna_study(place, study) as opened_study:
        return opened_study._storage.get_study_system_attrs(opened_study._study_id)


def test_a_note_is_written_in_parts_once_and_counted(place: Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the dashboard has it: 2045 signs a part, and how often it was written."""
    note, version, names = "dashboard:note_str:", "dashboard:note_ver", "study:metric_names"
    with opened(place, "joint", "other"):
        pass
    write_notes(place, {"small-other": "kept", "unknown": "passed over"})
    for times, length in enumerate((5000, 10, 2045, 2046), start=1):
        for _ in range(2):  # the second time there is nothing to write
            write_notes(place, {"small-joint": "x" * length})
        found = attributes(place, "small-joint")
        parts = [len(found[f"{note}{number}"]) for number in range(len(found) - 2)]
        assert parts == {5000: [2045, 2045, 910], 10: [10], 2045: [2045], 2046: [2045, 1]}[length]
        assert (found[version], found[names]) == (times, ["mean validation loss [nat]"])
    assert attributes(place, "small-other") == {f"{note}0": "kept", version: 1, names: ["mean validation loss [nat]"]}
    before = attributes(place, "small-joint")
    with optuna_study(place) as study:
        study._storage.set_study_system_attr(study._study_id, names, ["mine"])
    write_notes(place, {"small-joint": "x" * 2046})
    assert attributes(place, "small-joint") == before
    write_notes(place, {"small-other": "changed"})
    assert attributes(place, "small-joint") == before, "whichever of the two began first"
    monkeypatch.setattr(Sqlite, "patiently", fail)
    write_notes(place, {})


def test_a_note_that_is_shorter_leaves_the_attributes_of_other_names(place: Sqlite) -> None:
    """An underscore in a pattern of SQL stands for any sign."""
    with opened(place), optuna_study(place) as study:
        study._storage.set_study_system_attr(study._study_id, "dashboard:noteXstr:0", "another's")
    write_notes(place, {"small-joint": "x" * 5000})
    write_notes(place, {"small-joint": "x"})
    assert attributes(place, "small-joint")["dashboard:noteXstr:0"] == "another's"
