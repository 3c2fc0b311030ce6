"""CPU time of competitors that take turns, so that a disturbance of the machine meets them all."""

from collections.abc import Callable, Mapping
from functools import partial
from time import process_time

from tests.benchmarks.competitor import Training


def interleaved(trainings: Mapping[str, Training], *, rounds: int, epochs: int) -> dict[str, list[float]]:
    """CPU seconds of ``epochs`` epochs, by competitor and round.

    Each turn begins with an untimed epoch: compilers finish, caches fill, and pages that the system took back in the
    meantime return (they made a turn of W4 up to 8 times slower).
    """
    seconds: dict[str, list[float]] = {name: [] for name in trainings}
    for _ in range(rounds):
        for name, training in trainings.items():
            training.epoch()
            seconds[name].append(cpu_seconds(partial(train, training, epochs)))
    return seconds


def train(training: Training, epochs: int) -> None:
    for _ in range(epochs):
        training.epoch()


def cpu_seconds(action: Callable[[], object]) -> float:
    """CPU seconds of this process, all its threads together."""
    start = process_time()
    action()
    return process_time() - start
