"""Measures of probabilities against their formulas."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

from study.measures import BINS, DRAWS, calibration_error, f1, log_loss, measures, scores

SURE = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]])
Y = np.array([0, 1, 1, 0])  # right, wrong, right, wrong


def test_two_classes_by_hand() -> None:
    """Of 0.1, 0.2, 0.7, 0.6 for class 1 three of four pairs of a 0 and a 1 are in order: 0.2 lies above 0.1, 0.7 above both."""
    found = scores(SURE, Y, 1)
    assert found["loss"] == pytest.approx(-np.log([0.9, 0.2, 0.7, 0.4]).mean())
    assert found["error"] == 0.5
    assert found["auc"] == 0.75
    assert found["balanced_accuracy"] == 0.5
    assert found["f1"] == 0.5  # one hit, one miss, one false alarm: 2 / (2 + 1 + 1)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_measures_are_those_of_scikit_learn(classes: int) -> None:
    """With ties, and with classes that are never guessed."""
    generator = np.random.default_rng(classes)
    for rows in (classes + 3, 40, 200):
        y = np.concatenate([np.arange(classes), generator.integers(classes, size=rows - classes)])
        raw = generator.integers(1, 5, size=(rows, classes)) + 2.0 * (np.arange(classes) == 0)
        sure = raw / raw.sum(axis=1, keepdims=True)
        guessed = sure.argmax(1)
        for positive in (None, 0, classes - 1):
            found = scores(sure, y, positive)
            whole = f1_score(y, guessed, average="macro", zero_division=0)
            assert found["f1"] == pytest.approx(
                whole if positive is None else f1_score(y == positive, guessed == positive, zero_division=0)
            )
            assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(y, guessed))
            ranked = sure[:, 1] if classes == 2 else sure
            assert found["auc"] == pytest.approx(roc_auc_score(y, ranked, multi_class="ovr"))


def test_a_class_without_rows_has_no_auc() -> None:
    found = scores(np.array([[0.9, 0.1], [0.6, 0.4]]), np.array([0, 0]))
    assert found["auc"] is None
    assert found["balanced_accuracy"] is None
    assert found["error"] == 0


def test_certainty_that_is_wrong_costs_what_the_smallest_probability_does() -> None:
    assert log_loss(np.array([[1.0, 0.0]]), np.array([1])) == pytest.approx(15 * np.log(10))


def test_f1_of_one_class_and_of_all() -> None:
    y, three = np.array([0, 0, 1, 2]), np.eye(3)[[0, 1, 1, 0]]
    by_class = [2 / (2 + 1 + 1), 2 / (2 + 0 + 1), 0.0]  # hits twice, over hits twice and both mistakes
    assert [f1(three, y, place) for place in range(3)] == pytest.approx(by_class)
    assert f1(three, y, None) == pytest.approx(np.mean(by_class))


def test_calibration_is_the_distance_in_bins_of_as_many_rows() -> None:
    """Twenty rows in ten bins of two: sure by 0.50, 0.52 …; one of each pair is right."""
    sure = 0.5 + 0.01 * np.arange(20)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    y = np.arange(20) % 2
    expected = np.abs(sure.reshape(10, 2).mean(axis=1) - 0.5).mean()
    assert BINS == 10
    assert calibration_error(probabilities, y) == pytest.approx(expected)
    assert calibration_error(SURE[:1], Y[:1]) == pytest.approx(0.1)


def test_intervals_hold_95_percent_of_draws_and_f1_names_its_class() -> None:
    generator = np.random.default_rng(1)
    y = generator.integers(0, 2, 400)
    sure = np.where(generator.random(400) < 0.75, 0.8, 0.2)
    probabilities = np.where(y[:, None] == np.arange(2), sure[:, None], 1 - sure[:, None])
    found = {each.name: each for each in measures(probabilities, y, ("no", "yes"), None)}
    error = found["error"]
    reach = 1.96 * np.sqrt(0.25 * 0.75 / 400)
    assert error.value == pytest.approx((sure < 0.5).mean())
    assert (error.high - error.low) / 2 == pytest.approx(reach, rel=0.15)  # of the ends of 400 draws
    assert error.low < error.value < error.high
    assert DRAWS == 400
    assert "F1 of yes" in found
    assert "F1 of no" in {each.name for each in measures(SURE, Y, ("no", "yes"), "no")}
    assert "F1" in {each.name for each in measures(np.eye(3)[[0, 1, 2]], np.array([0, 1, 2]), tuple("abc"), None)}
