"""Advice from searches whose best were trained again on fresh seeds: what to use, what to expect of it, what is as good, how to search."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from reports.choice.candidates import CHOOSING, CHOSEN_IN, KEYS, KINDS, Candidate, Choice, choose
from reports.choice.lagging import seeds_to_show
from reports.choice.sentences import UNITS, enough, too_few
from reports.judging import text
from reports.judging.counting import MARGINS, SPELLED, counts, is_small, shortfall
from reports.judging.intervals import LEVEL, Estimate, students
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

WORDS = {"test_loss": "test loss", "test_error": "test error"}
NAMES = {
    "learning_rate": "learning rate",
    "weight_decay": "weight decay λ",
    "l2": "L2 λ",
    "l1": "L1 λ",
    "keep_prob": "keep-prob",
    "bn_momentum": "batch norm’s momentum",
}
TIMED = ("learning_rate", *(field for field in KINDS if field != "max_norm"), "bn_momentum")
EDGE = 0.05  # of an axis: so near its end, the best may lie beyond


def advise_from_choice(results: pd.DataFrame, config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What to do, and why, in words; nothing where no setting was trained again on fresh seeds, or none on a test part.

    ``config`` is the study's: on which axes it searched.
    """
    choice = choose(results)
    if choice is None or not choice.best.scores["test_loss"].has_interval:
        return []
    axes = _axes(config, choice.best)
    return [
        ("use", _recipe(choice.best, axes)),
        ("expect", "; ".join(_expected(choice.best, score) for score in WORDS)),
        ("regulariser", _regulariser(choice, axes)),
        *_beside_other_kinds(choice),
        *_batch_norm(choice),
        ("width", _width(choice)),
        *_search(results, choice.best, axes),
        *(("beware", words) for words in _warnings(results, choice, axes)),
    ]


def _recipe(best: Candidate, axes: Mapping[str, Any]) -> str:
    opened = [field for field in TIMED if field in axes and field in best.settings]
    shown = ["learning_rate", *(field for field in opened if field != "learning_rate")]
    told = [f"{NAMES.get(field, field)} {text.setting(best.settings[field])}" for field in shown]
    length = f"{text.setting(best.settings['steps'])} steps of {text.setting(best.settings['batch_size'])} rows"
    normed = "batch norm" if best.is_normalised else "no batch norm"
    return f"{best.name}: {', '.join(told)}, {normed}, {best.settings['optimiser']}, {length}"


def foreseen(found: Estimate) -> Estimate:
    """Where one further seed lies, by Student’s t: its own spread, and that of the mean."""
    reach = found.spread * math.sqrt(1 + 1 / found.seeds) * students(found.seeds - 1)
    return replace(found, low=found.value - reach, high=found.value + reach)


def _expected(best: Candidate, score: str) -> str:
    found, unit = best.scores[score], UNITS[score]
    return (
        f"{WORDS[score]} {text.level(found.value, unit)} in the mean of fresh seeds"
        f" {text.interval_with_n(found, unit, sign=False)}, 95 of 100 networks in {text.interval(foreseen(found), unit, sign=False)}"
    )


def compared(gain: Estimate, score: str, other: str) -> str:
    """How the first does beside ``other``, of whose score it has less by ``gain``."""
    unit = UNITS[score]
    shown = f"{text.quantity(gain.value, unit)} {text.interval(gain, unit)}"
    if not gain.has_interval:
        return f"one seed cannot tell it from {other}"
    if gain.low > 0:
        return f"better than {other} by {shown}{shortfall(gain, unit)}"
    if gain.high < 0:
        less = f", less than what counts, {SPELLED[unit]}" if gain.low > -MARGINS[unit] else ""
        return f"worse than {other}: {shown}{less}"
    if abs(gain.value) > MARGINS[unit]:
        needed = seeds_to_show(gain.value, gain.spread, seeds=gain.seeds, level=(1 - LEVEL) / 2)
        return f"too few seeds to tell it from {other}: {shown}{'' if needed is None else f'; {enough(needed)}'}"
    alike = -MARGINS[unit] < gain.low and is_small(gain, unit)
    return f"{'no difference that counts from' if alike else 'not told apart from'} {other}: {shown}"


def _regulariser(choice: Choice, axes: Mapping[str, Any]) -> str:
    best, none = choice.best, choice.none
    if none is None:
        return "no network without regularisation was trained again, so what it gains is not known"
    if none is best:
        return "none: no other setting has a lower validation loss"
    told = "; ".join(f"in {score.removeprefix('test_')} {compared(best.gain[score], score, 'none')}" for score in WORDS)
    pays = [score for score in WORDS if counts(best.gain[score], UNITS[score])]
    costs = [score for score in WORDS if best.gain[score].high < 0]
    if pays and costs:
        where = (text.listed([score.removeprefix("test_") for score in scores]) for scores in (pays, costs))
        return "it pays in {} and costs in {}: {}".format(*where, told)
    if pays:
        return f"it pays: {told}"
    if all(is_small(best.gain[score], UNITS[score]) for score in WORDS):
        return f"none does as well ({_recipe(none, axes)}): {told}"
    return f"it is not shown to pay: {told}"


def _beside_other_kinds(choice: Choice) -> Iterator[tuple[str, str]]:
    """The best of every other kind but none, of which the line of the regulariser tells."""
    seen = {_kind(each) for each in (choice.best, choice.none) if each}
    for each in choice.candidates:
        if _kind(each) not in seen:
            seen.add(_kind(each))
            yield "beside", compared(each.behind["test_loss"], "test_loss", each.name)


