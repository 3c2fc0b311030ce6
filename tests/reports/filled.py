"""Results tables of a claim's own designs, filled with plausible numbers: for what holds whatever the numbers are; and odd studies."""

import json
import tomllib
from functools import cache

import numpy as np
import pandas as pd
from synthetic import KEYS, dropout_loss, provenance, results_table

from nets import Hyper
from nets.probes.registry import PROBES
from reports import CLAIMS
from reports.evidence.checked import plain
from reports.staircase.counts import BY_COUNT
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


@cache
def patchy():
    """A study that lacks here and there what a claim asks for: an arm at a width, a control, a staircase, strengths enough, a network."""
    table = _uneven(results_table(widths=(4, 8, 12, 24), seeds=4))
    arm, width, trial = table["arm"], table["width"], table["trial"]
    smooth = dropout_loss(table["keep_prob"]) + 0.01 * table["seed"]
    losses = table["valid_loss"].mask((arm == "fixed_count") & (width == 4), smooth)
    lost = (arm == "dropout") & (width == 8) & (trial % 1000 == 3) & (table["seed"] == 2)
    absent = arm.isin(["dropout", "dropout_rates"]) & (width == 24)
    absent |= (arm == "fixed_count") & (width == 12)
    absent |= (arm == "l2") & (width == 4) & (trial % 5 > 0)
    by_count = {units: [0.6 + 0.4 * (kept / units - 0.7) ** 2 for kept in range(units + 1)] for units in (8, 24)}
    table = table.assign(
        valid_loss=losses.mask(lost),
        stopped=table["stopped"].mask(lost, "out of memory"),
        measures=width.map({units: json.dumps({BY_COUNT: losses}) for units, losses in by_count.items()}).fillna("{}"),
    )
    kept = table[(table["stage"] == "design") & ~absent]
    other = kept[(kept["arm"] == "fixed_count") & (kept["width"] == 24)].assign(arm="batch")
    return plain(pd.concat([kept, other], ignore_index=True))


@cache
def crossed():
    """A study that tried all strengths at a second learning rate at two of three widths, where it is better, and at a third at one."""
    table = _uneven(results_table(widths=(8, 12, 16), seeds=4))
    table = table[(table["stage"] == "design") & ~table["arm"].str.endswith("_rates")]
    better = table.assign(valid_loss=table["valid_loss"] - 0.05 - 0.02 * table["keep_prob"])
    more = [
        each[each["width"].isin(at)].assign(learning_rate=rate, trial=each["trial"] + 10**5 * place)
        for place, (each, rate, at) in enumerate(((better, 0.1, (8, 12)), (table, 0.02, (12,))), start=1)
    ]
    return plain(pd.concat([table, *more], ignore_index=True))


@cache
def edged():
    """A study whose best strengths lie at an end of what was tried, or nowhere: the weakest, the strongest, all alike."""
    table = _uneven(results_table(widths=(8, 12, 16), seeds=4))
    dropped, decayed = (table["arm"].str.startswith(arm) for arm in ("dropout", "l2"))
    losses = table["valid_loss"]
    for width, loss in {
        8: 0.8 + 0.3 * (1 - table["keep_prob"]),
        12: 0.4 + 0.3 * table["keep_prob"],
        16: 0.6 + 0 * losses,
    }.items():
        losses = losses.mask(dropped & (table["width"] == width), loss + 0.01 * table["seed"])
    for width, loss in {8: 0.3 - 0.05 * np.log10(table["l2"].clip(1e-6)), 16: 0.6 + 0 * losses}.items():
        losses = losses.mask(decayed & (table["width"] == width), loss + 0.01 * table["seed"])
    return plain(table.assign(valid_loss=losses)[table["stage"] == "design"])


def _uneven(table):
    """No two networks quite alike, and at the higher learning rate another strength is the best."""
    place = table["trial"] * 4 + table["seed"]
    moved = (table["learning_rate"] == 0.1) * (0.2 * table["keep_prob"] - 0.03 * np.log10(table["l2"].clip(1e-4)))
    made = table.assign(
        valid_loss=table["valid_loss"] + 0.003 * np.sin(17 * place) + moved,
        valid_error=table["valid_error"] + 0.005 * np.sin(13 * place),
    )
    made.attrs = table.attrs
    return made


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
