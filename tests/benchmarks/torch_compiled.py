"""PyTorch with torch.compile: loss, gradient and optimiser as one function, compiled into one graph.

A compiled module with a separate optimiser was measured 4–6 times slower than this, and slower than eager.
"""

import itertools
import math
from typing import Any

import torch
from torch import Tensor
from torch._inductor import config
from torch.nn.functional import cross_entropy, linear

from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import BN_MOMENTUM, MOMENTUM, VARIANTS, Case, Task

BETA2, EPSILON = 0.999, 1e-8  # of Adam
BN_EPSILON = 1e-5

torch.set_num_threads(1)
config.compile_threads = 1  # else a pool of compiling processes outlives the benchmark

Tensors = dict[str, Tensor]


class Compiled:
    """Parameters, the optimiser's state and running moments, passed through the compiled step."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        torch.manual_seed(0)
        torch.compiler.reset()  # each case is compiled for its own shapes
        self.case = case
        self.x, self.y = torch.from_numpy(task.x), torch.from_numpy(task.y)
        parameters = initial(case)
        zeros = [{name: torch.zeros_like(value) for name, value in parameters.items()} for _ in range(2)]
        width = case.workload.width
        moments = [(torch.zeros(width), torch.ones(width)) for _ in range(case.workload.depth)]
        self.state: Any = (parameters, *zeros, moments)
        self.count = 0
        self.step = torch.compile(step_of(case), fullgraph=True, dynamic=False)

    def epoch(self) -> None:
        for rows in torch.randperm(len(self.x)).split(self.case.workload.batch):
            self.count += 1
            root = math.sqrt(1 - BETA2**self.count)
            rate = self.case.learning_rate / (1 - MOMENTUM**self.count) * root
            self.state = self.step(*self.state, torch.tensor(rate), torch.tensor(root), self.x[rows], self.y[rows])

    def accuracy(self) -> float:
        parameters, _, _, moments = self.state
        logits, _ = forward(parameters, self.x, self.case, moments)
        return (logits.argmax(1) == self.y).float().mean().item()


def initial(case: Case) -> Tensors:
    """He et al. 2015; scale one and shift zero."""
    sizes, parameters = case.workload.sizes, {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        parameters[f"weight {layer}"] = torch.randn(outputs, inputs) * math.sqrt(2 / inputs)
        parameters[f"bias {layer}"] = torch.zeros(outputs)
        if case.variant.batch_norm and layer < case.workload.depth:
            parameters[f"scale {layer}"] = torch.ones(outputs)
            parameters[f"shift {layer}"] = torch.zeros(outputs)
    return parameters


def step_of(case: Case) -> Any:
    """One step as a function of the whole state; ``rate`` and ``root`` carry Adam's bias corrections."""

    def loss(parameters: Tensors, x: Tensor, y: Tensor) -> tuple[Tensor, Any]:
        logits, moments = forward(parameters, x, case, None)
        return cross_entropy(logits, y), moments

    def step(parameters: Tensors, first: Tensors, second: Tensors, running: Any, rate, root, x, y) -> Any:
        gradients, moments = torch.func.grad(loss, has_aux=True)(parameters, x, y)
        if case.variant.l2:
            gradients = {
                name: value + case.variant.l2 * parameters[name] if name.startswith("weight") else value
                for name, value in gradients.items()
            }
        if case.optimiser == "adam":
            first = {name: MOMENTUM * first[name] + (1 - MOMENTUM) * value for name, value in gradients.items()}
            second = {name: BETA2 * second[name] + (1 - BETA2) * value**2 for name, value in gradients.items()}
            moves = {name: rate * first[name] / (second[name].sqrt() + EPSILON * root) for name in first}
        else:
            first = {name: MOMENTUM * first[name] + value for name, value in gradients.items()}
            moves = {name: case.learning_rate * first[name] for name in first}
        parameters = {name: value - moves[name] for name, value in parameters.items()}
        return parameters, first, second, blended(running, moments)

    return step


def blended(running: Any, moments: Any) -> Any:
    """The running moments with the new batch's, where there are any."""
    pairs = zip(running, moments, strict=True) if moments else ()
    new = [tuple(old + BN_MOMENTUM * (batch - old) for old, batch in zip(*pair, strict=True)) for pair in pairs]
    return new or running


def forward(parameters: Tensors, x: Tensor, case: Case, running: Any) -> tuple[Tensor, Any]:
    """Logits, and the batch's moments by layer; with ``running`` moments in evaluation, with ``None`` in training."""
    moments = []
    for layer in range(case.workload.depth):
        x = linear(x, parameters[f"weight {layer}"], parameters[f"bias {layer}"])
        if case.variant.batch_norm:
            mean, variance = (x.mean(0), x.var(0, correction=0)) if running is None else running[layer]
            moments.append((mean.detach(), variance.detach() * (len(x) / (len(x) - 1))))
            x = (x - mean) * torch.rsqrt(variance + BN_EPSILON)
            x = x * parameters[f"scale {layer}"] + parameters[f"shift {layer}"]
        x = torch.relu(x)
        if case.variant.keep_prob < 1 and running is None:
            # the library's dropout beside normalisation and L2, compiled by PyTorch 2.13, has wrong gradients
            # at widths 12 and 13: 40 % accuracy where the same function uncompiled reaches 98 %
            x = x * (torch.rand_like(x) < case.variant.keep_prob) / case.variant.keep_prob
    last = case.workload.depth
    return linear(x, parameters[f"weight {last}"], parameters[f"bias {last}"]), moments


def lacks(case: Case) -> str:
    if case.optimiser == "adam" and case.variant in (VARIANTS["plain"], VARIANTS["+all"]):
        return ""
    return "left out: about 10 s to compile each case"


COMPETITORS = {"torch.compile": Competitor(1, Compiled, lacks)}
