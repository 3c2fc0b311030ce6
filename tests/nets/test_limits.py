"""Small rules of the nets at both sides of their limits: domains, sizes of stacks, who has diverged, what a part of rows is."""

import numpy as np
import pytest
from linear_data import make_data

from nets import Data, Hyper, Outcome, Part, kernels, train
from nets.arrays import CACHE_LINE, empty, rows_of, shared
from nets.data import Drawn
from nets.hyper import COUNT, NATURAL, PROBABILITY, Interval, Several, check
from nets.layers.dense import Dense
from nets.orders import shuffled
from nets.parameters import Parameters
from nets.passes import Pass
from nets.rows import CHUNK, chunks
from nets.scores import scores
from nets.stack import Stack
from nets.streams import stream
from nets.train import BLOWN_UP, StackTraining, stack_size


@pytest.mark.parametrize(
    ("width", "networks"), [(1, 64), (32, 64), (33, 62), (64, 32), (128, 16), (512, 4), (2048, 1), (4096, 1)]
)
def test_a_stack_is_as_large_as_the_cache_carries(width: int, networks: int) -> None:
    assert stack_size(width) == networks


@pytest.mark.parametrize(
    ("notation", "inside", "outside"),
    [
        ("(0, 1]", [1e-9, 1], [0, 1.0000001, -1]),
        ("[0, 1)", [0, 0.999], [1, -1e-9]),
        ("[1, 9]", [1, 9], [0.999, 9.001]),
        ("(1, 9)", [1.001, 8.999], [1, 9]),
    ],
)
def test_a_bracket_holds_its_end_and_a_parenthesis_does_not(notation: str, inside: list, outside: list) -> None:
    interval = Interval(notation)
    assert all(value in interval for value in inside)
    assert not any(value in interval for value in [*outside, float("nan"), float("inf"), -float("inf")])
    assert not any(float("inf") in each for each in (COUNT, NATURAL, PROBABILITY))


def test_several_words_are_known_and_none_comes_twice() -> None:
    several = Several(("a", "b"))
    assert [several.wrong(value) for value in ("none", "a", "a+b", "b+a")] == [[], [], [], []]
    assert [several.wrong(value) for value in ("a+a", "c", "a+c+a", "none+a")] == [["a"], ["c"], ["c", "a"], ["none"]]


@pytest.mark.parametrize(
    ("name", "value"), [("width", 1.5), ("width", True), ("l2", "0"), ("noise", 1), ("width", 0), ("momentum", 1.0)]
)
def test_a_value_of_another_kind_or_outside_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{name} "):
        check(name, value)
    with pytest.raises(ValueError, match="training length is steps or epochs"):
        Hyper(seed=1, steps=3, epochs=3)
    with pytest.raises(ValueError, match="training length is steps or epochs"):
        Hyper(seed=1, steps=0, epochs=0)
    assert Hyper(seed=1, steps=0, epochs=1).epochs == 1


def test_what_is_found_right_once_makes_nothing_else_right() -> None:
    """True, 1 and 1.0 are equal, and one of them is a width; what has no place in a table of answers is refused as well."""
    check("width", 1)
    check("width", np.int64(1))
    for value in (True, 1.0, [1], np.float64(1)):
        with pytest.raises(ValueError, match="width is a whole number, got "):
            check("width", value)


@pytest.mark.parametrize("optimiser", ["sgd", "nesterov", "adam"])
def test_decay_belongs_to_one_optimiser_alone(optimiser: str) -> None:
    for decay in (1e-9, 2.0):
        with pytest.raises(ValueError, match=f"with '{optimiser}': take 'adamw', or l2"):
            Hyper(seed=1, optimiser=optimiser, weight_decay=decay)
        assert Hyper(seed=1, optimiser="adamw", weight_decay=decay).weight_decay == decay


def test_members_have_seeds_that_no_seed_is() -> None:
    assert [Hyper(seed=7, member=member).own_seed for member in (0, 1, 2)] == [7, 7 + 2**64, 7 + 2**65]


