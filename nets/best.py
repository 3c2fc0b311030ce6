"""Early stopping without stopping: the weights of each network's best checkpoint, kept until the end."""

import numpy as np

from nets.stack import Stack


class Best:
    """Copies of the state of those networks that ask for it with ``weights="best"``."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.wanted = [network for network, hyper in enumerate(stack.hypers) if hyper.weights == "best"]
        self.losses = np.full(len(stack.hypers), np.inf)
        self.kept = [array.copy() for array in stack.state] if self.wanted else []

    def offer(self, network: int, loss: float) -> None:
        """Keeps the network's present state if its validation loss is the lowest so far."""
        if network in self.wanted and loss < self.losses[network]:
            self.losses[network] = loss
            for kept, now in zip(self.kept, self.stack.state, strict=True):
                kept[network] = now[network]

    def restore(self) -> None:
        """Puts those networks back where their loss was lowest."""
        for network in self.wanted:
            for kept, now in zip(self.kept, self.stack.state, strict=True):
                now[network] = kept[network]
