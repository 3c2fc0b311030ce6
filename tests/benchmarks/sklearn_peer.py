"""scikit-learn's MLPClassifier, one network at a time: ``partial_fit`` on all rows is one epoch of mini-batches."""

import numpy as np
from sklearn.neural_network import MLPClassifier

from tests.benchmarks.competitor import Competitor
from tests.benchmarks.workloads import CLASSES, MOMENTUM, Case, Task


class Classifier:
    """In float32, which the classifier keeps where its rows have it."""

    def __init__(self, case: Case, task: Task, networks: int) -> None:
        workload = case.workload
        self.task = task
        self.model = MLPClassifier(
            hidden_layer_sizes=(workload.width,) * workload.depth,
            solver=case.optimiser,
            alpha=case.variant.l2 * workload.batch,  # its penalty is divided by the rows of the batch
            batch_size=workload.batch,
            learning_rate_init=case.learning_rate,
            momentum=MOMENTUM,
            nesterovs_momentum=False,
            beta_1=MOMENTUM,
            random_state=0,
        )

    def epoch(self) -> None:
        self.model.partial_fit(self.task.x, self.task.y, classes=np.arange(CLASSES))

    def accuracy(self) -> float:
        return float(self.model.score(self.task.x, self.task.y))


def lacks(case: Case) -> str:
    missing = {"dropout": case.variant.keep_prob < 1, "batch normalisation": case.variant.batch_norm}
    names = [name for name, asked in missing.items() if asked]
    return f"offers no {' and no '.join(names)}" if names else ""


COMPETITORS = {"scikit-learn": Competitor(1, Classifier, lacks)}
