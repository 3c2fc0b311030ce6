"""The page: everything that it shows, computed from the table part by part, then laid out by the templates."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from reports import calibration
from reports.choice import section
from reports.choice.candidates import CHOOSING, Choice, choose
from reports.choice.sentences import ending, recommendation
from reports.choice.worth import Worth, worth, worth_lines, worth_table
from reports.drawing import theme
from reports.drawing.forest import height
from reports.drawing.plates import SMALL, Description, Panel, Plate, PrintedTable, plate, printed
from reports.drawing.search_figures import relations
from reports.evidence.checked import check, plain
from reports.evidence.search import best_trial, trials
from reports.judging import text
from reports.judging.claim import Claim, Judgement, in_order, judged
from reports.judging.findings import findings
from reports.judging.overview import all_tested, besides
from reports.judging.verdict import SESOI
from reports.page import contents, extent, glossary, rows, sources
from reports.page.answer import answer
from reports.page.attempts import Attempts
from reports.page.bars import scales
from reports.page.cards import cards
from reports.page.garbage import seldom_collected
from reports.page.headline import WHY, headline, opening, rests
from reports.page.hero import hero
from reports.page.shortened import drawn, left_out
from reports.page.templates import environment
from reports.search.section import search_plates
from reports.tuning.advice import advise
from reports.tuning.chosen_advice import advise_from_choice
from reports.tuning.regret_plates import plates as tuning_plates


def render(claims: Sequence[Claim], results: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    """Writes ``folder``/index.html, one page without scripts, and beside it the findings and what the page comes from.

    The same table gives the same bytes. Returns the page, and in a few lines what it says first. A part that fails is told
    in its place, and in a line. Raises ``TableError`` if the table lacks columns or provenance.
    """
    check(results)
    attempts = Attempts()
    table = plain(results)
    with seldom_collected():
        judgements = _judgements(claims, table, attempts)
        with theme.drawing():
            context = _context(claims, judgements, table, results, attempts)
    folder.mkdir(parents=True, exist_ok=True)
    found = findings(judgements)
    found.to_csv(folder / "findings.csv", index=False)
    found.to_json(folder / "findings.json", orient="records", indent=1, force_ascii=False)
    sources.write_sources(folder, results.attrs, context["headline"])
    page = folder / "index.html"
    page.write_text(environment().get_template("page.html.jinja").render(context), encoding="utf-8")
    return page, _first(context)


def _first(context: dict[str, Any]) -> list[str]:
    said = [f"found   {context['headline']}. {context['opening']}".rstrip()]
    failed = [f"failed  {each}" for each in context["broken"]]
    return [*said, *context["beside"], *(context["choice"]["ending"] if context["choice"] else []), *failed]


def _judgements(claims: Sequence[Claim], table: pd.DataFrame, attempts: Attempts) -> list[Judgement]:
    """Those of all claims that can be judged."""
    made = [attempts.made(f"Claim {each.slug}", partial(judged, each, table)) for each in in_order(claims)]
    return [each for each in made if isinstance(each, Judgement)]


def _context(
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    table: pd.DataFrame,
    results: pd.DataFrame,
    attempts: Attempts,
) -> dict[str, Any]:
    provenance, record = results.attrs["provenance"], results.attrs.get("record", {})
    standing = extent.extent(table, record)
    also = besides(judgements, (provenance["config"].get("design") or {}).get("claims", ()))
    asked = [each for each in all_tested(judgements) if each not in also]
    fresh = int(table.loc[table["stage"] == "score", "seed"].nunique())
    said: list[str] = attempts.made_or([], "The answer", partial(answer, judgements, provenance, fresh))
    choice = attempts.made_or(None, "The choice between configurations", partial(choose, table))
    others = attempts.made_or(None, "The comparison with other methods", partial(worth, results))
    return {
        "provenance": provenance,
        "record": {"begun": "", "commit": "", **record},
        "extent": standing,
        "study_file": sources.study_file(provenance["config"]).rstrip(),
        "headline": standing.prefix + (others.answer if others else headline(said, asked, choice)),
        "opening": f"{text.sentence(others.differences)}." if others else opening(said, asked, choice),
        "why": WHY if said else "",
        "rests": rests(said, table, judgements),
        "cards": attempts.made_or([], "The cards", partial(cards, table, judgements, choice)),
        "hero": attempts.made("The first figure", partial(hero, table)),
        **_of_claims(claims, judgements, asked, also, standing, attempts),
        **_advised(table, provenance, attempts),
        "tuning_plates": attempts.made_or([], "The figure on tuning", partial(tuning_plates, table)),
        "choice": attempts.made_or(None, "The section on the chosen configuration", partial(_choice, choice)),
        "others": _beside_others(others),
        "beside": worth_lines(others)[1:] if others else [],  # the first is the headline
        **_of_search(table, provenance, choice, attempts),
        "lost": extent.failures_by_arm(table),
        "limits": sources.limits(table, provenance),
        "links": sources.links(results.attrs, judged=any(each.findings for each in judgements)),
        "bibtex": sources.bibtex(provenance, record, headline(said, asked, choice)),
        "terms": glossary.TERMS,
        "explained": glossary.Explained(),
        "broken": attempts.failures,
    }


def _advised(table: pd.DataFrame, provenance: dict[str, Any], attempts: Attempts) -> dict[str, Any]:
    advised = attempts.made_or([], "The advice", partial(advise, table, provenance["data"]["classes"]))
    chosen = partial(advise_from_choice, table, provenance["config"])
    return {"advice": advised, "chosen_advice": [] if advised else attempts.made_or([], "The advice", chosen)}


def _of_claims(  # noqa: PLR0913, PLR0917  # what the tables and articles of claims are made of
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    asked: Sequence[Judgement],
    also: Sequence[Judgement],
    standing: extent.Extent,
    attempts: Attempts,
) -> dict[str, Any]:
    awaited = {each.claim.slug for each in judgements if standing.awaits(each, claims)}
    silent = [each for each in judgements if not each.findings]
    return {
        "asked": asked,
        "also": also,
        "awaited": awaited,
        "overviews": [
            (name, [rows.overviewed(each, provisional=each.claim.slug in awaited) for each in some])
            for name, some in _overviews(asked, also)
        ],
        "shelves": contents.shelves([*asked, *also]),
        "verdicts": contents.verdicts([*asked, *also]),
        "unfinished": [each for each in silent if each.claim.slug in awaited],
        "untested": [each for each in silent if each.claim.slug not in awaited],
        "scales": scales(judgements),
        "believed": [(each.title, each.note, printed(each.data)) for each in calibration.believed()],
        "claim_plates": {
            each.claim.slug: attempts.made(f"The figure of {each.claim.slug}", partial(claim_plate, each))
            for each in judgements
            if each.findings and not each.evidence.empty
        },
        "claim_details": {
            each.claim.slug: attempts.made_or((), f"The tables of {each.claim.slug}", partial(_details, each))
            for each in judgements
        },
    }


def _details(judgement: Judgement) -> list[tuple[str, str, PrintedTable]]:
    """Of the panels that are drawn: what Q depends on at sixty widths took half of a page's time."""
    if not judgement.findings:
        return []
    found = judgement.claim.details(judgement.evidence if judgement.evidence.empty else drawn(judgement.evidence))
    return [(each.title, each.note, printed(each.data)) for each in found]


