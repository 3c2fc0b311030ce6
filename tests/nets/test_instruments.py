"""Each instrument against a direct computation on the weights of one network."""

import base64
from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest

from nets import Data, Hyper, Part, batch_norm
from nets.layers import ACTIVATIONS
from nets.noise import Noise
from nets.probes import averaging, deletion, identities, saturation, shift, sparsity
from nets.stack import Stack
from nets.streams import stream
from nets.train import Trainer

DataOf = Callable[..., Data]
FUNCTIONS = {"relu": lambda x: np.maximum(x, 0), "tanh": np.tanh, "sigmoid": lambda x: 1 / (1 + np.exp(-x))}
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

    def loss(self, active: np.ndarray, y: np.ndarray) -> float:
        z = active @ self.out[:, :-1].T + self.out[:, -1]
        return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


def measured(data: Data, probe: str, **fields: object) -> tuple[dict, Net, Net]:
    """What the probe reads (its own names), and the network before and after training."""
    trainer = Trainer([Hyper(**{**SHAPE, "probes": probe, **fields})], data)
    start = Net(trainer.stack)
    (outcome,) = trainer.run()
    return {name.split(".")[1]: value for name, value in outcome.measures.items()}, start, Net(trainer.stack)


def rows(data: Data, part: str) -> tuple[np.ndarray, np.ndarray]:
    held = getattr(data, part)
    return held.x[0], held.y[0]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_relative_slopes(activation: str) -> None:
    function, slope = FUNCTIONS[activation], saturation.RELATIVE_SLOPES[activation]
    x = np.linspace(-4, 4, 80)  # no zero: ReLU has its kink there
    numeric = (function(x + 1e-6) - function(x - 1e-6)) / 2e-6
    greatest = {"relu": 1, "tanh": 1, "sigmoid": 0.25}[activation]
    np.testing.assert_allclose(slope(function(x)), numeric / greatest, atol=1e-8)


@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_saturation(data_of: DataOf, batch_norm: str) -> None:
    data = data_of()
    read, start, end = measured(data, "saturation", activation="tanh", init_gain=4.0, batch_norm=batch_norm)
    for net, share, dead in zip((start, end), read["share"], read["dead"], strict=True):
        flat = 1 - net.active(rows(data, "valid")[0], batch_moments=True) ** 2 < 0.1
        assert share == pytest.approx([flat.mean()])
        assert dead == pytest.approx([flat.all(axis=0).mean()])
    assert read["step"] == [0, 30]


def test_curves(data_of: DataOf) -> None:
    data = data_of()
    trainer = Trainer([Hyper(**SHAPE | {"checkpoints": 5}, batch_norm="before", probes="curves")], data)
    start = Net(trainer.stack)
    (outcome,) = trainer.run()
    read = {
        name: outcome.measures[f"curves.{name}"] for name in ("train_loss", "train_error", "valid_loss", "valid_error")
    }
    x, y = rows(data, "train")
    assert read["train_loss"][0] == pytest.approx(start.loss(start.active(x), y))
    assert read["valid_loss"][1:] == pytest.approx([loss for _, loss in outcome.curve])
    ends = [outcome.train_loss, outcome.train_error, outcome.valid_loss, outcome.valid_error]
    assert [values[-1] for values in read.values()] == pytest.approx(ends)


def test_moments(data_of: DataOf) -> None:
    data = data_of()
    read, *nets = measured(data, "moments", batch_norm="before")
    means, variances = [], []
    for net in nets:
        active = net.active(rows(data, "train")[0], batch_moments=True)
        means.append(active.mean(axis=0))
        variances.append(active.var(axis=0))
    rms = [np.sqrt((mean**2).mean()) for mean in means]
    assert np.ravel(read["mean"]) == pytest.approx(rms)
    assert np.ravel(read["variance"]) == pytest.approx([each.mean() for each in variances])
    scale = np.sqrt(variances[0].mean())
    assert read["mean_drift"] == [[pytest.approx(np.sqrt(((means[1] - means[0]) ** 2).mean()) / scale)]]
    spread = np.sqrt(variances[1]) - np.sqrt(variances[0])
    assert read["spread_drift"] == [[pytest.approx(np.sqrt((spread**2).mean()) / scale)]]
    assert read["scaled_mean"][0] == pytest.approx([0], abs=1e-12)  # β is 0 at the start
    assert read["scaled_mean"][1] == pytest.approx([np.sqrt((nets[1].affine[0][1] ** 2).mean())])
    # the batch's own variance is over its sum with ε
    assert read["scaled_variance"][1] == pytest.approx([(nets[1].affine[0][0] ** 2).mean()], rel=1e-3)


