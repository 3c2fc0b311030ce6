"""On which terms a call is guarded."""

from collections.abc import Mapping
from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What one call may take: ``memory`` in MiB beyond what its process has already, ``time`` in seconds; ``None`` is without limit."""

    memory: int | None
    time: float | None


@dataclass(frozen=True)
class Terms:
    """``numerics`` is what decides bits in the process that asks: the one that trains must have the same."""

    limits: Limits
    numerics: Mapping[str, str]
