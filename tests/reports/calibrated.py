"""What the calibration declares, and what it plants: tables, arms and curves of one experiment of each kind, before anything is read."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sums import of_all

from reports.calibration import (
    equally_good,
    planted_claims,
    planted_contrasts,
    planted_effects,
    planted_others,
    planted_searches,
    planted_speeds,
    simulation,
    stored,
    tails,
    world,
)

DECLARING = {
    module.__name__: module
    for module in (
        *(world, simulation, stored, tails, equally_good, planted_claims, planted_contrasts),
        *(planted_effects, planted_others, planted_searches, planted_speeds),
    )
}
READ_BY = (
    "cost",
    "best_keep_probs",
    "gain_of_choosing",
    "gain_of",
)  # where other experiments hand over what they plant
TRUTH = 0.03


def calibrated(name: str) -> dict[str, Any]:
    """Of a table of the calibration what is planted for it; of a module its constants."""
    return planted(name) if name in PLANTED else declared(DECLARING[name])


def declared(module: ModuleType) -> dict[str, Any]:
    """Its own constants, in sums; of files the names."""
    own = re.findall(r"^[A-Z].*?(?==|: )", Path(str(module.__file__)).read_text(encoding="utf-8"), re.MULTILINE)
    constants = {name: getattr(module, name) for name in re.findall(r"\w+", " ".join(own)) if name.isupper()}
    return {name: of_all(value.name if isinstance(value, Path) else value) for name, value in constants.items()}


def planted(name: str) -> dict[str, Any]:
    """By the name of each kind of experiment, in sums."""
    return {kind: of_all(grown) for kind, grown in PLANTED[name]()}


def _responses() -> Iterator[tuple[str, Any]]:
    for (data, width), each in world.WORLDS.items():
        grid = world.grid(width)
        for q in simulation.PLANTED:
            yield f"{data}/{width}/{q}", [of_all(np.array(grid.strength)), world.losses(each, grid, 2, q, numbers())]


def _curves() -> Iterator[tuple[str, Any]]:
    """With the truth of fewer seeds than the committed ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planted_searches, "MANY", 100)
        for each in planted_searches.planted_searches():
            curve, truths = planted_searches.drawn(each, 2, numbers()), planted_searches.true_values(each)
            yield named(each), [curve, truths]


def _contrasts() -> Iterator[tuple[str, Any]]:
    for each in planted_contrasts.planted_contrasts():
        yield named(each), planted_contrasts.networks(each, 1)


def _speeds() -> Iterator[tuple[str, Any]]:
    for each in planted_speeds.planted_speeds():
        _, grow = planted_speeds.QUANTITIES[each.quantity]
        table = grow(each, TRUTH, 1, numbers())
        ends = np.array([json.loads(curve)[0] for curve in table.pop("curve")])
        yield named(each), [table, ends]


def _arms() -> Iterator[tuple[str, Any]]:
    for each in planted_effects.planted_effects():
        yield named(each), next(planted_effects.pairs(each, 1))


def _tables() -> Iterator[tuple[str, Any]]:
    yield "truths", {name: each.truths() for name, each in planted_claims.PLANTINGS.items()}
    for each in planted_claims.planted_claims():
        table = planted_claims.PLANTINGS[each.claim].rows(each.size, numbers())
        measured = table.pop("measures").dropna() if "measures" in table else []
        yield named(each), [table, np.array([json.loads(losses)["losses.valid"] for losses in measured])]


def _others() -> Iterator[tuple[str, Any]]:
    for each in planted_others.planted_others():
        handed: list[Any] = []
        with pytest.MonkeyPatch.context() as patch:
            for reader in READ_BY:
                patch.setattr(planted_others, reader, partial(_noting, handed, getattr(planted_others, reader)))
            planted_others.EXPERIMENTS[each.quantity](TRUTH, each.tails, numbers())
        yield named(each), handed


def _noting(handed: list[Any], reader: Callable[..., Any], *arguments: Any) -> Any:
    handed.append(arguments)
    return reader(*arguments)


def numbers() -> np.random.Generator:
    return np.random.default_rng(0)


def named(each: Any) -> str:
    return "/".join(map(str, vars(each).values()))


PLANTED: dict[str, Callable[[], Iterator[tuple[str, Any]]]] = {
    "index": _responses,
    "searches": _curves,
    "contrasts": _contrasts,
    "speeds": _speeds,
    "effects": _arms,
    "claims": _tables,
    "others": _others,
}
