"""How far the index Q can be believed: its readings of responses whose true index is known."""

from reports.calibration.simulation import Cell, calibrate, cells
from reports.calibration.stored import TABLE, at, committed, note, write

__all__ = ["TABLE", "Cell", "at", "calibrate", "cells", "committed", "note", "write"]
