"""The best that each library's classifier reaches on plain digits with an equal budget of random search.

Digits split 60/20/20 anew for each seed, the same splits for both. A configuration is chosen by its mean
validation loss, then trained on fresh seeds, whose test rows are looked at once.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from nets import Data, Hyper, Part, train
from study.asked.source import Source
from study.data.splits import load

SOURCE = Source(name="digits", train=0.6, valid=0.2, label_noise=0.0)
EPOCHS, BATCH = 40, 50
WIDTHS = (32, 64, 96, 128)
FIRST_FRESH_SEED = 1000

Configuration = dict[str, Any]
Scores = list[tuple[float, float]]  # validation loss in nats and test accuracy, by seed


def our_configuration(generator: np.random.Generator) -> Configuration:
    """SGD with momentum, cosine decay, batch normalisation, dropout and L2."""
    return {
        "width": int(generator.choice(WIDTHS)),
        "learning_rate": log_uniform(generator, 0.01, 0.5),
        "l2": log_uniform(generator, 1e-6, 1e-2),
        "keep_prob": float(generator.uniform(0.4, 1)),
        "bn_momentum": float(generator.uniform(0.05, 0.5)),
    }


def peer_configuration(generator: np.random.Generator) -> Configuration:
    """Adam, the classifier's default, and L2: it has neither dropout nor batch normalisation nor this decay."""
    return {
        "hidden_layer_sizes": (int(generator.choice(WIDTHS)),),
        "learning_rate_init": log_uniform(generator, 3e-4, 3e-2),
        "alpha": log_uniform(generator, 1e-5, 1),
    }


def log_uniform(generator: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(generator.uniform(np.log(low), np.log(high))))


def our_scores(configurations: Sequence[Configuration], data: Data, *, epochs: int) -> list[Scores]:
    """All networks in one call; a diverged one has an infinite loss."""
    assert data.seeds is not None
    fixed: dict[str, Any] = {
        "batch_norm": "before",
        "batch_size": BATCH,
        "steps": 0,
        "epochs": epochs,
        "checkpoints": 1,
    }
    hypers = [Hyper(seed=seed, **fixed, **each) for each in configurations for seed in data.seeds]
    scores = [_score(outcome.valid_loss, outcome.test_error) for outcome in train(hypers, data)]
    seeds = len(data.seeds)
    return [scores[start : start + seeds] for start in range(0, len(scores), seeds)]


def _score(valid_loss: float | None, test_error: float | None) -> tuple[float, float]:
    return (np.inf if valid_loss is None else valid_loss, np.nan if test_error is None else 1 - test_error)


def peer_scores(configurations: Sequence[Configuration], data: Data, *, epochs: int) -> list[Scores]:
    assert data.seeds is not None
    return [
        [_peer_score(configuration, data, place, seed, epochs) for place, seed in enumerate(data.seeds)]
        for configuration in configurations
    ]


def _peer_score(configuration: Configuration, data: Data, place: int, seed: int, epochs: int) -> tuple[float, float]:
    def rows(part: Part) -> tuple[Any, Any]:
        return part.x[place].astype(np.float32), part.y[place]

    x, y = rows(data.train)
    model = MLPClassifier(batch_size=BATCH, random_state=seed, **configuration)
    for _ in range(epochs):
        model.partial_fit(x, y, classes=np.arange(data.classes))
    assert data.valid is not None
    x, y = rows(data.valid)
    loss = log_loss(y, model.predict_proba(x), labels=np.arange(data.classes))
    return float(loss), np.nan if data.test is None else float(model.score(*rows(data.test)))


PEERS: dict[str, tuple[Callable[..., Configuration], Callable[..., list[Scores]]]] = {
    "dropstep": (our_configuration, our_scores),
    "scikit-learn": (peer_configuration, peer_scores),
}


def measure(*, configurations: int, seeds: int, replicates: int, say: Callable[[str], None]) -> pd.DataFrame:
    """A row for each library and fresh seed: ``accuracy`` on the test rows, and the ``configuration`` that was chosen."""
    search = load(SOURCE.task, range(seeds), with_test=False)
    fresh = load(SOURCE.task, range(FIRST_FRESH_SEED, FIRST_FRESH_SEED + replicates), with_test=True)
    rows = []
    for library, (draw, scores) in PEERS.items():
        say(f"accuracy: {library}, {configurations} configurations on {seeds} splits, then {replicates} fresh ones")
        generator = np.random.default_rng(0)
        drawn = [draw(generator) for _ in range(configurations)]
        means = [np.mean([loss for loss, _ in each]) for each in scores(drawn, search, epochs=EPOCHS)]
        chosen = drawn[int(np.argmin(means))]
        (refits,) = scores([chosen], fresh, epochs=EPOCHS)
        rows += [
            {"library": library, "seed": seed, "accuracy": accuracy, "configuration": described(chosen)}
            for seed, (_, accuracy) in zip(fresh.seeds or (), refits, strict=True)
        ]
    return pd.DataFrame(rows)


def described(configuration: Configuration) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in configuration.items()
    )


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % t interval."""
    sample = np.asarray(values)
    half = stats.t.ppf(0.975, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample))
    return float(sample.mean()), float(sample.mean() - half), float(sample.mean() + half)
