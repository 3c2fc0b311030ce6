"""What a study will cost, told before it starts: its networks at speeds that were measured by width; nothing waits for it."""

from datetime import timedelta
from math import prod

from nets.hyper import Hyper
from nets.kernels import installed
from nets.train import stack_size
from study.asked.arms import Arm, extremes
from study.asked.config import Config
from study.asked.designs import Design
from study.data.tables import table
from study.told.tally import Tally

# Measured on one core of 2026's cloud machines, 64 inputs, batches of 50, one hidden layer: CPU time of a step
STACK = 84e-6  # s for a stack of any size
NETWORK = 5.6e-6  # s for each of its networks
FOREVER = 1e12  # s: as far as clocks count
UNIT = 0.47e-6  # s for each of their units
WEIGHT = 6e-9  # s for each of a unit's inputs beyond the 64
SPEED = {"numpy": 1.0, "compiled": 0.7}  # share of that time that training on these kernels takes


def forecast(config: Config, tally: Tally, workers: int) -> str:
    """A line: about how long what is left will take. Its order of magnitude is meant; no decision reads it."""
    whole = {
        "design": _designs(config),
        "score": _scores(config, tally),
        **{stage: _searches(config, tally, stage) for stage in config.replicates},
    }
    left = {
        stage: seconds * (1 - tally.done[stage] / tally.total[stage]) / workers * SPEED[config.kernels]
        for stage, seconds in whole.items()
        if tally.total[stage]
    }
    parts = ", ".join(f"{stage} {_rounded(seconds)}" for stage, seconds in left.items())
    line = f"about {_rounded(sum(left.values()))} with {workers} worker{'s'[: workers > 1]}: {parts}"
    faster = config.kernels == "numpy" and installed() and any(left.values())
    return f"{line}; --set kernels=compiled is faster" if faster else line


def _designs(config: Config) -> float:
    """Seconds on one core."""
    return sum(map(_design, config.designs))


def _design(design: Design) -> float:
    """Seconds on one core; every point is part of a full stack."""
    return sum(
        design.replicates * cost(hyper, stack_size(hyper.width), _inputs(task.data)) / stack_size(hyper.width)
        for task, hyper in ((task, Hyper(**settings, seed=0)) for task, settings in design.points())
    )


def _scores(config: Config, tally: Tally) -> float:
    """Seconds on one core, for networks like those of the designs."""
    networks = sum(design.replicates * design.size for design in config.scored)
    return sum(map(_design, config.scored)) / max(networks, 1) * tally.total["score"]


def _searches(config: Config, tally: Tally, stage: str) -> float:
    """Seconds on one core; every trial is a stack of its own."""
    stacks = tally.total[stage] / config.replicates[stage] / max(len(config.searches), 1)  # of each search
    inputs = _inputs(config.data.address)
    return stacks * sum(cost(_middle(arm), config.replicates[stage], inputs) for arm, _ in config.searches)


def _inputs(name: str) -> int:
    return table(name).shape[1]


def cost(hyper: Hyper, networks: int, inputs: int) -> float:
    """Seconds on one core for a stack."""
    steps = hyper.steps or 6 * hyper.epochs  # an epoch of a few hundred rows
    first = WEIGHT * max(inputs - 64, 0) * hyper.width
    return steps * (STACK + networks * (hyper.depth * (NETWORK + UNIT * hyper.width) + first))


def _middle(arm: Arm) -> Hyper:
    """The network in the middle of the arm's ranges, geometrically for the width."""
    settings = {field: extremes(opened)[0] for field, opened in arm.open.items()}
    if "width" in arm.open:
        bounds = [int(bound) for bound in extremes(arm.open["width"])]
        settings["width"] = round(prod(bounds) ** (1 / len(bounds)))
    return arm.hyper(settings, seed=0)


def _rounded(seconds: float) -> str:
    """To a second below a minute, else to a minute."""
    unit = 1 if seconds < 60 else 60
    return str(timedelta(seconds=round(min(seconds, FOREVER) / unit) * unit))
