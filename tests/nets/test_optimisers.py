"""Each optimiser is its paper's formula, each penalty's gradient that of its term, each constraint holds, each schedule is its curve."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nets import Data, Hyper, optimisers
from nets.optimisers import OPTIMISERS, STEPS_AT_ONCE, Optimiser
from nets.parameters import Parameters
from nets.penalties import CONSTRAINTS, PENALTIES
from nets.schedules import SCHEDULES, warmed_up
from nets.train import StackTraining

DataOf = Callable[..., Data]
RATE, MOMENTUM, DECAY = 0.1, 0.9, 0.2
State = dict[str, np.ndarray]


def sgd(w: np.ndarray, g: np.ndarray, state: State, count: int) -> np.ndarray:
    state["u"] = MOMENTUM * state.get("u", 0) + g
    return w - RATE * state["u"]


def nesterov(w: np.ndarray, g: np.ndarray, state: State, count: int) -> np.ndarray:
    state["u"] = MOMENTUM * state.get("u", 0) + g
    return w - RATE * (g + MOMENTUM * state["u"])


def adam(w: np.ndarray, g: np.ndarray, state: State, count: int) -> np.ndarray:
    """Kingma & Ba 2015, algorithm 1, line by line."""
    state["m"] = MOMENTUM * state.get("m", 0) + (1 - MOMENTUM) * g
    state["v"] = 0.999 * state.get("v", 0) + (1 - 0.999) * g**2
    m, v = state["m"] / (1 - MOMENTUM**count), state["v"] / (1 - 0.999**count)
    return w - RATE * m / (np.sqrt(v) + 1e-8)


def adamw(w: np.ndarray, g: np.ndarray, state: State, count: int) -> np.ndarray:
    return adam(w, g, state, count) - RATE * DECAY * w


FORMULAS = {"sgd": sgd, "nesterov": nesterov, "adam": adam, "adamw": adamw}


@pytest.mark.parametrize("size", [1, 1e-8])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_optimiser_is_its_formula(name: str, size: float) -> None:
    """Gradients of Adam's ε in size show where it stands; 70 steps are more than one table of its corrections."""
    generator = np.random.default_rng(1)
    parameters = Parameters(2, [(5, 3)], np.float64)
    parameters.values[:] = generator.normal(size=parameters.values.shape)
    knobs = {"momentum": np.full((1, 1), MOMENTUM), "weight_decay": np.full((1, parameters.values.shape[1]), DECAY)}
    optimiser = Optimiser(OPTIMISERS[name], parameters, knobs, strengths={})
    expected, state = parameters.values.copy(), {}
    for count in range(1, 71):
        gradient = size * generator.normal(size=expected.shape)
        parameters.gradients[:] = gradient
        optimiser.step(np.full((1, 1), RATE))
        expected = FORMULAS[name](expected, gradient, state, count)
        np.testing.assert_allclose(parameters.values, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("networks", "width", "places"),
    [
        (5, 6, [(0, 2, 0, 6), (2, 4, 0, 6), (4, 5, 0, 6)]),
        (2, 12, [(0, 1, 0, 12), (1, 2, 0, 12)]),
        (2, 13, [(0, 1, 0, 12), (0, 1, 12, 13), (1, 2, 0, 12), (1, 2, 12, 13)]),
        (1, 30, [(0, 1, 0, 12), (0, 1, 12, 24), (0, 1, 24, 30)]),
        (3, 4, [(0, 3, 0, 4)]),
    ],
)
def test_blocks_are_whole_rows_where_they_fit(
    monkeypatch: pytest.MonkeyPatch, networks: int, width: int, places: list
) -> None:
    """Of twelve numbers at most; rows from, to, and columns from, to."""
    monkeypatch.setattr(optimisers, "BLOCK", 12)
    found = optimisers._blocks(networks, width)
    assert [(rows.start, rows.stop, columns.start, columns.stop) for rows, columns in found] == places


