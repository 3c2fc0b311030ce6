"""Tables besides digits on which designs make sense, and how each is split; the study file says which of them a run takes."""

from collections.abc import Mapping
from typing import Any

from reports.judging.text import listed, table_name

Tables = Mapping[str, Mapping[str, Any]]

SMALL: Tables = {  # little data, so that regularisers have something to gain
    "breast_cancer": {"train": 100, "valid": 250},
    "wine": {"train": 60, "valid": 80},
    "mnist": {"train": 300, "valid": 300},  # probes run over these rows many times, and they are wide
    "mnist1d": {"train": 300, "valid": 600},
}
FULL_BATCH: Tables = {name: SMALL[name] for name in ("mnist", "mnist1d")}  # as many training rows as digits
DEEP: Tables = {  # what four hidden layers can learn; wine is too small for them
    "breast_cancer": {"train": 100, "valid": 250},
    "mnist": {"train": 600, "valid": 300},
    "mnist1d": {"train": 1000, "valid": 300},
}


def also(tables: Tables) -> str:
    """A sentence of a rule."""
    sizes = [f"{table_name(name)} ({sizes['train']:,} training rows)" for name, sizes in tables.items()]
    return f"Where a run has further tables each is judged alone: {listed(sizes)}."
