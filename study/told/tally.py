"""How far a study is: networks and trials done of those to come, failures, and the best trial so far."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean

from study.asked.config import Config
from study.asked.designs import Design
from study.asked.scores import METRICS, chosen, groups
from study.kept.endings import stopped
from study.records import Record
from study.searched.ranking import Mean, mean_of, search_name, valid_losses


def networks_of(config: Config, records: Sequence[Record] = ()) -> dict[str, int]:
    """Networks in each stage. Until what is scored is chosen, as many as there may be: another setting for each metric."""
    by_design: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.key.stage == "design":
            by_design[record.key.arm].append(record)
    searched = {"search": config.search, "refit": config.refit}
    return {
        "design": sum(design.replicates * design.size for design in config.designs),
        "score": sum(_scored(config, design, by_design[design.name]) for design in config.scored),
        **{name: stage.trials * stage.replicates * len(config.searches) for name, stage in searched.items() if stage},
    }


def _scored(config: Config, design: Design, own: Sequence[Record]) -> int:
    """Of what is recorded of the design itself."""
    assert config.score
    if len(own) < design.replicates * design.size:
        return config.score.replicates * len(METRICS) * len(groups(design, config.score.held))
    return config.score.replicates * len(chosen(design, config.score.held, own))


class Tally:
    """Counts records as they arrive, in any order."""

    def __init__(self, config: Config, records: Sequence[Record]) -> None:
        self.total = networks_of(config, records)
        self.done: Counter[str] = Counter()
        self.failed: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by stage and reason
        self._best: tuple[str, int, list[float]] | None = None
        self._replicates = config.replicates.get("search")
        self._trials: defaultdict[tuple[str, int, int], list[Record]] = defaultdict(list)  # those begun
        self.add(records)

    def add(self, records: Sequence[Record]) -> None:
        for record in records:
            self.done[record.key.stage] += 1
            if record.outcome.stopped != "completed":
                self.failed[record.key.stage][record.outcome.stopped] += 1
            if record.key.stage == "search":
                self._add_to_trial(record)

    def _add_to_trial(self, record: Record) -> None:
        arm, repeat, number = record.key.arm, record.key.repeat, record.key.trial
        trial = self._trials[arm, repeat, number]
        trial.append(record)
        if len(trial) != self._replicates:
            return
        losses = valid_losses(self._trials.pop((arm, repeat, number)))
        if losses and (self._best is None or (fmean(losses), number) < (fmean(self._best[2]), self._best[1])):
            self._best = search_name(arm, repeat), number, losses

    @property
    def networks(self) -> tuple[int, int]:
        """Done and in all. A search with few complete trials has fewer to refit, so the first may stay below the second."""
        return sum(self.done.values()), sum(self.total.values())

    @property
    def best(self) -> tuple[str, int, Mean] | None:
        """The search, the number and the loss of the best trial."""
        return self._best and (*self._best[:2], mean_of(self._best[2]))

    @property
    def best_so_far(self) -> str:
        """The best trial's validation loss in nats; nothing where there is no search."""
        if self.best is None:
            return "no complete trial yet" if self.total.get("search") else ""
        search, number, mean = self.best
        return f"best {mean}, {search}, trial {number}"

    @property
    def stages(self) -> list[str]:
        """A line for each stage that has networks."""
        return [
            ", ".join([f"{stage:<7} {self.done[stage]}/{total} networks", *self._failures(stage)])
            for stage, total in self.total.items()
            if total
        ]

    def _failures(self, stage: str) -> list[str]:
        return [f"{count} {reason}" for reason, count in sorted(self.failed[stage].items())]


def summary(config: Config, records: Sequence[Record]) -> list[str]:
    """What there is, and the best trial."""
    tally = Tally(config, records)
    return [*tally.stages, f"valid   loss {tally.best_so_far}"] if config.arms else tally.stages


def by_search(config: Config, records: Sequence[Record]) -> list[str]:
    """Of each search what its refits scored, and why it ended."""
    lines = []
    errors: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for record in records:
        if record.key.stage == "refit" and record.outcome.test_error is not None:
            search = search_name(record.key.arm, record.key.repeat)
            errors[search, record.key.trial].append(record.outcome.test_error)
    lines += [
        f"test    error {mean_of(each)}, {search}, trial {trial}, refit on fresh seeds"
        for (search, trial), each in errors.items()
    ]
    return lines + [f"ended   {search}: {reason}" for search, reason in stopped(config, records).items()]
