"""How far the index Q can be believed: its readings of responses whose true index is known."""

from reports.calibration.anew import calibrate_anew
from reports.calibration.simulation import Cell, calibrate, cells
from reports.calibration.stored import DRAWS, TABLE, at, committed, note, write

__all__ = ["DRAWS", "TABLE", "Cell", "at", "calibrate", "calibrate_anew", "cells", "committed", "note", "write"]
