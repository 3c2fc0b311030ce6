"""Laws of every probe: it changes nothing, ignores its network's company and the other probes, and measures what it declares."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypers import knobs, shapes
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from levels import examples
from threadpoolctl import threadpool_limits

import nets.probes
from nets import Data, Hyper, train
from nets.hyper import INSTRUMENTS
from nets.probes import specimen
from nets.probes.registry import PROBES
from nets.rows import Rows

DataOf = Callable[..., Data]
ALL = "+".join(PROBES)

SMALL = {"batch_size": 8, "steps": 7, "epochs": 0, "checkpoints": 2, "probes": ALL}


@settings(
    max_examples=examples(10), phases=[Phase.explicit, Phase.generate]
)  # to shrink is to train hundreds of stacks
@given(drawn=st.data(), shape=shapes(), width=st.sampled_from([1, 3, 7]), one=st.sampled_from(sorted(PROBES)))
def test_laws(data_of: DataOf, drawn: st.DataObject, shape: dict, width: int, one: str) -> None:
    """To the last bit: the outcome without probes, the measures in any company, and one probe's beside the others'."""
    shape |= SMALL | {"width": width}
    me, *others = drawn.draw(st.lists(knobs(shape["optimiser"]), min_size=2, max_size=4))
    data = data_of(rows=23, classes=2 if shape["output"] == "logit" else 3, seeds=(0, 1, 2, 3))
    hyper = Hyper(**shape, **me)
    company = [Hyper(**shape, **other) for other in others]
    with threadpool_limits(1):  # another thread count may split a product elsewhere
        (alone,) = train([hyper], data)
        together = train([*company, hyper], data)[-1]
        (plain,) = train([replace(hyper, probes="none")], data)
        (single,) = train([replace(hyper, probes=one)], data)
    assert together == alone
    assert replace(alone, measures={}) == plain
    assert single.measures == {name: value for name, value in alone.measures.items() if name.startswith(one + ".")}
    assert json.loads(json.dumps(alone.measures, allow_nan=False)) == alone.measures
    declared = [f"{name}.{quantity}" for name, probe in PROBES.items() for quantity in probe.measures]
    assert sorted(alone.measures) == ([] if alone.diverged else sorted(declared))


def depth_of(value: object) -> int:
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize("name", PROBES)
def test_a_value_has_the_axes_that_are_declared(data_of: DataOf, name: str) -> None:
    shape = {"width": 4, "depth": 2, "batch_norm": "before", "batch_size": 8, "steps": 9, "checkpoints": 2}
    (outcome,) = train([Hyper(seed=1, probes=name, **shape)], data_of())
    for quantity, measure in PROBES[name].measures.items():
        value = outcome.measures[f"{name}.{quantity}"]
        axes = [axis for axis in measure.axes.split(" × ") if axis]
        assert depth_of(value) == len(axes) or value is None
        assert measure.meaning
        if axes[:1] == ["checkpoints"]:
            assert len(value) == 3  # the start and two
        if axes[-1:] == ["layers"]:
            innermost = value[0] if len(axes) == 2 else value
            assert len(innermost) in {2, 3}  # hidden layers, or all


def test_the_contract_stands_in_the_docstring() -> None:
    """A line for each measure: name, axes, unit, meaning."""
    for name, probe in PROBES.items():
        for quantity, measure in probe.measures.items():
            axes, unit = measure.axes or "number", measure.unit or "–"
            row = f"{name}.{quantity} | {axes} | {unit} | {measure.meaning}"
            assert row in nets.probes.__doc__
    assert f"the first {specimen.MOST_ROWS:,} rows of a" in nets.probes.__doc__


def test_probes_need_validation_rows(data_of: DataOf) -> None:
    with pytest.raises(ValueError, match="probes look at 2 validation rows or more, got 0"):
        train([Hyper(seed=1, probes=ALL)], Data(classes=3, train=data_of().train))
    for count, valid in ((1, data_of(rows=1).valid), (2, data_of(rows=2).valid)):
        data = Data(classes=3, train=data_of().train, valid=valid)
        if count < 2:
            with pytest.raises(ValueError, match="2 validation rows or more, got 1: take probes='none'"):
                train([Hyper(seed=1, probes="curves")], data)
        assert train([Hyper(seed=1, steps=2, probes="none" if count < 2 else "curves")], data)[0].epochs_run > 0


@pytest.mark.parametrize("most", [5, 22, 23, 24])
def test_the_first_rows_of_each_split_are_looked_at(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(specimen, "MOST_ROWS", most)
    part = data_of(seeds=(4, 5)).train
    held = Rows(part, np.array([1, 0, 1]), np.float32)
    found, count = specimen.probed(held), min(most, 23)
    assert found.count == count
    assert found.table.dtype == np.float64
    for network, split in enumerate((1, 0, 1)):
        places = found.places(np.arange(count))[network]
        np.testing.assert_array_equal(found.table[places, :-1], part.x[split, :count].astype(np.float32))
        np.testing.assert_array_equal(found.table[places, -1], 1)
        np.testing.assert_array_equal(found.labels[places], part.y[split, :count])
    assert held.count == 23


def test_the_field_names_every_instrument() -> None:
    """``hyper`` says the names itself, since the probes look at stacks."""
    assert tuple(PROBES) == INSTRUMENTS
