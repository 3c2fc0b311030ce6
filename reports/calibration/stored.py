"""The committed table of the calibration, and what the page shows of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from reports.judging.claim import Detail

TABLE = Path(__file__).with_name("calibration.csv")
SEARCHES, EFFECTS, CONTRASTS, SPEEDS, OTHERS, CLAIMS, EQUAL = (
    Path(__file__).with_name(f"{name}.csv")
    for name in ("searches", "effects", "contrasts", "speeds", "others", "claims", "equal")
)
DRAWS = 400  # none of 400 read as a staircase: at most 0.75 % do, with 95 % confidence
DIGITS = 4
HELD = "95% intervals that hold it"
SHOWN_OF_INDEX = {
    "planted": "planted Q",
    "mean": "mean Q",
    "covered": HELD,
    "smooth": "read as smooth",
    "staircase": "read as a staircase",
}
SHOWN_OF_EQUAL = {
    "regimes": "regimes and metrics",
    "decided": "of these decided",
    "wrong": "runs with one decided wrongly",
}
SHOWN = {"truth": "planted", "half_width": "half width", "covered": HELD, "wrong": "decided wrongly"}
PLANTED = "Planted truths of a study’s size and noise, through the code of this page,"


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
    return table[table["width"].isin(nearest)].rename(columns=SHOWN_OF_INDEX)


def searches() -> pd.DataFrame:
    """Columns of ``planted_searches.calibrate_searches``."""
    return pd.read_csv(SEARCHES)


def effects() -> pd.DataFrame:
    """Columns of ``planted_effects.calibrate_effects``."""
    return pd.read_csv(EFFECTS)


def contrasts() -> pd.DataFrame:
    """Columns of ``planted_contrasts.calibrate_contrasts``."""
    return pd.read_csv(CONTRASTS)


def speeds() -> pd.DataFrame:
    """Columns of ``planted_speeds.calibrate_speeds``."""
    return pd.read_csv(SPEEDS)


def others() -> pd.DataFrame:
    """Columns of ``planted_others.calibrate_others``."""
    return pd.read_csv(OTHERS)


def claims() -> pd.DataFrame:
    """Columns of ``planted_claims.calibrate_claims``."""
    return pd.read_csv(CLAIMS)


def equal() -> pd.DataFrame:
    """Of arms that are all as good: columns claim, draws, regimes, decided and wrong, the share of runs where a regime is decided wrongly."""
    return pd.read_csv(EQUAL)


def searches_of(*quantities: str) -> Detail:
    """What the table says of these quantities."""
    table = searches()
    return _detail("How far it can be believed: planted responses", table[table["quantity"].isin(quantities)])


def believed() -> Sequence[Detail]:
    """What the tables say of the intervals that many claims have."""
    return (
        _detail("How far tuned gains can be believed: planted gains", effects()),
        _detail("How far comparisons of claims can be believed: planted gains", contrasts()),
        _detail("How far ratios of steps and of learning rates can be believed: planted ratios", speeds()),
        _detail(
            "How far slopes, moved strengths and the chosen configuration can be believed: planted sizes", others()
        ),
        _detail("How far claims with an estimator of their own can be believed: planted sizes", claims()),
        _of_equal_arms(equal()),
    )


def _of_equal_arms(table: pd.DataFrame) -> Detail:
    draws = table["draws"].max()
    said = (
        f"The ledger of claims with arms that are all as good, {draws} times, those claims that compare losses and errors: "
        f"{table['wrong'].sum():.2g} of {len(table)} claims are decided wrongly in the mean of a run."
    )
    return Detail("How often arms that are equal are told apart", said, table.rename(columns=SHOWN_OF_EQUAL))


def _detail(title: str, rows: pd.DataFrame) -> Detail:
    return Detail(title, f"{PLANTED} {_said(rows)}", rows.dropna(axis="columns", how="all").rename(columns=SHOWN))


def _said(rows: pd.DataFrame) -> str:
    """In words."""
    judged = rows.dropna(subset=["decided"])
    said = [
        f"{rows['draws'].max()} runs for each row: the 95% intervals hold the planted value in {rows['covered'].mean():.1%} of them, in {rows['covered'].min():.1%} at worst.",
        *([f"At most {judged['wrong'].max():.1%} of a row are decided wrongly."] if len(judged) else []),
        "How many are decided is the power of so many seeds, one regime judged alone.",
    ]
    return " ".join(said)
