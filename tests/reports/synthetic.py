"""Results tables with planted truths, in the columns of the contract; every number is a function of the arguments."""

import json

import numpy as np
import pandas as pd

SETTINGS = {
    "data": "digits",
    "train_rows": 300,
    "valid_rows": 600,
    "label_noise": 0.2,
    "seed": 0,
    "width": 12,
    "depth": 1,
    "activation": "relu",
    "batch_norm": "none",
    "bn_statistics": "running",
    "noise": "bernoulli",
    "noise_place": "after",
    "noise_redraw": "example",
    "optimiser": "sgd",
    "schedule": "cosine",
    "batch_size": 50,
    "steps": 900,
    "epochs": 0,
    "checkpoints": 10,
    "precision": "float32",
    "keep_prob": 1.0,
    "input_keep_prob": 1.0,
    "l2": 0.0,
    "bn_momentum": 0.1,
    "learning_rate": 0.05,
    "momentum": 0.9,
    "weights": "last",
}
OUTCOME = {
    "design": "",
    "variant": "",
    "chosen_by": "",
    "stopped": "completed",
    "epochs_run": 150,
    "train_loss": 0.4,
    "train_error": 0.1,
    "valid_loss": np.nan,
    "valid_error": 0.15,
    "test_loss": np.nan,
    "test_error": np.nan,
    "curve": "[[75, 0.7], [150, 0.6]]",
    "seconds": 0.1,
}
KEYS = ["stage", "arm", "repeat", "trial", "replicate"]
OPEN = {
    "width": {"low": 4, "high": 64, "log": True},
    "keep_prob": {"low": 0.2, "high": 1.0, "log": False},
    "l2": {"low": 1e-5, "high": 1.0, "log": True},
    "bn_momentum": {"low": 0.01, "high": 1.0, "log": True},
    "learning_rate": {"low": 0.005, "high": 0.5, "log": True},
}
TRIALS = 6
NONE_LOSS = 0.75
BEST_DROPOUT = 0.65
BEST_L2 = 0.66


def keep_probs(width: int) -> np.ndarray:
    points = (np.arange(4 * width) + 0.5) / (4 * width)
    return points[points > 0.2]


def dropout_loss(keep_prob: np.ndarray) -> np.ndarray:
    """Curved, best at 0.75."""
    return BEST_DROPOUT + 1.2 * (keep_prob - 0.75) ** 2


def stepped(keep_prob: np.ndarray, levels: int, q: float) -> np.ndarray:
    return (1 - q) * keep_prob + q * np.round(keep_prob * levels) / levels


def l2_loss(strength: np.ndarray) -> np.ndarray:
    """A dip at 10^-2.5, then a plateau where nothing is learnt."""
    position = np.log10(strength)
    return (
        NONE_LOSS - (NONE_LOSS - BEST_L2) * np.exp(-((position + 2.5) ** 2)) + 1.5 / (1 + np.exp(-6 * (position + 1)))
    )


def seeded(mean: np.ndarray, seeds: int, generator: np.random.Generator, noise: float = 0.002) -> np.ndarray:
    """Points × seeds: a level and a slope of each seed's own, and noise of each network's own."""
    level, slope = generator.normal(0, 0.04, seeds), generator.normal(0, 0.02, seeds)
    return mean[:, None] + level + np.outer(mean - mean.mean(), slope) + generator.normal(0, noise, (mean.size, seeds))


def results_table(
    *,
    widths: tuple[int, ...] = (8, 12),
    seeds: int = 4,
    q: float = 0.0,
    name: str = "trial",
    opened: tuple[str, ...] = tuple(OPEN),
) -> pd.DataFrame:
    """A whole run: designs, a search whose last trial diverged, a refit of the best trial, and two arms of equal budgets."""
    rows = [*_designs(widths, seeds, q), *_rates(widths, seeds), *_search(), *_refit(seeds), *_matched(seeds)]
    table = pd.DataFrame(rows, columns=[*KEYS, *SETTINGS, *OUTCOME]).sort_values(KEYS, ignore_index=True)
    table.attrs = {"provenance": provenance(name, opened), "fields": _fields()}
    return table


def provenance(name: str, opened: tuple[str, ...]) -> dict:
    return {
        "name": name,
        "command": "dropstep run quick",
        "seed": 0,
        "data": {
            "name": "digits",
            "rows": 1797,
            "inputs": 64,
            "classes": 10,
            "fingerprint": "e8115d2c",
            "train": 300,
            "valid": 600,
            "test": 897,
            "label_noise": 0.2,
        },
        "versions": {"python": "3.11", "numpy": "2.4", "dropstep": "0.1.0"},
        "machine": "a processor",
        "config": {"seed": 0, "search": {"trials": TRIALS}},
        "search": _searched(opened),
    }


def _searched(opened: tuple[str, ...]) -> dict:
    joint = {field: field for field in opened}
    return {
        "sampler": "tpe",
        "window": 2,
        "trials": TRIALS,
        "open": {field: OPEN[field] for field in opened},
        "axes": {"joint": joint, **{arm: {"learning_rate": "learning_rate"} for arm in ("none", "dropout")}},
    }


