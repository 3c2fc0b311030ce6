"""Claims about tuned effects: one estimate for each place and metric, with the figure and the table that all of them have."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from reports.drawing.forest import draw_forest
from reports.judging import text
from reports.judging.claim import Shown
from reports.judging.intervals import Estimate
from reports.judging.regimes import Regime, numbered
from reports.judging.text import interval, quantity
from reports.judging.verdict import DecisionRule
from reports.tuning.contrasts import TunedContrast
from reports.tuning.effects import Effect, at_home_in
from reports.tuning.tuned_arms import METRICS, WHERE, Metric, TunedArm

WORDS = {"train_rows": "{} rows", "label_noise": "{:.0%} random labels"}
BETWEEN = (
    "Each arm at its own best learning rate and strength, for each metric its own: chosen on the seeds of the design, scored "
    "on fresh seeds that chose nothing (95% interval: Student’s t over these, widened where the choice was "
    "not clear); without fresh seeds, each seed at the setting that is best on the others (delete-one jackknife of the whole choice). Strengths are those above none."
)
OPEN = "An arrow is an end that is open: the best of an arm lies at the end of what was tried."
COLUMNS = ("regime", "kind", "width", "metric", "effect", "low", "high", "error", "seeds", "void", "notes", "panel")


class ShownByEffect(Shown):
    """With what two metrics need."""

    compared: Sequence[TunedContrast]
    error_rule: DecisionRule
    family: Callable[[Sequence[Estimate]], int]


def by_effect(
    rule: Callable[[Metric], DecisionRule],
    compared: Sequence[TunedContrast],
    *,
    arms: Callable[[pd.DataFrame], Sequence[TunedArm]] = at_home_in,
    caption: str,
) -> ShownByEffect:
    """What a claim of this kind passes on to ``Claim``: ``rule`` is for a metric, ``arms`` are taken from the results."""
    rules = {metric.name: rule(metric) for metric in METRICS}
    in_loss, in_error = rules.values()

    def draw(rows: pd.DataFrame, ax: Axes) -> Axes:
        of_metric = rules[str(rows["metric"].iloc[0])]
        return draw_forest(pd.DataFrame(columns=["regime", "effect"]), estimates(rows), ax, rule=of_metric)

    return ShownByEffect(
        compared=compared,
        rule=in_loss,
        error_rule=in_error,
        family=partial(_declared, compared),
        evidence=partial(_gathered, compared, arms),
        estimate=estimates,
        draw=draw,
        table=lambda rows: rows.drop(columns=["panel", "error"]).assign(notes=rows["notes"].map("; ".join)),
        alt=f"{in_loss.quantity} in loss and in error, in each regime; {in_loss.reading}.",
        caption=f"{caption} {OPEN}",
    )


def _declared(compared: Sequence[TunedContrast], found: Sequence[Estimate]) -> int:
    """Every contrast in each place and metric in which one was found."""
    conditions = [f"{each.condition}, " for each in compared if each.condition]
    places = {(_place(each.regime, conditions), each.metric) for each in found}
    return len(compared) * len(places)


def _place(regime: Regime, conditions: Sequence[str]) -> Regime:
    under = next((condition for condition in conditions if regime.words.startswith(condition)), "")
    return Regime(regime.words.removeprefix(under), regime.table)


def _gathered(
    compared: Sequence[TunedContrast], arms: Callable[[pd.DataFrame], Sequence[TunedArm]], results: pd.DataFrame
) -> pd.DataFrame:
    tuned = arms(results)
    found = [(each.condition, effect) for each in compared for effect in each.effects(tuned)]
    placed = places([effect for _, effect in found])
    return evidence(
        [
            (place.under(condition) if condition else place, effect)
            for (condition, _), (place, effect) in zip(found, placed, strict=True)
        ]
    )


def evidence(found: Sequence[tuple[Regime, Effect]]) -> pd.DataFrame:
    """A row for each effect; columns ``COLUMNS``."""
    rows = [
        (
            regime,
            each.arm.kind,
            each.arm.width,
            each.arm.metric.name,
            *(getattr(each.gain, field) for field in ("value", "low", "high", "error", "seeds", "void")),
            (*each.gain.notes, *told(each)),
            f"in {each.arm.metric.name}",
        )
        for regime, each in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"regime": object})


def told(effect: Effect) -> Sequence[str]:
    """That the best dose is none, where it is, and what the smallest one gains."""
    if not effect.none_chosen:
        return []
    smallest, unit = effect.smallest_dose, effect.arm.metric.unit
    gain = f"{quantity(smallest.value, unit)} {interval(smallest, unit)}"
    return [f"none is chosen before any dose; the smallest that was tried gains {gain} on the seeds that chose"]


def estimates(rows: pd.DataFrame) -> Sequence[Estimate]:
    return [_estimate(row) for row in rows.to_dict("records")]


def _estimate(row: Mapping[Hashable, Any]) -> Estimate:
    numbers = {field: float(row[field]) for field in ("low", "high", "error")}
    return Estimate(
        value=float(row["effect"]),
        **numbers,
        seeds=int(row["seeds"]),
        regime=row["regime"],
        metric=row["metric"],
        notes=row["notes"],
        void=row["void"],
    )


def places(found: Sequence[Effect]) -> list[tuple[Regime, Effect]]:
    """Each effect with its place: the width, and whatever else differs between them."""
    if not found:
        return []
    values = pd.DataFrame([each.arm.where for each in found], columns=list(WHERE))
    named, several = [field for field in WORDS if len(set(values[field])) > 1], len(set(values["data"])) > 1
    tables = [text.table_name(str(name)) if several else "" for name in values["data"]]
    regimes = [
        _regime({field: row[field] for field in named}, row["width"]).on(table)
        for row, table in zip(values.to_dict("records"), tables, strict=True)
    ]
    return list(zip(regimes, found, strict=True))


def _regime(beside: Mapping[Hashable, Any], width: int) -> Regime:
    if not beside:
        return numbered("width", width)
    return Regime(", ".join([f"width {width}", *(WORDS[str(field)].format(value) for field, value in beside.items())]))
