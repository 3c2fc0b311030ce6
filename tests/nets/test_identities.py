"""The exact statements about batch normalisation, to 1e-10."""

from collections.abc import Callable

import numpy as np
import pytest
from one_network import SHAPE, measured

from nets import Data, Hyper
from nets.layers import batch_norm
from nets.layers.activations import ACTIVATIONS
from nets.probes import identities
from nets.train import StackTraining

DataOf = Callable[..., Data]


EXACT = [name for name in identities.STATEMENTS if name not in {"scale_effect", "bias_drift"}]


@pytest.mark.parametrize("bn_statistics", ["running", "population"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("batch_norm", ["before", "after"])
def test_identities_hold(data_of: DataOf, batch_norm: str, activation: str, bn_statistics: str) -> None:
    """M1, M2, M5, M6, M7, M9, B3 and B8 to 1e-10, in networks of two layers with any γ and β."""
    fields = {"depth": 2, "bn_start": "random", "batch_norm": batch_norm, "activation": activation}
    trainer = StackTraining([Hyper(**SHAPE | fields, probes="identities", bn_statistics=bn_statistics)], data_of())
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

    def biased(x: np.ndarray, ones: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, variance = centred(x, ones, out)
        out += 0.01 * x**2  # no longer invariant to anything
        return mean + 0.01, variance

    monkeypatch.setattr(batch_norm, "centre_on_batch", biased)
    monkeypatch.setattr(identities.np.linalg, "eigvalsh", lambda matrix: np.array([1.0, 2.0]))
    trainer = StackTraining([Hyper(**SHAPE, batch_norm="before", probes="identities")], data_of())
    assert trainer.run()[0].measures[f"identities.{name}"] > 1e-10


def test_detached_moments_let_biases_drift(data_of: DataOf) -> None:
    """M4: with the moments in the gradient the biases stay at 0 to rounding; without they move, to no effect (M9)."""
    read = {
        gradient: measured(data_of(), "identities", batch_norm="before", bn_gradient=gradient)[0]
        for gradient in ("full", "detached")
    }
    assert read["full"]["bias_drift"] < 1e-10
    assert read["full"]["gradient"] < 1e-8
    assert read["detached"]["gradient"] > 0.05
    assert read["detached"]["bias_drift"] > 1e-3
    assert read["detached"]["redundant_bias"] < 1e-10
