"""Forward, backward, running moments and whole training runs against PyTorch, in float32 and float64."""

from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")

from nets import Data, Hyper  # noqa: E402
from nets.arrays import Array  # noqa: E402
from nets.layers.activations import ACTIVATIONS  # noqa: E402
from nets.layers.loss import Softmax  # noqa: E402
from nets.layers.noise import Noise  # noqa: E402
from nets.optimisers import BLOCK, OPTIMISERS, STEPS_AT_ONCE, Optimiser  # noqa: E402
from nets.parameters import Parameters  # noqa: E402
from nets.train import StackTraining  # noqa: E402

torch.set_num_threads(1)  # more threads wait for each other where the machine is busy

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
ACTIVATION_OF = {
    "relu": torch.nn.ReLU,
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "identity": torch.nn.Identity,
    "gelu": partial(torch.nn.GELU, "tanh"),
}
INPUTS, WIDTH, CLASSES, BATCH, STEPS = 5, 7, 3, 8, 12


class Twin(torch.nn.Module):  # type: ignore[misc]
    """The network ``k`` of a stack in PyTorch, with the same initial weights and the same noise factors."""

    def __init__(self, trainer: StackTraining, k: int) -> None:
        super().__init__()
        stack, hyper = trainer.stack, trainer.stack.hypers[k]
        self.hyper = hyper
        dtype = getattr(torch, hyper.precision)
        self.dense = torch.nn.ModuleList()
        for view in stack.dense:
            outputs, columns = view.value.shape[1:]
            layer = torch.nn.Linear(columns - 1, outputs, dtype=dtype)
            layer.weight.data = torch.tensor(view.value[k, :, :-1].copy())
            layer.bias.data = torch.tensor(view.value[k, :, -1].copy())
            self.dense.append(layer)
        self.norms = torch.nn.ModuleList(
            torch.nn.BatchNorm1d(hyper.width, momentum=hyper.bn_momentum, dtype=dtype) for _ in stack.affine
        )
        self.activation = ACTIVATION_OF[hyper.activation]()

    def forward(self, x: "torch.Tensor", factors: list["torch.Tensor"]) -> "torch.Tensor":
        for layer, dense in enumerate(self.dense[:-1]):
            x = dense(x)
            if self.hyper.batch_norm == "before":
                x = self.norms[layer](x)
            x = self.activation(x)
            if self.hyper.batch_norm == "after":
                x = self.norms[layer](x)
            if factors:
                x = x * factors[layer]
        return self.dense[-1](x)

    def optimiser(self) -> "torch.optim.Optimizer":
        weights = [layer.weight for layer in self.dense]
        others = [layer.bias for layer in self.dense] + list(self.norms.parameters())
        decay = self.hyper.weight_decay if self.hyper.optimiser == "adamw" else self.hyper.l2
        groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]
        if self.hyper.optimiser == "adamw":
            return torch.optim.AdamW(groups, lr=self.hyper.learning_rate, betas=(self.hyper.momentum, 0.999))
        if self.hyper.optimiser == "adam":
            return torch.optim.Adam(groups, lr=self.hyper.learning_rate, betas=(self.hyper.momentum, 0.999))
        return torch.optim.SGD(groups, lr=self.hyper.learning_rate, momentum=self.hyper.momentum)


def close(ours: Array, theirs: "torch.Tensor", tolerance: float) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=tolerance, atol=tolerance)


def factors_of(passed: object, k: int) -> list["torch.Tensor"]:
    noises = [layer for layer in passed.others if isinstance(layer, Noise)]  # type: ignore[attr-defined]
    return [torch.tensor(noise.factor[k].T.copy()) for noise in noises]


# Adam turns the rounding of a vanishing gradient (of a bias before batch normalisation, say) into a step of up to
# rounding/ε: its runs are compared in float64 and to 1e-7, its arithmetic on given gradients (below) to the full.
@pytest.mark.parametrize(
    ("optimiser", "precision"),
    [("sgd", "float32"), ("sgd", "float64"), ("adam", "float64"), ("adamw", "float64")],
)
@pytest.mark.parametrize("batch_norm", ["none", "before", "after"])
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("keep_prob", [0.7, 1.0])
def test_step_by_step(
    data_of, activation: str, batch_norm: str, optimiser: str, precision: str, keep_prob: float
) -> None:
    tolerance = 1e-7 if optimiser.startswith("adam") else TOLERANCE[precision]
    if batch_norm == "after" and activation in {"sigmoid", "tanh", "gelu"}:
        tolerance *= 5  # units that hardly vary are divided by their spread: rounding grows
    data: Data = data_of(rows=3 * BATCH + 3, inputs=INPUTS, classes=CLASSES)
    common = {
        "width": WIDTH,
        "depth": 2,
        "activation": activation,
        "batch_norm": batch_norm,
        "optimiser": optimiser,
        "precision": precision,
        "schedule": "constant",
        "steps": STEPS,
        "batch_size": BATCH,
    }
    hypers = [
        Hyper(
            seed=4,
            keep_prob=keep_prob,
            **({"weight_decay": 0.5} if optimiser == "adamw" else {"l2": 0.01}),
            learning_rate=0.02,
            bn_momentum=0.2,
            **common,
        ),
        Hyper(
            seed=5,
            keep_prob=1.0,
            l2=0.0,
            learning_rate=0.01,
            bn_momentum=0.1,
            momentum=0.5,
            **common,
        ),
    ]
    trainer = StackTraining(hypers, data)
    twins = [Twin(trainer, k) for k in range(2)]
    optimisers = [twin.optimiser() for twin in twins]
    rows = trainer.rows["train"]
    for order, start in [(next(trainer.orders), start) for _ in range(3) for start in (0, BATCH, 2 * BATCH, 3 * BATCH)]:
        places = order[:, start : start + BATCH]
        passed = trainer.passes[places.shape[1]]
        labels = rows.load(passed, places)
        logits = passed.forward(training=True).copy()
        passed.backward(labels)
        trainer.optimiser.step(trainer._learning_rate())
        for k, (twin, optimiser_k) in enumerate(zip(twins, optimisers, strict=True)):
            x = torch.tensor(passed.first.rows[k, :, :-1].copy())
            optimiser_k.zero_grad()
            outputs = twin(x, factors_of(passed, k))
            close(logits[k].T, outputs, tolerance)
            torch.nn.functional.cross_entropy(outputs, torch.tensor(labels[k].astype(np.int64))).backward()
            optimiser_k.step()
    for k, twin in enumerate(twins):
        compare_state(trainer, k, twin, tolerance)
    compare_evaluation(trainer, twins, tolerance)