def test_weights(data_of: DataOf) -> None:
    read, start, end = measured(data_of(), "weights", learning_rate=0.1)
    for net, norms in zip((start, end), read["norm"], strict=True):
        assert norms == pytest.approx([np.linalg.norm(net.hidden[:, :-1]), np.linalg.norm(net.out[:, :-1])])
    assert read["effective_rate"][0] == pytest.approx([0.1 / norm**2 for norm in read["norm"][0]])
    assert read["effective_rate"][1] == pytest.approx([0, 0], abs=1e-12)  # the cosine has come to its end


def test_deletion(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "deletion", batch_norm="before")
    x, y = rows(data, "valid")
    active = net.active(x)
    added = [net.loss(active * (np.arange(4) != unit), y) - net.loss(active, y) for unit in range(4)]
    assert read["one_mean"] == [pytest.approx(np.mean(added))]
    assert read["one_max"] == [pytest.approx(max(added))]
    assert min(added) < read["quarter"] < max(added)  # a quarter of four units is one of them


def test_noise_on_weights(data_of: DataOf, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of()
    monkeypatch.setattr(deletion, "DRAWS", 1)
    read, _, net = measured(data, "deletion")
    x, y = rows(data, "valid")
    intact = net.loss(net.active(x), y)
    for layer, weight in enumerate((net.hidden[:, :-1], net.out[:, :-1])):
        normal = stream(0, "noise on weights", 0, layer).standard_normal(weight.shape)
        weight += 0.1 * weight.std() * normal
    assert read["weight_noise"][0] == pytest.approx(net.loss(net.active(x), y) - intact)


def test_correlation(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "correlation", activation="tanh")
    active = net.active(rows(data, "valid")[0])
    correlation = np.abs(np.corrcoef(active.T)[np.triu_indices(4, 1)])
    eigenvalues = np.linalg.eigvalsh(np.cov(active.T))
    assert read["max"] == [pytest.approx(correlation.max())]
    assert read["mean"] == [pytest.approx(correlation.mean())]
    assert read["participation"] == [pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())]


def test_sparsity(data_of: DataOf) -> None:
    data = data_of()
    read, _, net = measured(data, "sparsity")
    active = net.active(rows(data, "valid")[0])
    assert read["near_zero"] == [pytest.approx((active <= 0.01 * active.max()).mean())]
    ever = active[:, (active > 0).any(axis=0)]
    assert read["treves_rolls"] == [pytest.approx((ever.mean(axis=0) ** 2 / (ever**2).mean(axis=0)).mean())]


def test_sparsity_of_known_activations() -> None:
    """One unit of four active: Hoyer 1; all alike: 0; a unit active in a fifth of the rows: Treves–Rolls 1/5."""
    one, alike = np.zeros((1, 4, 5)), np.full((1, 4, 5), 3.0)
    one[0, 2] = 7
    assert sparsity._hoyer(one) == pytest.approx([1])
    assert sparsity._hoyer(alike) == pytest.approx([0])
    fifth = np.zeros((1, 2, 5))
    fifth[0, :, 3] = 2
    assert sparsity._treves_rolls(fifth) == pytest.approx([0.2])


def losses_by_mask(net: Net, x: np.ndarray, y: np.ndarray, scale: Callable[[int], float]) -> dict[tuple, float]:
    active = net.active(x)
    return {
        mask: net.loss(active * np.array(mask) * scale(sum(mask)), y)
        for mask in product((0, 1), repeat=active.shape[1])
    }


@pytest.mark.parametrize("noise_place", ["before", "after"])
def test_every_mask(data_of: DataOf, noise_place: str) -> None:
    """A positive factor passes through ReLU: both places of the noise are one network."""
    data = data_of()
    read, _, net = measured(data, "masks", keep_prob=0.75, noise_place=noise_place)
    for name, scale in (("loss_by_count", lambda kept: 4 / max(kept, 1)), ("loss_by_probability", lambda kept: 4 / 3)):
        losses = losses_by_mask(net, *rows(data, "train"), scale)
        means = [np.mean([loss for mask, loss in losses.items() if sum(mask) == kept]) for kept in range(5)]
        assert read[name] == pytest.approx(means)
    expected = sum(0.75 ** sum(mask) * 0.25 ** (4 - sum(mask)) * loss for mask, loss in losses.items())
    bernstein = [comb(4, k) * 0.75**k * 0.25 ** (4 - k) * loss for k, loss in enumerate(read["loss_by_probability"])]
    assert sum(bernstein) == pytest.approx(expected)


