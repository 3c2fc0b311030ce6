"""The answer over tables, in words for someone with a new one: from intervals, by the rules that claims are judged by."""

import pandas as pd

from reports.across.arms import TUNED
from reports.across.evidence import Evidence, Finding
from reports.across.questions import steps
from reports.across.summary import METRICS
from reports.judging import text

ADDED = ("early-stopping", "l2", "dropout", "both", "bn")
NAMES = {
    "early-stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout and L2 at once",
    "bn": "batch norm",
}


def answer(evidence: Evidence, summary: pd.DataFrame) -> list[str]:
    """Two sentences: what to do on a new table, and how far it carries."""
    smallest = min(steps(summary))
    return [_what_to_do(evidence, smallest), _how_far(evidence, smallest)]


def _what_to_do(evidence: Evidence, step: int) -> str:
    """What lowers loss and error in the mean, the largest gain first."""
    loss = sorted(_shown(evidence, "loss", step), key=lambda each: -each.pooled.value)
    error = {each.question.slug for each in _shown(evidence, "error", step)}
    tables = max((each.pooled.tables for each in evidence.findings if each.step == step), default=0)
    first = f"Tune the learning rate and the width first; on {tables} public tables with {step} training rows"
    if not loss:
        return f"{first} nothing that was added then is shown to lower the loss in the mean."
    named = [NAMES[each.question.slug] for each in loss]
    verb = "lower" if len(loss) > 1 or loss[0].question.slug == "both" else "lowers"
    both = [NAMES[each.question.slug] for each in loss if each.question.slug in error]
    also = f", {text.listed(both)} the error too" if both else ", none of them is shown to lower the error"
    return f"{first} {text.listed(named)} then {verb} the loss in the mean{also}."


def _shown(evidence: Evidence, metric: str, step: int) -> list[Finding]:
    """Those whose mean gain is shown to be above zero."""
    found = [evidence.of(slug, metric, step) for slug in ADDED]
    return [each for each in found if each is not None and each.pooled.low > 0]


def _how_far(evidence: Evidence, step: int) -> str:
    chosen = evidence.default
    loss, error = chosen.regret["loss"], chosen.regret["error"]
    costs = f"{text.quantity(loss.value, 'nat')} {text.interval(loss, 'nat')} and {text.quantity(error.value, 'points')} {text.interval(error, 'points')} of error"
    expected = _expected(evidence, step)
    return (
        f"If you tune one thing only, take {TUNED[chosen.arm]}: it costs {costs} against tuning everything{expected}."
    )


def _expected(evidence: Evidence, step: int) -> str:
    """What a new table may hold, of the largest mean gain."""
    found = [each for slug in ADDED if (each := evidence.of(slug, "loss", step)) is not None]
    if not found:
        return ""
    best = max(found, key=lambda each: each.pooled.value)
    least, most = (text.number(end, "nat") for end in (best.pooled.least, best.pooled.most))
    may = "and it may lose" if best.pooled.least < -METRICS["loss"][2] else "at worst next to nothing"
    return (
        f"; on a new table {NAMES[best.question.slug]} changes the loss by a gain between {least} and {most} nat, {may}"
    )
