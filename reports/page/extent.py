"""How much of a study is there: what of its plan was trained, and what became of the networks that did not complete."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.judging import text
from reports.judging.claim import Claim, Judgement

REASONS = {  # of ``stopped``, as the page calls them
    "diverged": "diverged",
    "pruned": "pruned",
    "crashed": "crashed",
    "out of memory": "out of memory",
    "out of time": "out of time",
}
MOST_ARMS = 15  # that the table of failures names


@dataclass(frozen=True, kw_only=True)
class Extent:
    """``unfinished`` says why the study is, empty where it is at its end; ``arms`` are designs that lack networks of the plan, ``planned`` all.

    ``scored`` is whether the best settings of all designs were trained on fresh seeds as far as planned.
    """

    networks: int
    of: int
    unfinished: str
    planned: frozenset[str]
    arms: frozenset[str]
    scored: bool
    lost: Mapping[str, int]

    @property
    def prefix(self) -> str:
        """What a headline begins with."""
        if not self.unfinished:
            return ""
        done = f"{self.networks:,}".replace(",", text.NARROW)
        return f"Unfinished ({done} of {text.count(self.of, 'network')}). "

    def awaits(self, judgement: Judgement, claims: Sequence[Claim]) -> bool:
        """Whether networks that the plan has for this claim are still to come."""
        if not self.unfinished:
            return False
        own = frozenset(judgement.claim.arms())
        if own & self.planned:
            return bool(own & self.arms)
        home = self.planned - {arm for claim in claims for arm in claim.arms()}
        return bool(home and (judgement.findings or not own) and (home & self.arms or not self.scored))


def extent(results: pd.DataFrame, record: Mapping[str, Any]) -> Extent:
    """``record`` is what the study says beside its rows; without one it is taken as finished."""
    planned: Mapping[str, int] = record.get("planned", {})
    designs: Mapping[str, int] = record.get("designs", {})
    done = results.loc[results["stage"] == "design", "arm"].value_counts()
    scored = int((results["stage"] == "score").sum())
    stopped = results.loc[results["stopped"] != "completed", "stopped"].value_counts()
    return Extent(
        networks=len(results),
        of=max(sum(planned.values()), len(results)),
        unfinished=str(record.get("unfinished", "")),
        planned=frozenset(designs),
        arms=frozenset(arm for arm, networks in designs.items() if done.get(arm, 0) < networks),
        scored=scored >= planned.get("score", 0),
        lost={name: int(stopped[name]) for name in _in_order(stopped.index)},
    )


def failures_by_arm(results: pd.DataFrame) -> list[tuple[str, ...]]:
    """A table: where networks were lost and how; its head first. Empty where none was."""
    lost = results[results["stopped"] != "completed"]
    if lost.empty:
        return []
    reasons = _in_order(lost["stopped"].unique())
    places = ["stage", "arm"]
    counts = lost.assign(networks=1).pivot_table("networks", places, "stopped", aggfunc="sum", fill_value=0)
    tried = results.groupby(places).size()
    order = counts.sum(axis=1).sort_values(ascending=False, kind="stable").index
    rows = [
        (f"{stage} {arm}", f"{tried[stage, arm]}", *(f"{counts.loc[(stage, arm), reason]}" for reason in reasons))
        for stage, arm in order[:MOST_ARMS]
    ]
    rest = order[MOST_ARMS:]
    if len(rest):
        sums = (f"{counts.loc[rest, reason].sum()}" for reason in reasons)
        rows.append((text.count(len(rest), "other arm"), f"{tried[rest].sum()}", *sums))
    return [("Where", "networks", *(REASONS.get(reason, reason) for reason in reasons)), *rows]


def _in_order(reasons: Collection[str]) -> list[str]:
    return sorted(reasons, key=lambda reason: list(REASONS).index(reason) if reason in REASONS else len(REASONS))
