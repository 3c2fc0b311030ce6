"""The harness runs, and every competitor that is present learns. No timing decides."""

from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.data.splits import load
from tests.benchmarks import accuracy, breakdown, engine, growth, ours, pruning, steps, targets, utilisation
from tests.benchmarks.__main__ import SLOW_COMPILERS, parser
from tests.benchmarks.competitors import absent, competitors
from tests.benchmarks.floor import Products
from tests.benchmarks.page import Measured, page
from tests.benchmarks.timing import train
from tests.benchmarks.workloads import VARIANTS, WORKLOADS, Case, task_of

COMPILING = (pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning"))  # warns of itself
LEARNERS = {name: each for name, each in competitors().items() if not name.startswith("floor")}


def silent(line: str) -> None:
    """No progress in a test."""


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=COMPILING if name in SLOW_COMPILERS else ()) for name in LEARNERS],
)
def test_every_competitor_learns_with_all_it_offers(name: str, optimiser: str) -> None:
    competitor = LEARNERS[name]
    workload = replace(WORKLOADS["W3"], rows=512)
    cases = (Case(workload, VARIANTS[variant], optimiser) for variant in ("+all", "+l2", "plain"))
    case = next((case for case in cases if not competitor.lacks(case)), None)
    if case is None:
        pytest.skip(f"{name}: {competitor.lacks(Case(workload, VARIANTS['plain'], optimiser))}")
    training = competitor.start(case, task_of(workload), competitor.networks)
    train(training, 20)
    assert training.accuracy() >= steps.LEARNED


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=list(WORKLOADS))
def test_the_floor_multiplies_what_training_multiplies(workload: object) -> None:
    case = Case(workload, VARIANTS["plain"], "adam")
    task = task_of(workload)
    stack = ours.LockStep(case, task, 2).trainer.stack
    products = Products(case, task, 2)
    assert [layer.gradient.shape for layer in products.layers] == [view.gradient.shape for view in stack.dense]


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    """One case, measured once, by three competitors of which one lacks it."""
    some = {name: competitors()[name] for name in ("dropstep K = 1", "floor K = 1", "scikit-learn")}
    return steps.measure([("W3", "adam", "plain"), ("W3", "adam", "+bn")], some, rounds=1, say=silent)


def test_what_a_competitor_lacks_has_a_reason_and_no_time(measured: pd.DataFrame) -> None:
    lacking = measured.lacks != ""
    assert measured[lacking].competitor.tolist() == ["scikit-learn"]
    assert (measured.microseconds.isna() == lacking).all()


def test_the_page_holds_every_competitor_and_every_target(measured: pd.DataFrame) -> None:
    text = page(Measured("a command", absent(), measured, *(8 * [None])))
    assert all(f"| {name} |" in text for name in measured.competitor)
    assert all(f"| {target.against} | {target.case} |" in text for target in targets.STEP_TARGETS)
    assert str(Path.home()) not in text


def test_the_breakdown_leaves_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every layer of a step has its part, and watching changes no bit."""
    monkeypatch.setattr(breakdown, "CASES", [("W3", 2, "+all")])
    found = breakdown.measure(epochs=1, say=silent).set_index("part")["microseconds"]
    parts = {"gathering rows", breakdown.PRODUCTS, "BatchNorm", "ReLU", "Dropout", "softmax and its loss"}
    assert set(found.index) == parts | {"optimiser and penalties", breakdown.ORDER, breakdown.REST}
    case = Case(WORKLOADS["W3"], VARIANTS["+all"], "adam")
    plain, watched = (ours.LockStep(case, task_of(case.workload), 2) for _ in range(2))
    breakdown.watch(watched.trainer, case.workload.batch, breakdown.Clock())
    for each in (plain, watched):
        each.epoch()
    parameters = [each.trainer.stack.parameters for each in (plain, watched)]
    assert np.array_equal(parameters[0].values, parameters[1].values)


@pytest.mark.whole
def test_the_engine_runs_a_study_on_every_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Executors that begin once: here nobody measures what the ones before left in memory."""
    monkeypatch.setattr(engine, "_rate_of_optuna", lambda sampler, trials: 1.0)  # it spawns, and loads the tests anew
    with ExitStack() as stack:
        begin = engine._opened
        begun = cache(lambda name: stack.enter_context(begin(name)))
        monkeypatch.setattr(engine, "_opened", lambda name: nullcontext(begun(name)))
        rates = engine.measure(rounds=1, trials=4, tasks=4, say=silent)
    assert (rates.rate > 0).all()
    text = page(Measured("a command", [], *(6 * [None]), rates, None, None))
    assert all(f"| {loop} |" in text for loop in rates.loop)
    assert all(f"trials of 10 ms, {sampler} | ≥ 3" in text for sampler in engine.SAMPLERS)


