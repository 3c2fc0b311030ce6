"""When training ends and how its learning rate falls, by scikit-learn's rules."""

from dataclasses import dataclass, field

import numpy as np

from nets.arrays import Array
from nets.fold import fold
from nets.schedules import cosine
from nets.sklearn.examples import Examples
from nets.sklearn.fitting import Fitting, Snapshot
from nets.sklearn.predicting import accuracy

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
class Standing:
    """How far patience and the adaptive rate have come: calls of ``partial_fit`` go on with it."""

    best: float = np.inf  # the lowest loss so far, or the highest score with its sign changed
    waited: int = 0  # epochs since one improved on it by tol
    fallen: float = 1.0  # what the adaptive rate has been multiplied by

    def take(self, value: float, tol: float) -> bool:
        """True where ``value`` is the lowest so far."""
        worse = value > self.best - tol or np.isnan(value)
        self.waited = self.waited + 1 if worse else 0
        lowest = value < self.best
        self.best = min(self.best, value)
        return lowest


@dataclass
class Progress:
    """What one call has done: the ``losses`` of its epochs and, where rows were held out, the ``scores``."""

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    settled: bool = False  # within max_iter epochs
    interrupted: bool = False  # by Ctrl-C


class Pursuit:
    """A fitting that follows a course: the last weights stay, or with rows held out those that scored best on them."""

    def __init__(
        self, course: Course, fitting: Fitting, held_out: Examples | None, standing: Standing, *, seen: int
    ) -> None:
        """``seen`` counts the rows of earlier calls."""
        self.course, self.fitting, self.held_out = course, fitting, held_out
        self.standing, self.seen = standing, seen
        self.progress = Progress()
        self.best: Snapshot | None = None

    def begin_with_the_best(self) -> None:
        """Weights of an earlier fit are the best until others score higher on the rows held out now."""
        self.standing.best = -self._score()
        self.best = self.fitting.snapshot()

    def run(self) -> Progress:
        """Trains until patience, ``max_iter`` or Ctrl-C ends; what was trained until then is kept."""
        steps = self.fitting.optimiser.count
        try:
            while not self.progress.settled and len(self.progress.losses) < self.course.max_iter:
                self._epoch()
        except KeyboardInterrupt:
            if self.fitting.optimiser.count == steps:
                raise
            self.progress.interrupted = True
            if self.held_out is not None:  # an epoch that was not scored is not told of
                del self.progress.losses[len(self.progress.scores) :]
        if self.best is not None:
            self.fitting.restore(self.best, optimiser=False)
        self.fitting.check_finite(self.course.learning_rate_init)
        return self.progress

    def _epoch(self) -> None:
        progress, course = self.progress, self.course
        progress.losses.append(float(self.fitting.epoch(self._rates()).mean()))
        self.seen += self.fitting.count
        self._say(f"Iteration {len(progress.losses)}, loss = {progress.losses[-1]:.8f}")
        if self.held_out is None:
            self.standing.take(progress.losses[-1], course.tol)
        else:
            progress.scores.append(self._score())
            self._say(f"Validation score: {progress.scores[-1]:.6f}")
            if self.standing.take(-progress.scores[-1], course.tol):
                self.best = self.fitting.snapshot()
        if self.standing.waited > course.n_iter_no_change:
            self._lose_patience()

    def _rates(self) -> Array:
        """The learning rate of each batch of the epoch to come."""
        course, batches = self.course, len(self.fitting.batches)
        rates = np.full(batches, course.learning_rate_init)
        if course.learning_rate == "invscaling":
            rates /= (self.seen + 1) ** course.power_t
        elif course.learning_rate == "adaptive":
            rates *= self.standing.fallen
        elif course.learning_rate == "cosine":
            done = len(self.progress.losses) * batches
            rates *= [cosine((done + batch) / (course.max_iter * batches)) for batch in range(batches)]
        return rates

    def _lose_patience(self) -> None:
        course, standing = self.course, self.standing
        what = "Training loss" if self.held_out is None else "Validation score"
        why = f"{what} did not improve more than tol={course.tol:f} for {course.n_iter_no_change} consecutive epochs."
        if course.learning_rate == "adaptive" and course.learning_rate_init * standing.fallen > LOWEST_RATE:
            standing.fallen, standing.waited = standing.fallen / 5, 0
            self._say(f"{why} Setting learning rate to {course.learning_rate_init * standing.fallen:f}")
        else:
            self.progress.settled = True
            self._say(f"{why} Stopping.")

    def _score(self) -> float:
        """Accuracy of the average prediction on the rows held out."""
        assert self.held_out is not None
        return accuracy(fold(self.fitting.stack), self.held_out)

    def _say(self, text: str) -> None:
        if self.course.verbose:
            print(text)  # noqa: T201 - as asked for