def moved(name: str, *, width: int) -> Optimiser:
    """After three steps, of five networks whose knobs all differ."""
    generator = np.random.default_rng(width)
    parameters = Parameters(5, [(width,)], np.float64)
    parameters.values[:] = generator.normal(size=parameters.values.shape)
    shape = parameters.values.shape
    knobs = {"momentum": np.linspace(0.1, 0.9, 5)[:, None], "weight_decay": generator.uniform(size=shape)}
    optimiser = Optimiser(OPTIMISERS[name], parameters, knobs, strengths={"l2": generator.uniform(size=shape)})
    for _ in range(3):
        parameters.gradients[:] = generator.normal(size=shape)
        optimiser.step(np.linspace(0.01, 0.05, 5)[:, None])
    return optimiser


def kept(optimiser: Optimiser, network: int) -> np.ndarray:
    """Values and memory of one network, block after block."""
    return np.concatenate(
        [
            array[network - rows.start]
            for (rows, _), rule in zip(optimiser.places, optimiser.rules, strict=True)
            if network in range(rows.start, rows.stop)
            for array in (rule.values, *rule.state)
        ]
    )


@pytest.mark.parametrize("width", [8, 40])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_blocks_change_no_bit_and_a_network_is_forgotten_alone(
    monkeypatch: pytest.MonkeyPatch, name: str, width: int
) -> None:
    """Two networks to a block, or three blocks to a network."""
    whole = moved(name, width=width)
    monkeypatch.setattr(optimisers, "BLOCK", 16)
    parts = moved(name, width=width)
    assert len(whole.rules) == 1 < len(parts.rules)
    for network in range(5):
        np.testing.assert_array_equal(np.sort(kept(parts, network)), np.sort(kept(whole, network)))
    before = [kept(parts, network) for network in range(5)]
    parts.forget(3)
    assert not kept(parts, 3).any()
    for network in (0, 1, 2, 4):
        np.testing.assert_array_equal(kept(parts, network), before[network])


def test_corrections_are_made_for_as_many_steps_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[range] = []
    corrections = optimisers.corrections
    monkeypatch.setattr(optimisers, "corrections", lambda *asked: made.append(asked[-1]) or corrections(*asked))
    parameters = Parameters(1, [(3,)], np.float64)
    optimiser = Optimiser(OPTIMISERS["adam"], parameters, {"momentum": np.full((1, 1), MOMENTUM)}, strengths={})
    for _ in range(2 * STEPS_AT_ONCE + 1):
        optimiser.step(np.full((1, 1), RATE))
    assert [(steps.start, len(steps)) for steps in made] == [
        (1 + number * STEPS_AT_ONCE, STEPS_AT_ONCE) for number in range(3)
    ]


TERMS = {"l1": lambda w: np.abs(w).sum(axis=1), "l2": lambda w: (w**2).sum(axis=1) / 2}


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_adds_the_gradient_of_its_term(name: str) -> None:
    weight = np.random.default_rng(2).normal(size=(3, 7))
    strength = np.array([[0.0], [0.5], [2.0]])
    gradient = np.ones_like(weight)
    PENALTIES[name](strength, weight.shape).add_gradient(weight, gradient)
    for column in range(weight.shape[1]):
        step = np.zeros_like(weight)
        step[:, column] = 1e-6
        slope = (TERMS[name](weight + step) - TERMS[name](weight - step)) / 2e-6
        np.testing.assert_allclose(gradient[:, column], 1 + strength[:, 0] * slope, atol=1e-9)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_keeps_nan_and_leaves_zero(name: str, precision: str) -> None:
    gradient = np.zeros((1, 4), precision)
    weight = np.array([[np.nan, -np.nan, 0.0, -0.0]], precision)
    PENALTIES[name](np.ones((1, 1), precision), weight.shape).add_gradient(weight, gradient)
    np.testing.assert_array_equal(gradient, [[np.nan, np.nan, 0, 0]])


def one_step(data: Data, **fields: object) -> tuple[StackTraining, StackTraining]:
    """A stack before and after one step."""
    hypers = [Hyper(seed=seed, width=6, depth=2, batch_size=8, steps=1, **fields) for seed in (1, 2)]
    before, after = StackTraining(hypers, data), StackTraining(hypers, data)
    after.epoch()
    return before, after


