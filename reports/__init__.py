"""What the results of a study say: claims judged by rules that were fixed first, on one self-contained page."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from reports.across import page as over_tables
from reports.across.answer import answer
from reports.across.evidence import gather
from reports.across.prior import prior
from reports.across.summary import is_over_tables, summary
from reports.choice.candidates import choose
from reports.choice.sentences import as_data as choice_as_data
from reports.choice.sentences import lines as choice_lines
from reports.choice.sentences import recommendation
from reports.choice.worth import worth, worth_lines
from reports.claims import CLAIMS
from reports.evidence.checked import TableError, read
from reports.judging.claim import Claim
from reports.page import page
from reports.page.compare import compare
from reports.page.index import Listed, index
from reports.tuning import advice

__all__ = [
    "CLAIMS",
    "Claim",
    "Listed",
    "TableError",
    "choice_as_data",
    "choice_lines",
    "choose",
    "compare",
    "index",
    "prior",
    "read",
    "recommendation",
    "render",
    "spoken",
    "worth",
    "worth_lines",
]


def render(claims: Sequence[Claim], results: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    """The page of a study of claims, or of one over tables: ``folder``/index.html and its findings.

    Returns the page, and in a few lines what it says first. Raises ``ValueError`` if the table lacks columns or provenance.
    """
    if is_over_tables(results):
        return over_tables.render(summary(results), folder)
    return page.render(claims, results, folder)


def spoken(results: pd.DataFrame) -> list[str]:
    """The advice of a study of one table, or the answer of one over tables. Raises ``ValueError`` where the table holds too little for any."""
    if is_over_tables(results):
        small = summary(results)
        return answer(gather(small), small)
    return advice.spoken(results)
