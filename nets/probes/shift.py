"""Inputs that changed after training: what they cost, and whether new moments help (claims D7, B9)."""

from collections.abc import Callable
from copy import copy

import numpy as np

from nets.arrays import Array
from nets.probes.probe import Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, scores, specimen
from nets.rows import Rows
from nets.streams import stream

Change = Callable[[Array, float], Array]


def contrast(x: Array, dose: float) -> Array:
    """``x`` is (splits, rows, inputs), centred on the training rows."""
    return dose * x


def brightness(x: Array, dose: float) -> Array:
    return x + dose


def missing(x: Array, dose: float) -> Array:
    """The inputs missing at a larger dose hold those of a smaller; all splits lose the same places."""
    return x * (stream(0, "missing inputs").random(x.shape[1:]) >= dose)


CHANGES: dict[str, tuple[Change, tuple[float, ...]]] = {
    "contrast": (contrast, (0.25, 0.5, 2, 4)),
    "brightness": (brightness, (-0.3, -0.1, 0.1, 0.3)),
    "missing": (missing, (0.1, 0.25, 0.5)),
}


def take(subject: Subject) -> Reading:
    """On the validation rows, without noise; ``adapted`` normalises by the moments of the changed rows themselves."""
    reading: dict[str, Array] = {}
    for name, (change, doses) in CHANGES.items():
        reading[f"{name}_dose"] = np.tile(np.array(doses), (len(subject.stack.hypers), 1))
        changed = [_changed(subject.valid, change, dose) for dose in doses]
        for suffix, training in (("", False), ("_adapted", True)):
            taken = [scores(*loaded(specimen(subject.stack, noise=None), rows), training=training) for rows in changed]
            loss, error = np.stack(taken, axis=2)
            reading |= {f"{name}_loss{suffix}": loss, f"{name}_error{suffix}": error}
    return reading


def _changed(rows: Rows, change: Change, dose: float) -> Rows:
    changed = copy(rows)
    changed.table = rows.table.copy()
    inputs = rows.table[:, :-1]
    changed.table[:, :-1] = change(inputs.reshape(-1, rows.count, inputs.shape[1]), dose).reshape(inputs.shape)
    return changed


MEANINGS = {
    "contrast": "every input times the dose",
    "brightness": "the dose added to every input",
    "missing": "that share of the inputs, drawn for each row, set to 0",
}
PROBE = Probe(
    {f"{name}_dose": Measure("doses", "", meaning) for name, meaning in MEANINGS.items()}
    | {
        f"{name}_{score}{suffix}": Measure("doses", unit, f"{score} of the rows so changed{moments}")
        for name, meaning in MEANINGS.items()
        for suffix, moments in (("", ""), ("_adapted", "; normalised by these rows' own moments"))
        for score, unit in (("loss", "nats"), ("error", "share"))
    },
    take,
)
