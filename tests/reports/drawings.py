"""Figures of what no registered study holds: steps, many widths, open ends, searches that went in many ways, crowded labels."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from synthetic import OPEN

from reports.choice.candidates import choose
from reports.choice.section import shrinkage
from reports.drawing import theme
from reports.drawing.figures import (
    clip,
    draw_arms,
    draw_joined,
    draw_lines,
    draw_reach,
    draw_steps,
    draw_units,
    log_horizontal,
)
from reports.drawing.forest import draw_forest, height, ratio_ticks
from reports.drawing.hero_figures import draw_beside_smooth, draw_gains
from reports.drawing.labels import Label, label_beside
from reports.drawing.plates import SMALL, Description, Panel, Plate, Size, plate
from reports.drawing.search_figures import relations
from reports.judging.intervals import bounded, mean, nothing
from reports.judging.regimes import Regime
from reports.judging.rules import Measured, effect
from reports.page.templates import environment
from reports.search.course import learning_plate, so_far_plate
from reports.search.matters import shares_plate, surfaces_plate
from reports.search.points import Points, value
from reports.search.where import failures_plate, parallel_plate

PAGE = """{% from "macros.html.jinja" import figure with context %}
{% for each in plates %}{{ each.key }} {{ each.size }}
{{ figure(each) }}
{% endfor %}"""
WORDS = Description("What is drawn.", "It.")
RATIO = Measured(what="It.", quantity="how many times it is", reading="more is more", unit="times", issue="it is so")
NATS = Measured(what="It.", quantity="what it is in nats", reading="more is more", unit="nat", issue="it is so")
BOX = {"low": 0.0, "high": 1.0, "log": False}


def page_of(plates: list[Plate]) -> str:
    """As a page holds them, each after its key and its size."""
    return environment().from_string(PAGE).render(plates=plates)


def shown(name: str, panels: list[Panel], size: Size = SMALL) -> Plate:
    return plate(name, panels, WORDS, data=pd.DataFrame({"at": [1, 2]}), size=size)


def hero_plates() -> list[Plate]:
    """Saws of more than a step, and gains of four widths over all doses, of which some harm."""
    at = np.linspace(0.05, 0.97, 40)
    saw = 2.2 * ((7 * at) % 1 - 0.5)
    teeth = pd.DataFrame({"strength": at, "mean": saw, "low": saw - 0.1, "high": saw + 0.2, "width": 7})
    doses = {
        "dropout": (0.01, 0.02, 0.1, 0.5, 0.9, 0.98, 0.997, 0.999),
        "L2": (1e-5, 1e-3, 0.01, 0.1, 1.0),
    }
    panels = [
        Panel(arm, partial(draw_beside_smooth, teeth.assign(arm=arm)), scale="steps") for arm in ("dropout", "none")
    ]
    for kind, unit, best in (("dropout", "nat", 0.2), ("L2", "points", 3.0), ("L2", "nat", 0.01)):
        rows = [
            (width, dose, best * (1 - 0.1 * number) * (1 - 0.5 * (place - 2 - number) ** 2))
            for number, width in enumerate((4, 8, 16, 32))
            for place, dose in enumerate(doses[kind])
        ]
        table = pd.DataFrame(rows, columns=["width", "strength", "mean"]).assign(kind=kind, unit=unit)
        table = table.assign(low=table["mean"] - 0.1 * best, high=table["mean"] + 0.2 * best)
        panels.append(Panel(f"{kind}, {unit}", partial(draw_gains, table), scale=f"{kind}, {unit}"))
    return [shown("hero", panels)]


def forests() -> list[Plate]:
    """Open ends on both sides, bounds, one seed, no value; a ratio's ticks where many are in sight, two, and one."""
    regimes = [
        Regime(words) for words in ("width 4", "what is compared at very great length indeed, width 8", "c", "d", "e")
    ]
    seeds = np.array([-0.4, 0.1, 0.3, 0.45])
    found = [
        mean(seeds), bounded(mean(seeds + 0.2), 1), bounded(mean(seeds - 0.1), -1), mean([0.5]), nothing("lost"),
    ]  # fmt: skip
    estimates = [replace(each, regime=regime) for each, regime in zip(found, regimes, strict=True)]
    data = pd.DataFrame(
        [
            {"regime": regime, "effect": effect_ + place / 20, "bound": place % 3 - 1 if seed == 2 else 0}
            for place, regime in enumerate(regimes)
            for seed, effect_ in enumerate(seeds)
        ]
    )
    rules = [
        effect(measured, limit, supported="a", contradicted="b", alike="c")
        for measured, limit in ((RATIO, 1.25), (NATS, 0.02))
    ]
    size = Size("small", 3.3, height(len(estimates)))
    panels = [Panel(rule.unit, partial(draw_forest, data, estimates, rule=rule)) for rule in rules]
    few = [Panel("2 rows", partial(draw_forest, data.drop(columns="bound"), estimates[:2], rule=rules[1]))]
    ranges = {"many": (0.002, 900), "two": (0.9, 2.2), "one": (1.5, 2.2), "an end": (0.5, 2.0)}
    ticks = [Panel(name, partial(_of_ratios, ends)) for name, ends in ranges.items()]
    return [
        shown("forest", panels, size),
        shown("few", few, Size("small", 3.3, height(2))),
        shown("ratios", ticks),
    ]


