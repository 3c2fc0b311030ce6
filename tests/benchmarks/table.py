"""Tables in Markdown."""

from collections.abc import Iterable, Sequence

import pandas as pd

from tests.benchmarks.steps import LEARNED
from tests.benchmarks.targets import ours_in


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; cells hold more than one number, so nothing is gained by aligning them."""
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (header, rule, *rows))


def of_frame(frame: pd.DataFrame) -> str:
    return markdown(list(frame.columns), frame.itertuples(index=False))


def of_steps(steps: pd.DataFrame, workload: str) -> str:
    """One workload and optimiser: a row for each competitor, a column for each variant.

    A cell holds CPU microseconds per network-step, that time over ours, and the training accuracy reached.
    """
    variants = list(dict.fromkeys(steps.variant))
    references = {variant: ours_in(case, workload) for variant, case in steps.groupby("variant")}
    cells = {
        (row.competitor, row.variant): _cell(row, references[row.variant].get("microseconds"))
        for row in steps.itertuples()
    }
    competitors = list(dict.fromkeys(steps.competitor))
    rows = [[name, *(cells[name, variant] for variant in variants)] for name in competitors]
    return markdown(["µs · times ours · accuracy", *variants], rows)


def _cell(row, reference: float | None) -> str:
    if row.lacks:
        return "–"
    parts = [f"{row.microseconds:,.0f}" if row.microseconds >= 100 else f"{row.microseconds:.1f}"]
    if reference is not None:
        parts.append(f"{row.microseconds / reference:.2f}×")
    if not pd.isna(row.accuracy):
        parts.append(f"{row.accuracy:.1%}" if row.accuracy >= LEARNED else f"**{row.accuracy:.1%}: does not learn**")
    return " · ".join(parts)


def reasons(steps: pd.DataFrame) -> list[str]:
    """Who lacks what, and why, each once."""
    lacking = steps[steps.lacks != ""]
    return [f"{name}: {reason}" for name, reason in dict.fromkeys(zip(lacking.competitor, lacking.lacks, strict=True))]
