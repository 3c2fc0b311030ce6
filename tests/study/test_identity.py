"""What a study is was stored when it began: whatever differs later is refused with the difference, and nothing is trained."""

import json
from typing import Any

import pytest
from small_study import small_study

from study.errors import UsageError
from study.kept import numerics
from study.kept.provenance import Difference, check_same, describe, difference_table

WIDER = {"keep_prob": {"low": 0.1, "high": 1.0}}
MORE = {"keep_prob": {"low": 0.2, "high": 1.0}, "l2": {"low": 0.1, "high": 1.0}}
CHANGES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "seed": ({"seed": 4}, "seed", "3", "4"),
    "window": ({"search__window": 2}, "search.window", "3", "2"),
    "sampler": ({"search__sampler": "random"}, "search.sampler", '"tpe"', '"random"'),
    "replicates": ({"search__replicates": 3}, "config.search.replicates", "2", "3"),
    "training": ({"hyper__steps": 6}, "config.hyper.steps", "5", "6"),
    "new setting": ({"hyper__momentum": 0.5}, "config.hyper.momentum", "-", "0.5"),
    "rows": ({"data__train": 70}, "data.train", "60", "70"),
    "data": ({"data__name": "wine"}, "data.name", '"iris"', '"wine"'),
    "noise": ({"data__label_noise": 0.5}, "data.label_noise", "0.0", "0.5"),
    "design": (
        {"design__arms__dropout__width": [3]}, "config.design.arms.dropout.width", "[3, 40]", "[3]",
    ),
    "space, wider": ({"search__arms__joint__keep_prob": WIDER["keep_prob"]}, "search.open.keep_prob.low", "0.2", "0.1"),
    "space, a dimension more": ({"search__arms__joint__l2": MORE["l2"]}, "search.open.l2.low", "-", "0.1"),
    "space, a choice less": (
        {"search__arms__joint__activation": ["relu"]}, "search.open.activation.choices", '["relu", "tanh"]', '["relu"]',
    ),
    "an arm more": ({"search__arms__other": MORE}, "config.search.arms.other.l2.low", "-", "0.1"),
}  # fmt: skip


def rows(error: UsageError) -> dict[str, tuple[str, str]]:
    """The table below the error's line: recorded and new value by setting; values may hold single spaces."""
    header, *lines = (line.strip() for line in error.details.splitlines())
    assert header.split() == ["setting", "recorded", "now"]
    cells = [[cell.strip() for cell in line.split("  ") if cell] for line in lines]
    return {setting: (recorded, now) for setting, recorded, now in cells}


def refused(recorded: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[str, str]]:
    with pytest.raises(UsageError, match="begin a new one with --name") as caught:
        check_same(recorded, now)
    return rows(caught.value)


def described(**changes: Any) -> dict[str, Any]:
    return describe(small_study(**changes), name="small", command="")


@pytest.mark.parametrize("change", CHANGES)
def test_another_configuration_is_refused(change: str) -> None:
    changes, setting, recorded, now = CHANGES[change]
    assert refused(described(), described(**changes))[setting] == (recorded, now)


@pytest.mark.parametrize("changes", [{}, {"search__trials": 7}])
def test_the_same_study_and_a_longer_one_are_not(changes: dict[str, Any]) -> None:
    check_same(described(), described(**changes))


@pytest.mark.parametrize("package", ["numpy", "optuna", "scikit-learn"])
def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    recorded = described()
    known = numerics.version_of
    monkeypatch.setattr(numerics, "version_of", lambda name: "0.0" if name == package else known(name))
    assert refused(recorded, described()) == {f"versions.{package}": (f'"{known(package)}"', '"0.0"')}
    with pytest.raises(UsageError, match=f"or go on with {package} {known(package)}; status, report"):
        check_same(recorded, described())


def test_another_version_of_ours_that_trains_the_same_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = described()
    monkeypatch.setitem(recorded["versions"], "dropstep", "0.0")
    check_same(recorded, described())


@pytest.mark.parametrize(
    ("part", "setting"),
    [
        ("python", "versions.python"),
        ("_blas", "versions.blas"),
        ("processor", "machine"),
    ],
)
def test_whatever_else_decides_bits_is_refused(monkeypatch: pytest.MonkeyPatch, part: str, setting: str) -> None:
    recorded = described()
    monkeypatch.setattr(numerics, part, lambda: "other")
    assert set(refused(recorded, described())) == {setting}


def test_other_data_under_the_same_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = described()
    recorded["data"]["fingerprint"] = "another"
    assert set(refused(recorded, described())) == {"data.fingerprint"}


def test_long_values_are_shown_where_they_part() -> None:
    """A hundred columns, of which the ninetieth was left out."""
    columns = [f"column {number}" for number in range(100)]
    found = Difference("data.columns", json.dumps(columns), json.dumps([*columns[:90], *columns[91:]]))
    header, row = difference_table([found, Difference("seed", "3", "4")]).splitlines()[:2]
    assert header.split() == ["setting", "recorded", "now"]
    assert len(row) < 160
    recorded, _, now = row.partition("  ")[2].partition("…  …")
    assert "column 90" in recorded
    assert "column 90" not in now
    assert "column 91" in now