def _of_ratios(ends, ax):
    ax.set_xlim(*np.log(ends))
    return ratio_ticks(ax)


def lines() -> list[Plate]:
    """More series than there are dashes, losses that nobody tunes to, counts beside a line, and every kind of axis."""
    generator = np.random.default_rng(5)
    strengths = np.linspace(0.1, 1, 7)
    arms = ["dropout", "fixed_count", "l2", "gaussian", "mine", "none", "joint"]
    rows = pd.DataFrame(
        [
            {
                "arm": arm,
                "strength": at,
                "loss": 0.5 + 0.1 * place + (at - 0.7) ** 2 + 0.01 * generator.normal(),
                "width": 8,
            }
            for place, arm in enumerate(arms)
            for at in strengths
            for _ in range(3)
        ]
    )
    far = rows.assign(loss=rows["loss"] + 3 * (rows["strength"] > 0.9))
    two = rows[rows["arm"].isin(["dropout", "fixed_count"])]
    colours = {place: theme.SHADES[place] for place in range(3)}
    by = rows.assign(kind=np.arange(len(rows)) % 3, found=rows["loss"])
    plates = [
        shown("arms", [Panel("near", partial(draw_arms, rows)), Panel("far", partial(draw_arms, far))]),
        shown(
            "units",
            [Panel("a", partial(draw_units, two)), Panel("b", partial(draw_units, two[two["arm"] == "dropout"]))],
        ),
        shown("kinds", [Panel("kinds", partial(draw_lines, by, value="found", by="kind", colours=colours))]),
        shown("reaches", [Panel("reaches", _reaches), Panel("joined", _joined), Panel("steps", _stepped)]),
    ]
    spans = {"two": (0.02, 0.9), "299": (0.01, 2.99), "301": (0.01, 3.01), "ten": (1e-9, 5)}
    title = "a title that is as long as it can be on one line"
    logs = [Panel(f"{name}, {title}", partial(_logarithmic, span)) for name, span in spans.items()]
    beyond = [Panel("ticks just beyond", partial(_of_width, (0.002, 0.998)))]  # less than a dot
    down = [Panel(str(ends), partial(_of_range, ends), scale="down") for ends in ((3, -1), (2, -2), (5, 1))]
    up = [Panel(str(ends), partial(_of_range, ends), scale="up") for ends in ((0, 1), (-1, 0.5))]
    thirds = "One two three four five six seven"  # 33 letters
    titles = [Panel(words, clip) for words in (thirds, f"{thirds}s", "Short")]
    return [*plates, shown("logarithms", logs), shown("shared", [*down, *up, *beyond]), shown("titles", titles)]


