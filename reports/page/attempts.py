"""Parts of a page, each made by itself: one that fails becomes a line with its reason and takes no other down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Failure:
    """Stands on the page in the place of what could not be made."""

    part: str
    reason: str

    def __str__(self) -> str:
        return f"{self.part} could not be made: {self.reason}"


class Attempts:
    """Makes the parts and keeps what failed."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []

    def made(self, part: str, make: Callable[[], T]) -> T | Failure:
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - what fails on a table nobody has seen cannot be named; it is told on the page
            failure = Failure(part, f"{type(error).__name__}: {' '.join(str(error).split())}")
            self.failures.append(failure)
            return failure

    def made_or(self, otherwise: U, part: str, make: Callable[[], T]) -> T | U:
        """The same, with something to go on with."""
        found = self.made(part, make)
        return otherwise if isinstance(found, Failure) else found