def compare_state(trainer: StackTraining, k: int, twin: Twin, tolerance: float) -> None:
    for view, dense in zip(trainer.stack.dense, twin.dense, strict=True):
        close(view.value[k, :, :-1], dense.weight, tolerance)
        close(view.value[k, :, -1], dense.bias, tolerance)
    for affine, moments, norm in zip(trainer.stack.affine, trainer.stack.moments, twin.norms, strict=True):
        close(affine.value[k, 0], norm.weight, tolerance)
        close(affine.value[k, 1], norm.bias, tolerance)
        close(moments.mean[k], norm.running_mean, tolerance)
        close(moments.variance[k], norm.running_var, tolerance)


def compare_evaluation(trainer: StackTraining, twins: list[Twin], tolerance: float) -> None:
    evaluation, rows = trainer.passes[BATCH], trainer.rows["train"]
    rows.load(evaluation, np.arange(BATCH))
    ours = evaluation.forward(training=False)
    for k, twin in enumerate(twins):
        close(ours[k].T, twin.eval()(torch.tensor(evaluation.first.rows[k, :, :-1].copy()), []), tolerance)


@pytest.mark.parametrize("precision", sorted(TOLERANCE))
@pytest.mark.parametrize("name", sorted(OPTIMISERS))
@pytest.mark.parametrize(("columns", "steps"), [(BLOCK // 8, 20), (3, STEPS_AT_ONCE + 3)], ids=["wide", "long"])
def test_optimiser_on_given_gradients(name: str, precision: str, columns: int, steps: int) -> None:
    """Step by step, in one block and in many: values wider than a block, and steps beyond a table of corrections."""
    generator = np.random.default_rng(1)
    networks, momentum, rate, decay = 3, (0.0, 0.5, 0.9), (0.1, 0.01, 0.001), (0.1, 0.0, 0.3)
    parameters = Parameters(networks, [(5, columns)], np.dtype(precision))
    parameters.values[:] = generator.normal(size=parameters.values.shape)
    everywhere = np.tile(np.reshape(decay, (-1, 1)), parameters.values.shape[1]).astype(precision)
    knobs = {"momentum": np.reshape(momentum, (-1, 1)).astype(precision), "weight_decay": everywhere}
    strengths = {} if name == "adamw" else {"l2": everywhere}
    optimiser = Optimiser(OPTIMISERS[name], parameters, knobs, strengths=strengths)
    theirs = [torch.nn.Parameter(torch.tensor(row.copy())) for row in parameters.values]
    made = {
        "sgd": lambda k: torch.optim.SGD([theirs[k]], rate[k], momentum=momentum[k], weight_decay=decay[k]),
        # PyTorch refuses Nesterov's momentum of zero, where it is plain SGD
        "nesterov": lambda k: torch.optim.SGD(
            [theirs[k]], rate[k], momentum=momentum[k], weight_decay=decay[k], nesterov=momentum[k] > 0
        ),
        "adam": lambda k: torch.optim.Adam([theirs[k]], rate[k], betas=(momentum[k], 0.999), weight_decay=decay[k]),
        "adamw": lambda k: torch.optim.AdamW([theirs[k]], rate[k], betas=(momentum[k], 0.999), weight_decay=decay[k]),
    }
    their_optimisers = [made[name](k) for k in range(networks)]
    for _ in range(steps):
        gradients = generator.normal(size=parameters.gradients.shape).astype(precision)
        parameters.gradients[:] = gradients
        optimiser.step(np.reshape(rate, (-1, 1)).astype(precision))
        for k in range(networks):
            theirs[k].grad = torch.tensor(gradients[k])
            their_optimisers[k].step()
            close(parameters.values[k], theirs[k], TOLERANCE[precision])


def test_cross_entropy() -> None:
    logits = 30 * np.random.default_rng(2).normal(size=(2, CLASSES, BATCH))
    labels = np.random.default_rng(3).integers(0, CLASSES, (2, BATCH))
    theirs = torch.tensor(logits.transpose(0, 2, 1).copy(), requires_grad=True)
    losses = [torch.nn.functional.cross_entropy(theirs[k], torch.tensor(labels[k].astype(np.int64))) for k in range(2)]
    sum(losses).backward()
    ours, _ = Softmax(logits.copy()).losses(labels)
    np.testing.assert_allclose(ours / BATCH, [loss.item() for loss in losses], rtol=1e-12)
    gradient = Softmax(logits).gradient(labels)
    np.testing.assert_allclose(gradient, theirs.grad.numpy().transpose(0, 2, 1), atol=1e-15)
