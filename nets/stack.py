"""A stack: the parameters, running moments and random draws of K networks of one shape."""

from collections.abc import Sequence

import numpy as np

from nets.arrays import Array
from nets.hyper import Hyper
from nets.layers.activations import ACTIVATIONS
from nets.layers.batch_norm import Moments
from nets.layers.loss import OUTPUTS
from nets.layers.noise import Draws
from nets.parameters import Parameters, View
from nets.streams import stream


class Stack:
    """K networks that share every shape field; knobs differ freely.

    ``dense`` holds the parameters of each dense layer (K, outputs, inputs + 1), the bias in the last column.
    Hidden layers that are normalised have γ and β in ``affine`` (K, 2, units), and ``moments``.
    ``draws`` holds the randomness of each noise that there is, by purpose and layer.
    """

    def __init__(
        self, hypers: Sequence[Hyper], *, inputs: int, classes: int, hidden: Sequence[int] | None = None
    ) -> None:
        """Draws the initial weights; ``hidden`` holds the layers' widths where ``width`` and ``depth`` cannot say them.

        Raises ``ValueError`` unless all hyperparameters have one ``stack_key``, and where the output is for other classes.
        """
        if len({hyper.stack_key for hyper in hypers}) != 1:
            raise ValueError("networks of a stack share every shape field (stack_key): train() sorts them into stacks")
        self.hypers = tuple(hypers)
        self.shape: Hyper = hypers[0]
        self.dtype = np.dtype(self.shape.precision)
        hidden = self.shape.depth * [self.shape.width] if hidden is None else hidden
        self.classes = classes
        self.sizes = (inputs, *hidden, OUTPUTS[self.shape.output].count(classes))
        dense = [(outputs, columns + 1) for columns, outputs in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        affine = [(2, units) for units in hidden] if self.normalised else []
        self.parameters = Parameters(len(hypers), [*dense, *affine], self.dtype)
        self.dense = self.parameters.views[: len(dense)]
        self.affine = self.parameters.views[len(dense) :]
        self.moments = [Moments.initial(len(hypers), units, self.dtype) for _, units in affine]
        self.draws = self._draws()
        self._initialise()

    @property
    def normalised(self) -> bool:
        return self.shape.batch_norm != "none"

    @property
    def state(self) -> list[Array]:
        """All that training changes, each (K, …): the flat parameters, then mean and variance of each normalisation."""
        return [self.parameters.values, *(array for each in self.moments for array in (each.mean, each.variance))]

    def knob(self, name: str) -> Array:
        """A knob of every network, (K, 1, 1), in float64."""
        return np.array([getattr(hyper, name) for hyper in self.hypers], np.float64).reshape(-1, 1, 1)

    def on_weights(self, name: str) -> Array:
        """A knob (K, P) where the flat parameters hold weights that are shrunk, zero for others, biases, γ and β."""
        columns = self.weight_columns(self.dense[:-1] if self.shape.shrunk == "hidden" else self.dense)
        return np.asarray((self.knob(name)[:, 0] * columns).astype(self.dtype))

    def weight_columns(self, layers: Sequence[View]) -> Array:
        """(P,): one where the flat parameters hold weights of these dense layers, the first ones, zero for all else."""
        mask = Parameters(1, [view.value.shape[1:] for view in self.parameters.views], self.dtype)
        for view in mask.views[: len(layers)]:
            view.value[:, :, :-1] = 1
        return np.squeeze(mask.values, axis=0)

    def _draws(self) -> dict[tuple[str, int], Draws]:
        """None where no network of the stack has that noise; for the others a factor of one changes no bit."""
        seeds = [hyper.own_seed for hyper in self.hypers]
        hidden = range(len(self.sizes) - 2)
        draws = {}
        if (self.knob("input_keep_prob") < 1).any():
            draws["input noise", 0] = Draws(seeds, "input noise", 0, redraw=self.shape.noise_redraw)
        if (self.knob("keep_prob") < 1).any():
            draws |= {
                ("noise", layer): Draws(seeds, "noise", layer, redraw=self.shape.noise_redraw) for layer in hidden
            }
        if self.normalised and (self.knob("bn_noise") > 0).any():
            draws |= {("jitter", layer): Draws(seeds, "normalisation noise", layer, redraw="batch") for layer in hidden}
        return draws

    def _initialise(self) -> None:
        spread = ACTIVATIONS[self.shape.activation].spread
        for layer, (inputs, view) in enumerate(zip(self.sizes[:-1], self.dense, strict=True)):
            outputs = self.sizes[layer + 1]
            for weight, hyper in zip(view.value[:, :, :-1], self.hypers, strict=True):
                normal = stream(hyper.own_seed, "initial weights", layer).standard_normal((outputs, inputs), np.float32)
                weight[...] = hyper.init_gain * spread(inputs, outputs) * normal
        for layer, view in enumerate(self.affine):
            view.value[:, 0] = 1
            for affine, hyper in zip(view.value, self.hypers, strict=True):
                if hyper.bn_start == "random":
                    affine[...] = stream(hyper.own_seed, "initial γ and β", layer).standard_normal(
                        affine.shape, np.float32
                    )
