"""A source of tables is a function that reads and a row that says which names are its own."""

import numpy as np
import pandas as pd
import pytest

from study.asked.source import Source
from study.data.splits import load
from study.own.address import address, named
from study.own.options import Options
from study.own.raw import Raw, with_names
from study.own.sources import SOURCES


def of_made(name: str, options: Options, *, text: bool) -> Raw:
    rows = int(name.removeprefix("made:"))
    x = np.random.default_rng(0).normal(size=(rows, 2))
    frame = pd.DataFrame(
        {"a": x[:, 0], "b": x[:, 1], "sign": x[:, 0] > 0, "c": np.where(x.sum(axis=1) > 0, "high", "low")}
    )
    return with_names(name, frame, target="c")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "made", (lambda name: name.startswith("made:"), of_made))


@pytest.mark.usefixtures("made")
def test_another_source_is_a_row() -> None:
    source = Source(name="made:90", train=0.5, valid=0.25, test=0.25)
    assert source.task.data == "made:90"
    data = load(source.task, [0, 1], with_test=True)
    assert data.train.x.shape == (2, 45, 3)
    assert data.classes == 2


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("target", [None, "sign"])
def test_a_target_that_is_asked_for_comes_before_the_source_s_own(target: str | None) -> None:
    assert named(address("made:90", Options(target=target))).target == (target or "c")


def test_a_name_of_no_source_is_told() -> None:
    with pytest.raises(ValueError, match="unmade is no table, there are digits"):
        Source(name="unmade")
