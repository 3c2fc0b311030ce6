"""Arms against each other: rows of a claim's own designs, each arm at its best setting, paired by seed, by regime."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reports.evidence.responses import by_width
from reports.evidence.selection import compare, leave_one_seed_out
from reports.judging.regimes import Regime, numbered
from reports.judging.text import setting

Regimes = Mapping[
    str, str | None
]  # a column, and how its value reads: {"init_gain": "gain {:g}"}; None: a number, after its name


def own(results: pd.DataFrame, design: str, stages: Sequence[str] = ("design",)) -> pd.DataFrame:
    """The rows of a claim's design or of a shared design, ``arm`` being its variant: B4_none is none."""
    rows = results[results["stage"].isin(stages) & (results["design"] == design)]
    return rows.assign(arm=rows["variant"])


def arm(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    return rows[rows["arm"] == name]


def with_regime(rows: pd.DataFrame, regimes: Regimes) -> pd.DataFrame:
    """The rows with a column ``regime``: what the columns of ``regimes`` hold."""
    values = zip(*(rows[column] for column in regimes), strict=True)
    return in_regimes(rows, [_regime(regimes, each) for each in values])


def in_regimes(rows: pd.DataFrame, regimes: Sequence[Regime]) -> pd.DataFrame:
    """The rows, each in its regime."""
    return rows.assign(regime=pd.Series(regimes, rows.index, dtype=object))


def _regime(regimes: Regimes, values: Sequence[object]) -> Regime:
    if list(regimes.values()) == [None]:
        return numbered(next(iter(regimes)), values[0])
    words = [
        f"{column} {value}" if reads is None else reads.format(value)
        for (column, reads), value in zip(regimes.items(), values, strict=True)
    ]
    return Regime(", ".join(words))


def at_best(rows: pd.DataFrame, *, tuned: Sequence[str], cost: str = "valid_loss") -> pd.DataFrame:
    """In each regime one row for each seed: at the setting of ``tuned`` whose mean cost over the other seeds is least.

    A setting at which a network has no cost (it diverged) is no candidate. ``chosen`` says which it was.
    """
    parts = [_of_regime(group, list(tuned), cost) for _, group in rows.groupby("regime", sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else rows.assign(chosen="")


def _of_regime(rows: pd.DataFrame, tuned: list[str], cost: str) -> pd.DataFrame:
    settings = rows.groupby(tuned, sort=False).ngroup().to_numpy()
    numbers, seeds = np.unique(rows["seed"], return_inverse=True)
    if np.unique(settings * numbers.size + seeds).size < len(rows):
        raise ValueError(
            f"two networks of a regime have the same {', '.join([*tuned, 'seed'])}: what differs is none of these"
        )
    costs = np.full((settings.max() + 1, numbers.size), np.nan)
    costs[settings, seeds] = rows[cost]
    best = leave_one_seed_out(pd.DataFrame(costs).dropna())["strength"].to_numpy(float)  # by the seed's place
    found = rows[settings == best[seeds]] if best.size else rows.iloc[:0]
    spelled = [", ".join(setting(value) for value in each) for each in found[tuned].itertuples(index=False, name=None)]
    return found.assign(chosen=spelled)


def pair(high: pd.DataFrame, low: pd.DataFrame, value: str) -> pd.DataFrame:
    """Paired by regime and seed: effect = ``value`` of ``high`` minus ``value`` of ``low``.

    Returns:
        Columns regime, seed, high, low, effect, and where settings were chosen high_chosen, low_chosen.
    """
    keys, kept = ["regime", "seed"], [value, "chosen"]
    sides = [
        side[[*keys, *(column for column in kept if column in side)]].rename(
            columns={value: name, "chosen": f"{name}_chosen"}
        )
        for name, side in (("high", high), ("low", low))
    ]
    paired = sides[0].merge(sides[1], on=keys)
    return paired.assign(effect=paired["high"] - paired["low"])


def paired_gains(results: pd.DataFrame, arm: str, reference: str, strengths: Mapping[str, str]) -> pd.DataFrame:
    """``selection.compare`` with the columns regime and effect = gain; ``strengths`` names the columns whose choices are noted."""
    paired = compare(results, arm, reference).astype({"width": int})
    notes = {width: _note(rows, strengths) for width, rows in by_width(paired)}
    return pd.DataFrame(
        {
            "regime": pd.Series([numbered("width", width) for width in paired["width"]], paired.index, dtype=object),
            "seed": paired["seed"],
            "effect": paired["gain"],
            **{name: paired[column] for column, name in strengths.items()},
            "loss [nat]": paired["loss"],
            "reference loss [nat]": paired["reference"],
            "note": paired["width"].map(notes).astype(object),
        }
    )


def _note(rows: pd.DataFrame, strengths: Mapping[str, str]) -> str:
    if rows["gain"].isna().all():
        return "one seed leaves no other to choose the strength on"
    chosen = [f"{name} chosen: {_range(rows[column])}" for column, name in strengths.items()]
    diverged = int(rows["diverged"].iloc[0])
    return "; ".join([*chosen, *([f"{diverged} networks diverged"] if diverged else [])])


def _range(values: "pd.Series[float]") -> str:
    low, high = setting(values.min()), setting(values.max())
    return low if low == high else f"{low} to {high}"
