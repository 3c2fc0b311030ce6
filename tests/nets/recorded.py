"""What small networks of every kind came to in an earlier version: ``python tests/nets/recorded.py`` trains them anew.

Every stream of random numbers, every kind of layer and every instrument has a part in some of them. A new kind is
recorded when this is run.
"""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from linear_data import make_data

from nets import Data, Hyper, train
from nets.hyper import INSTRUMENTS, OneOf
from nets.outcome import Outcome

PATH = Path(__file__).parent / "recorded.json"
BASE = {"seed": 5, "width": 6, "depth": 2, "steps": 14, "batch_size": 8, "checkpoints": 3, "precision": "float64"}
ALL_ON = {
    "batch_norm": "before",
    "keep_prob": 0.7,
    "input_keep_prob": 0.9,
    "bn_noise": 0.2,
    "l1": 0.01,
    "l2": 0.02,
    "max_norm": 1.5,
    "warmup": 3,
    "init_gain": 1.5,
    "member": 2,
}
TOGETHER = {"nesterov": {"momentum": 0.8}, "adamw": {"weight_decay": 0.1}, "logit": {"classes": 2}}
DECIMALS = 9  # of a float64 after 14 steps: the last bits differ between processors


def cases() -> dict[str, dict[str, Any]]:
    """Every word of every field, beside defaults and beside all else that is on; and the instruments."""
    found: dict[str, dict[str, Any]] = {"defaults": {}, "all on": ALL_ON}
    for each in fields(Hyper):
        if isinstance(each.metadata["domain"], OneOf) and each.name != "precision":
            for word in each.metadata["domain"].words:
                found[f"{each.name} {word}"] = {**ALL_ON, each.name: word, **TOGETHER.get(word, {})}
    several = {"steps": 0, "epochs": 3, "width": 5}
    for norm in ("none", "before"):
        instruments = "+".join(INSTRUMENTS)
        found[f"instruments, normalised {norm}"] = {
            **several,
            "batch_norm": norm,
            "keep_prob": 0.8,
            "probes": instruments,
        }
    return found


def data(classes: int) -> Data:
    return make_data(rows=23, classes=classes, seeds=(4, 5), test=True)


def trained(settings: dict[str, Any]) -> dict[str, Any]:
    """As JSON holds it; of an instrument's numbers what they add up to, each by its place."""
    hyper = {name: value for name, value in settings.items() if name != "classes"}
    (outcome,) = train([Hyper(**{**BASE, **hyper})], data(settings.get("classes", 3)))
    return json.loads(json.dumps(_kept(outcome)))


def _kept(outcome: Outcome) -> dict[str, Any]:
    told = {name: _rounded(value) for name, value in vars(outcome).items() if name not in ("curve", "measures")}
    measures = {name: _sum(value) for name, value in sorted(outcome.measures.items())}
    return {**told, "curve": [[epoch, _rounded(loss)] for epoch, loss in outcome.curve], "measures": measures}


def _rounded(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value


def _sum(value: Any) -> Any:
    numbers = np.array(value, float).ravel()
    known = np.nan_to_num(numbers, posinf=0, neginf=0)
    return [numbers.size, float(f"{(known * np.arange(1, numbers.size + 1)).sum():.9g}")]


if __name__ == "__main__":
    lines = [
        f"{json.dumps(name)}: {json.dumps({'settings': each, 'outcome': trained(each)})}"
        for name, each in cases().items()
    ]
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