def _of_search(
    table: pd.DataFrame, provenance: dict[str, Any], choice: Choice | None, attempts: Attempts
) -> dict[str, Any]:
    def of_chosen() -> list[Plate]:
        trial = _trial(tried, choice)
        opened = {} if trial is None else _opened(searched, str(trial["arm"]), table)
        return [] if trial is None or not opened else [relations(tried, opened, trial)]

    searched = provenance["search"] or {"open": {}, "axes": {}}
    tried = trials(table, [field for field in searched["open"] if field in table.columns])
    told: list[Plate] = attempts.made_or(
        [], "The figures of the search", partial(search_plates, table, provenance, tried)
    )
    return {
        "trials": len(tried),
        "pruned": int(tried["mean"].isna().sum()),
        "search_plates": [*told, *attempts.made_or([], "The figure of the chosen arm's trials", of_chosen)],
    }


def _beside_others(found: Worth | None) -> PrintedTable | None:
    return None if found is None else printed(pd.DataFrame(worth_table(found)))


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
    shown = drawn(evidence)
    titles = list(shown["panel"].unique())
    groups = [(each, shown[shown["panel"] == each] if len(titles) > 1 else shown) for each in titles]
    panels = [Panel(str(title), partial(_draw, claim, found), scale=_scale(found)) for title, found in groups]
    words = Description(
        alt=f"{claim.alt} {text.sentence(judgement.brief)}.",
        caption=" ".join(filter(None, (claim.caption, claim.remark(shown), left_out(evidence, shown)))),
    )
    rows = int(shown.groupby("panel")["regime"].nunique().max()) if "effect" in shown else 0
    size = replace(SMALL, height=height(rows)) if rows else SMALL
    return plate(f"claim-{claim.slug}", panels, words, data=claim.table(shown), size=size)


def _scale(found: pd.DataFrame) -> str:
    """Panels of one metric have one scale: nats and points are not to be compared."""
    return str(found["metric"].iloc[0]) if "metric" in found else ""


def _draw(claim: Claim, found: pd.DataFrame, ax: Axes) -> Axes:
    return claim.draw(found, ax)


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
        "sesoi": SESOI,
        "table": section.table(found),
        "plate": section.shrinkage(found),
    }