@pytest.mark.parametrize("noise_redraw", ["example", "batch", "run"])
@pytest.mark.parametrize("noise", ["bernoulli", "fixed_count"])
def test_distinct_masks(data_of: DataOf, noise: str, noise_redraw: str) -> None:
    """The masks counted are those that training has drawn."""
    fields = {"keep_prob": 0.6, "depth": 2, "steps": 10, "noise": noise, "noise_redraw": noise_redraw}
    trainer = Trainer([Hyper(**SHAPE | fields, probes="masks")], data_of())
    seen = set()
    for batch in (8, 7):  # of 23 rows
        passed = trainer.passes[batch]
        watch(passed, lambda masks: seen.update(map(bytes, masks.T)))
    (outcome,) = trainer.run()
    assert outcome.measures["masks.presentations"] == 23 * 3 + 8
    assert outcome.measures["masks.distinct"] == len(seen) / (23 * 3 + 8)
    assert noise_redraw != "run" or len(seen) == 1


def watch(passed: object, tell: Callable[[np.ndarray], None]) -> None:
    """Tells of the masks of all layers, (layers · units, draws), at each training pass."""
    backward = passed.backward

    def call(labels: np.ndarray) -> None:
        noises = [layer for layer in passed.others if isinstance(layer, Noise)]
        tell(np.ascontiguousarray(np.concatenate([layer.factor[0] != 0 for layer in noises])))
        backward(labels)

    passed.backward = call


def test_averaging_without_noise(data_of: DataOf) -> None:
    """Every sampled network is the network."""
    read, _, _ = measured(data_of(), "averaging")
    assert read["loss"] == pytest.approx(8 * [read["scaled_loss"]])
    assert read["geometric_loss"] == pytest.approx(read["scaled_loss"])
    assert read["error"] == 8 * [read["scaled_error"]] == 8 * [read["geometric_error"]]


def test_averaging_tends_to_the_mean_over_all_masks(data_of: DataOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(averaging, "COUNTS", (1, 4000))
    data = data_of()
    read, _, net = measured(data, "averaging", keep_prob=0.75, batch_norm="before")
    x, y = rows(data, "valid")
    active = net.active(x)
    mean, logarithms = 0, 0
    for mask in product((0, 1), repeat=4):
        z = active * np.array(mask) / 0.75 @ net.out[:, :-1].T + net.out[:, -1]
        probabilities = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        chance = 0.75 ** sum(mask) * 0.25 ** (4 - sum(mask))
        mean, logarithms = mean + chance * probabilities, logarithms + chance * np.log(probabilities)
    assert read["scaled_loss"] == pytest.approx(net.loss(active, y))
    # 4,000 draws for each of 23 rows: a standard error of about 0.002 nat
    assert read["loss"][1] == pytest.approx(-np.log(mean[np.arange(23), y]).mean(), abs=0.01)
    # the normalised geometric mean is softmax of the mean logits: weight scaling (Baldi & Sadowski 2013)
    assert read["geometric_loss"] == pytest.approx(read["scaled_loss"], abs=0.01)


@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_shift(data_of: DataOf, batch_norm: str) -> None:
    data = data_of()
    read, _, net = measured(data, "shift", batch_norm=batch_norm)
    x, y = rows(data, "valid")
    for name, (change, doses) in shift.CHANGES.items():
        for place, dose in enumerate(doses):
            changed = change(x[None], dose)[0]
            for suffix, batch_moments in (("", False), ("_adapted", True)):
                loss = net.loss(net.active(changed, batch_moments=batch_moments), y)
                assert read[f"{name}_loss{suffix}"][place] == pytest.approx(loss)


def test_changes_of_the_inputs() -> None:
    x = np.arange(1.0, 4001).reshape(1, 40, 100)
    np.testing.assert_array_equal(shift.contrast(x, 2), 2 * x)
    np.testing.assert_array_equal(shift.brightness(x, -0.1), x - 0.1)
    some, more = shift.missing(x, 0.1), shift.missing(x, 0.5)
    assert (some == 0).mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 4000))  # five standard errors
    assert (more[some == 0] == 0).all()
    np.testing.assert_array_equal(some[some != 0], x[some != 0])


def test_variance(data_of: DataOf) -> None:
    """Bernoulli noise adds Σ w² h² (1 - p)/p to the variance of a logit."""
    data = data_of(rows=1000)
    read, _, net = measured(data, "variance", keep_prob=0.5)
    active = net.active(rows(data, "valid")[0])
    weight = net.out[:, :-1]
    quiet = (active @ weight.T).var(axis=0).sum()
    noise = ((active**2).mean(axis=0) @ (weight**2).T).sum()
    assert read["ratio"][0] == 1
    assert read["ratio"][1] == pytest.approx(1 + noise / quiet, rel=0.1)  # 1,000 rows, one draw for each
    plain, _, _ = measured(data, "variance")
    assert plain["ratio"] == [1, 1]


