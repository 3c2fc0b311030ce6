"""``python -m reports.calibration``: writes the calibration's table anew; the same arguments give the same table."""

from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd

from reports.calibration.simulation import calibrate, cells
from reports.calibration.stored import DRAWS, TABLE, write


def main() -> None:
    parser = ArgumentParser(prog="python -m reports.calibration", description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="experiments for each row (default: %(default)s)")
    parser.add_argument("--to", type=Path, default=TABLE, help="the csv file to write (default: the committed one)")
    parser.add_argument("--workers", type=int, default=2, help="processes; the table does not depend on them")
    wanted = parser.parse_args()
    with ProcessPoolExecutor(wanted.workers) as pool:
        rows = pool.map(partial(calibrate, draws=wanted.draws), [[cell] for cell in cells()])
        write(pd.concat(rows, ignore_index=True), wanted.to)


if __name__ == "__main__":
    main()
