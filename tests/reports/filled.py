"""Results tables of a claim's own designs, filled with plausible numbers: for what holds whatever the numbers are."""

import json
import tomllib
from functools import cache

import numpy as np
import pandas as pd
from synthetic import KEYS, provenance

from nets import Hyper
from nets.probes.registry import PROBES
from reports import CLAIMS
from reports.evidence.checked import plain
from study.asked.designs import DesignDefaults, read_design
from study.asked.source import Source
from study.asked.study_file import PRESETS

PRESET = tomllib.loads(PRESETS["claims"].read_text())
SEEDS = 3  # the fewest that leave one to choose, one to score and one to leave out
CHECKPOINTS = 3
GUESS = np.log(10)
DEEP = 4  # hidden layers that do not train without normalisation


def designs(claim, tables=()):
    """The designs of a claim as a study of the claims reads them, on further tables too."""
    source = Source(**PRESET["data"])
    return [
        read_design(name, settings, shared=PRESET["hyper"], source=source, stage=DesignDefaults(replicates=SEEDS))
        for name, settings in claim.arms(tables).items()
    ]


def filled_table(claim, seeds=SEEDS, tables=()):
    """Every network of the claim's designs; losses, curves and measures are random, the same at each call."""
    generator = np.random.default_rng(7)
    points = [
        (design.name, number, task, Hyper(**settings, seed=0))  # checked once, not for every seed: there are thousands
        for design in designs(claim, tables)
        for number, (task, settings) in enumerate(design.points())
    ]
    table = pd.DataFrame([_row(*point, seed, generator) for point in points for seed in range(seeds)])
    apart = table["arm"].str.partition("_")
    table = table.assign(design=apart[0], variant=apart[2])
    table.attrs = {"provenance": {**provenance("filled", ()), "search": None}, "fields": {}}
    return table


@cache
def own_table(networks):
    """Of the claims that share these networks, as reports take it: made once for all that asks."""
    return plain(filled_table(next(claim for claim in CLAIMS if claim.networks == networks)))


def diverged(table):
    """The same where every network diverged at once."""
    losses = [column for column in table.columns if column.endswith(("_loss", "_error"))]
    lost = table.assign(**dict.fromkeys(losses, np.nan), curve="[]", measures="{}", stopped="diverged")
    lost.attrs = table.attrs
    return lost


def _row(arm, number, task, hyper, seed, generator):
    loss = generator.uniform(0.1, 0.9)
    curve = [[epoch, float(GUESS + (loss - GUESS) * epoch / 20)] for epoch in range(1, 21)]
    keys = dict.fromkeys(KEYS, 0) | {"stage": "design", "arm": arm, "trial": number, "replicate": seed}
    outcome = {
        "stopped": "completed",
        "epochs_run": 20,
        "train_error": loss / 8 if hyper.depth < DEEP or hyper.batch_norm != "none" else 0.9,
        "valid_loss": loss,
        "valid_error": loss / 4,
        "test_loss": np.nan,
        "test_error": np.nan,
        "curve": json.dumps(curve),
        "measures": json.dumps(_measures(hyper, generator)),
        "seconds": 0.1,
    }
    return {**keys, **vars(task), **vars(hyper), "seed": seed, **outcome}


def _measures(hyper, generator):
    """A number wherever a probe declares one."""
    lengths = {
        "checkpoints": CHECKPOINTS,
        "intervals": CHECKPOINTS - 1,
        "layers": hyper.depth,
        "doses": 4,
        "counts": 8,
        "rows": 6,
    }
    lengths |= {"all layers": hyper.depth + 1, "kept units": hyper.width + 1}
    names = [] if hyper.probes == "none" else hyper.probes.split("+")
    return {
        f"{name}.{quantity}": generator.uniform(
            0.1, 0.9, [lengths[axis] for axis in measure.axes.split(" × ") if axis]
        ).tolist()
        for name in names
        for quantity, measure in PROBES[name].measures.items()
    }
