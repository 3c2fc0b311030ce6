"""The targets of the project beside what was measured: ratios of CPU time in one run."""

import itertools
import operator
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tests.benchmarks import engine
from tests.benchmarks.accuracy import interval
from tests.benchmarks.trial import NETWORKS

OURS = {"numpy": "dropstep K", "compiled": "compiled dropstep K"}  # what our competitors' names begin with, by kernels
STACKED = {"W1": " = 32", "W3": " = 32"}  # elsewhere the fastest K counts
COLUMNS = ("kernels", "against", "case", "target", "measured", "at the floor", "ours", "peer")
NOTHING = {**dict.fromkeys(COLUMNS, "–"), "verdict": "not measured"}
BOUNDS = {"≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True)
class Target:
    """Peer's time over ours at least the limit; against the floor, ours over the floor's at the same K at most."""

    against: str  # the competitor, or what its variants with various K begin with: the fastest counts
    workload: str
    limits: Mapping[str, float]  # by the kernels that ours runs on
    variant: str = "plain"
    optimiser: str = "adam"
    ours: str = ""  # the stack that is asked for, " = K", where it is not the usual one

    @property
    def bound(self) -> str:
        return "≤" if self.against == "floor" else "≥"

    @property
    def case(self) -> str:
        return f"{self.workload} {self.variant} {self.optimiser}"


def ours_in(case: pd.DataFrame, workload: str, kernels: str = "numpy", asked: str = "") -> pd.Series:
    """Our row of one case: the stack asked for, the usual one of the workload, or the fastest; empty if none was run."""
    mine = case[case.competitor.str.startswith(OURS[kernels]) & case.microseconds.notna()]
    usual = mine[mine.competitor == OURS[kernels] + (asked or STACKED.get(workload, ""))]
    return fastest(usual if len(usual) or asked else mine)


def fastest(rows: pd.DataFrame) -> pd.Series:
    """The row with the least time; empty where there is none."""
    timed = rows[rows.microseconds.notna()]
    return timed.loc[timed.microseconds.idxmin()] if len(timed) else pd.Series(dtype=object)


def judged(steps: pd.DataFrame) -> pd.DataFrame:
    """A row for each target on a training step: what was asked, what was measured, and whether it is met."""
    return pd.DataFrame(
        [_judged(target, kernels, steps) for kernels in OURS for target in STEP_TARGETS if kernels in target.limits]
    )


def _judged(target: Target, kernels: str, steps: pd.DataFrame) -> dict[str, str]:
    chosen = (steps.workload == target.workload) & (steps.variant == target.variant)
    case = steps[chosen & (steps.optimiser == target.optimiser)]
    ours, limit = ours_in(case, target.workload, kernels, target.ours), target.limits[kernels]
    names = case.competitor
    floor = fastest(case[names == f"floor K = {ours.get('networks')}"])
    peer = floor if target.against == "floor" else fastest(case[names.str.startswith(target.against)])
    row = {"against": target.against, "case": target.case, "target": f"{target.bound} {limit:g}", "kernels": kernels}
    if ours.empty or peer.empty:
        return {**NOTHING, **row}
    ratio = peer.microseconds / ours.microseconds
    if target.against == "floor":
        ratio = 1 / ratio
    return {
        **row,
        "measured": f"{ratio:.3f}",
        "at the floor": "–" if floor.empty or peer is floor else f"{peer.microseconds / floor.microseconds:.2f}",
        "ours": f"K = {ours.networks}, {ours.microseconds:.1f} µs",
        "peer": f"{peer.competitor}, {peer.microseconds:.1f} µs",
        "verdict": verdict(target.bound, ratio, limit),
    }


def judged_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The same for whole trials, on medians over rounds."""
    seconds = trials.groupby("competitor").seconds.median()
    rows = []
    for kernels, (name, limit) in itertools.product(OURS, TRIAL_TARGETS.items()):
        row = {**NOTHING, "kernels": kernels, "against": name, "case": "whole trial", "target": f"≥ {limit:g}"}
        ours = seconds.get(f"{OURS[kernels]} = {NETWORKS}")
        if name in seconds and ours:
            ratio = seconds[name] / ours
            row |= {"measured": f"{ratio:.3f}", "ours": f"{ours:.3f} s", "peer": f"{seconds[name]:.3f} s"}
            row["verdict"] = verdict("≥", ratio, limit)
        rows.append(row)
    return pd.DataFrame(rows)


def judged_processes(processes: pd.DataFrame) -> pd.DataFrame:
    """Throughput of two processes over that of one, median over rounds."""
    wide = processes.pivot_table(index="round", columns="processes", values="throughput", aggfunc="sum")
    ratio = float((wide[2] / wide[1]).median())
    share = processes.groupby("processes").share.median()
    throughput = wide.median()
    row = {
        "kernels": "numpy",
        "against": "one process",
        "case": "two processes",
        "target": "≥ 1.8",
        "measured": f"{ratio:.3f}",
    }
    described = {
        name: f"{throughput[count]:,.0f} steps/s, {share[count]:.0%} of a core each"
        for name, count in (("ours", 2), ("peer", 1))
    }
    return pd.DataFrame([{**row, **described, "verdict": verdict("≥", ratio, 1.8)}])


def judged_engine(rates: pd.DataFrame) -> pd.DataFrame:
    """Trials a second of the pool over those of Optuna's own loop, median over rounds."""
    rows = []
    for sampler in engine.SAMPLERS:
        wide = rates[rates.work == sampler].pivot_table(index="round", columns="loop", values="rate")
        ratio = float((wide["pool"] / wide[engine.PEER]).median())
        ours, peer = (f"{wide[name].median():.0f} trials/s" for name in ("pool", engine.PEER))
        row = {"kernels": "–", "against": engine.PEER, "case": f"trials of 10 ms, {sampler}", "target": "≥ 3"}
        rows.append({**row, "measured": f"{ratio:.3f}", "ours": ours, "peer": peer, "verdict": verdict("≥", ratio, 3)})
    return pd.DataFrame(rows)


def judged_accuracy(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Mean test accuracy of our best configuration; the peer's beside it."""
    ours, peer = (interval(accuracy[accuracy.library == name].accuracy)[0] for name in ("dropstep", "scikit-learn"))
    row = {
        "kernels": "numpy",
        "against": "tuned accuracy",
        "case": "plain digits",
        "target": "≥ 0.975",
        "measured": f"{ours:.4f}",
    }
    return pd.DataFrame(
        [{**row, "ours": "", "peer": f"scikit-learn, {peer:.4f}", "verdict": verdict("≥", ours, 0.975)}]
    )


def verdict(bound: str, value: float, limit: float) -> str:
    """As measured, before any rounding."""
    return "met" if BOUNDS[bound](value, limit) else "**not met**"


def _targets(
    against: str, numpy: Mapping[str, float], compiled: Mapping[str, float], **named: str
) -> tuple[Target, ...]:
    """Limits by workload, for NumPy's step and the compiled one."""
    names = dict.fromkeys([*numpy, *compiled])
    limits = {"numpy": numpy, "compiled": compiled}
    return tuple(
        Target(against, workload, {kind: each[workload] for kind, each in limits.items() if workload in each}, **named)
        for workload in names
    )


ALL = {"variant": "+all"}
STEP_TARGETS = (
    *_targets("floor", {"W1": 2.7, "W2": 2.2, "W3": 2.7, "W4": 1.6}, {"W1": 1.8, "W2": 1.1, "W3": 2.9, "W4": 1.05}),
    *_targets("floor", {"W4": 1.25}, {"W4": 1.05}, optimiser="sgd"),
    *_targets("floor", {"W1": 5, "W2": 4.5, "W3": 4.2, "W4": 1.8}, {"W1": 2, "W2": 1.2, "W3": 3.3, "W4": 1.15}, **ALL),
    *_targets("scikit-learn", {"W1": 17, "W2": 4.2, "W3": 24, "W4": 2.2}, {"W1": 33, "W2": 8, "W3": 45, "W4": 2.4}),
    *_targets("scikit-learn", {"W1": 7}, {"W1": 7}, ours=" = 1"),
    *_targets("PyTorch eager", {"W1": 20, "W2": 3.8, "W3": 30, "W4": 0.9}, {"W1": 40, "W2": 7.3, "W3": 55, "W4": 2.7}),
    *_targets("PyTorch eager", {}, {"W1": 65, "W2": 12, "W3": 85, "W4": 3.2}, **ALL),
    *_targets("torch.compile", {"W1": 8, "W2": 1.7}, {"W1": 12, "W2": 2.2}),
    *_targets("JAX jit", {"W1": 2, "W2": 0.85, "W3": 2.8, "W4": 0.85}, {"W1": 4, "W2": 1.9, "W3": 7, "W4": 1.2}),
    *_targets("JAX jit", {}, {"W1": 11, "W2": 3.3, "W3": 11, "W4": 1.4}, **ALL),
    *_targets("JAX vmap", {"W1": 1.2, "W2": 0.8, "W3": 1.5}, {"W1": 2.4, "W2": 1.5, "W3": 3.3}),
    *_targets("JAX vmap", {}, {"W1": 4.2, "W2": 2.7, "W3": 5}, **ALL),
)

TRIAL_TARGETS = {"scikit-learn": 12, "PyTorch eager": 10, "JAX jit": 30, f"JAX vmap K = {NETWORKS}": 2.5}
