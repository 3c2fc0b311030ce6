"""What a network is said to cost is what was recorded; and what is left is weighed by it, not counted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import small_study

from nets import Hyper, Outcome
from nets.probes.registry import PROBES as REGISTRY
from nets.train import stack_size
from study.asked.arms import read_arm
from study.asked.networks import design_networks
from study.records import Key, Network, Record
from study.told.costs import PREPARED, PROBES, USUAL, cost
from study.told.work import Size, Work, _middle, counted

# Means over the networks of a design, as two runs with two workers recorded them on a machine that did nothing else
RECORDED = pd.read_csv(Path(__file__).parent / "recorded" / "seconds.csv")
# CPU time of a network that each adds, of digits' 600 rows in two normalised layers of 40 units with dropout, ten checkpoints
MEASURED = pd.read_csv(Path(__file__).parent / "recorded" / "probes.csv", index_col="probe").seconds
SHAPE = ["depth", "width", "batch_size", "steps", "batch_norm", "ghost_rows", "probes"]


def test_the_seconds_of_runs_are_those_that_were_recorded() -> None:
    """A design within a factor of 2.5, four of five within 1.5, a whole run within a quarter."""
    hypers = [Hyper(seed=0, **settings) for settings in RECORDED[SHAPE].to_dict("records")]
    told = pd.Series([cost(hyper, stack_size(hyper.width), 64) for hyper in hypers])
    factor = (RECORDED.seconds / told).map(lambda ratio: max(ratio, 1 / ratio))
    assert factor.max() < 2.5
    assert (factor < 1.5).mean() > 0.8
    whole = (pd.DataFrame({"told": told, "was": RECORDED.seconds}).mul(RECORDED.networks, axis=0)).groupby(RECORDED.run)
    assert all(0.75 < run.was.sum() / run.told.sum() < 1.25 for _, run in whole)


def test_cost_is_that_of_its_steps_rows_and_units() -> None:
    narrow, wide = Hyper(seed=0, width=8), Hyper(seed=0, width=128)
    assert cost(Hyper(seed=0, width=8, steps=1800), 4, 64) == pytest.approx(2 * cost(narrow, 4, 64))
    assert cost(wide, 1, 64) > cost(narrow, 1, 64) > cost(narrow, 8, 64)  # a stack shares its overhead
    many = Hyper(seed=0, width=128, batch_size=500)
    assert cost(many, 8, 64) > 5 * cost(wide, 8, 64)
    normed = [Hyper(seed=0, batch_norm="before", ghost_rows=rows) for rows in (0, 10)]
    assert cost(normed[1], 8, 64) > cost(normed[0], 8, 64) > cost(Hyper(seed=0), 8, 64)


@pytest.mark.parametrize(
    ("fields", "networks", "inputs", "microseconds"),
    [
        ({"width": 10}, 1, 64, 108 + 6.6 + 10),
        ({"width": 10}, 3, 20, 36 + 6.6 + 10),
        ({"width": 10, "depth": 2}, 3, 164, 2 * (36 + 6.6 + 10) + 6),
        ({"width": 100, "batch_size": 100}, 2, 64, 54 + 6.6 + 200),
        ({"width": 100, "depth": 2}, 2, 64, 2 * (54 + 6.6 + 100) + 21.6),
        ({"width": 10, "batch_norm": "before"}, 1, 64, 108 + 6.6 + 10 + 4.8),
        ({"width": 10, "batch_norm": "before", "ghost_rows": 10}, 1, 64, 108 + 6.6 + 10 + 3.3 * 4.8),
    ],
)
def test_cost_is_the_sum_of_what_was_measured(fields: dict, networks: int, inputs: int, microseconds: float) -> None:
    """Of a step of 50 rows in µs, by hand: of a layer 108 a stack and 6.6 a network, 20 ns a row and unit, 0.12 a further weight."""
    assert cost(Hyper(seed=0, steps=1, **fields), networks, inputs) == pytest.approx(1e-6 * microseconds)
    assert cost(Hyper(seed=0, steps=0, epochs=1, **fields), networks, inputs) == pytest.approx(6e-6 * microseconds)


def test_a_probe_costs_what_it_was_measured_to_within_a_factor_of_four_or_next_to_nothing() -> None:
    assert set(MEASURED.index) == set(REGISTRY)
    for name, measured in MEASURED.items():
        told = cost(Hyper(seed=0, probes=str(name)), 8, 64) - cost(Hyper(seed=0), 8, 64)
        assert measured / 4 <= told + 0.005 <= 4 * measured + 0.005, name
        assert (told > 0) == (name in PROBES)


@pytest.mark.parametrize("probes", ["shift+averaging", "averaging+weights+shift"])
def test_probes_cost_their_sum(probes: str) -> None:
    each = [cost(Hyper(seed=0, probes=name), 8, 64) for name in ("averaging", "shift")]
    assert cost(Hyper(seed=0, probes=probes), 8, 64) == pytest.approx(sum(each) - cost(Hyper(seed=0), 8, 64))


def test_inputs_cost_once_whatever_the_depth() -> None:
    shallow, deep = (Hyper(seed=0, depth=depth) for depth in (1, 4))
    added = [cost(hyper, 1, 784) - cost(hyper, 1, 64) for hyper in (shallow, deep)]
    assert added == pytest.approx([added[0]] * 2)
    assert added[0] > 0


def test_what_is_left_of_designs_is_what_their_networks_cost_the_dear_ones_first() -> None:
    arms = {"dear": {"width": [64], "depth": 4}, "cheap": {"width": [2]}}
    config = small_study(search=None, refit=None, design={"replicates": 2, "arms": arms}, hyper__steps=1000)
    dear, cheap = (
        [
            Record(key, network, Outcome(stopped="completed", epochs_run=1), 0.1)
            for key, network in design_networks(config, design, 0).items()
        ]
        for design in config.designs
    )
    work = Work(config, [])
    whole = work.left["design"]
    work.add(dear)
    assert work.tally.networks == (2, 4)
    assert 0 < work.left["design"] < whole / 10
    assert work.done + work.left["design"] == pytest.approx(whole)
    work.add(cheap)
    assert work.left["design"] == pytest.approx(0, abs=1e-12)
    assert Work(config, [*dear, *cheap]).left == work.left
    compiled = replace(config, kernels="compiled")
    assert Work(compiled, []).left["design"] == pytest.approx(0.5 * whole)
    assert Work(config, [], sizes=lambda address: Size(784)).left["design"] > whole


def test_a_search_is_costed_at_the_geometric_middle_of_its_widths() -> None:
    """From 2 to 64: 11; six trials of two networks, and two refits of two."""
    middle = cost(Hyper(seed=0, width=11, steps=5), 2, USUAL)
    left = Work(small_study(), []).left
    assert (left["search"], left["refit"]) == pytest.approx((12 * middle, 4 * middle))


def test_a_network_of_a_table_that_is_prepared_for_its_seed_costs_that_too() -> None:
    config = small_study(search=None, refit=None, design={"replicates": 2, "arms": {"none": {"width": [3, 5]}}})
    plain, prepared = (
        Work(config, [], sizes=lambda address, size=size: size).left["design"] for size in (Size(64), Size(64, 10**8))
    )
    assert prepared - plain == pytest.approx(4 * 1e8 * PREPARED)


def test_a_table_of_ones_own_is_prepared_unless_all_seeds_have_the_same(tmp_path: Path) -> None:
    numbers = pd.DataFrame({"x": np.arange(60) / 7, "y": np.arange(60) % 2})
    numbers.to_csv(tmp_path / "own.csv", index=False)
    numbers.assign(x=np.array(["a", "b", "c"])[np.arange(60) % 3]).to_csv(tmp_path / "words.csv", index=False)
    assert counted(f"{tmp_path / 'own.csv'}:y") == Size(1, 60)
    assert counted(f"{tmp_path / 'words.csv'}:y") == Size(3, 0)
    assert counted("iris") == Size(4, 0)


def test_baselines_are_left_until_they_are_there() -> None:
    config = small_study(baselines={})
    assert "baselines" not in Work(small_study(), [], baselines=3.0).left
    assert Work(config, [], baselines=3.0).left["baselines"] == 3.0
    assert Work(config, [], baselines=3.0).networks_left == pytest.approx(sum(Work(config, []).left.values()))
    assert sum(Work(config, [], baselines=3.0).left.values()) == pytest.approx(3 + sum(Work(config, []).left.values()))


def test_networks_that_are_scored_cost_what_those_of_their_designs_do_in_the_mean() -> None:
    """Of two settings one is ten times as wide; another design, which is not scored, is none of them."""
    rates = {"learning_rate": [0.1], "width": [10, 100]}
    arms = {"one": rates, "other": {"width": [50], "keep_prob": [0.5]}}
    config = small_study(design={"replicates": 4, "arms": arms}, score={"replicates": 3}, search=None, refit=None)
    mean = sum(cost(Hyper(seed=0, width=width, steps=5), stack_size(width), USUAL) for width in (10, 100)) / 2
    work = Work(config, [])
    assert work.tally.total["score"] == 2 * 2 * 3
    assert work.left["score"] == pytest.approx(12 * mean)
    assert list(work.left) == ["design", "score"]


def test_of_a_stage_whose_settings_are_still_to_come_a_share_is_left() -> None:
    work = Work(small_study(), [])
    whole = work.left
    assert list(whole) == ["design", "search", "refit"]
    work.tally.done.update({"search": 3, "refit": 1})
    assert work.left == {**whole, "search": 0.75 * whole["search"], "refit": 0.75 * whole["refit"]}


def test_a_network_that_was_trained_weighs_its_share_of_its_stack() -> None:
    """A trial's is one of its replicates, a design's and a score's one of a full stack; inputs are those of its table."""
    config = small_study()
    hyper = Hyper(seed=0, width=10, steps=5)
    work = Work(config, [], sizes=lambda address: Size({"iris": 100}[address]))
    for stage, networks in {"search": 2, "refit": 2, "design": stack_size(10), "score": stack_size(10)}.items():
        record = Record(
            Key(stage, "one", 0, 0, 0),
            Network(config.data.task, hyper),
            Outcome(stopped="completed", epochs_run=1),
            0.1,
        )
        assert work.weight(record) == pytest.approx(cost(hyper, networks, 100))


@pytest.mark.parametrize(
    ("opened", "width"),
    [
        ({"width": {"low": 4, "high": 100}}, 20),
        ({"width": [2, 4, 64]}, 8),
        ({"width": 7}, 7),
        ({"l2": [0.5, 0.7]}, 32),
        ({"l2": [0.5, 0.7], "width": {"low": 1, "high": 9}}, 3),
    ],
)
def test_the_middle_of_an_arm_is_that_of_its_widths(opened: dict, width: int) -> None:
    found = _middle(read_arm("one", opened, shared={}, repeats=1))
    assert (found.width, found.l2) == (width, 0.5 if "l2" in opened else 0.0)
