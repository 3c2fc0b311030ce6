"""The targets of the project beside what was measured: ratios of CPU time in one run."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from nets import kernels
from tests.benchmarks import engine
from tests.benchmarks.accuracy import interval
from tests.benchmarks.trial import NETWORKS

OURS = "dropstep"
STACKED = {"W1": "dropstep K = 32", "W3": "dropstep K = 32"}  # elsewhere the fastest K counts
COLUMNS = ("against", "case", "target", "measured", "ours", "peer")
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
    ours: str = ""  # the stack that is asked for, where it is not the usual one

    @property
    def limit(self) -> float:
        return self.limits[kernels.NAME]

    @property
    def bound(self) -> str:
        return "≤" if self.against == "floor" else "≥"

    @property
    def case(self) -> str:
        return f"{self.workload} {self.variant} {self.optimiser}"


def ours_in(case: pd.DataFrame, workload: str, asked: str = "") -> pd.Series:
    """Our row of one case: the stack asked for, the usual one of the workload, or the fastest; empty if none was run."""
    mine = case[case.competitor.str.startswith(OURS) & case.microseconds.notna()]
    usual = mine[mine.competitor == (asked or STACKED.get(workload, ""))]
    return fastest(usual if len(usual) or asked else mine)


def fastest(rows: pd.DataFrame) -> pd.Series:
    """The row with the least time; empty where there is none."""
    timed = rows[rows.microseconds.notna()]
    return timed.loc[timed.microseconds.idxmin()] if len(timed) else pd.Series(dtype=object)


def judged(steps: pd.DataFrame) -> pd.DataFrame:
    """A row for each target on a training step: what was asked, what was measured, and whether it is met."""
    return pd.DataFrame([_judged(target, steps) for target in STEP_TARGETS])


def _judged(target: Target, steps: pd.DataFrame) -> dict[str, str]:
    chosen = (steps.workload == target.workload) & (steps.variant == target.variant)
    case = steps[chosen & (steps.optimiser == target.optimiser)]
    ours = ours_in(case, target.workload, target.ours)
    names = case.competitor
    peers = (
        case[names == f"floor K = {ours.get('networks')}"]
        if target.against == "floor"
        else case[names.str.startswith(target.against)]
    )
    peer = fastest(peers)
    row = {"against": target.against, "case": target.case, "target": f"{target.bound} {target.limit:g}"}
    if ours.empty or peer.empty:
        return {**NOTHING, **row}
    ratio = peer.microseconds / ours.microseconds
    if target.against == "floor":
        ratio = 1 / ratio
    return {
        **row,
        "measured": f"{ratio:.3f}",
        "ours": f"{ours.competitor.removeprefix(OURS).strip()}, {ours.microseconds:.1f} µs",
        "peer": f"{peer.competitor}, {peer.microseconds:.1f} µs",
        "verdict": verdict(target.bound, ratio, target.limit),
    }


def judged_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The same for whole trials, on medians over rounds."""
    seconds = trials.groupby("competitor").seconds.median()
    ours = seconds[f"{OURS} K = {NETWORKS}"]
    rows = []
    for name, limit in TRIAL_TARGETS.items():
        row = {**NOTHING, "against": name, "case": "whole trial", "target": f"≥ {limit:g}"}
        if name in seconds:
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
    row = {"against": "one process", "case": "two processes", "target": "≥ 1.8", "measured": f"{ratio:.3f}"}
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
        row = {"against": engine.PEER, "case": f"trials of 10 ms, {sampler}", "target": "≥ 3"}
        rows.append({**row, "measured": f"{ratio:.3f}", "ours": ours, "peer": peer, "verdict": verdict("≥", ratio, 3)})
    return pd.DataFrame(rows)


def judged_accuracy(accuracy: pd.DataFrame) -> pd.DataFrame:
    """Mean test accuracy of our best configuration; the peer's beside it."""
    ours, peer = (interval(accuracy[accuracy.library == name].accuracy)[0] for name in (OURS, "scikit-learn"))
    row = {"against": "tuned accuracy", "case": "plain digits", "target": "≥ 0.975", "measured": f"{ours:.4f}"}
    return pd.DataFrame(
        [{**row, "ours": "", "peer": f"scikit-learn, {peer:.4f}", "verdict": verdict("≥", ours, 0.975)}]
    )


def verdict(bound: str, value: float, limit: float) -> str:
    """As measured, before any rounding."""
    return "met" if BOUNDS[bound](value, limit) else "**not met**"


STEP_TARGETS = (
    Target("floor", "W1", {"numpy": 2.7, "numba": 1.8}),
    Target("floor", "W2", {"numpy": 2.2, "numba": 1.6}),
    Target("floor", "W3", {"numpy": 2.7, "numba": 1.8}),
    Target("floor", "W4", {"numpy": 1.6, "numba": 1.25}),
    Target("floor", "W4", {"numpy": 1.25, "numba": 1.25}, optimiser="sgd"),
    Target("floor", "W1", {"numpy": 5, "numba": 2.7}, "+all"),
    Target("floor", "W2", {"numpy": 4.5, "numba": 2.5}, "+all"),
    Target("floor", "W3", {"numpy": 4.2, "numba": 2.4}, "+all"),
    Target("floor", "W4", {"numpy": 1.8, "numba": 1.4}, "+all"),
    Target("scikit-learn", "W1", {"numpy": 17, "numba": 25}),
    Target("scikit-learn", "W1", {"numpy": 7, "numba": 7}, ours="dropstep K = 1"),
    Target("scikit-learn", "W2", {"numpy": 4.2, "numba": 6}),
    Target("scikit-learn", "W3", {"numpy": 24, "numba": 35}),
    Target("scikit-learn", "W4", {"numpy": 2.2, "numba": 2.8}),
    Target("PyTorch eager", "W1", {"numpy": 20, "numba": 30}),
    Target("PyTorch eager", "W2", {"numpy": 3.8, "numba": 5}),
    Target("PyTorch eager", "W3", {"numpy": 30, "numba": 48}),
    Target("PyTorch eager", "W4", {"numpy": 0.9, "numba": 1.05}),
    Target("torch.compile", "W1", {"numpy": 8, "numba": 12}),
    Target("torch.compile", "W2", {"numpy": 1.7, "numba": 2.2}),
    Target("JAX jit", "W1", {"numpy": 2, "numba": 3}),
    Target("JAX jit", "W2", {"numpy": 0.85, "numba": 1.15}),
    Target("JAX jit", "W3", {"numpy": 2.8, "numba": 4}),
    Target("JAX jit", "W4", {"numpy": 0.85, "numba": 1}),
    Target("JAX vmap", "W1", {"numpy": 1.2, "numba": 1.7}),
    Target("JAX vmap", "W2", {"numpy": 0.8, "numba": 1.1}),
    Target("JAX vmap", "W3", {"numpy": 1.5, "numba": 2.2}),
)

TRIAL_TARGETS = {"scikit-learn": 12, "PyTorch eager": 10, "JAX jit": 30, f"JAX vmap K = {NETWORKS}": 2.5}
