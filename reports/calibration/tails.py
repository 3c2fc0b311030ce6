"""Noise of spread one, with normal tails or with heavy ones: Student's t with three degrees of freedom."""

import numpy as np

from reports.judging.intervals import Numbers

HEAVY = 3  # degrees of freedom


def spread_one(generator: np.random.Generator, tails: str, shape: tuple[int, ...]) -> Numbers:
    """``tails`` is a key of ``TAILS``."""
    return TAILS[tails](generator, shape)


def _normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    return np.asarray(generator.standard_normal(shape), float)


def _heavy(generator: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    return np.asarray(generator.standard_t(HEAVY, shape) / np.sqrt(HEAVY / (HEAVY - 2)), float)


TAILS = {"normal": _normal, "heavy": _heavy}