def _reaches(ax):
    draw_reach([1, 2, 3], [3, 4, 2], ([2, np.nan, 1], [5, 6, np.inf]), ax, colour=theme.INK, label="plain")
    draw_reach([2], [3], ([2.5], [3.5]), ax, colour=theme.colour("l2"), mark="D", size=6, filled=False, label="hollow")
    return ax


def _joined(ax):
    draw_joined(
        np.array([[0.0, 1, 2], [0, 1, 2]]), np.array([[0.0, 2, 1], [1, 1, 3]]), ax, colour=theme.MUTED, alpha=0.4
    )
    return clip(ax)


def _stepped(ax):
    ax.plot([0.2, 0.8], [1, 2], color=theme.INK)
    return draw_steps(ax, 9)


def _logarithmic(span, ax):
    ax.plot(span, [1, 2], color=theme.INK)
    ax.set_xlim(*span)
    return log_horizontal(ax)


def _of_range(ends, ax):
    ax.set_ylim(*ends)
    return ax


def _of_width(ends, ax):
    ax.set_xlim(*ends)
    return ax


def labels() -> list[Plate]:
    """One, some that crowd at the top, more than fit, some beyond the axis."""
    heights = {
        "one": [0.5], "crowded": [0.9, 0.95, 1.0], "low": [0.0, 0.02, 0.3], "many": [0.1 * place for place in range(9)],
        "beyond": [-0.5, 1.5], "none": [],
    }  # fmt: skip
    return [
        shown("labels", [Panel(name, partial(_labelled, at, 0.2)) for name, at in heights.items()]),
        shown("close", [Panel("close", partial(_labelled, heights["many"], 0.09))]),
    ]


def _labelled(heights, height_, ax):
    ax.plot([0, 1], [0, 1], color=theme.INK)
    ax.set(xlim=(0, 2), ylim=(0, 1))
    named = [Label(f"at {at:.2f}", 0.2 * place, at, theme.INK) for place, at in enumerate(heights)]
    return label_beside(named, ax, height=height_)


def searches() -> list[Plate]:
    """Searches of all families, of more arms than a panel has room for, several times, on one seed; and their best beside the fields."""
    arms = ["none", "l2", "dropout", "both", "early_stopping", "a", "b", "c", "d", "e", "f", "g", "bn_none", "bn_l2"]
    arms += ["linear_8", "odds_8", "levels_16", "lambda", "joint"]
    rows = []
    for place, arm in enumerate(arms):
        for repeat in range(3 if place % 4 == 1 else 1):
            losses = 0.5 + 0.05 * ((np.arange(6) * (3 + place) + 2 * repeat + place) % 7) + 0.01 * place
            seeds = 1 if place % 5 == 2 else 4
            for trial, loss in enumerate(losses):
                reach = np.nan if seeds == 1 else 0.01 * (1 + trial)
                rows.append((arm, repeat, trial, float(loss), loss - reach, loss + 2 * reach, seeds))
    tried = pd.DataFrame(rows, columns=["arm", "repeat", "trial", "mean", "low", "high", "seeds"])
    tried["best"] = tried.groupby(["arm", "repeat"])["mean"].cummin()
    lost = tried.assign(mean=tried["mean"].mask((tried["arm"] == "l2") & (tried["trial"] == 3)))
    at = (1 + np.arange(len(tried)) % 11) / 11
    opened = lost.assign(keep_prob=0.2 + 0.8 * at, l2=10 ** (-5 * at), width=4 + (60 * at).round())
    fields = {field: OPEN[field] for field in ("keep_prob", "l2", "width")}
    few = tried[
        tried["arm"].isin(["joint", *"abcdef"])
    ]  # six others fill a panel; neither the first nor the last by name is lowest
    lower = 0.3 * (few["arm"] == "c")
    few = few.assign(low=few["low"] - 0.5 * (few["arm"] == "b"))
    found = [
        so_far_plate(tried),
        so_far_plate(few.assign(**{name: few[name] - lower for name in ("mean", "low", "high", "best")})),
    ]
    once = tried[(tried["arm"] == "joint") & (tried["trial"] == 0)].assign(low=np.nan, high=np.nan)
    chosen = opened[opened["arm"] == "l2"].iloc[2]
    return [*found, so_far_plate(once), relations(opened, fields, chosen)]


