"""Every claim's rules and designs as they were written down, and what is found, said and drawn of tables that never change.

``make registered`` writes all anew: what differs is to be looked at line by line, and where a rule or
a design is revised after results were seen, the claim says so in ``revised``.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import test_across
import test_beside
import test_search
import test_searching
import test_worth
from advised import ADVISED
from calibrated import DECLARING, PLANTED, calibrated
from drawings import DRAWN, drawn_page, page_of
from filled import crossed, edged, own_table, patchy
from planting import judgements
from seen import FIGURES, figures, text_of, words
from sums import of_table
from synthetic import results_table

from reports import CLAIMS, compare, render
from reports.across import page as across
from reports.calibration import (
    planted_claims,
    planted_contrasts,
    planted_effects,
    planted_others,
    planted_searches,
    planted_speeds,
    simulation,
)
from reports.drawing import theme
from reports.evidence.checked import plain
from reports.judging.claim import Claim, Judgement, judge
from reports.page.page import claim_plate
from reports.tuning import best_doses, regret_plates

DECLARED = Path(__file__).parent / "registered_claims.json"
FOUND = Path(__file__).parent / "registered_findings.json"
ADVICE = Path(__file__).parent / "registered_advice.json"
SIMULATED = Path(__file__).parent / "registered_calibration.json"
GROWN = Path(__file__).parent / "registered_planted.json"
EXPERIMENTS = 3  # of each row of a calibration's table
RESAMPLES = 100  # of seeds, for what is filled at random: a tenth of the time
DIGITS = 6  # significant ones: the last bits of fits differ between processors
NOTHING = 1e-15  # what is left where equal numbers were subtracted


def declared(claim: Claim) -> dict[str, Any]:
    """What is said, what decides, and what is trained."""
    words = {each.name: getattr(claim, each.name) for each in fields(claim)}
    return {
        **{name: text for name, text in words.items() if isinstance(text, str)},
        "origin": claim.origin,
        "networks": claim.networks,
        "rule": kept(claim.rule),
        "error rule": kept(claim.error_rule),
        "design": kept(claim.design),
        "tables": kept(claim.tables),
    }


def found(claim: Claim) -> dict[str, Any]:
    """What the claim's page says of a table of its own networks, filled at random, or of a study, an odd one too; and where what it compares is planted."""
    judgement = _judged(claim.slug)
    at_random = _said(judgement) | {"details": _details(judgement)}
    odd = (
        {}
        if claim.arms()
        else {table.__name__: _said(judge([claim], table())[0]) for table in (patchy, edged, crossed)}
    )
    return at_random | {"planted": [_said(each) for _, each in judgements(claim.slug, "above")]} | odd


def drawn(claim: Claim) -> dict[str, Any]:
    """The figure of the same random table."""
    with theme.drawing():
        return figures("".join(claim_plate(_judged(claim.slug)).panels))


def drawn_by(claim: Claim) -> Any:
    """What draws it, and in which unit."""
    return getattr(claim.draw, "func", claim.draw).__qualname__, claim.draw.__module__, claim.rule.unit


@cache
def _judged(slug: str) -> Judgement:
    claim = next(claim for claim in CLAIMS if claim.slug == slug)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(best_doses, "RESAMPLES", RESAMPLES)
        (judgement,) = judge([claim], own_table(claim.networks) if claim.arms() else _study())
    return judgement


def _said(judgement: Judgement) -> dict[str, Any]:
    claim, evidence = judgement.claim, judgement.evidence
    return {
        "verdict": judgement.verdict.value,
        "clause": judgement.clause,
        "brief": judgement.brief,
        "findings": [
            kept([each.estimate, each.verdict, each.seeds_needed, each.corrected]) for each in judgement.findings
        ],
        "remark": claim.remark(evidence),
        "table": _summed(claim.table(evidence)),
        "evidence": _summed(evidence),
    }


def _details(judgement: Judgement) -> dict[str, Any]:
    return {each.title: [each.note, _summed(each.data)] for each in judgement.claim.details(judgement.evidence)}


def _summed(table: pd.DataFrame) -> Any:
    return kept(of_table(table))


@cache
def _study() -> pd.DataFrame:
    return plain(results_table(seeds=4))


