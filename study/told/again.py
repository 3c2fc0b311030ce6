"""The lines of Python that train a recorded network again, outside of any study."""

from dataclasses import MISSING, fields
from typing import Any

from study.records import Network


def python_lines(network: Network, kernels: str) -> list[str]:
    """They print the losses that the ledger holds, to the last bit where versions and processor are the same."""
    return [
        "from nets import Hyper, train",
        "from study.data.splits import Task, load",
        "",
        f"hyper = {_spelled(network.hyper)}",
        f"data = load({_spelled(network.task)}, seeds=(hyper.seed,), with_test=True)",
        f"(outcome,) = train([hyper], data{'' if kernels == 'numpy' else f', kernels={kernels!r}'})",
        "print(outcome.valid_loss, outcome.test_loss)",
    ]


def _spelled(value: Any) -> str:
    """A dataclass as it is written, what has its default left out."""
    names = [
        f"{each.name}={getattr(value, each.name)!r}"
        for each in fields(value)
        if each.default is MISSING or getattr(value, each.name) != each.default
    ]
    return f"{type(value).__name__}({', '.join(names)})"
