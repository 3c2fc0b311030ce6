"""The committed table of the calibration, and what the page shows of it."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

TABLE = Path(__file__).with_name("calibration.csv")
DRAWS = 400  # none of 400 read as a staircase: at most 0.75 % do, with 95 % confidence
DIGITS = 4
SHOWN = {"covered": "95% intervals that hold it", "smooth": "read as smooth", "staircase": "read as a staircase"}


def committed() -> pd.DataFrame:
    """Columns of ``simulation.calibrate``."""
    return pd.read_csv(TABLE)


def write(calibrated: pd.DataFrame, path: Path) -> None:
    calibrated.round(DIGITS).to_csv(path, index=False, lineterminator="\n")


def note() -> str:
    """What the table says, in words."""
    table = committed()
    worst = table.iloc[int(table["covered"].argmin())]
    false = table.loc[table["planted"] == 0, "staircase"].max()
    return (
        "Simulated experiments on the grid of the designs, with mean response, seeds and networks as measured at each width on "
        f"digits and on breast cancer, {DRAWS} for each row. Over all {len(table)} rows {table['covered'].mean():.1%} of the 95% "
        f"intervals hold the planted Q (at worst {worst['covered']:.1%}: {worst['data']}, width {worst['width']}, "
        f"{worst['seeds']} seeds, Q = {worst['planted']:g}), and at most {false:.1%} of the smooth responses of a row read as a "
        "staircase, which is the error that would matter most. How often a row reads as what was planted is the power of so "
        "many seeds, before Holm’s correction. The table is reports/calibration/calibration.csv; dropstep calibrate "
        "makes it again."
    )


def at(widths: Iterable[int]) -> pd.DataFrame:
    """The rows of the calibrated widths that are nearest to these."""
    table = committed()
    calibrated = sorted(table["width"].unique())
    nearest = {min(calibrated, key=lambda known: abs(known - width)) for width in widths}
    return table[table["width"].isin(nearest)].rename(columns={"planted": "planted Q", "mean": "mean Q"} | SHOWN)
