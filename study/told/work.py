"""The work of a study, done and left: its networks by what they cost, not by their number, for the dear ones may come first."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from nets.hyper import Hyper
from nets.train import stack_size
from study.asked.arms import Arm, extremes
from study.asked.config import Config
from study.asked.designs import Design
from study.data.tables import OwnRows, table
from study.records import Record
from study.told.costs import USUAL, cost
from study.told.tally import Tally

SPEED = {"numpy": 1.0, "compiled": 0.5}  # share of the time that training on these kernels takes


class Size(NamedTuple):
    """Of a table: its inputs, and its cells where they are prepared for each seed."""

    inputs: int
    prepared: int = 0


Sizes = Callable[[str], Size]  # of a table by its address


def usual(address: str) -> Size:
    """Where the table is not to be read: what all networks of a study have alike weighs little."""
    return Size(USUAL)


def counted(address: str) -> Size:
    """That of the table, which is read unless it is at hand."""
    whole = table(address)
    rows, inputs = whole.shape
    return Size(inputs, rows * inputs if isinstance(whole, OwnRows) and whole.shared is None else 0)


class Work:
    """In seconds on one core, of networks as they are costed and of ``baselines``; takes records as they arrive, in any order."""

    def __init__(
        self, config: Config, records: Sequence[Record], *, sizes: Sizes = usual, baselines: float = 0.0
    ) -> None:
        self.tally = Tally(config, records)
        self.baselines = baselines
        self._config, self._sizes = config, sizes
        designs = {design.name: self._design(design) for design in config.designs}
        self._whole = {stage: self._stage(stage, designs) for stage, networks in self.tally.total.items() if networks}
        self._done: defaultdict[str, float] = defaultdict(float)  # by stage
        self._weigh(records)

    def add(self, records: Sequence[Record]) -> None:
        self.tally.add(records)
        self._weigh(records)

    @property
    def done(self) -> float:
        """Of networks."""
        return sum(self._done.values())

    @property
    def left(self) -> dict[str, float]:
        """By stage, of networks those that have any, and of baselines."""
        return {**self._left, "baselines": self.baselines} if self._config.baselines else self._left

    @property
    def networks_left(self) -> float:
        """Of networks."""
        return sum(self._left.values())

    def weight(self, record: Record) -> float:
        """Of a network that was trained; designs and scores train in full stacks, a trial with its replicates."""
        hyper, stage = record.network.hyper, record.key.stage
        networks = self._config.replicates.get(stage) or stack_size(hyper.width)
        return self._seconds(hyper, networks, record.network.task.data)

    @property
    def _left(self) -> dict[str, float]:
        """Of designs exactly what their networks cost, elsewhere settings are still to come."""
        total, done = self.tally.total, self.tally.done
        return {
            stage: max(whole - self._done[stage], 0.0)
            if stage == "design"
            else whole * (1 - done[stage] / total[stage])
            for stage, whole in self._whole.items()
        }

    def _weigh(self, records: Sequence[Record]) -> None:
        for record in records:
            self._done[record.key.stage] += self.weight(record)

    def _seconds(self, hyper: Hyper, networks: int, address: str) -> float:
        return cost(hyper, networks, *self._sizes(address)) * SPEED[self._config.kernels]

    def _design(self, design: Design) -> float:
        return design.replicates * sum(
            self._seconds(hyper, stack_size(hyper.width), source.address)
            for place, source in enumerate(design.sources)
            for hyper in (Hyper(**settings, seed=0) for settings in design.settings(place))
        )

    def _stage(self, stage: str, designs: dict[str, float]) -> float:
        """Of a stage that has networks."""
        if stage == "design":
            return sum(designs.values())
        return self._scores(designs) if stage == "score" else self._searches(stage)

    def _scores(self, designs: dict[str, float]) -> float:
        """Of networks like those of the designs."""
        scored = self._config.scored
        networks = sum(design.replicates * design.size for design in scored)
        return sum(designs[design.name] for design in scored) / networks * self.tally.total["score"]

    def _searches(self, stage: str) -> float:
        """As if all settings were those in the middle of their ranges."""
        each = self.tally.total[stage] / len(self._config.searches)
        address, networks = self._config.data.address, self._config.replicates[stage]
        return each * sum(self._seconds(_middle(arm), networks, address) for arm, _ in self._config.searches)


def _middle(arm: Arm) -> Hyper:
    """The network in the middle of the arm's ranges, geometrically for the width."""
    settings = {field: extremes(opened)[0] for field, opened in arm.open.items()}
    if "width" in arm.open:
        bounds = [int(bound) for bound in extremes(arm.open["width"])]
        settings["width"] = round(prod(bounds) ** (1 / len(bounds)))
    return arm.hyper(settings, seed=0)
