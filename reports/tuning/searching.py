"""What random search of one strength finds at the arm's best learning rate: how often the best, and at which cost, axis by axis."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from reports.evidence.once import once
from reports.judging.intervals import Estimate, nothing
from reports.judging.regimes import Regime, numbered
from reports.judging.text import setting
from reports.tuning.doses import FIELDS, DoseCurve, Doses, dose_networks, doses
from reports.tuning.hitting import hits
from reports.tuning.random_search import PLACES, TRIALS, Places, RandomSearch, extra_loss, places
from reports.tuning.strength_axes import AXES, EQUAL, KEEP_PROBS, StrengthAxis, logarithmic

Row: TypeAlias = Mapping[Hashable, Any]
Beside: TypeAlias = Mapping[tuple[str, str, int, bool], Row]  # by quantity, axis, trials and none_first

NUMBERS = ("value", "low", "high", "error", "seeds", "void")
KEYS = ["width", "axis", "label", "trials", "none_first", "quantity"]
WHERE = ["learning_rate", "tuned", "at_edge", "best", "range"]
HITS, REGRET, EXTRA = "hits", "regret", "extra loss"  # quantities; the last is of the linear axis over log-odds
REACH = (0.25, 0.98)  # keep-probs that a curve has to span before a search from 0.2 to 0.997 can be replayed on it
BEYOND = "the best strength may lie beyond the strongest that was tried"
STILL = 1e-9  # nat: a response that moves less does not vary


@dataclass(frozen=True, eq=False)
class SearchedDoses:
    """Doses with the axes on which their strength is searched."""

    doses: Doses
    axes: tuple[StrengthAxis, ...]


@once
def searching(results: pd.DataFrame) -> pd.DataFrame:
    """Columns KEYS, WHERE and NUMBERS: a row for each width, axis, number of trials, with and without "none" tried first.

    ``learning_rate`` is the best of those that were tried, ``tuned`` whether there were several, ``at_edge`` whether it is the
    lowest or the highest; ``best`` the strength of the lowest mean loss there, ``range`` that of the mean response in nats.
    """
    by_kind = {kind: list(_reaching(doses(dose_networks(results, kind)))) for kind in FIELDS}
    rows = [row for each in _with_axes(by_kind) for row in _rows(each)]
    return pd.DataFrame(rows, columns=[*KEYS, *WHERE, *NUMBERS])


def estimate_of(row: Row, **more: Any) -> Estimate:
    """The estimate that a row of ``searching`` holds."""
    return Estimate(**{name: row[name] for name in NUMBERS}, **more)


def at_each_width(found: pd.DataFrame) -> Mapping[int, Beside]:
    """The rows of ``searching`` that stand beside each other at a width."""
    widths: dict[int, dict[tuple[str, str, int, bool], Row]] = {}
    for row in found.to_dict("records"):
        key = (row["quantity"], row["axis"], row["trials"], row["none_first"])
        widths.setdefault(row["width"], {})[key] = row
    return widths


def regime(row: Row) -> Regime:
    """Width; and the learning rate where it was not chosen among several."""
    width = numbered("width", row["width"])
    return width if row["tuned"] else width.under(f"learning rate {setting(row['learning_rate'])}")


def _reaching(found: Iterable[Doses]) -> Iterator[Doses]:
    """Those learning rates at which the strengths reach the ends of the axes; an L2 that is weaker or stronger is like its end."""
    for each in found:
        low, high = REACH if each.kind == "dropout" else (np.inf, -np.inf)
        curves = tuple(curve for curve in each.curves if curve.strengths[0] <= low and curve.strengths[-1] >= high)
        if curves:
            yield Doses(curves)


def _with_axes(by_kind: Mapping[str, list[Doses]]) -> Iterator[SearchedDoses]:
    dropout = {each.width: each for each in by_kind["dropout"]}
    for kind, found in by_kind.items():
        own = tuple(axis for axis in AXES.values() if axis.arm == kind)
        for each in found:
            equal = equally_strong(dropout[each.width], each) if kind == "l2" and each.width in dropout else ()
            yield SearchedDoses(each, (*own, *equal))


def equally_strong(dropout: Doses, l2: Doses) -> tuple[StrengthAxis, ...]:
    """λ over the range that leaves the same mean training losses as the keep-probs searched, at the learning rate best for dropout.

    Nothing where no training losses are known; a range ends where the λ tried end.
    """
    keep_probs = dropout.best
    penalties = min(l2.curves, key=lambda each: abs(np.log(each.rate / keep_probs.rate)))
    if not (np.isfinite(keep_probs.train).all() and np.isfinite(penalties.train).all()):
        return ()
    rising = isotonic_regression(penalties.train.mean(axis=1)).x
    trained = np.interp(KEEP_PROBS[::-1], keep_probs.strengths, keep_probs.train.mean(axis=1))
    low, high = 10 ** np.interp(trained, rising, np.log10(penalties.strengths))
    if not low < high:
        return ()
    label = f"λ of L2, {setting(low)} to {setting(high)}, as strong as the keep-probs"
    return (StrengthAxis(EQUAL, label, "l2", logarithmic(low, high)),)


def _rows(searched: SearchedDoses) -> Iterator[dict[str, object]]:
    found, axes = searched.doses, {axis.name: axis for axis in searched.axes}
    where = {"width": found.width} | _where(found)

    @cache
    def of_axis(curve: DoseCurve, name: str) -> Places:
        return places(curve, axes[name].at(PLACES, curve.width))

    for trials, none_first in product(TRIALS, (False, True)):
        same = where | {"trials": trials, "none_first": none_first}

        @cache
        def ends(curve: DoseCurve, name: str, trials: int = trials, *, first: bool = none_first) -> RandomSearch:
            return of_axis(curve, name).search(trials, none_first=first)

        for name, axis in axes.items():
            keys = same | {"axis": name, "label": axis.label}
            yield keys | {"quantity": HITS} | _numbers(found, lambda curve, name=name: hits(ends(curve, name)))
            yield keys | {"quantity": REGRET} | _numbers(found, lambda curve, name=name: ends(curve, name).regret)
        if {"linear", "odds"} <= axes.keys():
            keys = same | {"axis": "linear", "label": AXES["linear"].label, "quantity": EXTRA}
            yield keys | _numbers(found, lambda curve: extra_loss(ends(curve, "linear"), ends(curve, "odds")))


def _where(found: Doses) -> dict[str, object]:
    best = found.best
    return {
        "learning_rate": best.rate,
        "tuned": found.tuned,
        "at_edge": found.at_edge,
        "best": best.best_strength,
        "range": best.range,
    }


def _numbers(found: Doses, of_curve: Any) -> dict[str, object]:
    doubt = "nothing varies" if found.best.range < STILL else BEYOND if found.best.censored else ""
    estimate = nothing(doubt, seeds=len(found.best.seeds)) if doubt else found.estimate(of_curve)
    return {name: getattr(estimate, name) for name in NUMBERS}


def numbers(found: pd.DataFrame) -> pd.DataFrame:
    """The rows as a table that is read: width, learning rate, tries, whether "none" is tried first, value and interval."""
    renamed = {"learning_rate": "learning rate", "trials": "tries", "none_first": "“none” first", "value": "estimate"}
    shown = found.assign(none_first=np.where(found["none_first"], "yes", "no")).rename(columns=renamed)
    return shown[["width", "learning rate", "tries", "“none” first", "estimate", "low", "high", "seeds"]]


def numbers_by_axis(found: pd.DataFrame) -> pd.DataFrame:
    """The same of hits and regret, by axis."""
    shown = found[found["quantity"].isin([HITS, REGRET])]
    table = numbers(shown)
    table.insert(1, "axis", shown["label"])
    table.insert(2, "quantity", shown["quantity"].map({HITS: "hits of 100", REGRET: "nats above the best"}))
    return table.sort_values(["width", "axis", "quantity", "“none” first", "tries"])
