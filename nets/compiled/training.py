"""A stack trained by the compiled step."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from nets.arrays import Array, Flags, Integers, full
from nets.compiled import arguments, step
from nets.compiled.arguments import Networks, Pace, Shape
from nets.compiled.buffers import Room
from nets.compiled.layout import Layout
from nets.compiled.optimisers import RULES
from nets.compiled.orders import shuffled
from nets.compiled.tape import MOST, Recorder
from nets.hyper import Hyper
from nets.layers.batch_norm import EPSILON
from nets.optimisers import BETA2, Adam, corrections
from nets.orders import orders
from nets.rows import CHUNK, chunks
from nets.stack import Stack
from nets.train import StackTraining

ACTIVATIONS = {name: getattr(arguments, name.upper()) for name in ("relu", "tanh", "sigmoid", "gelu", "identity")}
# what the step, or the training around it, answers to; a field that is not here trains in NumPy where it is set
FIELDS = frozenset(
    [
        "seed",
        "member",
        "width",
        "depth",
        "activation",
        "output",
        "batch_norm",
        "bn_statistics",
        "bn_gradient",
        "noise",
        "noise_place",
        "noise_redraw",
        "optimiser",
        "schedule",
        "batch_size",
        "steps",
        "epochs",
        "checkpoints",
        "probes",
        "precision",
        "keep_prob",
        "input_keep_prob",
        "init_gain",
        "l1",
        "l2",
        "weight_decay",
        "max_norm",
        "bn_momentum",
        "bn_start",
        "bn_noise",
        "learning_rate",
        "warmup",
        "momentum",
        "weights",
    ]
)
WORDS: Mapping[str, Mapping[str, int]] = {"activation": ACTIVATIONS, "optimiser": RULES}


def lacking(hyper: Hyper) -> str:
    """The setting that the compiled step does not have; "" where it has all."""
    for field in fields(hyper):
        value = getattr(hyper, field.name)
        unknown = field.name not in FIELDS and value != field.default
        if unknown or value not in WORDS.get(field.name, {value: 0}):
            return f"{field.name}={value!r}"
    return ""


class CompiledTraining(StackTraining):
    """As in NumPy to rounding. The stack's own arrays are up to date where ``_settle`` has been called."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        stack = self.stack
        self.layout = Layout(stack.sizes, stack.dtype.itemsize, normalised=stack.normalised)
        self.places = self.layout.places()
        self.networks = _networks(stack, self.layout)
        self.code = _shape(stack, self.layout)
        self.orders = orders([hyper.own_seed for hyper in stack.hypers], self.rows["train"].count, shuffled)
        self.recorder = Recorder(stack, self.layout)
        self.room, self.evaluation = Room(self.layout, self.batch), Room(self.layout, CHUNK)
        self._resume()

    def epoch(self) -> None:
        self.advance(1)

    def advance(self, epochs: int) -> None:
        """In runs of whole batches, over epochs as long as none ends with a short batch: a call costs as much as some steps."""
        train, left = self.rows["train"], self.steps - self.optimiser.count
        held: list[Integers] = []
        for _ in range(epochs):
            order = train.places(next(self.orders))
            steps = min(self.batches, left)
            left -= steps
            whole = min(steps, train.count // self.batch)
            stop = whole * self.batch
            held.append(order[:, :stop].reshape(len(order), whole, self.batch))
            if steps > whole or sum(places.nbytes for places in held) > MOST:
                self._run(held)
                held.clear()
            if steps > whole:
                self._run([order[:, None, stop:]])
        self._run(held)

    def _run(self, held: Sequence[Integers]) -> None:
        """Steps on the rows at each ``held`` (K, steps, batch), in turn."""
        if not held:
            return
        rows, by_step = self.rows["train"], np.ascontiguousarray(np.concatenate(held, axis=1).swapaxes(0, 1))
        batch = by_step.shape[2]
        for start, stop in chunks(len(by_step), self.recorder.steps_at_once(batch)):
            tape = self.recorder.record(stop - start, batch)
            step.train(
                self.code, self.networks, self.room.buffers, rows.table, rows.in_table, rows.labels,
                by_step[start:stop], tape,
                self._pace(stop - start),
            )  # fmt: skip

    def _pace(self, steps: int) -> Pace:
        """Of the steps to come, which it counts."""
        networks, before = len(self.stack.hypers), self.optimiser.count
        rates = np.broadcast_to(self._learning_rates(range(before, before + steps)).T, (steps, networks))
        self.optimiser.count += steps
        decay = rates * self.stack.knob("weight_decay")[:, 0, 0]
        epsilons = np.zeros(rates.shape)
        rule = self.optimiser.rules[0]
        if isinstance(rule, Adam):
            numbers = range(before + 1, self.optimiser.count + 1)
            factors, shared = corrections(self.networks.momentum, rule.beta2, rule.epsilon, numbers)
            rates = rates * factors
            epsilons += shared[:, None]
        return Pace(*(array.astype(self.stack.dtype, order="C") for array in (rates, epsilons, decay)))

    def _finite(self) -> Flags:
        found = np.empty(len(self.stack.hypers), np.bool_)
        step.find_finite(self.networks.values, found)
        return found

    def _forget(self, network: int) -> None:
        for array in (self.networks.values, self.networks.first, self.networks.second):
            array[network] = 0
        self.stack.parameters.values[network] = 0

    def _losses(self, part: str) -> tuple[Array, Array]:
        mode = arguments.BATCH if self.shape.bn_statistics == "batch" else arguments.RUNNING
        loss, wrong = self._pass_through(part, self.evaluation, mode).T / self.rows[part].count
        return loss, wrong

    def _collect_moments(self) -> None:
        self._pass_through("train", self.room, arguments.COLLECTING)

    def _pass_through(self, part: str, room: Room, mode: int) -> Array:
        """Summed losses and misclassified rows, (K, 2)."""
        rows, found = self.rows[part], np.empty((len(self.stack.hypers), 2))
        starts = np.ascontiguousarray(rows.start[:, 0])
        step.examine(
            self.code,
            self.networks,
            room.buffers,
            rows.table,
            rows.in_table,
            rows.labels,
            starts,
            rows.count,
            mode,
            self.recorder.silence,
            found,
        )
        return found

    def _settle(self) -> None:
        self.stack.parameters.values[:, : len(self.places)] = self.networks.values[:, self.places]
        for ours, here in self._moments():
            ours[...] = here

    def _resume(self) -> None:
        self.networks.values[:, self.places] = self.stack.parameters.values[:, : len(self.places)]
        for ours, here in self._moments():
            here[...] = ours

    def _moments(self) -> list[tuple[Array, Array]]:
        """Of the stack, and where the step keeps them."""
        starts = zip(self.layout.moments, self.stack.moments, strict=True)
        return [
            pair
            for start, moments in starts
            for pair in (
                (moments.mean, self.networks.mean[:, start : start + moments.mean.shape[1]]),
                (moments.variance, self.networks.variance[:, start : start + moments.mean.shape[1]]),
            )
        ]


def _networks(stack: Stack, layout: Layout) -> Networks:
    networks, dtype = len(stack.hypers), stack.dtype

    def zeros(columns: int) -> Array:
        """(K, columns), and some beyond them: squares that are read may reach out of the array."""
        room = networks * columns + 16 * layout.lanes * layout.lanes
        return full((room,), 0, dtype)[: networks * columns].reshape(networks, columns)

    def knob(name: str) -> Array:
        return stack.knob(name).reshape(-1).astype(dtype)

    held = {"values": layout.parameters, "first": layout.parameters, "second": layout.parameters}
    held |= {"mean": layout.moments_held, "variance": layout.moments_held}
    knobs = {name: knob(name) for name in ("momentum", "l1", "l2", "max_norm", "bn_momentum", "bn_noise")}
    constants = {"beta2": np.array([BETA2], dtype), "bn_epsilon": np.array([EPSILON], dtype)}
    return Networks(**{name: zeros(columns) for name, columns in held.items()}, **knobs, **constants)


def _shape(stack: Stack, layout: Layout) -> Shape:
    codes = {name: getattr(layout, name) for name in ("sizes", "columns", "dense", "affine", "moments")}
    codes["stages"] = _stages(stack)
    return Shape(
        **{name: np.array(numbers, np.int64) for name, numbers in codes.items()},
        rule=RULES[stack.shape.optimiser],
        detached=int(stack.shape.bn_gradient == "detached"),
        logit=int(stack.shape.output == "logit"),
        lanes=layout.lanes,
        size=layout.size,
    )


def _stages(stack: Stack) -> list[int]:
    """What follows the dense part of a hidden layer: where normalisation and noise share a side of the activation, normalisation comes first."""
    sides: dict[str, list[int]] = {"before": [], "after": []}
    if stack.normalised:
        sides[stack.shape.batch_norm].append(arguments.NORM)
    if ("jitter", 0) in stack.draws:
        sides[stack.shape.batch_norm].append(arguments.JITTER)
    if ("noise", 0) in stack.draws:
        sides[stack.shape.noise_place].append(arguments.NOISE)
    return [*sides["before"], ACTIVATIONS[stack.shape.activation], *sides["after"]]