def _fields() -> dict:
    return {column: {"unit": "units" if column == "width" else "", "meaning": column} for column in SETTINGS}


def _designs(widths, seeds, q):
    for width in widths:
        generator = np.random.default_rng(width)
        grid = keep_probs(width)
        strengths = np.geomspace(1e-5, 1, 33)
        level = generator.normal(0, 0.04, seeds)
        arms = {
            "none": ("keep_prob", np.ones(1), np.array([NONE_LOSS])),
            "dropout": ("keep_prob", grid, dropout_loss(stepped(grid, width, q))),
            "fixed_count": ("keep_prob", grid, dropout_loss(stepped(grid, width, 1))),
            "l2": ("l2", strengths, l2_loss(strengths)),
        }
        for arm, (field, points, mean) in arms.items():
            losses = mean[:, None] + level + generator.normal(0, 0.002, (points.size, seeds))
            if arm == "fixed_count":  # one count is one network, whatever keep_prob asked for it
                counts = np.round(points * width)
                losses = losses[np.searchsorted(counts, counts)]
            for point, of_seeds in enumerate(losses):
                for seed, loss in enumerate(of_seeds):
                    settings = {"width": width, field: points[point], "seed": seed}
                    outcome = {"valid_loss": loss, "train_loss": train_loss(settings)}
                    yield _network("design", arm, 1000 * width + point, seed, settings, outcome)


def train_loss(settings: dict) -> float:
    """Rises with strength, so that λ_eq(p) = 0.01 (1 − p)/p."""
    odds = (1 - settings.get("keep_prob", 1)) / settings.get("keep_prob", 1)
    return float(1 + np.tanh(np.log10(settings.get("l2", 0) + 0.01 * odds + 1e-7) / 3 + 1))


def _rates(widths, seeds):
    """At both learning rates the same strength is best: nothing is lost by keeping it."""
    arms = {
        "none_rates": ("keep_prob", np.ones(1), lambda strength: NONE_LOSS),
        "dropout_rates": ("keep_prob", np.linspace(0.25, 0.95, 8), dropout_loss),
        "l2_rates": ("l2", np.geomspace(1e-4, 0.1, 7), l2_loss),
        "bn_none_rates": ("keep_prob", np.ones(1), lambda strength: NONE_LOSS - 0.05),
    }
    for arm, (field, strengths, loss) in arms.items():
        points = [(width, rate, strength) for width in widths for rate in (0.02, 0.1) for strength in strengths]
        for point, (width, rate, strength) in enumerate(points):
            for seed in range(seeds):
                settings = {"width": width, "learning_rate": rate, field: strength, "seed": seed}
                settings |= {"batch_norm": "before"} if arm.startswith("bn_") else {}
                found = float(loss(strength)) + 0.01 * seed
                yield _network("design", arm, point, seed, settings, {"valid_loss": found, "valid_error": found / 2})


def _matched(seeds):
    """Dropout gains 0.05 nat on every fresh seed beside an arm none, both with a learning rate that was searched."""
    for arm, keep_prob, loss in (("none", 1.0, 0.8), ("dropout", 0.6, 0.75)):
        for trial, rate in enumerate((0.05, 0.1)):
            settings = {"width": 32, "keep_prob": keep_prob, "learning_rate": rate, "seed": 100}
            yield _network("search", arm, trial, 0, settings, {"valid_loss": loss + 0.1 - 0.01 * trial})
        for replicate in range(seeds):
            settings |= {"seed": 500 + replicate}
            yield _network(
                "refit",
                arm,
                1,
                replicate,
                settings,
                {"valid_loss": loss, "test_loss": loss + 0.01 * replicate, "test_error": 0.2},
            )


def _search():
    generator = np.random.default_rng(1)
    for trial in range(TRIALS):
        settings = {
            "width": int(generator.integers(4, 64)),
            "keep_prob": generator.uniform(0.2, 1),
            "l2": 10 ** generator.uniform(-5, 0),
            "learning_rate": 0.05,
        }
        for replicate in range(2):
            diverged = trial == TRIALS - 1 and replicate == 1
            outcome = {
                "valid_loss": np.nan if diverged else 0.9 - 0.05 * trial + generator.normal(0, 0.01),
                "stopped": "diverged" if diverged else "completed",
            }
            yield _network("search", "joint", trial, replicate, {**settings, "seed": 100 + replicate}, outcome)


def _refit(seeds):
    generator = np.random.default_rng(2)
    for replicate in range(seeds):
        loss, error = 0.7 + generator.normal(0, 0.02), 0.14 + generator.normal(0, 0.01)
        outcome = {"valid_loss": loss, "test_loss": loss + 0.01 + generator.normal(0, 0.01), "test_error": error}
        yield _network("refit", "joint", 4, replicate, {"seed": 500 + replicate, "keep_prob": 0.8}, outcome)


def _network(stage, arm, trial, replicate, settings, outcome):
    keys = {"stage": stage, "arm": arm, "repeat": 0, "trial": trial, "replicate": replicate}
    return {**keys, **SETTINGS, **settings, **OUTCOME, **outcome}


def where(table: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """The chosen rows with the attrs of the whole."""
    chosen = table[rows]
    chosen.attrs = json.loads(json.dumps(table.attrs))
    return chosen
