"""Training: networks sorted into stacks, each stack trained in lock-step."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from nets.arrays import Array, Flags, Integers, arithmetic, shared
from nets.best import Best
from nets.class_weights import CLASS_WEIGHTS
from nets.data import Data, Drawn, Part
from nets.evaluate import collect_population_moments, evaluate, probabilities
from nets.hyper import Hyper
from nets.kernels import check, compiled, say_once
from nets.optimisers import OPTIMISERS, STEPS_AT_ONCE, STEPS_TO_FLUSH, Optimiser
from nets.orders import orders
from nets.outcome import Outcome
from nets.passes import Passes
from nets.penalties import CONSTRAINTS, PENALTIES
from nets.probes.probing import Probing
from nets.rows import Rows, chunks
from nets.schedules import SCHEDULES, warmed_up
from nets.scores import scores
from nets.stack import Stack

BLOWN_UP = 100.0  # nats: a mean loss above it gives the true class odds of e^-100, finite by luck alone


def train(
    hypers: Sequence[Hyper], data: Data, *, thresholds: Sequence[float] = (), kernels: str = "numpy"
) -> list[Outcome]:
    """The outcome of each network; none depends on the others, to the last bit (with one BLAS thread).

    ``thresholds``, in nats, one for each checkpoint from the first, are the one exception: a stack is pruned, all of it,
    at the checkpoint where the mean of its validation losses is above the threshold.
    ``kernels`` is a word of ``nets.kernels``: another one, other bits.
    Raises ``ValueError`` where ``data`` has no split for a seed or other classes than the output, where batch normalisation
    would see a training batch of one row, and where there are no validation rows for the best weights or for probes;
    ``ImportError`` where the kernels are not installed.
    """
    check(kernels)
    outcomes: dict[int, Outcome] = {}
    for places in _stacks(hypers):
        stack = [hypers[place] for place in places]
        training = training_by(kernels, stack[0])(stack, data, thresholds)
        outcomes.update(zip(places, training.run(), strict=True))
    return [outcomes[place] for place in range(len(hypers))]


def training_by(kernels: str, shape: Hyper) -> "type[StackTraining]":
    """What trains networks of this shape."""
    if kernels == "numpy":
        return StackTraining
    module = compiled(shape.precision)
    lack = module.lacking(shape)
    if lack:
        say_once(lack)
    return StackTraining if lack else cast("type[StackTraining]", module.CompiledTraining)


def _stacks(hypers: Sequence[Hyper]) -> Iterator[list[int]]:
    """Places of networks that train together: equal shapes, no more than the cache carries."""
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, hyper in enumerate(hypers):
        alike[hyper.stack_key].append(place)
    for places in alike.values():
        for start, stop in chunks(len(places), stack_size(hypers[places[0]].width)):
            yield places[start:stop]


def stack_size(width: int) -> int:
    """Networks in one stack: measured best 48–96 up to 32 units, 32–48 at 64, 16–24 at 128, 8–12 at 256, 4–8 at 512."""
    return max(1, min(64, 2048 // width))


class StackTraining:
    """One stack on its way: parameters, optimiser, rows, and which networks are still sound."""

    def __init__(self, hypers: Sequence[Hyper], data: Data, thresholds: Sequence[float] = ()) -> None:
        self.stack = Stack(hypers, inputs=data.inputs, classes=data.classes)
        self.shape = self.stack.shape
        splits = np.array([data.split_of(hyper.seed) for hyper in hypers])
        parts = {"train": data.train, "valid": data.valid, "test": data.test}
        self.rows = {
            name: Rows(self._held(part), splits, self.stack.dtype) for name, part in parts.items() if part is not None
        }
        weighing = CLASS_WEIGHTS[self.shape.class_weights]
        self.class_weights = None if weighing is None else weighing(self.rows["train"], data.classes)
        self.batch = min(self.shape.batch_size, self.rows["train"].count)
        self._check_batches()
        self.passes = Passes(self.stack)
        self.best = self._best()
        self.probing = Probing(self.stack, self.rows, self.batch, self.steps)
        self.optimiser = self._optimiser()
        self.learning_rate = shared(self.stack.knob("learning_rate")[:, 0])
        self.warmup = shared(self.stack.knob("warmup")[:, 0])
        self.rated, self.rates = range(0), self.learning_rate  # steps, and their rates as far as they were computed
        self.orders = orders([hyper.own_seed for hyper in hypers], self.rows["train"].count)
        self.diverged_in: dict[int, int] = {}
        self.examined: dict[str, tuple[Array, Array]] = {}  # of the last checkpoint
        self.curves: list[list[tuple[int, float]]] = [[] for _ in hypers]
        self.thresholds = dict(zip(sorted(self.checkpoints), thresholds, strict=False))

    def _held(self, part: Part | Drawn) -> Part | Drawn:
        """Probes look at splits one by one."""
        return Part(part.x, part.y) if self.shape.probes != "none" else part

    def run(self) -> list[Outcome]:
        """Trains to the end and examines what is left."""
        self.probing.checkpoint(self.optimiser.count, self._learning_rate())
        before = 0
        for epoch in sorted(self.checkpoints):
            self.advance(epoch - before)
            before = epoch
            if self._is_pruned(epoch):
                return [self._pruned(network, epoch) for network in range(len(self.stack.hypers))]
        if self.best.wanted:
            self._settle()
            self.best.restore()
            self._resume()
            self.examined.clear()
        return self._outcomes()

    @cached_property
    def steps(self) -> int:
        return max(self.shape.steps, self.shape.epochs * self.batches)  # one of them is zero

    @property
    def batches(self) -> int:
        """Mini-batches in an epoch, a short last one included."""
        return math.ceil(self.rows["train"].count / self.batch)

    @property
    def epochs(self) -> int:
        """Epochs begun; the last one may end early."""
        return math.ceil(self.steps / self.batches)

    @property
    def checkpoints(self) -> set[int]:
        count = min(self.shape.checkpoints, self.epochs)
        return {math.ceil(self.epochs * number / count) for number in range(1, count + 1)}

    def _check_batches(self) -> None:
        last = self.rows["train"].count % self.batch or self.batch
        if self.stack.normalised and last == 1:
            raise ValueError(
                f"batch normalisation needs 2 rows or more in each training batch, got a batch of 1 "
                f"({self.rows['train'].count} rows in batches of {self.batch}): choose another batch_size"
            )

    def _best(self) -> Best:
        best = Best(self.stack)
        if best.wanted and "valid" not in self.rows:
            raise ValueError("weights='best' are chosen by the validation loss, got no validation rows: take 'last'")
        return best

    def _optimiser(self) -> Optimiser:
        stack = self.stack
        hidden = [view.value[:, :, :-1] for view in stack.dense[:-1]]
        bounds = {name: stack.knob(name) for name in CONSTRAINTS}
        return Optimiser(
            OPTIMISERS[self.shape.optimiser],
            stack.parameters,
            {
                "momentum": shared(stack.knob("momentum")[:, 0].astype(stack.dtype)),
                "weight_decay": shared(stack.on_weights("weight_decay")),
            },
            strengths={name: stack.on_weights(name) for name in PENALTIES},
            constraints=[
                CONSTRAINTS[name](bound.astype(stack.dtype), hidden) for name, bound in bounds.items() if bound.any()
            ],
        )

    def advance(self, epochs: int) -> None:
        """The epochs up to the next checkpoint."""
        for _ in range(epochs):
            self.epoch()

    @arithmetic()
    def epoch(self) -> None:
        train = self.rows["train"]
        places = train.places(next(self.orders))
        for start, stop in list(chunks(train.count, self.batch))[: self.steps - self.optimiser.count]:
            batch = self.passes[stop - start]
            labels = train.load_places(batch, places[:, start:stop])
            batch.forward(training=True)
            batch.backward(labels, self._weights_of(labels))
            self.optimiser.step(self._learning_rate())
            if self.optimiser.count % STEPS_TO_FLUSH == 0:
                self.optimiser.flush()

    def _weights_of(self, labels: Integers) -> Array | None:
        """Of rows with these labels (K, batch)."""
        return None if self.class_weights is None else np.take_along_axis(self.class_weights, labels, axis=1)

    def _learning_rate(self) -> Array:
        """Of the step to come, (K, 1) or, shared, (1, 1)."""
        count = self.optimiser.count
        if count not in self.rated:
            self.rated = range(count, count + STEPS_AT_ONCE)
            self.rates = self._learning_rates(self.rated)
        return self.rates[:, count - self.rated.start, None]

    def _learning_rates(self, counts: range) -> Array:
        """Of the steps after so many others, (K, steps) or, shared, (1, steps)."""
        schedule = SCHEDULES[self.shape.schedule]
        rates: Array = self.learning_rate * np.array([schedule(count / self.steps) for count in counts])
        return rates * warmed_up(np.array(counts), self.warmup)

    def _is_pruned(self, epoch: int) -> bool:
        """Looks at the networks at a checkpoint: whether the stack ends here."""
        self._find_diverged(epoch)
        if "valid" not in self.rows:
            return False
        losses = self._extend_curves(epoch)
        self.probing.checkpoint(self.optimiser.count, self._learning_rate())
        return bool(epoch < self.epochs and losses.mean() > self.thresholds.get(epoch, math.inf))

    def _find_diverged(self, epoch: int) -> None:
        for network in np.flatnonzero(~self._finite()):
            self._diverge(int(network), epoch)

    def _finite(self) -> Flags:
        """Whether all parameters of a network are finite, (K,)."""
        return np.asarray(np.isfinite(self.stack.parameters.values).all(axis=1))

    def _diverge(self, network: int, epoch: int) -> None:
        self.diverged_in.setdefault(network, epoch)
        self._forget(network)

    def _forget(self, network: int) -> None:
        """So that one which diverged goes on harmlessly."""
        self.optimiser.forget(network)

    @arithmetic()
    def examine(self, *parts: str) -> dict[str, tuple[Array, Array]]:
        """Losses and errors of each part, (K,)."""
        if self.stack.normalised and self.shape.bn_statistics == "population":
            self._collect_moments()
        return {part: self._losses(part) for part in parts}

    def _collect_moments(self) -> None:
        collect_population_moments(self.passes, self.rows["train"], self.batch)

    def _losses(self, part: str) -> tuple[Array, Array]:
        return evaluate(self.passes, self.rows[part])

    def _settle(self) -> None:
        """Before others look at the stack: leaves in it all that training has changed."""

    def _resume(self) -> None:
        """After others have changed the stack."""

    def _extend_curves(self, epoch: int) -> Array:
        """Returns the validation losses, (K,)."""
        self.examined = self.examine("valid")
        self._settle()
        losses, _ = self.examined["valid"]
        for network, loss in enumerate(losses):
            if loss > BLOWN_UP or math.isnan(loss):
                self._diverge(network, epoch)
            if network not in self.diverged_in:
                self.curves[network].append((epoch, float(loss)))
                self.best.offer(network, loss)
        return losses

    def _pruned(self, network: int, epoch: int) -> Outcome:
        """A network that diverged did so before."""
        diverged = network in self.diverged_in
        return Outcome(
            stopped="diverged" if diverged else "pruned",
            epochs_run=self.diverged_in.get(network, epoch),
            curve=tuple(self.curves[network]),
        )

    def _outcomes(self) -> list[Outcome]:
        examined = self.examine(*(part for part in self.rows if part not in self.examined)) | self.examined
        sound = np.all([losses <= BLOWN_UP for losses, _ in examined.values()], axis=0)
        for network in np.flatnonzero(~sound):
            self.diverged_in.setdefault(int(network), self.epochs)
        self._settle()
        fits = self._fits("test") if "test" in self.rows else [{} for _ in self.stack.hypers]
        measures = self.probing.end(self.optimiser.count, self._learning_rate())
        return [
            self._outcome(network, examined, fits[network], measures[network])
            for network in range(len(self.stack.hypers))
        ]

    def _fits(self, part: str) -> list[dict[str, float | None]]:
        """Of each network further measures of a part."""
        rows = self.rows[part]
        labels = rows.labels.take(rows.places(np.arange(rows.count)))
        found = probabilities(self.passes, rows)
        return [
            {f"{part}_{name}": value for name, value in scores(each, known).items()} if np.isfinite(each).all() else {}
            for each, known in zip(found, labels, strict=True)
        ]

    def _outcome(
        self,
        network: int,
        examined: dict[str, tuple[Array, Array]],
        fit: Mapping[str, float | None],
        measures: Mapping[str, Any],
    ) -> Outcome:
        curve = tuple(self.curves[network])
        if network in self.diverged_in:
            return Outcome(stopped="diverged", epochs_run=self.diverged_in[network], curve=curve)
        told = dict(fit)
        for part, (losses, errors) in examined.items():
            told[f"{part}_loss"] = float(losses[network])
            told[f"{part}_error"] = float(errors[network])
        return Outcome(stopped="completed", epochs_run=self.epochs, curve=curve, measures=measures, **told)
