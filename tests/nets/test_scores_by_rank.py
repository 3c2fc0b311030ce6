"""Further measures are scikit-learn's; class weights are copies of the rows of rare classes."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score
from sklearn.utils.class_weight import compute_class_weight

from nets.class_weights import CLASS_WEIGHTS
from nets.data import Data, Part
from nets.hyper import Hyper
from nets.rows import Rows
from nets.scores import scores
from nets.train import train


@pytest.mark.parametrize("classes", [2, 4])
def test_they_are_those_of_scikit_learn(classes: int) -> None:
    draw = np.random.default_rng(classes)
    labels = draw.integers(0, classes, 300)
    raw = draw.random((300, classes)) + 0.7 * np.eye(classes)[labels]
    raw = raw.round(1) + 0.05  # so that some are equal
    found, guessed = scores(raw := raw / raw.sum(1, keepdims=True), labels), raw.argmax(1)
    auc = roc_auc_score(labels, raw[:, 1]) if classes == 2 else roc_auc_score(labels, raw, multi_class="ovr")
    assert found["auc"] == pytest.approx(auc, abs=1e-12)
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, guessed), abs=1e-12)
    assert found["f1"] == pytest.approx(f1_score(labels, guessed, average="macro"), abs=1e-12)


def test_a_class_without_rows_leaves_them_unknown() -> None:
    found = scores(np.full((9, 3), 1 / 3), np.arange(9) % 2)
    assert found["auc"] is found["balanced_accuracy"] is found["f1"] is None
    assert found["calibration_error"] == pytest.approx(5 / 9 - 1 / 3, abs=0.3)


def test_a_sure_network_that_is_half_wrong_is_off_by_a_half() -> None:
    assert scores(np.eye(2)[np.zeros(100, int)], np.arange(100) % 2)["calibration_error"] == pytest.approx(0.5)


def test_of_two_classes_the_second_is_ranked() -> None:
    """By probabilities that the first one's are too near to one to tell apart."""
    rare = np.array([1e-30, 3e-30, 2e-30, 4e-30])
    assert scores(np.stack([1 - rare, rare], axis=1), np.array([0, 1, 0, 1]))["auc"] == 1


def test_of_one_class_nothing_is_told_apart() -> None:
    found = scores(np.ones((5, 1)), np.zeros(5, int))
    assert found == {"auc": None, "balanced_accuracy": None, "f1": None, "calibration_error": 0}


@pytest.mark.parametrize("rows", [1, 4, 10, 23, 100])
def test_calibration_is_over_ten_bins_of_as_many_rows(rows: int) -> None:
    """The first bins have a row more where they are not all alike; fewer rows are each a bin."""
    draw = np.random.default_rng(rows)
    sure, right = np.sort(draw.uniform(0.5, 1, rows)), draw.random(rows) < 0.7
    off, start = 0.0, 0
    for number in range(10):
        size = rows // 10 + (number < rows % 10)
        part = slice(start, start + size)
        off += abs(sum(sure[part]) - sum(right[part]))
        start += size
    order = draw.permutation(rows)
    probabilities = np.stack([sure, 1 - sure], axis=1)[order]
    found = scores(probabilities, np.where(right, 0, 1)[order])["calibration_error"]
    assert found == pytest.approx(off / rows, rel=1e-12)


def rows(copies: int) -> Data:
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((15, 4)), np.repeat([0, 1], [10, 5])
    again = np.repeat(np.arange(15), np.where(y == 1, copies, 1))
    test = Part(draw.standard_normal((1, 40, 4)), draw.integers(0, 2, (1, 40)))
    return Data(classes=2, train=Part(x[again][None], y[again][None]), test=test)


def test_balanced_weights_are_copies_of_the_rare_rows() -> None:
    settings = {"seed": 0, "width": 5, "steps": 40, "batch_size": 100, "precision": "float64"}
    (weighed,) = train([Hyper(**settings, class_weights="balanced")], rows(1))
    (copied,) = train([Hyper(**settings)], rows(2))
    (plain,) = train([Hyper(**settings)], rows(1))
    assert weighed.test_loss == pytest.approx(copied.test_loss, rel=1e-9)
    assert weighed.test_loss != pytest.approx(plain.test_loss, rel=1e-3)


def test_classes_that_no_training_row_has_take_no_weight_from_the_others() -> None:
    """Of each split by its own rows: (7, 0, 1) of three classes, then (0, 8, 0)."""
    y = np.array([[0, 0, 0, 2, 0, 0, 0, 0], [1] * 8])
    held = Rows(Part(np.zeros((2, 8, 1)), y), np.array([1, 0]), np.float64)
    of_networks = CLASS_WEIGHTS["balanced"](held, 3)
    assert of_networks[0, 1] == 1
    assert of_networks[1, [0, 2]] == pytest.approx(compute_class_weight("balanced", classes=np.array([0, 2]), y=y[0]))


def test_every_weighing_is_a_word_of_the_field() -> None:
    assert set(Hyper.__dataclass_fields__["class_weights"].metadata["domain"].words) == set(CLASS_WEIGHTS)


def test_networks_tell_them_of_the_test_part_alone() -> None:
    (found,) = train([Hyper(seed=0, width=5, steps=40)], rows(1))
    assert 0 <= found.test_auc <= 1
    assert found.test_f1 is not None
