"""Claims about an effect that each seed has in each regime: their estimates, figure and table, so that a claim says only what is its own.

Their evidence has the columns of ``EVIDENCE``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any, Protocol

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.drawing.forest import OPEN, are_bounds, draw_forest
from reports.evidence.contrasts import Contrast, Side
from reports.evidence.paired import in_regimes, own
from reports.judging.claim import Claim, Shown
from reports.judging.intervals import ERROR, LOSS, Estimate, Numbers, bounded, jackknife, mean, nothing
from reports.judging.regimes import Regime
from reports.judging.rules import in_error
from reports.judging.text import EXACT, TIMES, count, sentence, table_name
from reports.judging.verdict import DecisionRule

PANEL = "each seed"  # the title where one table of data alone is judged
HIDDEN = ("panel", "lacking", "note", "bound", "void", "known_to")
LOGARITHMS = ("high", "low", "effect")
BOUNDS = {0: "", 1: "at least", -1: "at most"}
EVIDENCE = {
    "regime": "where the effect holds, a Regime",
    "seed": "the paired seed",
    "effect": "what is judged, in the rule's unit; a ratio as its logarithm",
    "high": "of two sides the one that the effect counts up from the other",
    "low": "the other",
    "high_chosen": "the settings at which the side stands, chosen on the other seeds",
    "low_chosen": "the same",
    "chosen": "the same where there is one side",
    "networks": "how many an ensemble has",
    "lacking": "the mean effect of all other seeds where this one chooses no setting either",
    "note": "said of the whole regime",
    "bound": "+1 where the true effect may be larger than the one seen, −1 where it may be smaller",
    "void": "why the regime cannot be judged, empty where it can",
    "known_to": "by how much an interval is widened on both sides, as no seed's effect is known better",
    "metric": "loss or error, where both are judged",
    "panel": "the table of data, whose regimes are drawn together; and the metric, where there are two",
}
NEEDED = ("regime", "seed", "effect")
SEEN = "Each dot is one seed; dark: {dark}. Grey: the bounded regions of the rule."


class ShownBySeed(Shown):
    """With what is said of bounds."""

    remark: Callable[[pd.DataFrame], str]


class Compared(Protocol):
    """What each seed says: a contrast, a level, or a claim's own."""

    def evidence(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The columns above, from the rows of the claim's design on one table of data."""


def sides(compared: Sequence[Compared]) -> list[Side]:
    """Of all that is compared, also of contrasts within."""
    parts = [part for each in compared for part in vars(each).values()]
    return [part for part in parts if isinstance(part, Side)] + [
        side for part in parts if isinstance(part, Contrast) for side in (part.high, part.low)
    ]


def as_found(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    return found


@dataclass(frozen=True, kw_only=True)
class SeededClaim(Claim):
    """A claim about its own design, whose evidence is what is ``compared``: regimes are rows of one figure.

    Where it is judged in error as well, ``in_error`` is the same compared in error, and the rule for it follows from the claim's.
    ``noted`` is given the rows of the design on one table of data and the evidence, and adds notes to it.
    """

    compared: Sequence[Compared]
    in_error: Sequence[Compared] = ()
    noted: Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame] = as_found
    evidence: Callable[[pd.DataFrame], pd.DataFrame] = field(init=False)
    estimate: Callable[[pd.DataFrame], Sequence[Estimate]] = field(init=False)
    draw: Callable[[pd.DataFrame, Axes], Axes] = field(init=False)
    table: Callable[[pd.DataFrame], pd.DataFrame] = field(init=False)
    alt: str = field(init=False)
    remark: Callable[[pd.DataFrame], str] = field(init=False)

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a side that is no arm of the design: it would leave the claim untested without a word."""
        super().__post_init__()
        if self.in_error:
            object.__setattr__(self, "error_rule", in_error(self.rule))
        for side in sides([*self.compared, *self.in_error]):
            if side.arm not in self.design:
                raise ValueError(
                    f"claim {self.slug} compares the arm {side.arm!r}, its design has {', '.join(self.design)}"
                )
        shown = by_seed_of_all(
            self.rule,
            partial(_of_design, self._gather, self.networks),
            caption=self.caption,
            error_rule=self.error_rule,
        )
        for name, value in shown.items():
            object.__setattr__(self, name, value)

    def _gather(self, rows: pd.DataFrame) -> pd.DataFrame:
        parts = [each.evidence(rows) for each in self.compared]
        if self.in_error:
            parts = [each.assign(metric=LOSS) for each in parts]
            parts += [each.evidence(rows).assign(metric=ERROR) for each in self.in_error]
        found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
        said = {"note": "", "void": "", "bound": 0}  # of some parts alone, perhaps
        filled = {
            name: found[name]
            .astype(object)
            .where(found[name].notna(), usual)
            .astype(type(usual) if usual == 0 else object)
            for name, usual in said.items()
            if name in found
        }
        return self.noted(rows, found.assign(**filled))


def by_seed_of_all(
    rule: DecisionRule,
    evidence: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    caption: str,
    error_rule: DecisionRule | None = None,
) -> ShownBySeed:
    """The same where ``evidence`` is given the whole results table."""
    return ShownBySeed(
        rule=rule,
        evidence=partial(_panelled, evidence),
        estimate=partial(estimates, rule=rule),
        draw=partial(_draw, rule=rule, error_rule=error_rule),
        table=partial(table, rule=rule),
        alt=f"{sentence(rule.quantity)} in each regime, for each seed and in the mean; {rule.reading}.",
        caption=f"{caption} {SEEN.format(dark='the largest, and the range' if rule.unit == EXACT else 'mean and 95% interval')}",
        remark=lambda evidence: OPEN if are_bounds(evidence).any() else "",
    )


def _panelled(gather: Callable[[pd.DataFrame], pd.DataFrame], results: pd.DataFrame) -> pd.DataFrame:
    evidence = gather(results)
    panelled = evidence if "panel" in evidence else evidence.assign(panel=PANEL)
    if "metric" in panelled:
        return panelled.assign(panel=panelled["panel"] + ", in " + panelled["metric"])
    return panelled


def estimates(evidence: pd.DataFrame, *, rule: DecisionRule) -> Sequence[Estimate]:
    """One for each metric and regime, in the order in which they come."""
    metrics = [rows for _, rows in evidence.groupby("metric", sort=False)] if "metric" in evidence else [evidence]
    regimes: Iterable[tuple[Any, pd.DataFrame]] = chain.from_iterable(
        of_metric.groupby("regime", sort=False) for of_metric in metrics
    )
    return [_of_regime(regime, rows, rule) for regime, rows in regimes]


def table(evidence: pd.DataFrame, *, rule: DecisionRule) -> pd.DataFrame:
    """The data behind the figure, a row for each seed; of logarithms what they are logarithms of, and which ratios are bounds."""
    shown = evidence.drop(columns=[column for column in HIDDEN if column in evidence])
    if rule.unit != TIMES:
        return shown
    logarithms = [column for column in LOGARITHMS if column in shown]
    ratios = shown.assign(**{column: np.exp(shown[column].astype(float)) for column in logarithms}).rename(
        columns={"effect": "ratio"}
    )
    return ratios.assign(bound=evidence["bound"].map(BOUNDS)) if "bound" in evidence else ratios


def _draw(evidence: pd.DataFrame, ax: Axes, *, rule: DecisionRule, error_rule: DecisionRule | None) -> Axes:
    """The panel's title says on which table of data, and in which metric."""
    rule = {LOSS: rule, ERROR: error_rule or rule}[_metric(evidence)]
    shown = in_regimes(evidence, [regime.on("") for regime in evidence["regime"]])
    return draw_forest(shown, estimates(shown, rule=rule), ax, rule=rule)


def _of_design(gather: Callable[[pd.DataFrame], pd.DataFrame], design: str, results: pd.DataFrame) -> pd.DataFrame:
    """Each table of data is judged alone; where there are several, a regime says which one is its own."""
    rows = own(results, design)
    if rows.empty:
        return pd.DataFrame(columns=list(NEEDED))
    parts = {table_name(str(name)): gather(of_table) for name, of_table in rows.groupby("data", sort=False)}
    if len(parts) == 1:
        return next(iter(parts.values()))
    named = [
        in_regimes(part, [regime.on(name) for regime in part["regime"]]).assign(panel=name)
        for name, part in parts.items()
    ]
    return pd.concat(named, ignore_index=True)


def _of_regime(regime: Regime, rows: pd.DataFrame, rule: DecisionRule) -> Estimate:
    effects = rows["effect"].to_numpy(float)
    notes, metric = _notes(rows), _metric(rows)
    void = _said_of_all(rows, "void", "")
    if not np.isfinite(effects).any():
        return replace(
            nothing(void or "no seed has a value", regime=regime, seeds=len(rows), notes=notes), metric=metric
        )
    found = _range(effects) if rule.unit == EXACT else _over_seeds(effects, rows)
    for bound in sorted(set(rows["bound"])) if "bound" in rows else ():
        found = bounded(found, bound)
    known_to = float(_said_of_all(rows, "known_to", 0.0))
    widened = replace(found, low=found.low - known_to, high=found.high + known_to, known_to=known_to)
    return replace(widened, regime=regime, metric=metric, notes=notes, void=void)


def _metric(rows: pd.DataFrame) -> str:
    return str(_said_of_all(rows, "metric", LOSS))


def _said_of_all(rows: pd.DataFrame, column: str, usual: Any) -> Any:
    """What the rows of a regime have in common, as far as they say it."""
    (said,) = rows[column].unique() if column in rows else (usual,)
    return said


def _over_seeds(effects: Numbers, rows: pd.DataFrame) -> Estimate:
    """Where settings were chosen on these seeds, the delete-one jackknife of choice and mean; without a choice it is the t interval."""
    known = np.isfinite(effects) & (np.isfinite(rows["lacking"].to_numpy(float)) if "lacking" in rows else False)
    return (
        jackknife(float(effects[known].mean()), rows["lacking"].to_numpy(float)[known])
        if known.any()
        else mean(effects)
    )


def _range(effects: "np.ndarray[Any, np.dtype[np.float64]]") -> Estimate:
    """An identity has no spread to speak of: the largest deviation, and the range over the seeds."""
    low, high = float(np.nanmin(effects)), float(np.nanmax(effects))
    return Estimate(value=high, low=low, high=high, error=0.0, seeds=int(np.isfinite(effects).sum()))


def _notes(rows: pd.DataFrame) -> tuple[str, ...]:
    lost = int((~np.isfinite(rows["effect"].to_numpy(float))).sum())
    said = [str(note) for note in rows["note"].unique() if note] if "note" in rows else []
    return (*said, *([f"{count(lost, 'seed')} without a value"] if lost else []))
