"""What each dose gains over none, both at their own best learning rate: the curve whose peak is the tuned effect."""

from collections.abc import Iterator, Sequence

import pandas as pd

from reports.judging.text import setting
from reports.tuning.effects import nested_gain
from reports.tuning.tuned_arms import TunedArm

FIELDS = {"dropout": "keep_prob", "L2": "l2"}
COLUMNS = ["kind", "metric", "unit", "width", "strength", "mean", "low", "high", "seeds"]


def dose_gains(arms: Sequence[TunedArm]) -> pd.DataFrame:
    """``COLUMNS``, a row for each dose; on the tuning seeds, the rate of each seed chosen on the others.

    Without batch norm, of the first data alone where arms were tuned on several.
    """
    home = [each for each in arms if not each.batch_norm and each.where[:-1] == arms[0].where[:-1]]
    none = {(each.width, each.metric): each for each in home if each.kind == "none" and each.means.size}
    pairs = [
        (each, none[each.width, each.metric])
        for kind in FIELDS
        for each in home
        if each.kind == kind and each.means.size and (each.width, each.metric) in none
    ]
    return pd.DataFrame([row for arm, reference in pairs for row in _curve(arm, reference)], columns=COLUMNS)


def _curve(arm: TunedArm, reference: TunedArm) -> Iterator[tuple[object, ...]]:
    doses = arm.settings[FIELDS[arm.kind]].to_numpy(float)
    for dose in sorted(set(doses)):
        found = nested_gain(arm.where_equal({FIELDS[arm.kind]: dose}), reference)
        if not found.void:
            place = (arm.kind, arm.metric.name, arm.metric.unit, arm.width, float(setting(dose)))
            yield (*place, found.value, found.low, found.high, found.seeds)
