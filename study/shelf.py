"""The studies that there are: listed in a line each, put back from their backup, and thrown away."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from study.asked.config import read_config
from study.errors import DamagedError, StudyError, UsageError, aligned
from study.kept.current import current
from study.kept.ledger import Depth, Ledger
from study.kept.runs import Run
from study.opened import NotBegunError, open_ledger
from study.standing import standing, state_of
from study.told.tally import Tally

HEADER = ("name", "state", "networks", "table", "size")
MIB = 2**20


def listed(places: Sequence[Run]) -> str:
    """A table for a terminal, a study a row."""
    return aligned([HEADER, *(_row(place) for place in places)]) if places else "there is no run yet"


def _row(place: Run) -> tuple[str, ...]:
    """A study that cannot be read is told as what it is, and hides no other."""
    try:
        with closing(open_ledger(place, depth=Depth.END)) as ledger:
            return place.name, state_of(place, ledger), _networks(ledger), _table(ledger), _size(place.folder)
    except NotBegunError:
        state = "not begun"
    except DamagedError:
        state = "damaged"
    except StudyError:
        state = "not readable: see dropstep status"
    return place.name, state, "-", "-", _size(place.folder)


def _networks(ledger: Ledger) -> str:
    config = read_config(ledger.note("provenance")["config"])
    done, total = Tally(config, current(config, ledger.records)).networks
    return f"{done}/{total}"


def _table(ledger: Ledger) -> str:
    name: str = ledger.note("provenance")["data"]["name"]
    return name


def _size(folder: Path) -> str:
    if not folder.is_dir():
        return "-"
    return f"{sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) / MIB:.1f} MiB"


def restored(place: Run) -> list[str]:
    """Puts the backup of a study in the place of its damaged file: what there is now.

    Raises ``UsageError`` if nothing is damaged, or there is no backup; what another version wrote is not damaged.
    """
    with place.locked():
        if place.storage is None and not _is_damaged(place):
            raise UsageError(f"{place.database.label} is sound: nothing to restore")
        aside = place.database.restore()
    kept = [] if aside is None else [f"what was there is kept as {aside}"]
    return [*standing(place), *kept]


def _is_damaged(place: Run) -> bool:
    """Whether the study's file is gone, or not as it was written. Raises ``StudyError`` where that cannot be seen."""
    if not place.file.path.exists():
        return True
    try:
        open_ledger(place).close()
    except DamagedError:
        return True
    return False


def what_goes(place: Run) -> str:
    """What ``delete`` takes away, in words."""
    name, state, networks, *_ = _row(place)
    where = f"{place.folder}/" if place.storage is None else f"{place.database.label} and {place.folder}/"
    return f"{name} ({state}, {networks} networks): {where}"


def delete(place: Run) -> None:
    """Takes a study away, with its results, report, log and backup. Raises ``StudyError`` while a driver has it."""
    if place.folder.is_symlink():
        raise UsageError(f"{place.folder} is a link: what it leads to is yours to delete")
    with place.locked():
        place.database.drop()
        shutil.rmtree(place.folder)
