"""dropstep: the training step of ``nets.train``, and ``nets.train`` itself for a whole trial."""

import numpy as np

from nets import Data, Hyper, Part, train
from nets.evaluate import evaluate
from nets.train import StackTraining
from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import BN_MOMENTUM, CLASSES, MOMENTUM, VARIANTS, WORKLOADS, Case, Task

ENDLESS = 10**9  # epochs: the benchmark decides when it has seen enough


class LockStep:
    """K networks with distinct seeds in one stack."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        self.trainer = StackTraining(hypers(case, networks, epochs=ENDLESS), data_of(task))

    def epoch(self) -> None:
        with np.errstate(under="ignore"):
            self.trainer.epoch()

    def accuracy(self) -> float:
        with np.errstate(under="ignore"):
            _, errors = evaluate(self.trainer.passes, self.trainer.rows["train"])
        return 1 - float(errors.mean())


def trial(case: Case, task: Task, networks: int, *, epochs: int) -> float:
    """Mean training accuracy after a whole call of ``nets.train``."""
    outcomes = train(hypers(case, networks, epochs=epochs), data_of(task))
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
    """The seconds that 32 networks of W4 take go to two variants alone; ``nets.train`` never stacks so many of that width."""
    thrifty = case.optimiser == "adam" and case.variant in (VARIANTS["plain"], VARIANTS["+all"])
    if case.workload.width < WORKLOADS["W4"].width or thrifty:
        return ""
    return "left out: nets.train stacks 2 networks of this width at most"


COMPETITORS = {
    "dropstep K = 1": Competitor(1, LockStep),
    "dropstep K = 8": Competitor(8, LockStep),
    "dropstep K = 32": Competitor(32, LockStep, lacks_as_stack),
}
