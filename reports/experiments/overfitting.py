"""Overfitting: dropout and none by width, training rows and label noise."""

from typing import Any

REVISED = (
    "The learning rates of the design reach lower and higher, and its keep-probs to 0.98: the best had lain at the edge of the grid. "
    "Error is judged beside loss. A keep-prob of 0.95 was tried too."
)
NAME = "overfitting"
KEPT = [0.98, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
ARM: dict[str, Any] = {
    "data": {"train": [100, 300, 900], "valid": 500, "label_noise": [0.0, 0.2]},
    "width": [12, 64],
    "learning_rate": [0.003, 0.008, 0.02, 0.05, 0.15, 0.4],
}
DESIGN: dict[str, dict[str, Any]] = {"none": ARM, "dropout": {**ARM, "keep_prob": KEPT}}
