"""The instruments at work: taken at the checkpoints and at the end of one training run."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nets.arrays import Array, arithmetic
from nets.probes.probe import Probe, Reading, Subject
from nets.probes.registry import PROBES
from nets.probes.specimen import probed
from nets.rows import Rows, chunks
from nets.stack import Stack


class Probing:
    """The probes that one stack asks for, and what they have read so far."""

    def __init__(self, stack: Stack, rows: Mapping[str, Rows], batch: int, steps: int) -> None:
        """``rows`` by part. Raises ``ValueError`` where there are too few validation rows."""
        names = stack.shape.probes
        self.probes = {name: PROBES[name] for name in names.split("+") if name != "none"}
        self.readings: dict[str, list[Reading]] = {name: [] for name, probe in self.probes.items() if probe.along}
        count = rows["valid"].count if "valid" in rows else 0
        if self.probes and count < 2:
            raise ValueError(f"probes look at 2 validation rows or more, got {count}: take probes='none'")
        self.networks = len(stack.hypers)
        if self.probes:
            batches = tuple(stop - start for start, stop in chunks(rows["train"].count, batch))
            train, valid = (probed(rows[part]) for part in ("train", "valid"))
            self.subject = partial(Subject, stack=stack, train=train, valid=valid, batches=batches, steps=steps)

    @arithmetic()
    def checkpoint(self, step: int, learning_rate: Array) -> None:
        """Reads the instruments that are read along the way, after ``step`` steps."""
        for name, readings in self.readings.items():
            reading = self.probes[name].take(self.subject(step=step, learning_rate=learning_rate))
            readings.append({"step": np.full(self.networks, step), **reading})

    @arithmetic()
    def end(self, step: int, learning_rate: Array) -> list[dict[str, Any]]:
        """For each network all that was measured, by "probe.quantity", as numbers and lists for JSON."""
        if not self.probes:
            return [{} for _ in range(self.networks)]
        subject = self.subject(step=step, learning_rate=learning_rate)
        read = {name: self._read(name, probe, subject) for name, probe in self.probes.items()}
        return [
            {
                f"{name}.{quantity}": plain(values[network])
                for name, reading in read.items()
                for quantity, values in reading.items()
            }
            for network in range(self.networks)
        ]

    def _read(self, name: str, probe: Probe, subject: Subject) -> Reading:
        return probe.summarise(self.readings[name]) if probe.along else probe.take(subject)


def plain(value: Any) -> Any:
    """Python's own numbers and lists, ``None`` for what is not finite."""
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
