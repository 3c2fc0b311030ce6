"""Networks as scikit-learn's own classes alone: a soft vote of pipelines, each its preparation and a plain MLPClassifier."""

from collections.abc import Iterable, Sequence

import numpy as np
from sklearn.ensemble import VotingClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

from nets.fold import Folded
from nets.layers.activations import ACTIVATIONS
from nets.sklearn.export import give_weights
from study.data.tables import OwnRows, table
from study.errors import UsageError
from study.model.retrained import Trained, everything
from study.own.fitting import fitted
from study.own.parts import Sizes, parts


def soft_vote(found: Trained, *, all_rows: bool) -> VotingClassifier:
    """One pipeline for each seed, each prepared by the rows that its network was trained on.

    Raises ``UsageError`` for an activation that scikit-learn has not.
    """
    task = found.records[0].network.task
    whole = table(task.data)
    assert isinstance(whole, OwnRows)
    own, sizes = whole.own, Sizes(task.train_rows, task.valid_rows, task.test_rows)
    seeds = [record.network.hyper.seed for record in found.records]
    rows = [everything(whole) if all_rows else parts(own, sizes, seed)[0] for seed in seeds]
    networks = _classifiers(found.folded, whole.classes, found.records[0].network.hyper.width)
    pipelines = [
        Pipeline([("preparation", fitted(own.columns, own.frame, each)), ("network", network)])
        for each, network in zip(rows, networks, strict=True)
    ]
    return vote(pipelines, seeds, own.labels.names)


def vote(pipelines: Sequence[Pipeline], seeds: Sequence[int], names: Sequence[str]) -> VotingClassifier:
    """As ``fit`` would leave it."""
    voting = VotingClassifier(
        [(f"seed {seed}", pipeline) for seed, pipeline in zip(seeds, pipelines, strict=True)], voting="soft"
    )
    voting.estimators_ = list(pipelines)
    voting.le_ = LabelEncoder().fit(np.array(names))
    voting.classes_ = voting.le_.classes_
    return voting


def _classifiers(stacks: Iterable[Folded], classes: int, width: int) -> list[MLPClassifier]:
    return [
        _classifier(folded, replicate, classes, width)
        for folded in stacks
        for replicate in range(len(folded.weights[0]))
    ]


def _classifier(folded: Folded, replicate: int, classes: int, width: int) -> MLPClassifier:
    name = ACTIVATIONS[folded.activation].sklearn
    if name is None:
        raise UsageError(f"scikit-learn has no activation {folded.activation}: choose another --arm")
    model = MLPClassifier((width,) * (len(folded.weights) - 1), activation=name)
    model.classes_ = np.arange(classes)
    model.n_features_in_ = folded.weights[0].shape[2] - 1
    exact = folded.astype(np.float64)
    return give_weights(model, exact, replicate)
