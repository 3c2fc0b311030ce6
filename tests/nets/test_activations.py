"""Laws of the activations: what a row of the registry says is so, on ordinary numbers and on special ones."""

import numpy as np
import pytest

from nets.layers.activations import ACTIVATIONS, glorot, he

SPECIAL = (0.0, np.inf, np.nan, 1e-42, 1.0, 30.0, 1e20, 3e38)  # 1e-42 is denormal in float32, in which 3e38³ overflows


def values_and_slopes(name: str, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f(x) and f'(x) of the layer itself."""
    layer = ACTIVATIONS[name].layer(np.empty((1, 1, len(x)), x.dtype))
    with np.errstate(all="ignore"):
        y = layer.forward(x.copy().reshape(1, 1, -1), training=True)[0, 0].copy()
        return y, layer.backward(np.ones((1, 1, len(x)), x.dtype))[0, 0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_greatest_slope(name: str) -> None:
    """By differences, on a grid that misses ReLU's kink."""
    x = np.linspace(-4, 4, 80_000)
    y, slope = values_and_slopes(name, x)
    assert np.abs(slope).max() == pytest.approx(ACTIVATIONS[name].steepest, abs=1e-3)
    numeric = np.diff(y) / np.diff(x)
    middle = (slope[1:] + slope[:-1]) / 2
    kink = np.abs(x[:-1] + x[1:]) < 2e-4
    np.testing.assert_allclose(middle[~kink], numeric[~kink], rtol=0, atol=1e-7)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("sign", [1, -1])
def test_special_values(name: str, precision: str, sign: int) -> None:
    """NaN stays NaN, whatever its sign bit; a finite number gives finite ones, and no number depends on its neighbours."""
    x = np.copysign(np.array(SPECIAL, precision), sign)
    y, slope = values_and_slopes(name, x)
    assert np.isnan(y[np.isnan(x)]).all()
    assert np.isfinite(y[np.isfinite(x)]).all()
    assert np.isfinite(slope[np.isfinite(x)]).all()
    for place in range(len(x)):
        alone = values_and_slopes(name, np.repeat(x[place], 70))
        np.testing.assert_array_equal(alone[0], np.repeat(y[place], 70))
        np.testing.assert_array_equal(alone[1], np.repeat(slope[place], 70))


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_relu_is_flat_at_either_zero(precision: str) -> None:
    y, slope = values_and_slopes("relu", np.array([0.0, -0.0, 1e-30, -1e-30, np.inf, -np.inf], precision))
    assert y.tolist() == [0, 0, np.dtype(precision).type(1e-30), 0, np.inf, 0]
    assert slope.tolist() == [0, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("spread", "expected"), [(he, np.sqrt(2 / 50)), (glorot, np.sqrt(2 / (50 + 30)))], ids=["he", "glorot"]
)
def test_spreads_are_those_of_the_papers(spread, expected: float) -> None:
    """For 50 inputs and 30 outputs; He's keeps E x² through ReLU, which halves it: n σ² / 2 = 1."""
    assert spread(50, 30) == pytest.approx(expected, rel=1e-12)
