"""The choice in words, for a terminal, and as data, for scripts."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from reports.choice.candidates import CHOOSING, Candidate, Choice
from reports.judging import text
from reports.judging.counting import shortfall
from reports.judging.intervals import Estimate
from reports.judging.verdict import MANY as MANY_SEEDS

UNITS = {"valid_loss": "nat", "test_loss": "nat", "valid_error": "points", "test_error": "points"}
CHOSEN_BY = "validation loss"  # CHOOSING in words: what is told beside it is of the test part
MANY = 8  # candidates that a terminal's list has room for
OPENED = ("width", "learning_rate", "keep_prob", "l2", "bn_momentum", "batch_norm", "weights")


def lines(choice: Choice) -> list[str]:
    """What was chosen, beside no regularisation, what cannot be told apart from it, and for what the seeds are too few."""
    best, none = choice.best, choice.none
    told = [f"chosen  {best.name} ({origin(best)})", f"        {settings(best)}"]
    told += [f"        on fresh seeds: {_score(best)}"]
    if none is best:
        told += ["        it is the one without regularisation: no other was better"]
    elif none is not None:
        told += [f"without regularisation: {_score(none)}", f"        {_difference(best)}"]
    return [*told, f"        {_shrinkage(best)}", *_shortlisted(choice)]


def ending(choice: Choice) -> list[str]:
    """What a run ends with: the chosen configuration beside no regularisation."""
    best, others = choice.best, len(choice.shortlist) - 1
    undecided = [f"        {too_few(choice)}"] if choice.undecided else []
    beside = [f"        {_beside_none(choice)}"]
    beside += [f"        without: {_score(choice.none)}"] if choice.none not in (None, best) else []
    return [
        f"chosen  {best.name}: {_score(best)}",
        *beside,
        *(
            [f"        {text.count(others, 'other setting')} cannot be told apart from it in {CHOSEN_BY}"]
            if others
            else []
        ),
        *undecided,
    ]


def recommendation(choice: Choice) -> str:
    """The choice in one or two sentences for the page."""
    best = choice.best
    others = [each for each in choice.shortlist if each is not best]
    simplest = choice.shortlist[0]
    found = f"The lowest validation loss on fresh seeds has {best.name}: {_score(best)}. {text.sentence(_beside_none(choice))}."
    few = f" {text.sentence(too_few(choice))}." if choice.undecided else ""
    if not others:
        return f"{found}{few or f' {text.sentence(_alone(choice))}.'}"
    count = "one other setting" if len(others) == 1 else f"{len(others)} other settings"
    simpler = "" if simplest is best else f", the simplest of them {simplest.name}"
    return f"{found} In {CHOSEN_BY} it cannot be told apart from {count}{simpler}.{few}"


def too_few(choice: Choice) -> str:
    """For how many other settings the seeds are too few, and how many would do; nothing must be said where there are none."""
    lags = [choice.lags[each.key] for each in choice.undecided]
    farthest = text.quantity(max(lag.value for lag in lags), "nat", sign=False)
    seen = f"seen {'' if len(lags) == 1 else 'up to '}{farthest} behind in {CHOSEN_BY}"
    needed = [lag.seeds_needed for lag in lags if lag.seeds_needed is not None]
    remedy = enough(*needed) if needed else "it takes two or more"
    seeds = text.count(choice.best.scores[CHOOSING].seeds, "seed")
    return f"{seeds} {'is' if seeds.startswith('1 ') else 'are'} too few to tell {text.count(len(lags), 'other setting')} from it, {seen}: {remedy}"


def enough(*seeds: int) -> str:
    """How many it takes, from the fewest of several settings to the most; none beyond what anyone trains is named."""
    named = [str(each) if each <= MANY_SEEDS else f"more than {MANY_SEEDS}" for each in (min(seeds), max(seeds))]
    return f"it takes {' to '.join(dict.fromkeys(named))}"


def _beside_none(choice: Choice) -> str:
    if choice.none is None:
        return "no network without regularisation was trained again, so its gain is not known"
    return "it is the one without regularisation" if choice.none is choice.best else _difference(choice.best)


def _shortlisted(choice: Choice) -> list[str]:
    others = [each for each in choice.shortlist if each is not choice.best]
    if not others and not choice.undecided:
        return [f"        {_alone(choice)}"]
    close = (
        f"{text.count(len(others), 'other setting')} cannot be told apart from it in {CHOSEN_BY}, the simplest first:"
    )
    few = f"{too_few(choice)}, the simplest first:" if choice.undecided else ""
    return [*_listed(close, others), *_listed(few, choice.undecided)]


def _alone(choice: Choice) -> str:
    return "every other setting is shown to be worse" if len(choice.candidates) > 1 else "no other was trained again"


def _listed(heading: str, candidates: Sequence[Candidate]) -> list[str]:
    if not candidates:
        return []
    more = [f"        and {len(candidates) - MANY} more"] if len(candidates) > MANY else []
    return [heading, *(f"        {each.name} ({origin(each)}): {_score(each)}" for each in candidates[:MANY]), *more]


def origin(candidate: Candidate) -> str:
    """Where it was chosen."""
    stage, arm, repeat, trial = candidate.key
    if stage == "score":
        return f"design {arm}, point {trial}"
    return f"search {arm}{f'-{repeat}' if repeat else ''}, trial {trial}"


def settings(candidate: Candidate) -> str:
    known = [field for field in OPENED if field in candidate.settings]
    return ", ".join(f"{field} {text.setting(candidate.settings[field])}" for field in known)


def _score(candidate: Candidate) -> str:
    names = {"test_loss": "test loss", "test_error": "test error"}
    if not candidate.scores["test_loss"].has_interval:
        names = {"valid_loss": "validation loss", "valid_error": "validation error"}
    return ", ".join(f"{name} {_spelled(candidate.scores[score], UNITS[score])}" for score, name in names.items())


def _spelled(estimate: Estimate, unit: str) -> str:
    value = text.level(estimate.value, unit)
    return f"{value} {text.interval_with_n(estimate, unit, sign=False)}"


def _difference(best: Candidate) -> str:
    found = best.gain["test_loss" if best.gain["test_loss"].has_interval else "valid_loss"]
    if not found.has_interval:
        return "one seed alone cannot say whether it is better"
    if found.low > 0:
        gain = f"{text.quantity(found.value, 'nat', sign=False)} {text.interval(found, 'nat', sign=False)}"
        return f"better than without by {gain}{shortfall(found, 'nat')}"
    if found.high < 0:
        return f"worse than without by {text.quantity(-found.value, 'nat', sign=False)}: take the one without"
    return f"no better than without, as far as these seeds can tell: {text.quantity(found.value, 'nat')} {text.interval(found, 'nat')}"


def _shrinkage(best: Candidate) -> str:
    steps = {"where it was chosen": best.before, "on fresh seeds": best.scores["valid_loss"]}
    shown = ", ".join(f"{text.quantity(each.value, 'nat', sign=False)} {name}" for name, each in steps.items())
    test = best.scores["test_loss"]
    return f"validation loss {shown}" + (
        f"; {text.quantity(test.value, 'nat', sign=False)} on the test part" if test.has_interval else ""
    )


def as_data(choice: Choice) -> dict[str, Any]:
    """The same for a script: numbers as they are, losses in nats, errors in points."""
    return {
        "chosen": _candidate(choice.best),
        "none": None if choice.none is None else _candidate(choice.none),
        "shortlist": [_candidate(each) for each in choice.shortlist],
        "too_few_seeds": [
            {**_candidate(each), "seeds_needed": choice.lags[each.key].seeds_needed} for each in choice.undecided
        ],
        "candidates": [_candidate(each) for each in choice.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    stage, arm, repeat, trial = candidate.key
    return {
        "name": candidate.name,
        "stage": stage,
        "arm": arm,
        "repeat": repeat,
        "trial": trial,
        "settings": {field: candidate.settings[field] for field in OPENED if field in candidate.settings},
        "where_chosen": _numbers(candidate.before),
        **{score: _numbers(each) for score, each in candidate.scores.items()},
        "behind_the_best": {score: _numbers(each) for score, each in candidate.behind.items()},
        "gain_over_none": {score: _numbers(each) for score, each in candidate.gain.items()},
        "without_a_value": candidate.lost,
    }


def _numbers(estimate: Estimate) -> dict[str, float | int | None]:
    known = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {**{name: None if isnan(value) else value for name, value in known.items()}, "n": estimate.seeds}
