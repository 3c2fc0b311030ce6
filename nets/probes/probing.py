"""The instruments at work: taken at the checkpoints and at the end of one training run."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nets.arrays import arithmetic
from nets.probes import PROBES
from nets.probes.probe import Probe, Reading, Subject


class Probing:
    """The probes that one stack asks for, and what they have read so far."""

    def __init__(self, names: str) -> None:
        """``names`` is ``Hyper.probes``."""
        self.probes = {name: PROBES[name] for name in names.split("+") if name != "none"}
        self.readings: dict[str, list[Reading]] = {name: [] for name, probe in self.probes.items() if probe.along}

    @arithmetic()
    def checkpoint(self, subject: Subject) -> None:
        networks = len(subject.stack.hypers)
        for name, readings in self.readings.items():
            readings.append({"step": np.full(networks, subject.step), **self.probes[name].take(subject)})

    @arithmetic()
    def end(self, subject: Subject) -> list[dict[str, Any]]:
        """For each network all that was measured, by "probe.quantity", as numbers and lists for JSON."""
        read = {name: self._read(name, probe, subject) for name, probe in self.probes.items()}
        return [
            {
                f"{name}.{quantity}": plain(values[network])
                for name, reading in read.items()
                for quantity, values in reading.items()
            }
            for network in range(len(subject.stack.hypers))
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
