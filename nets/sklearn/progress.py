"""When training ends and how its learning rate falls, by scikit-learn's rules."""

from dataclasses import dataclass, field

import numpy as np

from nets.fold import fold, mean_log_probabilities
from nets.sklearn.fitting import Examples, Fitting

LOWEST_RATE = 1e-6  # from here on the adaptive learning rate ends training, as scikit-learn's does


@dataclass(frozen=True, kw_only=True)
class Course:
    """What one call is to do, in the parameters of scikit-learn's ``MLPClassifier``."""

    max_iter: int
    tol: float
    n_iter_no_change: float
    learning_rate: str
    learning_rate_init: float
    power_t: float
    verbose: bool


@dataclass
class Progress:
    """What one call has done: the ``losses`` of its epochs and, where rows were held out, the ``scores``."""

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    settled: bool = False  # within max_iter epochs


class Plateau:
    """Counts epochs that did not improve the lowest value by ``tol``; exhausted above ``epochs`` of them."""

    def __init__(self, tol: float, epochs: float) -> None:
        self.tol, self.epochs = tol, epochs
        self.best = np.inf
        self.waited = 0

    def take(self, value: float) -> bool:
        """True where ``value`` is the lowest so far."""
        worse = value > self.best - self.tol or np.isnan(value)
        self.waited = self.waited + 1 if worse else 0
        lowest = value < self.best
        self.best = min(self.best, value)
        return lowest

    @property
    def exhausted(self) -> bool:
        return self.waited > self.epochs


def follow(course: Course, fitting: Fitting, held_out: Examples | None, *, seen: int) -> Progress:
    """Trains until patience or ``max_iter`` ends; ``seen`` counts the rows of earlier calls.

    The last weights stay, or with rows held out those that scored best on them.
    """
    progress, best = Progress(), None
    patience = Plateau(course.tol, course.n_iter_no_change)
    rate = course.learning_rate_init
    while not progress.settled and len(progress.losses) < course.max_iter:
        if course.learning_rate == "invscaling":
            rate = course.learning_rate_init / (seen + 1) ** course.power_t
        _epoch(course, fitting, progress, rate)
        seen += fitting.rows.count
        if held_out is None:
            patience.take(progress.losses[-1])
        elif patience.take(-_score(fitting, progress, held_out)):
            best = fitting.snapshot()
        if patience.exhausted and course.learning_rate == "adaptive" and rate > LOWEST_RATE:
            rate, patience.waited = rate / 5, 0
        progress.settled = patience.exhausted
    if best is not None:
        fitting.restore(best, optimiser=False)
    return progress


def _epoch(course: Course, fitting: Fitting, progress: Progress, rate: float) -> None:
    progress.losses.append(float(fitting.epoch(rate).mean()))
    if course.verbose:
        print(f"Iteration {len(progress.losses)}, loss = {progress.losses[-1]:.8f}")  # noqa: T201 - as asked for


def _score(fitting: Fitting, progress: Progress, held_out: Examples) -> float:
    """Accuracy of the average prediction on the rows held out."""
    predicted = mean_log_probabilities(fold(fitting.stack), held_out.x).argmax(axis=1)
    progress.scores.append(float(np.average(predicted == held_out.y, weights=held_out.weight)))
    return progress.scores[-1]
