"""The figure that opens the page: is it stepped, and does it pay?

Left what the responses of dropout and of its control have beside their smooth fits; right what each dose gains over none.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from reports.drawing.hero_figures import draw_beside_smooth, draw_gains
from reports.drawing.plates import Description, Panel, Plate, Size, plate
from reports.evidence.responses import by_width, responses
from reports.judging.text import quantity, setting
from reports.judging.verdict import SESOI, SESOI_IN_POINTS
from reports.page.shortened import spread
from reports.staircase.beside_smooth import beside_smooth
from reports.tuning.dose_gains import dose_gains
from reports.tuning.effects import at_home_in

HERO = Size("hero", 3.3, 2.6)
MOST = 4  # widths that a figure can tell apart
TEETH = 6  # steps in sight, fewer of which do not look like a saw
TITLES = {"fixed_count": "Control: built to step", "dropout": "Dropout"}
STEPS = (
    "Is it stepped? Left, at {width} units: the validation loss less its smooth fit, in steps, where one step is what a "
    "staircase would rise by there; the vertical lines are where one more unit is kept. The control keeps exactly a whole "
    "number of units and has to step: a saw-tooth between −½ and +½. What does not step stays at 0. Keep probabilities at which a step would be "
    f"lower than {SESOI} nat are left out."
)
PAYS = (
    "Does it pay? What each dose gains over none, both at their own best learning rate, in log-loss and in error; rings and "
    f"labels: the best dose of each width. Grey: too little to be of interest (±{SESOI} nat, ±{SESOI_IN_POINTS:g} point). "
    "Doses that are far worse than none run off the axis. The cards tell gains on fresh seeds, where there are any, and so differ."
)
MARKS = "Dots: means over the paired seeds of the design, joined straight; bars and bands: 95% intervals."
SOME = "{drawn} of {all} widths are drawn; the data behind the figure hold all."


def hero(results: pd.DataFrame) -> Plate | None:
    """None where there is neither a response to look at nor a tuned dose."""
    stepped, gained = _beside_smooth(results), dose_gains(at_home_in(results))
    panels = [*_step_panels(stepped), *_gain_panels(gained)]
    if not panels:
        return None
    words = Description(
        " ".join([*_said(stepped), *_peaks(gained)]), " ".join(_caption(stepped, gained)), _takeaway(stepped)
    )
    return plate("hero", panels, words, data=pd.concat([_tidy(stepped), gained], ignore_index=True), size=HERO)


def hero_panels(results: pd.DataFrame) -> list[Panel]:
    return [*_step_panels(_beside_smooth(results)), *_gain_panels(dose_gains(at_home_in(results)))]


def _beside_smooth(results: pd.DataFrame) -> pd.DataFrame:
    """Columns arm, width, strength, mean, low, high, seeds; of the narrowest width with ``TEETH`` steps in sight, else of the narrowest.

    Empty where no width has both arms.
    """
    tables = {arm: dict(by_width(responses(results, arm))) for arm in TITLES}
    shared = sorted(set.intersection(*map(set, tables.values())))
    narrowest = pd.DataFrame()
    for width in shared:
        found = _in_common([_of_arm(arm, width, tables[arm][width]) for arm in TITLES])
        if len(found) and _teeth(found) >= TEETH:
            return found
        narrowest = found if narrowest.empty else narrowest
    return narrowest


def _of_arm(arm: str, width: int, rows: pd.DataFrame) -> pd.DataFrame:
    return beside_smooth(rows, width).assign(arm=arm, width=width)


def _in_common(both: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """At the strengths at which both have a value."""
    strengths = set.intersection(*(set(each["strength"]) for each in both))
    return pd.concat([each[each["strength"].isin(strengths)] for each in both], ignore_index=True)


def _teeth(found: pd.DataFrame) -> int:
    dropout = found[found["arm"] == "dropout"]
    return np.unique(np.round(dropout["strength"] * dropout["width"])).size


def _step_panels(stepped: pd.DataFrame) -> Iterator[Panel]:
    for arm, title in TITLES.items() if len(stepped) else ():
        rows = stepped[stepped["arm"] == arm]
        yield Panel(f"{title}, {rows['width'].iloc[0]} units", partial(draw_beside_smooth, rows), scale="steps")


def _gain_panels(gained: pd.DataFrame) -> Iterator[Panel]:
    for (kind, metric), rows in _drawn(gained).groupby(["kind", "metric"], sort=False):
        measured = "log-loss" if metric == "loss" else str(metric)
        yield Panel(f"{str(kind).capitalize()}: gain in {measured}", partial(draw_gains, rows), scale=str(metric))


def _drawn(gained: pd.DataFrame) -> pd.DataFrame:
    return gained[gained["width"].isin(spread(sorted(gained["width"].unique()), MOST))] if len(gained) else gained


def _tidy(stepped: pd.DataFrame) -> pd.DataFrame:
    """In the columns of the gains."""
    if stepped.empty:
        return stepped
    named = stepped.assign(kind=stepped["arm"].map(TITLES), metric="loss less its smooth fit", unit="steps")
    return named.drop(columns="arm")


def _caption(stepped: pd.DataFrame, gained: pd.DataFrame) -> Iterator[str]:
    if len(stepped):
        yield STEPS.format(width=stepped["width"].iloc[0])
    if len(gained):
        yield PAYS
        widths = sorted(gained["width"].unique())
        if len(widths) > MOST:
            yield SOME.format(drawn=MOST, all=len(widths))
    yield MARKS


def _said(stepped: pd.DataFrame) -> Iterator[str]:
    for arm, title in TITLES.items() if len(stepped) else ():
        reach = stepped.loc[stepped["arm"] == arm, "mean"].abs().max()
        yield f"{title}: at most {reach:.2f} of a step from the smooth fit."


def _takeaway(stepped: pd.DataFrame) -> str:
    """How far both are from smooth; the headline says what that means."""
    if stepped.empty:
        return ""
    control, dropout = (float(stepped.loc[stepped["arm"] == arm, "mean"].abs().max()) for arm in TITLES)
    return f"The control, built to step, goes {control:.2f} of a step away from a smooth curve, dropout {dropout:.2f}."


def _peaks(gained: pd.DataFrame) -> Iterator[str]:
    for (kind, metric, width), rows in _drawn(gained).groupby(["kind", "metric", "width"], sort=False):
        peak = rows.iloc[int(rows["mean"].argmax())]
        found = quantity(float(peak["mean"]), str(peak["unit"]))
        yield f"{kind} at {width} units gains at most {found} in {metric}, at {setting(peak['strength'])}."