def test_curvature_of_softmax_regression(data_of: DataOf) -> None:
    """The Hessian is the mean of (diag p - p pᵀ) ⊗ x xᵀ."""
    data = data_of()
    trainer = Trainer([Hyper(**SHAPE | {"depth": 0, "probes": "curvature"})], data)
    starts = trainer.stack.dense[0].value[0].copy()
    (outcome,) = trainer.run()
    x = np.column_stack([rows(data, "train")[0], np.ones(23)])
    for name, weight in (("sharpness_at_start", starts), ("sharpness", trainer.stack.dense[0].value[0])):
        p = np.exp(x @ weight.T)
        p /= p.sum(axis=1, keepdims=True)
        hessian = np.mean(
            [np.kron(np.diag(q) - np.outer(q, q), np.outer(row, row)) for q, row in zip(p, x, strict=True)], 0
        )
        # fifty rounds of power iteration end within a per cent
        assert outcome.measures[f"curvature.{name}"] == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=0.01)
    condition = np.linalg.cond(x.T @ x)
    assert outcome.measures["curvature.input_condition"] == pytest.approx(condition)


def test_condition_leaves_constant_inputs_out(data_of: DataOf) -> None:
    """They are multiples of the constant: a direction in which nothing is seen."""
    data = data_of()
    x, y = rows(data, "train")
    padded = Part(np.concatenate([x, 0 * x], axis=1)[None], y[None])
    twin = Data(classes=3, train=padded, valid=padded)
    read = Trainer([Hyper(**SHAPE, probes="curvature")], twin).run()[0].measures["curvature.input_condition"]
    assert read == pytest.approx(np.linalg.cond(np.column_stack([x, np.ones(23)])) ** 2)


EXACT = [name for name in identities.STATEMENTS if name not in {"scale_effect", "bias_drift"}]


@pytest.mark.parametrize("bn_statistics", ["running", "population"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", ["before", "after"])
def test_identities_hold(data_of: DataOf, batch_norm: str, activation: str, bn_statistics: str) -> None:
    """M1, M2, M5, M6, M7, M9, B3 and B8 to 1e-10, in networks of two layers with any γ and β."""
    fields = {"depth": 2, "bn_start": "random", "batch_norm": batch_norm, "activation": activation}
    trainer = Trainer([Hyper(**SHAPE | fields, probes="identities", bn_statistics=bn_statistics)], data_of())
    measures = trainer.run()[0].measures
    for name in ["fold", *EXACT]:
        value = measures[f"identities.{name}"]
        if name == "redundant_bias" and batch_norm == "after":
            assert value is None
        else:
            assert value < 1e-10
    assert measures["identities.scale_effect"] > 0


@pytest.mark.parametrize("name", EXACT)
def test_identities_can_fail(data_of: DataOf, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A wrong ε, moment or covariance is seen by the statement that it breaks."""
    centred = batch_norm.centre_on_batch

    def biased(x: np.ndarray, share: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = centred(x, share, out)
        out += 0.01 * x**2  # no longer invariant to anything
        return mean + 0.01, variance

    monkeypatch.setattr(batch_norm, "centre_on_batch", biased)
    monkeypatch.setattr(identities.np.linalg, "eigvalsh", lambda matrix: np.array([1.0, 2.0]))
    trainer = Trainer([Hyper(**SHAPE, batch_norm="before", probes="identities")], data_of())
    assert trainer.run()[0].measures[f"identities.{name}"] > 1e-10


def test_detached_moments_let_biases_drift(data_of: DataOf) -> None:
    """M4: with the moments in the gradient the biases stay at 0 to rounding; without they move, to no effect (M9)."""
    read = {
        gradient: measured(data_of(), "identities", batch_norm="before", bn_gradient=gradient)[0]
        for gradient in ("full", "detached")
    }
    assert read["full"]["bias_drift"] < 1e-10
    assert read["detached"]["bias_drift"] > 1e-3
    assert read["detached"]["redundant_bias"] < 1e-10


def test_predictions(data_of: DataOf) -> None:
    data = data_of()
    trainer = Trainer([Hyper(**SHAPE, probes="predictions")], data)
    (outcome,) = trainer.run()

    def unpacked(name: str, dtype: str) -> np.ndarray:
        return np.frombuffer(base64.b64decode(outcome.measures[f"predictions.{name}"]), dtype)

    labels = unpacked("labels", "<u2")
    np.testing.assert_array_equal(labels, rows(data, "valid")[1])
    log_probabilities = unpacked("log_probabilities", "<f2").reshape(len(labels), 3).astype(float)
    assert np.exp(log_probabilities).sum(axis=1) == pytest.approx(np.ones(len(labels)), abs=2e-3)  # float16
    assert -log_probabilities[np.arange(len(labels)), labels].mean() == pytest.approx(outcome.valid_loss, rel=1e-3)
    assert (log_probabilities.argmax(axis=1) != labels).mean() == outcome.valid_error