def _kind(candidate: Candidate) -> tuple[tuple[str, ...], bool]:
    return candidate.kinds, candidate.is_normalised


def _batch_norm(choice: Choice) -> Iterator[tuple[str, str]]:
    by_norm = {each.is_normalised: each for each in reversed(choice.candidates)}
    if len(by_norm) == 2:
        normed, plain = by_norm[True], by_norm[False]
        first = "yes" if normed is choice.best else "no"
        yield "batch norm", f"{first}; the best with it is {normed.name}, without it {plain.name}"


def _width(choice: Choice) -> str:
    best = int(choice.best.settings["width"])
    least = min(choice.shortlist, key=lambda each: (int(each.settings["width"]), *each.complexity))
    narrowest = int(least.settings["width"])
    if narrowest >= best:
        few = any(int(each.settings["width"]) < best for each in choice.undecided)
        known = "shown to be as good: for some the seeds are too few" if few else "as good"
        return f"{text.count(best, 'unit')}; no narrower setting is {known}"
    return f"{text.count(best, 'unit')}; {least.name} cannot be told apart in validation loss"


def _axes(config: Mapping[str, Any], best: Candidate) -> Mapping[str, Any]:
    """What the arm's search left open, as the study file says it: a range, or a list of values."""
    stage, arm, *_ = best.key
    search = config.get("search") or {}
    settings: Mapping[str, Any] = search.get("arms", {}).get(arm, {}) if stage == "refit" else {}
    return {field: axis for field, axis in settings.items() if isinstance(axis, (dict, list))}


def _search(results: pd.DataFrame, best: Candidate, axes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """On which axes, and after how many tries the best so far was as good as it became: of this one search."""
    _, arm, repeat, _ = best.key
    rows = results[(results["stage"] == "search") & (results["arm"] == arm) & (results["repeat"] == repeat)]
    if rows.empty or not axes:
        return
    tried = rows.groupby("trial")[CHOOSING].agg(lambda values: values.mean(skipna=False))
    lowest = np.fmin.accumulate(tried.to_numpy(float))
    enough = 1 + int(np.argmax(lowest <= lowest[-1] + SESOI))
    listed = ", ".join(f"{NAMES.get(field, field)} {_axis(axis)}" for field, axis in axes.items())
    yield (
        "search",
        f"{listed}; {text.count(len(tried), 'try' if len(tried) == 1 else 'trie')}, of which the first {enough} came within {SESOI} nat of what all of them found",
    )


def _axis(axis: Mapping[str, Any] | Sequence[Any]) -> str:
    if not isinstance(axis, Mapping):
        return f"among {', '.join(map(text.setting, axis))}"
    kind = "logarithmic" if axis.get("log") else str(axis.get("axis", "linear"))
    return f"{text.setting(axis['low'])} to {text.setting(axis['high'])} ({kind})"


def _warnings(results: pd.DataFrame, choice: Choice, axes: Mapping[str, Any]) -> Iterator[str]:
    best = choice.best
    ends = [NAMES.get(field, field) for field, axis in axes.items() if _at_end(best.settings[field], axis)]
    if ends:
        yield f"the best {text.joined(ends)} {'lies' if len(ends) == 1 else 'lie'} at the end of what was tried: try beyond it"
    for each in choice.candidates:
        if each.behind["test_loss"].high < -SESOI:
            found = each.behind["test_loss"]
            yield f"on the test part {each.name} is better by {text.quantity(-found.value, 'nat')}, although its validation loss is higher"
            break
    if len(choice.shortlist) > 1:
        simplest = choice.shortlist[0]
        yield (
            f"{text.count(len(choice.shortlist) - 1, 'other setting')} cannot be told apart in validation loss"
            f"{'' if simplest is best else f', the simplest {simplest.name}'}"
        )
    if choice.undecided:
        yield too_few(choice)
    rows = int(results["valid_rows"].min())
    if 100 / rows > SESOI_IN_POINTS:
        yield f"{text.count(rows, 'validation row')} of a seed are too few to tell {SPELLED[text.POINTS]} apart"


def _at_end(value: float, axis: Mapping[str, Any] | Sequence[Any]) -> bool:
    """Whether it lies at an end at which there is something beyond."""
    if not isinstance(axis, Mapping):
        return False
    low, high, at = (_place(float(each), axis) for each in (axis["low"], axis["high"], value))
    share = (at - low) / (high - low)
    return bool(share < EDGE or (share > 1 - EDGE and axis["high"] != 1))


def _place(value: float, axis: Mapping[str, Any]) -> float:
    """On the axis that was searched."""
    if axis.get("axis") == "odds":
        return math.log(value / (1 - value))
    return math.log(value) if axis.get("log") else value


def basis_of_choice(results: pd.DataFrame) -> str:
    """What the advice rests on."""
    rows = results[results["stage"].isin(CHOSEN_IN)]
    seeds, trials = rows["seed"].nunique(), rows.groupby(KEYS).ngroups
    return (
        f"{text.count(trials, 'setting')} that {'was' if trials == 1 else 'were'} best in {'its search' if trials == 1 else 'their searches'}, trained again on {text.count(int(seeds), 'fresh seed')}; chosen between on"
        " validation loss, told on the one test part of this table: other rows may differ by more than these intervals"
    )


def spelled(advice: Sequence[tuple[str, str]]) -> list[str]:
    """As lines of a terminal."""
    return [f"{name:<14} {words}" for name, words in advice]
