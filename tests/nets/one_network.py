"""One network of one hidden layer, written out: what the instruments are compared with."""

import numpy as np

from nets import Data, Hyper
from nets.stack import Stack
from nets.train import StackTraining

FUNCTIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "identity": lambda x: x,
    "gelu": lambda x: x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2,
}
SHAPE = {"seed": 1, "width": 4, "batch_size": 8, "steps": 30, "checkpoints": 1, "precision": "float64"}


class Net:
    """A trained network of one hidden layer, normalised before the activation or not, written out."""

    def __init__(self, stack: Stack) -> None:
        hidden, out = (view.value[0] for view in stack.dense)
        self.hidden, self.out = hidden.copy(), out.copy()
        self.activation = FUNCTIONS[stack.shape.activation]
        self.affine = [view.value[0].copy() for view in stack.affine]
        self.moments = [(each.mean[0].copy(), each.variance[0].copy()) for each in stack.moments]

    def active(self, x: np.ndarray, *, batch_moments: bool = False) -> np.ndarray:
        """Activations (rows, units)."""
        z = x @ self.hidden[:, :-1].T + self.hidden[:, -1]
        for (scale, shift_), (mean, variance) in zip(self.affine, self.moments, strict=True):
            centre, spread = (z.mean(axis=0), z.var(axis=0)) if batch_moments else (mean, variance)
            z = scale * (z - centre) / np.sqrt(spread + 1e-5) + shift_
        return self.activation(z)

    def logits(self, active: np.ndarray) -> np.ndarray:
        return active @ self.out[:, :-1].T + self.out[:, -1]

    def loss(self, active: np.ndarray, y: np.ndarray) -> float:
        z = self.logits(active)
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


def measured(data: Data, probe: str, **fields: object) -> tuple[dict, Net, Net]:
    """What the probe reads (its own names), and the network before and after training."""
    trainer = StackTraining([Hyper(**{**SHAPE, "probes": probe, **fields})], data)
    start = Net(trainer.stack)
    (outcome,) = trainer.run()
    return {name.split(".")[1]: value for name, value in outcome.measures.items()}, start, Net(trainer.stack)


def rows(data: Data, part: str) -> tuple[np.ndarray, np.ndarray]:
    held = getattr(data, part)
    return held.x[0], held.y[0]