def test_pretend_workers_of_any_speed_make_the_same_table() -> None:
    sizes = {"workers": 20, "window": 6, "searches": 4, "trials": 12}
    found = [
        utilisation.simulate(**sizes, spread=spread, seed=seed, sampler="tpe") for spread, seed in ((0, 0), (1.5, 1))
    ]
    assert found[0][1] == found[1][1]
    assert 0 < found[1][0] < found[0][0] <= 1, "stragglers keep the others waiting"


def test_a_search_is_pruned_alone_without_the_rest_of_the_default_study() -> None:
    found = pruning.searched("none", searches=1, trials=1)
    assert set(found.stage) == {"search"}
    assert found.valid_loss.notna().all()


def test_pruning_is_summed_up_by_what_it_costs_and_what_it_finds() -> None:
    losses = {"none": [0.9, 0.5, 0.7], "median": [0.9, np.nan, 0.51]}
    told = pd.concat(
        pd.DataFrame({"rule": rule, "repeat": repeat, "trial": range(3), "loss": each, "epochs": [10, 10 - 5 * (rule != "none"), 10]})
        for rule, each in losses.items() for repeat in range(2)
    )  # fmt: skip
    rows = pruning.summary(told).set_index("rule")
    assert rows["network-epochs"].to_dict() == {"none": "100%", "median": "83%"}
    assert rows["trials to target"].to_dict() == {"none": "2.0", "median": "3.0"}
    assert rows["network-epochs to target"].to_dict() == {"none": "20", "median": "25"}


@pytest.mark.parametrize(
    ("bound", "value", "expected"),
    [("≥", 2.0, "met"), ("≥", 1.996, "**not met**"), ("≤", 2.0, "met"), ("≤", 2.004, "**not met**")],
)
def test_a_verdict_is_not_rounded(bound: str, value: float, expected: str) -> None:
    assert targets.verdict(bound, value, 2) == expected


@pytest.mark.whole
def test_the_figure_is_a_function_of_its_numbers(tmp_path: Path) -> None:
    points = pd.DataFrame(
        [
            {"axis": axis.label, "value": value, "series": name, "microseconds": float(value + number)}
            for axis in growth.AXES
            for value in axis.points
            for name in growth.SERIES
            for number in range(2)
        ]
    )
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    growth.save(points, first)
    growth.save(points, second)
    assert first.read_bytes() == second.read_bytes()
    assert all(axis.label in first.read_text() for axis in growth.AXES)


@pytest.mark.parametrize("library", accuracy.PEERS)
def test_a_configuration_has_the_scores_that_it_has_alone(library: str) -> None:
    draw, scores = accuracy.PEERS[library]
    generator = np.random.default_rng(0)
    configurations = [draw(generator) for _ in range(3)]
    data = load(accuracy.SOURCE.task, range(2), with_test=True)
    together = scores(configurations, data, epochs=1)
    assert together == [scores([configuration], data, epochs=1)[0] for configuration in configurations]
    assert all(len(each) == 2 for each in together)


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(["--workloads", "W9"])
    assert refused.value.code == 2
    assert "W4" in capsys.readouterr().err
