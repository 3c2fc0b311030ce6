"""How far what the page shows can be believed: readings of simulated runs whose truth is known."""

from reports.calibration.anew import calibrate_anew
from reports.calibration.planted_searches import COST, EXTRA, HITS, REGRETS
from reports.calibration.simulation import Cell, calibrate, cells
from reports.calibration.stored import (
    DRAWS,
    TABLE,
    at,
    believed,
    claims,
    committed,
    contrasts,
    effects,
    equal,
    note,
    others,
    searches,
    searches_of,
    speeds,
    write,
)

__all__ = [
    "COST",
    "DRAWS",
    "EXTRA",
    "HITS",
    "REGRETS",
    "TABLE",
    "Cell",
    "at",
    "believed",
    "calibrate",
    "calibrate_anew",
    "cells",
    "claims",
    "committed",
    "contrasts",
    "effects",
    "equal",
    "note",
    "others",
    "searches",
    "searches_of",
    "speeds",
    "write",
]
