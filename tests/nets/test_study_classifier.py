"""A study's configuration as a classifier: the same network, to the last bit."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from classified import blobs
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from nets import Data, Hyper, Part
from nets.fold import fold
from nets.sklearn import StackedMLPClassifier, StudyClassifier
from nets.train import training_by

HYPERS = [
    Hyper(seed=3, width=6, depth=2, batch_norm="before", keep_prob=0.7, l2=0.01, steps=12, batch_size=10),
    Hyper(
        seed=4, width=5, optimiser="adamw", weight_decay=0.1, schedule="cosine", steps=0, epochs=3, activation="tanh"
    ),
    Hyper(seed=5, width=5, batch_norm="after", bn_statistics="population", precision="float64", steps=9, batch_size=12),
    Hyper(seed=6, width=5, output="logit", noise="gaussian", keep_prob=0.5, probes="losses", warmup=3, steps=9),
]


@pytest.mark.whole
@parametrize_with_checks([StackedMLPClassifier.from_hyper(Hyper(seed=0, steps=150, keep_prob=0.9, learning_rate=0.1))])
def test_scikit_learn_checks(estimator: StudyClassifier, check) -> None:
    check(estimator)


@pytest.mark.parametrize("hyper", HYPERS, ids=lambda hyper: f"seed {hyper.seed}")
@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_the_network_of_the_study(hyper: Hyper, classes: int) -> None:
    """Two classes keep the output that the study gave them."""
    x, y = blobs(classes)
    ours = clone(StackedMLPClassifier.from_hyper(hyper, n_replicates=2))
    if hyper.output == "logit" and classes == 3:
        with pytest.raises(ValueError, match="output='logit' tells 2 classes apart, got 3"):
            ours.fit(x, y)
        return
    ours.fit(x, np.array(["ant", "bee", "cat"])[y])
    hypers = [replace(hyper, member=member, probes="none") for member in (0, 1)]
    training = training_by("numpy", hyper)(hypers, Data(classes=classes, train=Part(x[None], y[None])))
    training.run()
    for found, expected in zip(ours.folded_.weights, fold(training.stack).weights, strict=True):
        assert np.array_equal(found, expected)
    assert ours.folded_.output == hyper.output
    assert set(ours.predict(x)) <= {"ant", "bee", "cat"}
    mean = np.mean([ours.to_sklearn(each).predict_proba(x) for each in (0, 1)], axis=0)
    np.testing.assert_allclose(ours.predict_proba(x), mean, atol=1e-5)  # float32's rounding


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed: pip install 'dropstep[fast]'")
def test_it_trains_by_the_kernels_that_it_is_given() -> None:
    x, y = blobs()
    ours = clone(StackedMLPClassifier.from_hyper(HYPERS[0], n_replicates=2, kernels="compiled")).fit(x, y)
    hypers = [replace(HYPERS[0], member=member) for member in (0, 1)]
    training = training_by("compiled", HYPERS[0])(hypers, Data(classes=3, train=Part(x[None], y[None])))
    training.run()
    numpys = StackedMLPClassifier.from_hyper(HYPERS[0], n_replicates=2).fit(x, y)
    for found, same, near in zip(
        ours.folded_.weights, fold(training.stack).weights, numpys.folded_.weights, strict=True
    ):
        assert np.array_equal(found, same)
        np.testing.assert_allclose(found, near, atol=1e-4)  # float32's rounding


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learning_rate": 1e30}, r"diverged in epoch .* learning_rate=1e\+30: choose a lower one"),
        ({"bn_statistics": "batch"}, "only fixed moments fold"),
        ({"batch_size": 42}, "needs 2 rows or more in each training batch"),
    ],
)
def test_a_fit_that_fails_leaves_the_old_model(changed: dict, message: str) -> None:
    x, y = blobs()
    ours = StackedMLPClassifier.from_hyper(HYPERS[0]).fit(x, y)
    before = ours.predict_proba(x)
    with pytest.raises(ValueError, match=message):
        ours.set_params(hyper=replace(HYPERS[0], **changed)).fit(x[:, :2], y % 2)
    assert np.array_equal(ours.predict_proba(x), before)


def test_an_activation_that_scikit_learn_has_not_is_told() -> None:
    ours = StackedMLPClassifier.from_hyper(replace(HYPERS[0], activation="gelu")).fit(*blobs())
    with pytest.raises(ValueError, match="scikit-learn has no activation 'gelu'"):
        ours.to_sklearn()


def test_one_network_is_trained_where_nothing_is_said() -> None:
    x, y = blobs()
    for ours in (StackedMLPClassifier.from_hyper(HYPERS[0]), StudyClassifier(HYPERS[0])):
        assert [len(weights) for weights in ours.fit(x, y).folded_.weights] == [1, 1, 1]
        assert ours.n_iter_ == 3  # 12 steps in batches of 10, of 43 rows
        model = ours.to_sklearn()
        assert model.partial_fit(x, y).t_ == len(y)
        assert len(model.loss_curve_) == 1
        assert model.best_loss_ == model.loss_curve_[0]


def test_sparse_rows_are_refused() -> None:
    x, y = blobs()
    with pytest.raises(TypeError, match="Sparse data was passed"):
        StudyClassifier(HYPERS[0]).fit(csr_array(x), y)
    assert not StudyClassifier(HYPERS[0]).__sklearn_tags__().input_tags.sparse
    assert StackedMLPClassifier().__sklearn_tags__().input_tags.sparse
