"""The results table by hand: whose arms and points its networks are, what its columns are called, and the files it is written to."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.data.splits import Task
from study.kept.current import current
from study.kept.results import dictionary, harmless, results_table, write_results
from study.records import Key, Network, Record

TASK = small_study().data.task


def record(
    stage: str,
    arm: str = "joint",
    trial: int = 0,
    seed: int = 0,
    *,
    loss: float = 0.5,
    repeat: int = 0,
    **settings: Any,
) -> Record:
    outcome = Outcome(
        stopped="completed", epochs_run=2, valid_loss=loss, valid_error=loss / 2, curve=((1, 1.0), (2, loss))
    )
    return Record(Key(stage, arm, repeat, trial, seed), Network(TASK, Hyper(seed=seed, **settings)), outcome, 0.25)


def searched(*losses: float) -> list[Record]:
    return [record("search", trial=trial, seed=seed, loss=loss) for trial, loss in enumerate(losses) for seed in (0, 1)]


def refits(*trials: int) -> list[Record]:
    return [record("refit", trial=trial, seed=9) for trial in trials]


def test_refits_of_trials_that_others_have_overtaken_are_no_more_the_studys() -> None:
    """The refit is of the two best on mean loss; other stages are the study's for ever."""
    others = [record("design"), record("score"), *searched(0.5, 0.3, 0.4, 0.6)]
    config = small_study(search__trials=4)
    assert current(config, [*others, *refits(0, 1, 2, 3)]) == [*others, *refits(1, 2)]
    assert current(small_study(refit=None, search__trials=4), [*others, *refits(0, 1)]) == others
    again = [record("search", trial=0, seed=seed, loss=0.9, repeat=1) for seed in (0, 1)]
    refitted = record("refit", trial=0, repeat=1, seed=9)
    assert current(config, [*searched(0.5, 0.3, 0.4), *again, refitted]) == [*searched(0.5, 0.3, 0.4), *again, refitted]


ARMS = {"none": {"learning_rate": [0.1, 0.2, 0.3]}, "B4_none": {"width": [3]}}
CONFIG = small_study(
    design={"replicates": 2, "arms": ARMS, "claims": ["B4"], "designs": ["B4"]}, score={"replicates": 1}, refit=None
)


def designed() -> list[Record]:
    """Of three rates the second is best by both metrics; what was scored since is better still, and chose nothing."""
    rates = enumerate(zip((0.1, 0.2, 0.3), (0.5, 0.4, 0.6), strict=True))
    found = [
        record("design", "none", point, seed, loss=loss, learning_rate=rate)
        for point, (rate, loss) in rates
        for seed in (0, 1)
    ]
    return [*found, record("design", "B4_none", 0, 0, width=3), record("score", "none", 1, 7, loss=0.1)]


def test_each_network_has_its_design_its_variant_and_what_chose_its_point() -> None:
    table = results_table(CONFIG, [*designed(), record("search", "B4_none", 0, 0)], {"seed": 3})
    found = table.groupby(["stage", "arm", "trial"])[["design", "variant", "chosen_by"]].first().to_dict("index")
    assert {key: tuple(each.values()) for key, each in found.items()} == {
        ("design", "none", 0): ("", "none", ""),
        ("design", "none", 1): ("", "none", ""),
        ("design", "none", 2): ("", "none", ""),
        ("design", "B4_none", 0): ("B4", "none", ""),
        ("score", "none", 1): ("", "none", "valid_loss+valid_error"),
        ("search", "B4_none", 0): ("", "B4_none", ""),
    }
    assert table.attrs["provenance"] == {"seed": 3, "stopped": {}}


def test_the_scores_of_a_point_do_not_choose_it() -> None:
    """Points are chosen on the seeds of the design: one that was scored, and by now has other losses, stays what it was."""
    again = [record("score", "none", 0, seed, loss=0.01, learning_rate=0.1) for seed in (0, 1)]
    table = results_table(CONFIG, [*designed(), *again], {})
    assert set(table.query("stage == 'score' and trial == 0")["chosen_by"]) == {""}
    assert set(table.query("stage == 'score' and trial == 1")["chosen_by"]) == {"valid_loss+valid_error"}


def test_columns_are_fields_with_types_units_and_meanings() -> None:
    table = results_table(CONFIG, designed(), {})
    declared = [each for owner in (Key, Task, Hyper, Outcome) for each in fields(owner)]
    assert list(table) == [*(each.name for each in declared), "design", "variant", "chosen_by", "seconds"]
    kinds = {each.name: table[each.name].dtype.kind for each in declared}
    assert {kinds[each.name] for each in declared if each.type is int} == {"i"}
    assert {kinds[each.name] for each in declared if each.type in (float, float | None)} == {"f"}
    assert json.loads(table["curve"][0]) == [[1, 1.0], [2, 0.5]]
    assert set(table["seconds"]) == {0.25}
    told, fields_of = table.attrs["fields"], {each.name: each for each in declared}
    assert list(told) == list(table)
    assert all(each["meaning"] for each in told.values())
    assert told["seconds"]["unit"] == "s"
    assert told["valid_loss"] == {key: fields_of["valid_loss"].metadata[key] for key in ("unit", "meaning")}
    rows = dictionary(table).set_index("column")
    assert list(rows.index) == list(table)
    assert rows.loc["seconds", "type"] == rows.loc["learning_rate", "type"] == "number"
    assert [rows.loc[name, "type"] for name in ("width", "valid_loss", "arm", "design", "curve")] == [
        "whole number",
        "number or nothing",
        "text",
        "text",
        "JSON",
    ]
    assert rows.loc["width", "default"] == Hyper(seed=0).width
    assert (rows.loc["seed", "default"], rows.loc["arm", "default"], rows.loc["seconds", "default"]) == ("", "", "")


def test_a_cell_that_a_spreadsheet_would_compute_has_an_apostrophe() -> None:
    cells = ["=A1", "+1", "-1", "@b", "\tc", "\rd", "e=", "", None]
    table = pd.DataFrame({"text": cells, "plain": ["a"] * 9, "number": [-1.0] * 9})
    table["own"] = pd.Series(cells, dtype="str")
    found = harmless(table)
    for name in ("text", "own"):
        assert found[name].fillna("none").tolist() == ["'=A1", "'+1", "'-1", "'@b", "'\tc", "'\rd", "e=", "", "none"]
    assert found["plain"].tolist() == ["a"] * 9
    assert found["number"].tolist() == [-1.0] * 9
    assert table["text"].tolist()[:8] == cells[:8]


@pytest.mark.parametrize(
    ("attributes", "files"),
    [
        ({}, []),
        ({"fields": {"n": {"unit": "s", "meaning": "seconds"}}}, ["columns.csv"]),
        ({"baselines": []}, []),
        ({"baselines": [{"method": "trees"}]}, ["baselines.csv"]),
    ],
)
def test_a_table_is_written_with_what_is_known_of_it(
    tmp_path: Path, attributes: dict[str, Any], files: list[str]
) -> None:
    table = pd.DataFrame({"n": [1, 2]})
    table.attrs = attributes
    written = write_results(table, tmp_path / "new/folder")
    assert written == [tmp_path / "new/folder" / name for name in ("results.parquet", "results.csv", *files)]
    assert sorted(path.name for path in (tmp_path / "new/folder").iterdir()) == sorted(path.name for path in written)
    pd.testing.assert_frame_equal(pd.read_csv(written[1]), table)
    pd.testing.assert_frame_equal(pd.read_parquet(written[0]), table)
