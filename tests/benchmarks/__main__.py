"""``python -m tests.benchmarks``: measures, and writes RESULTS.md and growth.svg."""

import argparse
import itertools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from tests.benchmarks import accuracy, breakdown, engine, growth, processes, pruning, steps, trial, utilisation
from tests.benchmarks.competitors import absent, competitors
from tests.benchmarks.page import OPTIMISERS, Measured, page
from tests.benchmarks.scale import FULL, QUICK, Scale
from tests.benchmarks.workloads import VARIANTS, WORKLOADS

SLOW_COMPILERS = ("torch.compile",)
HERE = Path(__file__).parent
PARTIAL = Path("runs/benchmarks")  # a part of the table does not replace the whole
SLOWING = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)  # they tell BLAS of another processor: products take up to twice as long

Section = Callable[[argparse.Namespace, Scale], pd.DataFrame]


def main(arguments: Sequence[str]) -> None:
    """Parses the command line, measures, writes, and prints the page."""
    options = parser().parse_args(arguments)
    folder = PARTIAL if arguments else HERE
    folder.mkdir(parents=True, exist_ok=True)
    with threadpool_limits(1):
        for measured in measure(options, command=" ".join(["python -m tests.benchmarks", *arguments])):
            text = page(measured)
            (folder / "RESULTS.md").write_text(text, encoding="utf-8")
    if measured.growth is not None:
        growth.save(measured.growth, folder / "growth.svg")
    print(text)  # noqa: T201


def measure(options: argparse.Namespace, *, command: str) -> Iterator[Measured]:
    """What is known after each section: the minutes of one are not lost with the next."""
    scale = QUICK if options.quick else FULL
    frames: dict[str, pd.DataFrame | None] = dict.fromkeys(SECTIONS)
    for name in options.only:
        frames[name] = SECTIONS[name](options, scale)
        yield Measured(command=command, absent=absent(), **frames)


def parser() -> argparse.ArgumentParser:
    """Names outside the choices are refused with the choices."""
    found = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measure speed beside other libraries."
    )
    found.add_argument("--quick", action="store_true", help="less of everything: a few minutes")
    _add_names(found, "--only", SECTIONS, "sections to run", default=list(SECTIONS))
    _add_names(found, "--workloads", WORKLOADS, "workloads of the training step")
    _add_names(found, "--variants", VARIANTS, "variants of the training step")
    _add_names(found, "--optimisers", OPTIMISERS, "optimisers of the training step")
    _add_names(found, "--competitors", competitors(), "competitors of the training step")
    return found


def _add_names(
    to: argparse.ArgumentParser, flag: str, choices: Any, meaning: str, default: list[str] | None = None
) -> None:
    names = list(choices)
    to.add_argument(
        flag, nargs="+", choices=names, metavar="NAME", default=default, help=f"{meaning}: {', '.join(names)}"
    )


def _steps(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    chosen = itertools.product(
        options.workloads or scale.workloads, options.optimisers or scale.optimisers, options.variants or scale.variants
    )
    found = competitors()
    names = options.competitors or [name for name in found if scale.slow_compilers or name not in SLOW_COMPILERS]
    return steps.measure(list(chosen), {name: found[name] for name in names}, rounds=scale.step_rounds, say=say)


def _breakdown(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return breakdown.measure(epochs=scale.breakdown_epochs, say=say)


def _trials(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return trial.measure(competitors(), rounds=scale.trial_rounds, say=say)


def _processes(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return processes.measure(rounds=scale.process_rounds, window=scale.process_window, say=say)


def _accuracy(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return accuracy.measure(
        configurations=scale.configurations, seeds=scale.search_seeds, replicates=scale.replicates, say=say
    )


def _growth(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return growth.measure(rounds=scale.growth_rounds, every=scale.growth_every, say=say)


def _engine(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return engine.measure(rounds=scale.engine_rounds, trials=scale.engine_trials, tasks=scale.engine_tasks, say=say)


def _pruning(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return pruning.measure(searches=scale.pruned_searches, trials=scale.pruned_trials, say=say)


def _utilisation(options: argparse.Namespace, scale: Scale) -> pd.DataFrame:
    return utilisation.measure(workers=scale.pretend_workers, rounds=scale.pretend_rounds, say=say)


def say(line: str) -> None:
    """Progress goes to standard error, the page to standard output."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


SECTIONS: dict[str, Section] = {
    "steps": _steps,
    "breakdown": _breakdown,
    "trials": _trials,
    "processes": _processes,
    "accuracy": _accuracy,
    "engine": _engine,
    "growth": _growth,
    "pruning": _pruning,
    "utilisation": _utilisation,
}

if __name__ == "__main__":
    if set(SLOWING) & set(os.environ):  # BLAS has read them as it was loaded
        environment = {name: value for name, value in os.environ.items() if name not in SLOWING}
        os.execve(sys.executable, [sys.executable, "-m", "tests.benchmarks", *sys.argv[1:]], environment)
    main(sys.argv[1:])