def kept(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {each.name: kept(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): kept(each) for name, each in value.items()}
    if isinstance(value, str) or not isinstance(value, (Sequence, np.ndarray, float, np.generic)):
        return value
    if isinstance(value, (float, np.generic)):
        number = 0.0 if abs(value) < NOTHING else float(value)
        return float(f"{number:.{DIGITS}g}") if np.isfinite(number) else str(number)
    return [kept(each) for each in value]


def leaves(document: Any, path: str = "") -> dict[str, Any]:
    """Every number and word by its path."""
    parts = document.items() if isinstance(document, Mapping) else enumerate(document)
    found: dict[str, Any] = {}
    for name, part in parts:
        nested = part if isinstance(part, (Mapping, list)) else None
        found |= {f"{path}/{name}": part} if nested is None else leaves(nested, f"{path}/{name}")
    return found


def simulated(name: str) -> list[dict[str, Any]]:
    """Rows of a table of the calibration, each of a few experiments."""
    calibrate, planted, share = CALIBRATED[name]
    rows = calibrate(planted()[::share], EXPERIMENTS).to_dict("records")
    return [{str(column): kept(value) for column, value in row.items()} for row in rows]


CALIBRATED: dict[
    str, tuple[Callable[..., pd.DataFrame], Callable[[], Sequence[Any]], int]
] = {  # and which share of the rows
    "index": (simulation.calibrate, simulation.cells, 7),
    "searches": (planted_searches.calibrate_searches, planted_searches.planted_searches, 12),
    "contrasts": (planted_contrasts.calibrate_contrasts, planted_contrasts.planted_contrasts, 2),
    "speeds": (planted_speeds.calibrate_speeds, planted_speeds.planted_speeds, 5),
    "effects": (planted_effects.calibrate_effects, planted_effects.planted_effects, 1),
    "claims": (planted_claims.calibrate_claims, planted_claims.planted_claims, 4),
    "others": (planted_others.calibrate_others, planted_others.planted_others, 1),
}


def written(name: str, folder: Path) -> str:
    """A page of a table that never changes."""
    return SEEN[name](folder).read_text(encoding="utf-8")


def _drawn(name: str, folder: Path) -> Path:
    (folder / "drawn.html").write_text(drawn_page(name), encoding="utf-8")
    return folder / "drawn.html"


def _beside(folder: Path) -> Path:
    first = test_beside.of_one_width()
    return compare(first, test_beside.shifted(first, 0.1), [("hyper.steps", "900", "<1000>")], folder / "two.html")


def _searched(folder: Path) -> Path:
    plates = test_search.drawn(*test_search.table("diverged"))
    (folder / "search.html").write_text(page_of(list(plates.values())), encoding="utf-8")
    return folder / "search.html"


def _replayed(folder: Path) -> Path:
    with theme.drawing():
        (plate,) = regret_plates.plates(test_searching.replayed())
    (folder / "replayed.html").write_text("".join(plate.panels), encoding="utf-8")
    return folder / "replayed.html"


SEEN = {
    "study": lambda folder: render(CLAIMS, results_table(), folder)[0],
    "tables": lambda folder: across.render(test_across.with_more_rows(*test_across.GAINS), folder)[0],
    "methods": lambda folder: render([], test_worth.beside_trees(), folder)[0],
    "runs": _beside,
    "search": _searched,
    **{name: partial(_drawn, name) for name in DRAWN},
    "replayed": _replayed,
}


def write_pages() -> None:
    """What is seen of each, and of the figures of all claims."""
    drawings = {"claims": {name: seen for claim in CLAIMS for name, seen in drawn(claim).items()}}
    for name in SEEN:
        with TemporaryDirectory() as folder:
            page = written(name, Path(folder))
        if said := words(page):  # some figures stand on no page
            text_of(name).write_text("\n".join(said) + "\n", encoding="utf-8")
        drawings[name] = figures(page)
    write(FIGURES, {"matplotlib": {"version": mpl.__version__}, **drawings})


def write(path: Path, document: Mapping[str, Mapping[str, Any]]) -> None:
    """A line for each part of each claim."""
    parts = {
        slug: ",\n".join(f" {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)}" for name, part in each.items())
        for slug, each in document.items()
    }
    claims = ",\n".join(f"{json.dumps(slug)}: {{\n{lines}\n}}" for slug, lines in parts.items())
    path.write_text(f"{{\n{claims}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    for path, of in ((DECLARED, declared), (FOUND, found)):
        write(path, {claim.slug: of(claim) for claim in sorted(CLAIMS, key=lambda claim: claim.place)})
    write(SIMULATED, {name: {str(place): row for place, row in enumerate(simulated(name))} for name in CALIBRATED})
    write(GROWN, {name: kept(calibrated(name)) for name in (*PLANTED, *DECLARING)})
    write_pages()
    write(ADVICE, {"": {name: said() for name, said in ADVISED.items()}})
