"""The contents of the page: its sections, and its claims by who asks and by verdict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.judging.claim import POSTS, Judgement
from reports.judging.overview import WORDS, all_tested
from reports.judging.verdict import Verdict


@dataclass(frozen=True)
class Shelf:
    """Claims that one asks: a post, by its number and title, or we."""

    name: str
    judgements: tuple[Judgement, ...]


def shelves(judgements: Sequence[Judgement]) -> list[Shelf]:
    """Those that are tested, by post, our own questions last."""
    asked: dict[str, list[Judgement]] = {}
    for judgement in all_tested(judgements):
        asked.setdefault(judgement.claim.origin, []).append(judgement)
    return [Shelf(_name(origin), tuple(each)) for origin, each in asked.items()]


def verdicts(judgements: Sequence[Judgement]) -> list[tuple[Verdict, int]]:
    """How many claims have which, for a filter."""
    counts = Counter(each.verdict for each in all_tested(judgements))
    return [(verdict, counts[verdict]) for verdict in WORDS if counts[verdict]]


def _name(origin: str) -> str:
    return f"Post {origin}, {POSTS[origin]}" if origin in POSTS else "Our own questions"