@pytest.mark.parametrize("name", [*PENALTIES, "weight_decay"])
def test_where_hidden_layers_are_shrunk_the_last_is_not(data_of: DataOf, name: str) -> None:
    optimiser = "adamw" if name == "weight_decay" else "sgd"
    for which, of_the_last in (("all", 0.1), ("hidden", 0)):
        hypers = [Hyper(seed=0, optimiser=optimiser, **{name: strength}, shrunk=which) for strength in (0.1, 0.3)]
        stack = StackTraining(hypers, data_of()).stack
        stack.parameters.gradients[...] = stack.on_weights(name)
        first, last = (view.gradient[:, :, :-1] for view in stack.dense)
        assert (first[0] == np.float32(0.1)).all()
        assert (first[1] == np.float32(0.3)).all()
        assert (last[0] == np.float32(of_the_last)).all()


@pytest.mark.parametrize("name", [*PENALTIES, "weight_decay"])
def test_biases_scale_and_shift_are_left_alone(data_of: DataOf, name: str) -> None:
    """What the first step moves differs by rate times the term's slope, on weights; not at all elsewhere."""
    fields = {"optimiser": "adamw" if name == "weight_decay" else "sgd", "batch_norm": "before", "bn_start": "random"}
    before, free = one_step(data_of(), **fields)
    _, held = one_step(data_of(), **fields, **{name: 0.1})
    weights = before.stack.weight_columns(before.stack.dense) > 0
    start, one, other = (each.stack.parameters.values for each in (before, free, held))
    np.testing.assert_array_equal(one[:, ~weights], other[:, ~weights])
    slope = np.sign(start) if name == "l1" else start
    np.testing.assert_allclose((one - other)[:, weights], (0.05 * 0.1 * slope)[:, weights], atol=1e-6)


def norms(training: StackTraining) -> list[np.ndarray]:
    return [np.linalg.norm(view.value[:, :, :-1], axis=2) for view in training.stack.dense]


def test_the_norm_of_hidden_weights_is_bounded(data_of: DataOf) -> None:
    """Weights beyond the bound keep their direction; those within, biases and the last layer are as without it."""
    _, free = one_step(data_of())
    bound = float(np.median(norms(free)[0]))
    _, held = one_step(data_of(), max_norm=bound)
    for layer, (one, other) in enumerate(zip(free.stack.dense, held.stack.dense, strict=True)):
        expected = one.value.copy()
        if layer < 2:
            expected[:, :, :-1] *= np.minimum(1, bound / norms(free)[layer])[..., None]
        np.testing.assert_allclose(other.value, expected, rtol=1e-5)
    assert any((norm > bound).any() for norm in norms(free))


def test_a_network_whose_norms_have_no_bound_keeps_them_beside_one_that_has(data_of: DataOf) -> None:
    data = data_of()
    free, bound = Hyper(seed=1, steps=1), Hyper(seed=1, steps=1, max_norm=0.1)
    alone, beside = (StackTraining(hypers, data) for hypers in ([free], [free, bound]))
    for training in (alone, beside):
        training.run()
    np.testing.assert_array_equal(alone.stack.dense[0].value[0], beside.stack.dense[0].value[0])


def test_every_constraint_is_off_at_its_default(data_of: DataOf) -> None:
    training = StackTraining([Hyper(seed=1)], data_of())
    assert not training.optimiser.constraints
    assert {name: getattr(Hyper(seed=1), name) for name in CONSTRAINTS} == dict.fromkeys(CONSTRAINTS, 0)


def test_schedules() -> None:
    for schedule in SCHEDULES.values():
        assert schedule(0) == 1
    assert SCHEDULES["constant"](0.9) == 1
    assert [SCHEDULES["cosine"](share) for share in (0.25, 0.5, 1)] == pytest.approx([0.5 + np.sqrt(0.125), 0.5, 0])
    factors = [warmed_up(count, np.array([[4], [1], [0]]))[:, 0].tolist() for count in range(6)]
    assert factors == [[0.25, 1, 1], [0.5, 1, 1], [0.75, 1, 1], [1, 1, 1], [1, 1, 1], [1, 1, 1]]


def test_the_warm_up_multiplies_the_schedule(data_of: DataOf) -> None:
    plain = Hyper(seed=1, steps=20, learning_rate=0.5)
    training = StackTraining([plain, replace(plain, warmup=4)], data_of())
    rates = []
    for count in range(20):
        training.optimiser.count = count
        rates.append(np.broadcast_to(training._learning_rate(), (2, 1))[:, 0])
    one, other = np.transpose(rates)
    np.testing.assert_allclose(other / one, [0.25, 0.5, 0.75, *17 * [1]])
