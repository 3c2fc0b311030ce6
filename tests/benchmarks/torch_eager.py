"""PyTorch, one network at a time, as its tutorials write it, with the fused optimisers."""

import itertools

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import BN_MOMENTUM, MOMENTUM, Case, Task

torch.set_num_threads(1)


class Eager:
    """A sequential module, its loss and its optimiser."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        torch.manual_seed(0)
        self.x, self.y = torch.from_numpy(task.x), torch.from_numpy(task.y)
        self.model = model_of(case)
        self.optimiser = optimiser_of(case, self.model)
        self.batch = case.workload.batch

    def epoch(self) -> None:
        self.model.train()
        for rows in torch.randperm(len(self.x)).split(self.batch):
            self.optimiser.zero_grad()
            cross_entropy(self.model(self.x[rows]), self.y[rows]).backward()
            self.optimiser.step()

    def accuracy(self) -> float:
        self.model.eval()
        with torch.no_grad():
            return (self.model(self.x).argmax(1) == self.y).float().mean().item()


def model_of(case: Case) -> nn.Sequential:
    *hidden, classes = case.workload.sizes
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(hidden):
        layers.append(nn.Linear(inputs, outputs))
        if case.variant.batch_norm:
            layers.append(nn.BatchNorm1d(outputs, momentum=BN_MOMENTUM))
        layers.append(nn.ReLU())
        if case.variant.keep_prob < 1:
            layers.append(nn.Dropout(1 - case.variant.keep_prob))
    return nn.Sequential(*layers, nn.Linear(hidden[-1], classes))


def optimiser_of(case: Case, model: nn.Module) -> torch.optim.Optimizer:
    """L2 on weight matrices alone."""
    parameters = list(model.parameters())
    groups = [
        {"params": [each for each in parameters if each.ndim == 2], "weight_decay": case.variant.l2},
        {"params": [each for each in parameters if each.ndim == 1]},
    ]
    if case.optimiser == "adam":
        return torch.optim.Adam(groups, lr=case.learning_rate, betas=(MOMENTUM, 0.999), fused=True)
    return torch.optim.SGD(groups, lr=case.learning_rate, momentum=MOMENTUM, fused=True)


COMPETITORS = {"PyTorch eager": Competitor(1, Eager)}