@pytest.mark.parametrize(
    ("stopped", "diverged", "failed"),
    [
        ("completed", False, False),
        ("diverged", True, False),
        ("pruned", False, False),
        ("crashed", False, True),
        ("out of memory", False, True),
        ("out of time", False, True),
    ],
)
def test_what_ended_a_training(stopped: str, diverged: bool, failed: bool) -> None:  # noqa: FBT001
    outcome = Outcome(stopped=stopped, epochs_run=1)
    assert (outcome.diverged, outcome.failed) == (diverged, failed)


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [(0, 3, []), (3, 3, [(0, 3)]), (4, 3, [(0, 3), (3, 4)]), (6, 3, [(0, 3), (3, 6)]), (2, 3, [(0, 2)])],
)
def test_chunks_cover_all_and_the_last_may_be_shorter(count: int, size: int, expected: list) -> None:
    assert list(chunks(count, size)) == expected


def test_many_rows_are_scored_as_if_they_were_one_piece() -> None:
    """More than two chunks, the last one short: by hand from the weights of softmax regression."""
    data = make_data(rows=2 * CHUNK + 77, test=True)
    training = StackTraining([Hyper(seed=1, depth=0, steps=3, precision="float64")], data)
    (outcome,) = training.run()
    weight = training.stack.dense[0].value[0]
    z = data.valid.x[0] @ weight[:, :-1].T + weight[:, -1]
    losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), data.valid.y[0]]
    assert outcome.valid_loss == pytest.approx(losses.mean(), rel=1e-12)
    assert outcome.valid_error == pytest.approx((z.argmax(axis=1) != data.valid.y[0]).mean(), rel=1e-12)
    told = np.exp(data.test.x[0] @ weight[:, :-1].T + weight[:, -1])
    for name, value in scores(told / told.sum(axis=1, keepdims=True), data.test.y[0]).items():
        assert getattr(outcome, f"test_{name}") == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(("loss", "diverged"), [(BLOWN_UP, False), (100.001, True), (np.nan, True)])
def test_a_loss_above_100_nats_has_diverged(monkeypatch: pytest.MonkeyPatch, loss: float, *, diverged: bool) -> None:
    training = StackTraining([Hyper(seed=seed, steps=2, checkpoints=1) for seed in (1, 2)], make_data())
    found = training._losses
    monkeypatch.setattr(training, "_losses", lambda part: (np.array([loss, 1.0]), found(part)[1]))
    first, second = training.run()
    assert first.diverged == diverged
    assert not second.diverged
    assert first.valid_loss == (None if diverged else loss)
    assert BLOWN_UP == 100


