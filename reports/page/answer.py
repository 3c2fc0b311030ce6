"""What is said first: plain sentences made from verdicts, in the order in which a reader asks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from reports.judging import text
from reports.judging.claim import Judgement
from reports.judging.verdict import Verdict

LED = ("Q1", "Q3", "R4")  # the claims that an answer is made of: stepped? hard to hit? does it pay?
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
    Verdict.CONDITIONAL: "how hard its keep probability is to hit depends on the number of units and the axis",
}
NOT = {"lowers": "does not lower", "is shown to lower": "is not shown to lower"}
OPEN_HARD = "whether its keep probability is hard to hit stays open"


def answer(judgements: Sequence[Judgement], provenance: Mapping[str, Any], seeds: int) -> list[str]:
    """Sentences without a symbol or a bracket; none where the run tests no claim of ``LED``. ``seeds`` are those of the scores."""
    by_slug = {each.claim.slug: each for each in judgements if each.findings}
    said = [*_shape(by_slug), *_pays(by_slug.get("R4"))]
    return [*said, _basis(provenance, seeds)] if said else []


def _shape(by_slug: Mapping[str, Judgement]) -> Iterator[str]:
    steps, hard = (by_slug.get(slug) for slug in LED[:2])
    clauses = [
        *([STEPPED.get(steps.verdict, OPEN_STEPS)] if steps else []),
        *([HARD.get(hard.verdict, OPEN_HARD)] if hard else []),
    ]
    if clauses:
        yield text.sentence("; ".join(clauses)) + "."


def _pays(judgement: Judgement | None) -> Iterator[str]:
    """Which regulariser pays where, in each metric; that none does only where that is shown."""
    if judgement is None:
        return
    rows = judgement.evidence.assign(verdict=[each.verdict for each in judgement.findings])
    rows = rows[rows["kind"].isin(KINDS)]
    clauses = [_in_metric(rows[rows["metric"] == metric], name) for metric, name in METRICS.items()]
    if any(clauses):
        yield f"With the learning rate tuned, {'; '.join(clause for clause in clauses if clause)}."


def _in_metric(rows: pd.DataFrame, metric: str) -> str:
    """Rows of R4 with the columns kind, width and verdict."""
    kinds = [kind for kind in KINDS if kind in set(rows["kind"])]
    if not kinds:
        return ""
    helps = rows["verdict"] == Verdict.SUPPORTED
    helping = [kind for kind in kinds if helps[rows["kind"] == kind].any()]
    if helping:
        widths = {kind: rows.loc[helps & (rows["kind"] == kind), "width"].tolist() for kind in helping}
        every = rows["width"].nunique()
        parts = text.listed([f"{kind} {_at(widths[kind], every)}" for kind in helping])
        rest = "".join(f", {kind} is not shown to" for kind in kinds if kind not in helping)
        return f"{parts} {'lower' if len(helping) > 1 else 'lowers'} the {metric}{rest}"
    shown = rows["verdict"].isin([Verdict.NO_DIFFERENCE, Verdict.CONTRADICTED]).all()
    lowers = "lowers" if shown else "is shown to lower"
    return f"{'neither ' if len(kinds) > 1 else ''}{' nor '.join(kinds)} {lowers if len(kinds) > 1 else NOT[lowers]} the {metric}"


def _at(widths: Sequence[int], every: int) -> str:
    if len(widths) == every > 1:
        return "at every width"
    return f"at {text.listed([str(width) for width in widths])} units"


def _basis(provenance: Mapping[str, Any], seeds: int) -> str:
    data = provenance["data"]
    noise = f", {data['label_noise']:.0%} of them mislabelled" if data["label_noise"] else ""
    held = f", {seeds} fresh seeds" if seeds else ""
    return f"This holds for {text.table_name(data['name'])}: {data['train']} training rows{noise}{held}."
