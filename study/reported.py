"""What reports are handed: the results table of a study, with what they need to know beside its rows; and its publication."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from study.asked.config import Config, read_config
from study.baselines.training import noted_baselines
from study.kept.current import current
from study.kept.endings import COMPLETE
from study.kept.ledger import Ledger
from study.kept.published import networks_published, publishing, write_whole
from study.kept.results import results_table, write_results
from study.kept.runs import Run
from study.packaged.listing import PREFIX, facts
from study.records import Record
from study.told.tally import networks_of

Render = Callable[[pd.DataFrame, Path], tuple[Path, list[str]]]  # the page, and what was found in a few lines


def publish(place: Run, ledger: Ledger, render: Render) -> tuple[list[Path], list[str]]:
    """Writes the results table, the findings and, last, the page; returns these files, and what was found."""
    found: list[str] = []

    def drawn(unfinished: Path) -> list[Path]:
        page, said = render(table, unfinished)
        found.extend(said)
        return [*sorted(set(unfinished.iterdir()) - {page}), page]

    with publishing(place.folder):
        table = table_of(ledger)
        written = write_results(table, place.folder)
        table.attrs["record"]["files"] = {path.name: f"../{path.name}" for path in written}
        return [*written, *write_whole(place.page.parent, drawn)], found


def table_of(ledger: Ledger) -> pd.DataFrame:
    """The results table of what is recorded."""
    provenance: dict[str, Any] = ledger.note("provenance")
    config = read_config(provenance["config"])
    records = ledger.records
    table = results_table(config, records, provenance)
    table.attrs["baselines"] = noted_baselines(config, ledger)
    if config.design and config.design.data:
        names = sorted({source.name for design in config.designs for source in design.sources})
        table.attrs["tables"] = {name: facts(name.removeprefix(PREFIX)) for name in names if name.startswith(PREFIX)}
    table.attrs["record"] = _record(config, ledger, records)
    return table


def _record(config: Config, ledger: Ledger, records: Sequence[Record]) -> dict[str, Any]:
    """What a report needs to know beside the rows: when and from which code the study was begun, what is planned, and why it is not at its end."""
    end = ledger.note("end")
    is_whole = end == COMPLETE or networks_published(ledger) == ledger.size
    return {
        "begun": ledger.begun,
        "commit": ledger.note("commit") or "",
        "unfinished": "" if is_whole else str(end or "networks of its plan are missing"),
        "planned": networks_of(config, current(config, records)),
        "designs": {design.name: design.replicates * design.size for design in config.designs},
    }