def test_a_knob_that_all_share_is_one_number() -> None:
    same, other, lower = np.full((3, 1), 0.5), np.array([[0.5], [0.5], [0.6]]), np.array([[0.5], [0.5], [0.4]])
    assert shared(same).shape == (1, 1)
    assert shared(other) is other
    assert shared(lower) is lower
    assert rows_of(shared(same), slice(1, 3)).shape == (1, 1)
    assert rows_of(other, slice(1, 3)).tolist() == [[0.5], [0.6]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_network_begins_on_a_cache_line_and_views_share_nothing(dtype: type) -> None:
    parameters = Parameters(3, [(2, 5), (7,)], dtype)
    assert parameters.values.shape[1] * parameters.values.itemsize % CACHE_LINE == 0
    assert parameters.values.ctypes.data % CACHE_LINE == 0
    assert parameters.values.shape[1] >= 17 > parameters.values.shape[1] - CACHE_LINE // parameters.values.itemsize
    for number, view in enumerate(parameters.views, start=1):
        view.value[...] = number
        view.gradient[...] = -number
    assert parameters.values[:, :17].tolist() == 3 * [10 * [1] + 7 * [2]]
    assert parameters.gradients[:, :17].tolist() == 3 * [10 * [-1] + 7 * [-2]]
    assert not parameters.values[:, 17:].any()
    assert empty((3, 5), dtype).shape == (3, 5)


def test_streams_differ_by_seed_purpose_and_index() -> None:
    told = [(1, "a"), (2, "a"), (1, "b"), (1, "a", 0), (1, "a", 1), (1, "a", 0, 1)]
    assert len({stream(seed, *rest).integers(2**60) for seed, *rest in told}) == len(told)
    assert stream(1, "a", 3).integers(2**60) == stream(1, "a", 3).integers(2**60)


@pytest.mark.parametrize(("version", "told"), [("1.2", "1.2"), (None, "(not installed)")])
def test_kernels_are_told_with_what_compiles_them(monkeypatch: pytest.MonkeyPatch, version: str, told: str) -> None:
    monkeypatch.setattr(kernels, "installed", lambda: version is not None)
    monkeypatch.setattr(kernels, "version", lambda package: version)
    assert kernels.described("numpy") == "numpy"
    assert kernels.described("compiled") == f"compiled by numba {told}"


@pytest.mark.parametrize(("y", "message"), [([0, 3], "y lies in 0 … 2, got 0 … 3"), ([-1, 0], "got -1 … 0")])
def test_classes_lie_in_their_range(y: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Data(classes=3, train=Part(np.zeros((1, 2, 1)), np.array([y])))
    assert Data(classes=3, train=Part(np.zeros((1, 2, 1)), np.array([[0, 2]]))).inputs == 1


def test_a_part_has_a_split_for_each_seed() -> None:
    part = Part(np.zeros((2, 3, 1)), np.zeros((2, 3), int))
    with pytest.raises(ValueError, match="one split for each seed, 1, got 2"):
        Data(classes=2, train=part)
    with pytest.raises(ValueError, match="one split for each seed, 3, got 2"):
        Data(classes=2, train=part, seeds=(4, 9, 5))
    for other in ("valid", "test"):
        with pytest.raises(ValueError, match="one split for each seed, 1, got 2"):
            Data(classes=2, train=Part(part.x[:1], part.y[:1]), **{other: part})
    data = Data(classes=2, train=part, seeds=(4, 9))
    assert (data.split_of(4), data.split_of(9)) == (0, 1)
    assert Data(classes=2, train=Part(part.x[:1], part.y[:1])).split_of(77) == 0


def test_more_networks_than_a_stack_holds_come_back_in_their_places() -> None:
    hypers = [Hyper(seed=seed % 3, width=1024, steps=1, batch_size=8) for seed in range(5)]
    assert stack_size(1024) == 2
    found = train(hypers, make_data())
    assert [each.valid_loss for each in found[:2]] == [each.valid_loss for each in found[3:]]
    assert len({each.valid_loss for each in found}) == 3


@pytest.mark.parametrize("size", [1, 63, 1000, 100_000])
def test_an_array_begins_on_a_cache_line_and_takes_a_line_more(size: int) -> None:
    for dtype in (np.uint8, np.float32, np.float64):
        array = empty((size,), dtype)
        assert array.ctypes.data % CACHE_LINE == 0
        held = array
        while held.base is not None:
            held = held.base
        assert held.nbytes == array.nbytes + CACHE_LINE


@pytest.mark.parametrize(
    ("x", "y"), [((2, 3), (2, 3)), ((1, 2, 3, 1), (1, 2)), ((1, 2, 3), (1, 3)), ((1, 2, 3), (2, 2)), ((1, 2, 3), (1,))]
)
def test_a_part_has_three_axes_and_a_class_for_each_row(x: tuple, y: tuple) -> None:
    with pytest.raises(ValueError, match=r"x is \(splits, rows, inputs\) and y \(splits, rows\), got"):
        Part(np.zeros(x), np.zeros(y, int))
    assert Part(np.zeros((4, 2, 3)), np.zeros((4, 2), int)).shape == (4, 2, 3)


@pytest.mark.parametrize("shape", [(6,), (1, 2, 3)])
def test_drawn_rows_have_two_axes(shape: tuple) -> None:
    with pytest.raises(ValueError, match=r"rows and y are \(splits, rows\)"):
        Drawn(np.ones((9, 2)), np.zeros(shape, int), np.zeros(shape, int))
    drawn = Drawn(np.arange(18.0).reshape(6, 3), np.array([[5, 0, 0, 2]]), np.zeros((1, 4), int))
    assert drawn.shape == (1, 4, 2)
    assert drawn.x.tolist() == [[[15, 16], [0, 1], [0, 1], [6, 7]]]


def test_a_stack_has_one_shape() -> None:
    shapes = [Hyper(seed=1, width=width) for width in (3, 4)]
    for hypers in (shapes, shapes[::-1], []):
        with pytest.raises(ValueError, match="networks of a stack share every shape field"):
            Stack(hypers, inputs=2, classes=3)
    assert Stack(shapes[:1], inputs=2, classes=3).sizes == (2, 3, 3)


@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
def test_what_is_not_disturbed_draws_nothing(batch_norm: str) -> None:
    assert Stack([Hyper(seed=1, batch_norm=batch_norm)], inputs=2, classes=3).draws == {}


@pytest.mark.parametrize("batch", [1, 2, 9])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_logits_lie_class_by_class_and_all_else_network_by_network(depth: int, batch: int) -> None:
    """What softmax does to a class it does to one piece of memory; but of a single row each network's lie together."""
    stack = Stack([Hyper(seed=seed, depth=depth, width=4) for seed in (1, 2)], inputs=2, classes=3)
    passed = Pass(stack, batch)
    *hidden, last = [layer for layer in (passed.first, *passed.others) if isinstance(layer, Dense)]
    assert all(layer.y.flags.c_contiguous for layer in hidden)
    logits = last.y if batch == 1 or depth == 0 else last.y.transpose(1, 0, 2)
    assert logits.flags.c_contiguous


@pytest.mark.parametrize(("width", "narrow"), [(1, True), (16, True), (17, False), (40, False)])
def test_rows_are_copied_for_the_product_of_a_wide_layer_alone(width: int, *, narrow: bool) -> None:
    first = Pass(Stack([Hyper(seed=1, width=width)], inputs=30, classes=3), 20).first
    assert np.shares_memory(first.padded, first.rows) == narrow


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_number_of_a_type_is_within_it(sign: int) -> None:
    data = make_data()
    x = data.train.x.copy()
    x[0, 3, 1] = sign * float(np.finfo(np.float32).max)
    assert train([Hyper(seed=1, steps=1)], Data(classes=3, train=Part(x, data.train.y)))[0].epochs_run == 1


@pytest.mark.parametrize("classes", [1, 3, 4])
def test_one_logit_tells_two_classes(classes: int) -> None:
    with pytest.raises(ValueError, match=f"output='logit' tells 2 classes apart, got {classes}"):
        Stack([Hyper(seed=1, output="logit")], inputs=2, classes=classes)


def test_a_batch_of_one_row_is_not_normalised() -> None:
    with pytest.raises(ValueError, match=r"got a batch of 1 \(23 rows in batches of 1\)"):
        train([Hyper(seed=1, batch_norm="before", batch_size=1)], make_data())


def test_a_mean_at_the_threshold_is_not_above_it() -> None:
    hyper = Hyper(seed=1, steps=60, batch_size=8, checkpoints=4)
    (alone,) = train([hyper], make_data())
    assert train([hyper], make_data(), thresholds=[loss for _, loss in alone.curve]) == [alone]


def test_an_order_is_by_all_bits_but_those_that_hold_the_row() -> None:
    """Of four rows the lowest two: 4, 0, 8 and 4 are left of these, of which equal ones stand in the order of their rows."""

    class Numbers:
        def random(self, out: np.ndarray) -> None:
            out.view(np.uint64)[:] = np.uint64(0x3FE << 52) | np.array([5, 2, 8, 7], np.uint64)

    assert next(shuffled([Numbers(), Numbers()], 4)).tolist() == 2 * [[1, 0, 3, 2]]
