"""What pages about several runs are made of: a line for each run, or the tables of two and what differs in their study files."""

from collections.abc import Sequence
from contextlib import closing
from os.path import relpath
from pathlib import Path

import pandas as pd

from study.errors import StudyError
from study.kept.ledger import Depth
from study.kept.provenance import differences
from study.kept.runs import ROOT, Run
from study.opened import open_ledger
from study.reported import table_of
from study.standing import state_of

INDEX = ROOT / "index.html"
APART = {"name", "stopped"}  # differ between any two runs, and are nothing that was asked for


def listed(places: Sequence[Run]) -> list[dict[str, str]]:
    """Name, state, table, begun, answer, best and the page's address from ``INDEX``; a run that cannot be read hides no other."""
    return [_line(place) for place in places]


def _line(place: Run) -> dict[str, str]:
    page = relpath(place.page, INDEX.parent) if place.page.is_file() else ""
    known = {"name": place.name, "page": page, "table": "", "begun": "", "answer": "", "best": ""}
    try:
        with closing(open_ledger(place, depth=Depth.NOTHING)) as ledger:
            found = {line.partition(" ")[0]: line.partition(" ")[2].strip() for line in ledger.note("found") or []}
            told = {"answer": found.get("found", ""), "best": found.get("chosen", ""), "begun": ledger.begun}
            table = ledger.note("provenance")["data"]["name"]
            return {**known, **told, "state": state_of(place, ledger), "table": table}
    except StudyError as error:
        return {**known, "state": str(error)}


def beside(first: Run, second: Run) -> tuple[pd.DataFrame, pd.DataFrame, list[tuple[str, str, str]], Path]:
    """Both tables of results, each setting that differs with both its values, and where a page about them goes.

    Raises ``StudyError`` if one cannot be read.
    """
    one, other = _table(first), _table(second)
    found = differences(one.attrs["provenance"], other.attrs["provenance"])
    settings = [(each.setting, each.recorded, each.now) for each in found]
    differing = [setting for setting in settings if setting[0].partition(".")[0] not in APART]
    return one, other, differing, ROOT / f"{first.name}-beside-{second.name}.html"


def _table(place: Run) -> pd.DataFrame:
    with closing(open_ledger(place)) as ledger:
        return table_of(ledger)
