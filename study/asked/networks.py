"""The networks of each stage: which task, hyperparameters and seed go under which key."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from nets.hyper import Hyper
from study.asked.arms import Arm
from study.asked.config import Config
from study.asked.designs import MOST_REPLICATES, Design
from study.data.splits import Task
from study.records import Key, Network, Networks

FRESH = MOST_REPLICATES  # where the seeds of scores and refits begin; those of designs and searches are the same, and so paired


def design_networks(config: Config, design: Design, place: int) -> Networks:
    """Every point on the source of data at ``place``, with every seed."""
    return {
        Key("design", design.name, 0, number, replicate): Network(
            design.tasks[place], Hyper(**settings, seed=_seed(config, replicate))
        )
        for number, settings in enumerate(design.settings(place), start=place * design.per_source)
        for replicate in range(design.replicates)
    }


def score_networks(config: Config, design: Design, numbers: Iterable[int]) -> Networks:
    """These points of a design on fresh seeds."""
    assert config.score
    points = design.points()
    return {
        Key("score", design.name, 0, number, replicate): Network(
            points[number][0], Hyper(**points[number][1], seed=_seed(config, FRESH + replicate))
        )
        for number in numbers
        for replicate in range(config.score.replicates)
    }


def trial_networks(config: Config, arm: Arm, repeat: int, number: int, params: Mapping[str, Any]) -> Networks:
    """The replicates of a search trial. Every search has the same seeds."""
    return _replicates(config, arm, Key("search", arm.name, repeat, number, 0), params)


def refit_networks(config: Config, arm: Arm, repeat: int, number: int, params: Mapping[str, Any]) -> Networks:
    """The same trial on fresh seeds."""
    return _replicates(config, arm, Key("refit", arm.name, repeat, number, 0), params, first=FRESH)


def refit_seeds(config: Config) -> list[int]:
    """Of the refit's networks."""
    return [_seed(config, FRESH + replicate) for replicate in range(config.replicates["refit"])]


def baseline_tasks(config: Config) -> list[Task]:
    """What other methods learn. Raises ``ValueError`` where a table is not there."""
    if config.refit:
        return [config.data.task]
    return list(dict.fromkeys(task for design in config.scored for task in design.tasks))


def baseline_seeds(config: Config) -> list[int]:
    """Of the refit's networks, or the score's first ones."""
    if config.refit:
        return refit_seeds(config)
    assert config.baselines
    assert config.score
    count = min(config.baselines.replicates or config.score.replicates, config.score.replicates)
    return [_seed(config, FRESH + replicate) for replicate in range(count)]


def _replicates(config: Config, arm: Arm, key: Key, params: Mapping[str, Any], *, first: int = 0) -> Networks:
    """``key`` is that of replicate 0."""
    return {
        replace(key, replicate=replicate): Network(
            config.data.task, arm.hyper(params, seed=_seed(config, first + replicate))
        )
        for replicate in range(config.replicates[key.stage])
    }


def _seed(config: Config, place: int) -> int:
    return 1000 * config.seed + place
