"""Findings as data: a row for each regime and metric of each claim, with all that the page says of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports.judging.claim import Judgement
from reports.judging.text import TIMES, sentence
from reports.judging.verdict import Finding

COLUMNS = {
    "claim": "slug of the claim",
    "origin": "number of the post that says it, or ours",
    "regime": "where it holds, within the table of data",
    "table": "the table of data, empty where the run has one alone",
    "metric": "what is compared: loss, error, …",
    "estimate": "the value; a ratio as such, not as its logarithm",
    "unit": "its unit",
    "low": "lower end of the 95% interval; −inf where the value is an upper bound",
    "high": "upper end; inf where the value is a lower bound",
    "n": "paired seeds",
    "verdict": "of this regime and metric, by the claim's rule",
    "sentence": "the verdict in words",
}


def findings(judgements: Sequence[Judgement]) -> pd.DataFrame:
    """The columns of ``COLUMNS``."""
    rows = [_row(judgement, finding) for judgement in judgements for finding in judgement.findings]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(judgement: Judgement, finding: Finding) -> tuple[object, ...]:
    estimate, unit = finding.estimate, finding.rule.unit
    value, low, high = (_shown(each, unit) for each in (estimate.value, estimate.low, estimate.high))
    return (
        *(judgement.claim.slug, judgement.claim.origin, estimate.regime.words, estimate.regime.table),
        *(finding.rule.metric, value, unit, low, high, estimate.seeds, finding.verdict.value, sentence(finding.words)),
    )


def _shown(value: float, unit: str) -> float:
    return float(np.exp(value)) if unit == TIMES else value
