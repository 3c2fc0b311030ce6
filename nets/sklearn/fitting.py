"""Training as scikit-learn's MLP does it: rows that carry weights, an end that the progress decides."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any

import numpy as np

from nets.arrays import Array, Integers, arithmetic, shared
from nets.optimisers import STEPS_TO_FLUSH, Knobs, Optimiser, Rule
from nets.orders import orders
from nets.parameters import View
from nets.passes import Passes
from nets.rows import chunks
from nets.sklearn.examples import Examples
from nets.sklearn.gathering import gathered
from nets.stack import Stack


@dataclass(frozen=True)
class Built:
    """What networks are built as, in the estimator's words: training goes on with equal ones alone."""

    hidden_layer_sizes: tuple[int, ...]
    activation: str
    batch_norm: str
    n_replicates: int

    @classmethod
    def of(cls, stack: Stack) -> "Built":
        return cls(stack.sizes[1:-1], stack.shape.activation, stack.shape.batch_norm, len(stack.hypers))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What training goes on from, in arrays of its own: a pickled one continues to the last bit."""

    built: Built
    precision: str  # of all arrays
    values: Array  # the flat parameters, (K, P)
    moments: tuple[Array, ...]  # mean and variance of each normalisation in turn, (K, units)
    rule: type  # of the optimiser
    memory: tuple[Array, ...]  # the rule's state, block by block
    steps: int  # that the optimiser has made


class Fitting:
    """K networks on their way through weighted rows."""

    def __init__(
        self, stack: Stack, examples: Examples, rule: Callable[[View, Knobs], Rule], *, alpha: float, shuffle: bool
    ) -> None:
        """``alpha`` is scikit-learn's; the stack's optimiser, l2 and training length are not looked at.

        Raises ``ValueError`` where batch normalisation would see one row.
        """
        self.stack = stack
        self.count = len(examples)
        self.batches = _batches(self.count, stack.shape.batch_size, normalised=stack.normalised)
        self.passes = Passes(stack)
        self.rows = gathered(examples, stack.dtype)
        self.weight = examples.weight
        self.alpha = alpha
        self.weight_columns = stack.weight_columns(stack.dense)
        momentum = shared(self.stack.knob("momentum")[:, 0].astype(self.stack.dtype))
        self.optimiser = Optimiser(rule, self.stack.parameters, {"momentum": momentum}, strengths={})
        seeds = [hyper.own_seed for hyper in stack.hypers]
        self.orders = orders(seeds, self.count) if shuffle else repeat(np.tile(np.arange(self.count), (len(seeds), 1)))
        self.penalised_for: Array = np.empty((0, 1))  # sums of weights, none yet

    def epoch(self, rates: Array) -> Array:
        """One pass over the rows, a batch at each of the ``rates``.

        Returns each network's mean objective on the way, (K,), before each step and with noise.
        Raises ``ValueError`` where a network diverges.
        """
        order = next(self.orders)
        objective = np.zeros(len(order))
        with arithmetic():
            for (start, stop), rate in zip(self.batches, rates.astype(self.stack.dtype), strict=True):
                objective += (stop - start) * self._descend(order[:, start:stop], rate.reshape(1, 1))
        self.check_finite(rates[0])
        return objective / self.count

    def check_finite(self, rate: float) -> None:
        """Raises ``ValueError`` where a network has diverged."""
        if not np.isfinite(self.stack.parameters.values).all():
            mean = self.weight.mean()
            weights = "" if 1e-6 < mean < 1e6 else f", or sample_weight to a mean near 1, from {mean:.3g}"
            raise ValueError(
                f"training diverged to weights that are not finite with learning_rate_init={rate}: "
                f"choose a lower one, or scale the inputs (StandardScaler){weights}"
            )

    def _descend(self, places: Integers, rate: Array) -> Array:
        """One step on the rows at ``places`` (K, batch); its objective (K,), Σ w ℓ / Σ w + α/(2 Σ w) ‖W‖²."""
        weight = self.weight[places]
        total = weight.sum(axis=1, keepdims=True)
        penalty = self._penalise(total)
        batch = self.passes[places.shape[1]]
        labels = self.rows.load(batch, places)
        batch.forward(training=True)
        batch.loss.squash()
        losses = _losses(batch.loss.given(labels))
        slope = batch.loss.slope(labels)
        slope *= (weight * (places.shape[1] / total))[:, None]
        batch.propagate(slope)
        self.optimiser.step(rate)
        if self.optimiser.count % STEPS_TO_FLUSH == 0:
            self.optimiser.flush()
        return np.asarray((weight * losses).sum(axis=1) / total[:, 0] + penalty)

    def _penalise(self, total: Array) -> Array:
        """Sets λ = α / Σ w of the batch, as scikit-learn does; λ/2 ‖W‖² of each network, (K,)."""
        strength = self.alpha / total
        if not np.array_equal(total, self.penalised_for):
            self.optimiser.penalise({"l2": (strength * self.weight_columns).astype(self.stack.dtype)})
            self.penalised_for = total
        values = self.stack.parameters.values
        return np.asarray(strength[:, 0] * np.vecdot(self.weight_columns * values, values) / 2)

    def snapshot(self) -> Snapshot:
        """A copy of the present state."""
        rules = self.optimiser.rules
        return Snapshot(
            built=Built.of(self.stack),
            precision=self.stack.dtype.name,
            values=self.stack.parameters.values.copy(),
            moments=tuple(moment.copy() for moment in self._moments()),
            rule=type(rules[0]),
            memory=tuple(array.copy() for rule in rules for array in rule.state),
            steps=self.optimiser.count,
        )

    def restore(self, snapshot: Snapshot, *, optimiser: bool) -> None:
        """Goes on from there; without ``optimiser``, or where the rule is another one, its memory begins empty.

        Raises ``ValueError`` where the networks are built otherwise.
        """
        _check_built(Built.of(self.stack), snapshot.built)
        np.copyto(self.stack.parameters.values, snapshot.values)
        for now, then in zip(self._moments(), snapshot.moments, strict=True):
            np.copyto(now, then)
        if optimiser and snapshot.rule is type(self.optimiser.rules[0]):
            states = [array for rule in self.optimiser.rules for array in rule.state]
            for now, then in zip(states, snapshot.memory, strict=True):
                np.copyto(now, then)
            self.optimiser.count = snapshot.steps

    def _moments(self) -> list[Array]:
        return [array for moments in self.stack.moments for array in (moments.mean, moments.variance)]


def _check_built(asked: Built, found: Built) -> None:
    others: list[tuple[str, Any]] = [
        (field.name, getattr(found, field.name))
        for field in fields(Built)
        if getattr(asked, field.name) != getattr(found, field.name)
    ]
    if others:
        are = ", ".join(f"{name}={value!r}" for name, value in others)
        raise ValueError(
            f"training goes on with the networks there are, whose {are}: set it back, or fit anew with warm_start=False"
        )


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


def _losses(given: Array) -> Array:
    """Cross-entropy of each row (K, batch); probabilities are at least the type's rounding error, as in scikit-learn."""
    return np.asarray(-np.log(np.maximum(given, np.finfo(given.dtype).eps)))
