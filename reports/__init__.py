"""What the results of a study say: claims judged by rules that were fixed first, on one self-contained page."""

from reports.claim import Claim
from reports.claims import CLAIMS
from reports.page import render
from reports.table import TableError, read
from reports.tuning.advice import spoken

__all__ = ["CLAIMS", "Claim", "TableError", "read", "render", "spoken"]
