"""Rows that are held once and drawn by each split train the networks that their copies would, to the last bit."""

import numpy as np
import pytest

from nets.data import Data, Drawn, Part
from nets.hyper import Hyper
from nets.train import train

SEEDS = (3, 4, 5)


def held(*, once: bool) -> Data:
    draw = np.random.default_rng(0)
    table = np.ones((60, 6), np.float32)
    table[:, :-1] = draw.standard_normal((60, 5))
    y = draw.integers(0, 3, 60)
    order = np.stack([draw.permutation(60) for _ in SEEDS])
    rows = {"train": order[:, :30], "valid": order[:, 30:45], "test": order[:, 45:]}
    kind = {
        name: Drawn(table, places, y[places]) if once else Part(table[places, :-1], y[places])
        for name, places in rows.items()
    }
    return Data(classes=3, seeds=SEEDS, **kind)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"batch_norm": "before", "weights": "best"},
        {"input_keep_prob": 0.8},
        {"probes": "curves"},
        {"probes": "shift"},
    ],
)
@pytest.mark.parametrize("kernels", ["numpy", "compiled"])
def test_rows_held_once_are_their_copies(kernels: str, settings: dict) -> None:
    if kernels == "compiled":
        pytest.importorskip("numba")
    hypers = [Hyper(seed=seed, width=4, steps=30, batch_size=8, **settings) for seed in (4, 3, 5, 4)]
    assert train(hypers, held(once=True), kernels=kernels) == train(hypers, held(once=False), kernels=kernels)


def test_rows_and_labels_have_one_shape() -> None:
    with pytest.raises(ValueError, match=r"rows and y are \(splits, rows\), got \(2, 3\) and \(2, 4\)"):
        Drawn(np.ones((9, 2)), np.zeros((2, 3), int), np.zeros((2, 4), int))
