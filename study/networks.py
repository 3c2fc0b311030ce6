"""The networks of each stage: which hyperparameters and which seed go under which key."""

from collections.abc import Mapping
from typing import Any

from nets.hyper import Hyper
from study.arms import Arm
from study.config import Config
from study.designs import Design
from study.ledger import Key

FRESH = 500  # the refit's seeds begin here; those of designs and searches are the same, and so paired


def design_networks(config: Config, design: Design) -> dict[Key, Hyper]:
    """Every point with every seed."""
    return {
        Key("design", design.name, number, replicate): Hyper(**point, seed=_seed(config, replicate))
        for number, point in enumerate(design.points())
        for replicate in range(config.design.replicates)
    }


def trial_networks(config: Config, arm: Arm, number: int, params: Mapping[str, Any]) -> dict[Key, Hyper]:
    """The replicates of a search trial."""
    return {
        Key("search", arm.name, number, replicate): arm.hyper(params, seed=_seed(config, replicate))
        for replicate in range(config.search.replicates)
    }


def refit_networks(config: Config, arm: Arm, number: int, params: Mapping[str, Any]) -> dict[Key, Hyper]:
    """The same trial on fresh seeds."""
    return {
        Key("refit", arm.name, number, replicate): arm.hyper(params, seed=_seed(config, FRESH + replicate))
        for replicate in range(config.refit.replicates)
    }


def _seed(config: Config, place: int) -> int:
    return 1000 * config.seed + place
