"""The templates of the pages, and what all of them know."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from reports.judging import text
from reports.judging.claim import METRICS
from reports.page import rows
from reports.page.attempts import Failure
from reports.page.bars import bar


def environment(*rooms: str) -> Environment:
    """Of the templates of this package, and before them those of other ``rooms`` of the reports."""
    places = [PackageLoader(package, "templates") for package in (*rooms, "reports.page")]
    made = Environment(
        loader=ChoiceLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        optimized=False,  # a template is compiled for one page, and to fold its constants took longer than it saved
    )
    made.tests["failed"] = lambda part: isinstance(part, Failure)
    made.globals |= {"bar": bar, "text": text, "METRICS": METRICS, "rows": rows}
    made.globals |= {"verdicts": (), "awaited": (), "explained": str}  # of a page without claims and glossary
    return made
