"""What the results of a study say: claims judged by rules that were fixed first, on one self-contained page."""

from reports.choice.candidates import choose
from reports.choice.told import as_data as choice_as_data
from reports.choice.told import lines as choice_lines
from reports.choice.worth import worth, worth_lines
from reports.claims import CLAIMS
from reports.evidence.checked import TableError, read
from reports.judging.claim import Claim
from reports.page.page import render
from reports.tuning.advice import spoken

__all__ = [
    "CLAIMS",
    "Claim",
    "TableError",
    "choice_as_data",
    "choice_lines",
    "choose",
    "read",
    "render",
    "spoken",
    "worth",
    "worth_lines",
]
