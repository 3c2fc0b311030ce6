"""dropstep: the training step of ``nets.train``, and ``nets.train`` itself for a whole trial."""

import numpy as np

from nets import Data, Hyper, Part, train
from nets.kernels import installed
from nets.train import stack_size, training_by
from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import BN_MOMENTUM, CLASSES, MOMENTUM, WORKLOADS, Case, Task

ENDLESS = 10**9  # epochs: the benchmark decides when it has seen enough


class LockStep:
    """K networks with distinct seeds in one stack."""

    kernels = "numpy"

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        training = training_by(self.kernels, Hyper(seed=0))
        self.trainer = training(hypers(case, networks, epochs=ENDLESS), data_of(task))

    def epoch(self) -> None:
        with np.errstate(under="ignore"):
            self.trainer.epoch()

    def accuracy(self) -> float:
        with np.errstate(under="ignore"):
            _, errors = self.trainer.examine("train")["train"]
        return 1 - float(errors.mean())


class Compiled(LockStep):
    """The same by the compiled step."""

    kernels = "compiled"


def trial(case: Case, task: Task, networks: int, *, epochs: int, kernels: str) -> float:
    """Mean training accuracy after a whole call of ``nets.train``."""
    outcomes = train(hypers(case, networks, epochs=epochs), data_of(task), kernels=kernels)
    return 1 - float(np.mean([1.0 if outcome.train_error is None else outcome.train_error for outcome in outcomes]))


def hypers(case: Case, networks: int, *, epochs: int) -> list[Hyper]:
    """The case in our terms, with the seeds 0 … networks - 1."""
    return [
        Hyper(
            seed=seed,
            width=case.workload.width,
            depth=case.workload.depth,
            batch_norm="before" if case.variant.batch_norm else "none",
            optimiser=case.optimiser,
            schedule="constant",
            batch_size=case.workload.batch,
            steps=0,
            epochs=epochs,
            checkpoints=1,
            keep_prob=case.variant.keep_prob,
            l2=case.variant.l2,
            bn_momentum=BN_MOMENTUM,
            learning_rate=case.learning_rate,
            momentum=MOMENTUM,
        )
        for seed in range(networks)
    ]


def data_of(task: Task) -> Data:
    """One split, which all seeds share."""
    return Data(classes=CLASSES, train=Part(task.x[None], task.y[None]))


def lacks_as_stack(case: Case) -> str:
    """32 networks of W4 take minutes, and ``nets.train`` never stacks so many of that width."""
    if case.workload.width < WORKLOADS["W4"].width:
        return ""
    return f"left out: nets.train stacks {stack_size(case.workload.width)} networks of this width at most"


KINDS = {"dropstep": LockStep} | ({"compiled dropstep": Compiled} if installed() else {})
COMPETITORS = {
    f"{name} K = {networks}": Competitor(networks, kind, *lacks)
    for name, kind in KINDS.items()
    for networks, lacks in ((1, ()), (8, ()), (32, (lacks_as_stack,)))
}
