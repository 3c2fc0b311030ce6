"""What is said first: plain sentences made from verdicts, in the order in which a reader asks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from reports.claims.q3_hard_to_hit import AXIS_WORDS, HALF, hits_asked
from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.verdict import Verdict

LED = ("Q1", "Q3", "R4", "D1")  # the claims that an answer is made of: stepped? hard to hit? does it pay?
EFFECT = ("kind", "width", "metric", "effect")
KINDS = ("L2", "dropout")
METRICS = {"loss": "log-loss", "error": "error"}
STEPPED = {
    Verdict.CONTRADICTED: "Dropout does not move in steps",
    Verdict.SUPPORTED: "Dropout moves in steps",
    Verdict.CONDITIONAL: "Whether dropout moves in steps depends on the number of units",
}
OPEN_STEPS = "Whether dropout moves in steps stays open"
HARD = {
    Verdict.SUPPORTED: "its keep probability is hard to hit",
    Verdict.CONTRADICTED: "its keep probability is not hard to hit in ten tries",
}
TUNED = "Learning rates tuned"
NOT = {False: "does not lower", True: "is not shown to lower"}
OPEN_HARD = "whether its keep probability is hard to hit stays open"


def answer(judgements: Sequence[Judgement], provenance: Mapping[str, Any], seeds: int) -> list[str]:
    """Sentences without a symbol or a bracket; none where the run tests no claim of ``LED``. ``seeds`` are those of the scores."""
    by_slug = {each.claim.slug: each for each in judgements if each.findings}
    said = [*_shape(by_slug), *_pays(by_slug)]
    return [*said, _basis(provenance, seeds)] if said else []


def _shape(by_slug: Mapping[str, Judgement]) -> Iterator[str]:
    steps, hard = (by_slug.get(slug) for slug in LED[:2])
    clauses = [
        *([STEPPED.get(steps.verdict, OPEN_STEPS)] if steps else []),
        *([_hard(hard)] if hard else []),
    ]
    if clauses:
        yield text.sentence("; ".join(clauses)) + "."


def _hard(judgement: Judgement) -> str:
    """Where it is hard to hit, and whether trying no dropout first is the remedy."""
    verdicts = [each.verdict for each in judgement.findings]
    hard = [verdict is Verdict.SUPPORTED for verdict in verdicts]
    if judgement.verdict is not Verdict.CONDITIONAL or not any(hard):
        return HARD.get(judgement.verdict, OPEN_HARD)
    first = hits_asked(judgement.evidence, none_first=True)[hard]
    where = [
        f"{_at(of_axis['width'].tolist())} on the {AXIS_WORDS[str(axis)]}" for axis, of_axis in first.groupby("axis")
    ]
    remedy = "; trying no dropout first mends that" if (first["low"] > HALF).all() else ""
    return f"its keep probability is hard to hit {text.listed(where)}{remedy}"


def _pays(by_slug: Mapping[str, Judgement]) -> Iterator[str]:
    """Which regulariser pays where, and which harms; that one does neither only where that is shown."""
    found = shown(by_slug)
    of_kinds = {kind: rows for kind in KINDS if len(rows := found[found["kind"] == kind])}
    unknown = [kind for kind, rows in of_kinds.items() if not rows["known"].any()]
    known = [(kind, rows) for kind, rows in of_kinds.items() if kind not in unknown]
    clauses = [_of_kind(kind, rows, first=not place) for place, (kind, rows) in enumerate(known)]
    if unknown:
        clauses.append(f"what {text.listed(unknown)} {'do' if unknown[1:] else 'does'} stays open")
    if clauses:
        yield f"{TUNED}, {'; '.join(clauses)}."


def shown(by_slug: Mapping[str, Judgement]) -> pd.DataFrame:
    """What is shown of each regulariser over none: the evidence of R4, with the columns verdict and known, whether there is an interval.

    D1 may judge the same effect, with Holm's correction over its own regimes: what either of the two decides is shown.
    """
    if "R4" not in by_slug:
        return pd.DataFrame(columns=[*EFFECT, "verdict", "known"])
    rows = _judged(by_slug["R4"])
    rows = rows[rows["kind"].isin(KINDS)]
    also = _judged(by_slug["D1"]) if "D1" in by_slug else rows.iloc[:0]
    decided = dict(zip(zip(*(also[name] for name in EFFECT), strict=True), also["verdict"], strict=True))
    keys = zip(*(rows[name] for name in EFFECT), strict=True)
    verdicts = [
        decided.get(key, verdict) if verdict == Verdict.INCONCLUSIVE else verdict
        for key, verdict in zip(keys, rows["verdict"], strict=True)
    ]
    return rows.assign(verdict=verdicts)


def _judged(judgement: Judgement) -> pd.DataFrame:
    return judgement.evidence.assign(
        verdict=[each.verdict for each in judgement.findings],
        known=[each.estimate.has_interval for each in judgement.findings],
    )


def _of_kind(kind: str, rows: pd.DataFrame, *, first: bool) -> str:
    """Such as: L2 lowers log-loss at 4 units and error at 4 and 12 units; ``first``, it names both metrics, so that those after it need not."""
    every = set(rows["width"])
    parts = {
        verb: [
            f"{name} {_where(of_metric['width'].tolist(), every)}"
            for metric, name in METRICS.items()
            if len(of_metric := rows[(rows["metric"] == metric) & (rows["verdict"] == verdict)])
        ]
        for verb, verdict in {"lowers": Verdict.SUPPORTED, "raises": Verdict.CONTRADICTED}.items()
    }
    said = [f"{verb} {text.listed(where)}" for verb, where in parts.items() if where]
    denied = ""
    lowered = [name for name in METRICS.values() if not any(name in where for where in parts["lowers"])]
    if lowered:
        settled = rows["verdict"].isin([Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED])
        open_ = not settled[rows["metric"].map(METRICS).isin(lowered)].all()
        raised = all(any(name in where for where in parts["raises"]) for name in METRICS.values())
        neither = f"neither {' nor '.join(METRICS.values())}" if first and not raised else "neither"
        both = f"is shown to lower {neither}" if open_ else f"lowers {neither}"
        denied = both if len(lowered) > 1 else f"{NOT[open_]} {lowered[0]}"
    return f"{kind} {' but '.join(filter(None, (', '.join(said), denied)))}"


def _where(widths: Sequence[int], every: set[int]) -> str:
    return "at every width" if len(every) > 1 and not every - {*widths} else _at(widths)


def _at(widths: Sequence[int]) -> str:
    return f"at {text.listed([str(width) for width in widths])} units"


def _basis(provenance: Mapping[str, Any], seeds: int) -> str:
    data = provenance["data"]
    noise = f", {data['label_noise']:.0%} random labels" if data["label_noise"] else ""
    held = f", {seeds} fresh seeds" if seeds else ""
    return f"Shown on {text.table_name(data['name'])}: {data['train']} training rows{noise}{held}."
