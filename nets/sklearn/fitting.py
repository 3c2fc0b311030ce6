"""Training as scikit-learn's MLP does it: rows that carry weights, an end that the progress decides."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from nets.arrays import Array, Integers, arithmetic, shared
from nets.data import Part
from nets.optimisers import STEPS_TO_FLUSH, Knobs, Optimiser, Rule
from nets.orders import orders
from nets.parameters import View
from nets.passes import Passes
from nets.rows import Rows, chunks
from nets.stack import Stack


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows ``x`` (rows, inputs) with classes ``y`` (rows,) in 0 … classes - 1 and positive ``weight`` (rows,)."""

    x: Array
    y: Integers
    weight: Array


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What training goes on from, in arrays of its own: a pickled one continues to the last bit."""

    values: Array  # the flat parameters, (K, P)
    moments: tuple[Array, ...]  # mean and variance of each normalisation in turn, (K, units)
    rule: type  # of the optimiser
    memory: tuple[Array, ...]  # the rule's state, block by block
    steps: int  # that the optimiser has made
    sizes: tuple[int, ...]  # inputs, units of each hidden layer, classes


class Fitting:
    """K networks on their way through weighted rows."""

    def __init__(
        self, stack: Stack, examples: Examples, rule: Callable[[View, Knobs], Rule], *, alpha: float, shuffle: bool
    ) -> None:
        """``alpha`` is scikit-learn's; the stack's optimiser, l2 and training length are not looked at.

        Raises ``ValueError`` where batch normalisation would see one row.
        """
        self.stack = stack
        self.batches = _batches(len(examples.x), stack.shape.batch_size, normalised=stack.normalised)
        self.passes = Passes(stack)
        one_split = np.zeros(len(stack.hypers), np.intp)
        self.rows = Rows(Part(examples.x[None], examples.y[None]), one_split, stack.dtype)
        self.weight = examples.weight
        self.penalty = alpha * self.stack.weight_columns()
        momentum = shared(self.stack.knob("momentum")[:, 0].astype(self.stack.dtype))
        self.optimiser = Optimiser(rule, self.stack.parameters, {"momentum": momentum}, strengths={})
        rows, seeds = len(examples.x), [hyper.own_seed for hyper in stack.hypers]
        self.orders = orders(seeds, rows) if shuffle else repeat(np.tile(np.arange(rows), (len(seeds), 1)))
        self.penalised_for: Array | None = None

    def epoch(self, learning_rate: float) -> Array:
        """One pass over the rows; each network's mean objective on the way, (K,), before each step and with noise.

        Raises ``ValueError`` where a network diverges.
        """
        networks = len(self.stack.hypers)
        rate = shared(np.full((networks, 1), learning_rate, self.stack.dtype))
        order = next(self.orders)
        objective = np.zeros(networks)
        with arithmetic():
            for start, stop in self.batches:
                objective += (stop - start) * self._descend(order[:, start:stop], rate)
        if not np.isfinite(self.stack.parameters.values).all():
            raise ValueError(
                f"training diverged to weights that are not finite with learning_rate_init={learning_rate}: "
                "choose a lower one, or scale the inputs (StandardScaler)"
            )
        return objective / self.rows.count

    def _descend(self, places: Integers, rate: Array) -> Array:
        """One step on the rows at ``places`` (K, batch); its objective (K,), Σ w ℓ / Σ w + α/(2 Σ w) ‖W‖²."""
        weight = self.weight[places]
        total = weight.sum(axis=1, keepdims=True)
        penalty = self._penalise(total)
        batch = self.passes[places.shape[1]]
        labels = self.rows.load(batch, places)
        batch.forward(training=True)
        slope = batch.loss.gradient(labels)
        losses = _losses(slope, labels)
        slope *= (weight * (places.shape[1] / total))[:, None]
        batch.propagate(slope)
        self.optimiser.step(rate)
        if self.optimiser.count % STEPS_TO_FLUSH == 0:
            self.optimiser.flush()
        return np.asarray((weight * losses).sum(axis=1) / total[:, 0] + penalty)

    def _penalise(self, total: Array) -> Array:
        """Sets λ = α / Σ w of the batch, as scikit-learn does; λ/2 ‖W‖² of each network, (K,)."""
        strength = self.penalty / total
        if self.penalised_for is None or not np.array_equal(total, self.penalised_for):
            self.optimiser.penalise({"l2": strength})
            self.penalised_for = total
        values = self.stack.parameters.values
        return np.asarray(np.vecdot(strength * values, values) / 2)

    def snapshot(self) -> Snapshot:
        """A copy of the present state."""
        rules = self.optimiser.rules
        return Snapshot(
            values=self.stack.parameters.values.copy(),
            moments=tuple(moment.copy() for moment in self._moments()),
            rule=type(rules[0]),
            memory=tuple(array.copy() for rule in rules for array in rule.state),
            steps=self.optimiser.count,
            sizes=self.stack.sizes,
        )

    def restore(self, snapshot: Snapshot, *, optimiser: bool) -> None:
        """Goes on from there; without ``optimiser``, or where the rule is another one, its memory begins empty.

        Raises ``ValueError`` where the networks have another shape.
        """
        values, moments = self.stack.parameters.values, self._moments()
        same = snapshot.sizes == self.stack.sizes and len(snapshot.values) == len(values)
        if not same or len(snapshot.moments) != len(moments):
            raise ValueError(
                "training goes on with the networks there are, got other hidden_layer_sizes, batch_norm or "
                "n_replicates: set them back, or fit anew with warm_start=False"
            )
        np.copyto(values, snapshot.values)
        for now, then in zip(moments, snapshot.moments, strict=True):
            np.copyto(now, then)
        if optimiser and snapshot.rule is type(self.optimiser.rules[0]):
            states = [array for rule in self.optimiser.rules for array in rule.state]
            for now, then in zip(states, snapshot.memory, strict=True):
                np.copyto(now, then)
            self.optimiser.count = snapshot.steps

    def _moments(self) -> list[Array]:
        return [array for moments in self.stack.moments for array in (moments.mean, moments.variance)]


def _batches(rows: int, size: int, *, normalised: bool) -> list[tuple[int, int]]:
    """Start and stop of each mini-batch; a last row alone joins the batch before, where it would be normalised."""
    if normalised and min(rows, size) == 1:
        raise ValueError(
            f"batch normalisation trains on 2 rows or more at once, got n_samples={rows} in batches of {size}: "
            "take more, or batch_norm='none'"
        )
    batches = list(chunks(rows, size))
    if normalised and rows % size == 1:
        batches[-2:] = [(batches[-2][0], rows)]
    return batches


def _losses(slope: Array, labels: Integers) -> Array:
    """Cross-entropy of each row (K, batch) from the mean loss's ``slope`` (softmax - one-hot)/batch (K, classes, batch).

    Probabilities are at least the type's rounding error, as in scikit-learn.
    """
    chosen = np.take_along_axis(slope, labels[:, None], axis=1)[:, 0]
    epsilon = np.finfo(slope.dtype).eps
    return np.asarray(-np.log(np.clip(1 + slope.shape[2] * chosen, epsilon, 1)))