def spaces() -> list[Plate]:
    """A space in which the last fields act together, of 60 points; and one of 30, half of which have learnt nothing."""
    small = {"a": BOX, "width": OPEN["width"], "my_own_field": {"low": -2.0, "high": 3.0}}
    wild = {
        "learning_rate": OPEN["learning_rate"],
        "l2": OPEN["l2"],
        "bn_momentum": OPEN["bn_momentum"],
        "keep_prob": OPEN["keep_prob"],
    }
    calm, hard = _space(small, 60, 1.0), replace(_space(wild, 30, 3.0), spread=False)
    plates = [
        shares_plate([calm, hard]),
        *(make(each) for each in (calm, hard) for make in (surfaces_plate, parallel_plate)),
    ]
    return [each for each in (*plates, failures_plate(hard), learning_plate(calm), learning_plate(hard)) if each]


def _space(bounds, points, steep) -> Points:
    """Networks of two seeds: the last fields act, most of all the product of the last two; some have no curve, or a wild one."""
    generator = np.random.default_rng(points)
    unit = (0.5 + np.outer(np.arange(points), np.sqrt([2, 3, 5, 7])[: len(bounds)])) % 1
    one, other = unit[:, -1], unit[:, -2]
    truth = 1 + steep * (0.3 * one + (one - 0.5) * (other - 0.4) + 0.2 * other**2)
    losses = truth[:, None] + generator.normal(0, 0.02, (points, 2))
    guess = float(np.log(10))
    settings = pd.DataFrame({name: value(unit[:, at], each) for at, (name, each) in enumerate(bounds.items())})
    rows = [
        {
            **settings.iloc[point],
            "trial": point,
            "seed": seed,
            "valid_loss": losses[point, seed],
            "stopped": "completed",
        }
        | {"curve": _curve(steep, float(losses[point, seed].round(4)), seed, point)}
        for point in range(points)
        for seed in range(2)
    ]
    networks = pd.DataFrame(rows)
    if steep > 1:
        reasons = np.array(["completed", "diverged", "out of memory"])[np.arange(len(networks)) % 7 % 3]
        lost = (reasons != "completed") & (networks["trial"] > points // 2)
        networks = networks.assign(
            stopped=np.where(lost, reasons, "completed"), valid_loss=networks["valid_loss"].mask(lost)
        )
    return Points(
        arm="space",
        bounds=bounds,
        settings=settings,
        losses=np.minimum(losses, guess),
        guess=guess,
        networks=networks,
        spread=True,
    )


def _curve(steep, last, seed, point) -> str:
    first = 2.6 if steep == 1 else 5.0
    whole = [[1, first], [5, 1.8 + seed / 10], [20, last if point % 5 else float("nan")]]
    return json.dumps([] if point % 7 == seed else whole[: 3 - (seed and point % 2)])


def choices() -> list[Plate]:
    """The best beside none; none itself best; and no setting without regularisation."""
    from test_choice import refitted  # noqa: PLC0415  it takes its tables from here as well

    tables = [
        refitted(
            {"l2": 0.4, "none": 0.6, "dropout": 0.9, "both": 1.8},
            search={"l2": 0.3, "none": 0.5, "dropout": 1.2, "both": 1.0},
        ),
        refitted({"none": 0.5, "l2": 0.6, "dropout": 0.7}),
        refitted({"l2": 0.4}),
    ]
    found = [choose(each) for each in tables]
    untested = choose(tables[0].assign(test_loss=np.nan))
    return [shrinkage(each) for each in (*found, untested) if each]


DRAWN: dict[str, Callable[[], list[Plate]]] = {
    "shapes": lambda: [*hero_plates(), *forests(), *lines(), *labels()],
    "searches": lambda: [*searches(), *spaces()],
    "choices": choices,
}


def drawn_page(name: str) -> str:
    with theme.drawing():
        return page_of(DRAWN[name]())
