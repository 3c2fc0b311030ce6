"""JAX: an epoch as one compiled scan over steps, of one network (jit) or of K in lock-step (vmap)."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

# one thread: read when the back end starts
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false"
os.environ["NPROC"] = "1"

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import BN_MOMENTUM, MOMENTUM, WORKLOADS, Case, Task

BETA2, EPSILON = 0.999, 1e-8  # of Adam
BN_EPSILON = 1e-5

State = dict[str, Any]


class Scanned:
    """The state of K networks, each leaf (K, …), or of one without that axis."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        self.generator = np.random.default_rng(0)
        self.networks, self.workload = networks, case.workload
        self.x, self.y = jnp.asarray(task.x), jnp.asarray(task.y)
        lift: Callable[..., Any] = (lambda f: f) if networks == 1 else jax.vmap
        state = initial(case, networks, self.generator)
        self.state = jax.tree.map(lambda leaf: leaf[0], state) if networks == 1 else state
        self.train = jax.jit(lift(partial(epoch, case, self.x, self.y)), donate_argnums=0)
        self.evaluate = jax.jit(lift(partial(accuracy, case, self.x, self.y)))

    def epoch(self) -> None:
        order = np.stack([self.generator.permutation(self.workload.rows) for _ in range(self.networks)])
        order = order.reshape(self.networks, self.workload.steps, self.workload.batch)
        self.state = jax.block_until_ready(self.train(self.state, order[0] if self.networks == 1 else order))

    def accuracy(self) -> float:
        return float(self.evaluate(self.state).mean())


def initial(case: Case, networks: int, generator: np.random.Generator) -> State:
    """He et al. 2015; scale one and shift zero."""
    sizes, parameters = case.workload.sizes, []
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        weight = generator.standard_normal((networks, inputs, outputs), np.float32) * np.sqrt(2 / inputs)
        parameters.append({"weight": jnp.asarray(weight, jnp.float32), "bias": jnp.zeros((networks, outputs))})
        if case.variant.batch_norm and layer < case.workload.depth:
            parameters[-1] |= {"scale": jnp.ones((networks, outputs)), "shift": jnp.zeros((networks, outputs))}
    width = (networks, case.workload.width)
    return {
        "parameters": parameters,
        "first": jax.tree.map(jnp.zeros_like, parameters),
        "second": jax.tree.map(jnp.zeros_like, parameters),
        "count": jnp.zeros(networks),
        "key": jax.random.split(jax.random.key(0), networks),
        "running": [(jnp.zeros(width), jnp.ones(width)) for _ in range(case.workload.depth)],
    }


def epoch(case: Case, x: Array, y: Array, state: State, order: Array) -> State:
    """``order`` is (steps, batch)."""

    def step(state: State, rows: Array) -> tuple[State, None]:
        key, noise = jax.random.split(state["key"])
        gradients, moments = jax.grad(loss, argnums=1, has_aux=True)(case, state["parameters"], x[rows], y[rows], noise)
        state = updated(case, penalised(case, gradients, state["parameters"]), state)
        running = jax.tree.map(lambda old, new: old + BN_MOMENTUM * (new - old), state["running"], moments)
        return {**state, "key": key, "running": running}, None

    return jax.lax.scan(step, state, order)[0]


def loss(case: Case, parameters: Any, x: Array, y: Array, key: Array) -> tuple[Array, Any]:
    """Mean cross-entropy, and the batch's moments by layer."""
    logits, moments = forward(case, parameters, x, key, None)
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean(), moments


def forward(case: Case, parameters: Any, x: Array, key: Array, running: Any) -> tuple[Array, Any]:
    """With ``running`` moments in evaluation, with ``None`` in training."""
    moments = []
    for layer, each in enumerate(parameters[:-1]):
        x = x @ each["weight"] + each["bias"]
        mean, variance = (jnp.zeros(x.shape[1]), jnp.ones(x.shape[1]))
        if case.variant.batch_norm:
            mean, variance = (x.mean(0), x.var(0)) if running is None else running[layer]
            x = (x - mean) * jax.lax.rsqrt(variance + BN_EPSILON) * each["scale"] + each["shift"]
            variance = variance * len(x) / (len(x) - 1)
        moments.append((mean, variance))
        x = jax.nn.relu(x)
        if case.variant.keep_prob < 1 and running is None:
            kept = jax.random.bernoulli(jax.random.fold_in(key, layer), case.variant.keep_prob, x.shape)
            x = jnp.where(kept, x / case.variant.keep_prob, 0)
    return x @ parameters[-1]["weight"] + parameters[-1]["bias"], moments


def penalised(case: Case, gradients: Any, parameters: Any) -> Any:
    """With the gradient of λ/2 ‖W‖²."""
    if not case.variant.l2:
        return gradients
    return [
        {**gradient, "weight": gradient["weight"] + case.variant.l2 * each["weight"]}
        for gradient, each in zip(gradients, parameters, strict=True)
    ]


def updated(case: Case, gradients: Any, state: State) -> State:
    """Adam (Kingma & Ba 2015, algorithm 1), or SGD with momentum."""
    parameters, first, second, count = (state[name] for name in ("parameters", "first", "second", "count"))
    count = count + 1
    rate = case.learning_rate
    if case.optimiser == "adam":
        first = jax.tree.map(lambda old, new: MOMENTUM * old + (1 - MOMENTUM) * new, first, gradients)
        second = jax.tree.map(lambda old, new: BETA2 * old + (1 - BETA2) * new**2, second, gradients)
        root = jnp.sqrt(1 - BETA2**count)
        rate = rate * root / (1 - MOMENTUM**count)
        moves = jax.tree.map(lambda m, v: rate * m / (jnp.sqrt(v) + EPSILON * root), first, second)
    else:
        first = jax.tree.map(lambda old, new: MOMENTUM * old + new, first, gradients)
        moves = jax.tree.map(lambda m: rate * m, first)
    parameters = jax.tree.map(jnp.subtract, parameters, moves)
    return {**state, "parameters": parameters, "first": first, "second": second, "count": count}


def accuracy(case: Case, x: Array, y: Array, state: State) -> Array:
    logits, _ = forward(case, state["parameters"], x, state["key"], state["running"])
    return (logits.argmax(1) == y).mean()


def lacks_as_stack(case: Case) -> str:
    return "left out: a stack outgrows the cache at this width" if case.workload.width >= WORKLOADS["W4"].width else ""


COMPETITORS = {
    "JAX jit": Competitor(1, Scanned),
    "JAX vmap K = 8": Competitor(8, Scanned),
    "JAX vmap K = 32": Competitor(32, Scanned, lacks_as_stack),
}
