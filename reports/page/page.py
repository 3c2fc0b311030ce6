"""The page: everything that it shows, computed from the table, then laid out by the template."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.axes import Axes

from reports.choice import section
from reports.choice.candidates import CHOOSING, Choice, choose
from reports.choice.told import ending, recommendation
from reports.choice.worth import Worth, worth, worth_table
from reports.drawing import theme
from reports.drawing.forest import height
from reports.drawing.plates import SMALL, Description, Panel, Plate, plate, printed
from reports.drawing.search_figures import relations
from reports.evidence.checked import check, plain
from reports.evidence.search import best_trial, scores_of, trials
from reports.judging import text
from reports.judging.claim import METRICS, Claim, Judgement, judge
from reports.judging.findings import findings
from reports.judging.overview import all_tested, besides, decided
from reports.judging.verdict import MANY
from reports.page.answer import answer
from reports.page.bars import bar, scales
from reports.page.cards import cards
from reports.page.headline import headline, opening
from reports.page.hero import hero
from reports.search.section import search_plates
from reports.tuning.advice import advise
from reports.tuning.chosen_advice import advise_from_choice
from reports.tuning.regret_plates import plates as tuning_plates

BY_CHANCE = 0.05  # of claims: Holm's level, within each of them


def render(claims: Sequence[Claim], results: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    """Writes ``folder``/index.html, one page without scripts or other files, and the findings beside it; the same table gives the same bytes.

    Returns the page, and in a few lines what it says first. Raises ``ValueError`` if the table lacks columns or provenance.
    """
    check(results)
    table = plain(results)
    judgements = judge(claims, table)
    with theme.drawing():
        context = _context(judgements, table, results.attrs) | _beside_others(worth(results))
    folder.mkdir(parents=True, exist_ok=True)
    found = findings(judgements)
    found.to_csv(folder / "findings.csv", index=False)
    found.to_json(folder / "findings.json", orient="records", indent=1, force_ascii=False)
    page = folder / "index.html"
    page.write_text(_environment().get_template("page.html.jinja").render(context), encoding="utf-8")
    return page, _first(context)


def _first(context: dict[str, Any]) -> list[str]:
    said = [f"found   {context['headline']}. {context['opening']}".rstrip()]
    return said + (context["choice"]["ending"] if context["choice"] else [])


def _context(judgements: Sequence[Judgement], results: pd.DataFrame, attrs: dict[Any, Any]) -> dict[str, Any]:
    provenance = attrs["provenance"]
    searched = provenance["search"] or {"open": {}, "axes": {}}
    also = besides(judgements, (provenance["config"].get("design") or {}).get("claims", ()))
    asked = [each for each in all_tested(judgements) if each not in also]
    said = answer(judgements, provenance, int(results.loc[results["stage"] == "score", "seed"].nunique()))
    tried = trials(results, [field for field in searched["open"] if field in results.columns])
    choice = choose(results)
    trial = _trial(tried, choice)
    scored = [] if trial is None else scores_of(results, trial)
    advised = advise(results, provenance["data"]["classes"])
    return {
        "provenance": provenance,
        "configuration": json.dumps(provenance["config"], indent=2, ensure_ascii=False),
        "counts": _counts(results, tried),
        "headline": headline(said, asked, scored),
        "opening": opening(said, asked, scored),
        "cards": cards(results, judgements, scored),
        "hero": hero(results),
        "asked": asked,
        "overviews": _overviews(asked, also),
        "decided": len(decided(judgements)),
        "by_chance": ceil(BY_CHANCE * len(decided(judgements))),
        "also": also,
        "untested": [each for each in judgements if not each.findings],
        "scales": scales(judgements),
        "claim_plates": {each.claim.slug: claim_plate(each) for each in judgements if not each.evidence.empty},
        "claim_details": {
            each.claim.slug: each.claim.details(each.evidence) if each.findings else () for each in judgements
        },
        "advice": advised,
        "chosen_advice": [] if advised else advise_from_choice(results, provenance["config"]),
        "tuning_plates": tuning_plates(results),
        "choice": _choice(choice),
        "pruned": int(tried["mean"].isna().sum()),
        "search_plates": _search_plates(results, provenance, tried, trial),
    }


def _beside_others(found: Worth | None) -> dict[str, Any]:
    """Where other methods stand beside the networks, what they say comes first."""
    if found is None:
        return {"others": None}
    return {"others": printed(pd.DataFrame(worth_table(found))), "headline": found.sentence}


def _overviews(asked: Sequence[Judgement], also: Sequence[Judgement]) -> list[tuple[str, Sequence[Judgement]]]:
    """What the posts say and what we ask ourselves in tables of their own, and beside them what the same networks test."""
    of_posts = [each for each in asked if each.claim.quote]
    ours = [each for each in asked if not each.claim.quote]
    named = (("Claims of the posts", of_posts), ("Our own questions", ours), ("Also tested by the same networks", also))
    return [(name, judgements) for name, judgements in named if judgements]


def _opened(searched: dict[str, Any], arm: str, results: pd.DataFrame) -> dict[str, Any]:
    """The fields that this arm opened, with their bounds; another arm of the search may have opened others."""
    axes = searched["axes"][arm]
    return {field: bounds for field, bounds in searched["open"].items() if field in axes and field in results.columns}


def claim_plate(judgement: Judgement) -> Plate:
    """A claim's figure, a panel for each value of the evidence's column ``panel``."""
    claim, evidence = judgement.claim, judgement.evidence
    groups = list(evidence.groupby("panel", sort=False))
    panels = [Panel(str(title), partial(_draw, claim, rows)) for title, rows in groups]
    words = Description(
        alt=f"{claim.alt} {text.sentence(judgement.clause)}.",
        caption=f"{claim.caption} {claim.remark(evidence)}".rstrip(),
    )
    rows = int(evidence.groupby("panel")["regime"].nunique().max()) if "effect" in evidence else 0
    size = replace(SMALL, height=height(rows)) if rows else SMALL
    return plate(f"claim-{claim.slug}", panels, words, data=claim.table(evidence), size=size)


def _draw(claim: Claim, rows: pd.DataFrame, ax: Axes) -> Axes:
    return claim.draw(rows, ax)


def _search_plates(
    results: pd.DataFrame, provenance: dict[str, Any], tried: pd.DataFrame, trial: "pd.Series[Any] | None"
) -> list[Plate]:
    opened = {} if trial is None else _opened(provenance["search"], str(trial["arm"]), results)
    own = [] if trial is None or not opened else [relations(tried, opened, trial)]
    return [*search_plates(results, provenance, tried), *own]


def _trial(tried: pd.DataFrame, choice: Choice | None) -> "pd.Series[Any] | None":
    """The chosen one; where that is no search's, or nothing was trained again, the best of the search."""
    if choice is not None and choice.best.key[0] == "refit":
        same = (tried[["arm", "repeat", "trial"]] == list(choice.best.key[1:])).all(axis=1)
        return best_trial(pd.DataFrame(tried[same]))
    return best_trial(tried)


def _choice(found: Choice | None) -> dict[str, Any] | None:
    """What the section on the chosen configuration shows."""
    if found is None:
        return None
    seeds = found.best.scores[CHOOSING].seeds
    return {
        "words": recommendation(found),
        "ending": ending(found),
        "seeds": seeds,
        "table": section.table(found),
        "plate": section.shrinkage(found),
    }


def _counts(results: pd.DataFrame, tried: pd.DataFrame) -> list[str]:
    seeds = results.loc[results["stage"] == "design", "seed"].nunique()
    diverged = int((results["stopped"] == "diverged").sum())
    return [
        text.count(len(results), "network"),
        *([f"{text.count(int(seeds), 'paired seed')} in the designs"] if seeds else []),
        *([f"{text.count(len(tried), 'search trial')}"] if len(tried) else []),
        *([f"{diverged} diverged"] if diverged else []),
    ]


def _environment() -> Environment:
    loader = PackageLoader("reports.page", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"bar": bar, "table": printed, "text": text, "MANY": MANY, "METRICS": METRICS}
    return environment
