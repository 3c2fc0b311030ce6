"""A study that was begun, opened to be read."""

from study.errors import DamagedError, StudyError
from study.kept.ledger import Depth, Ledger
from study.kept.runs import Run


class NotBegunError(StudyError):
    """A driver was killed before it noted what the study is."""


def open_ledger(place: Run, *, depth: Depth = Depth.WHOLE) -> Ledger:
    """The ledger of a study that was begun, to read. Raises ``StudyError`` if it was killed before it noted what it is."""
    ledger = Ledger(place.database, begin=False, depth=depth)
    try:
        _check_begun(place, ledger)
    except StudyError:
        ledger.close()
        raise
    return ledger


def _check_begun(place: Run, ledger: Ledger) -> None:
    if ledger.note("provenance") is not None:
        return
    if ledger.size:
        raise nameless(place)
    raise NotBegunError(f"{place.folder} holds nothing yet: run its study again")


def nameless(place: Run) -> StudyError:
    """Of a database whose networks are of no study that it names."""
    label, remedy = place.database.label, place.database.remedy
    return DamagedError(f"{label} is damaged, it does not say what study its networks are of: {remedy}")
