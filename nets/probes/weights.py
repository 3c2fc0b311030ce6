"""The size of the weights, and the learning rate that it leaves under normalisation (claim B13)."""

import numpy as np

from nets.probes.probe import STEP, Measure, Probe, Reading, Subject, by_layer


def take(subject: Subject) -> Reading:
    """Where a layer is normalised its weights' direction alone matters, which turns with η/‖W‖² (van Laarhoven 2017)."""
    networks = len(subject.stack.hypers)
    weights = [view.value[:, :, :-1].reshape(networks, -1).astype(np.float64) for view in subject.stack.dense]
    squared = by_layer([np.vecdot(weight, weight) for weight in weights], networks)
    return {"norm": np.sqrt(squared), "effective_rate": subject.learning_rate / squared}


PROBE = Probe(
    {
        "step": STEP,
        "norm": Measure("checkpoints × all layers", "", "‖W‖ of each layer's weights, without biases"),
        "effective_rate": Measure("checkpoints × all layers", "", "learning rate of the step to come, by ‖W‖²"),
    },
    take,
    along=True,
)
