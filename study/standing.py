"""How far a study is, read from its database: works while another process writes."""

from contextlib import closing

from study.asked.config import read_config
from study.kept.current import current
from study.kept.endings import COMPLETE
from study.kept.ledger import Depth, Ledger
from study.kept.published import networks_published
from study.kept.runs import Run
from study.opened import open_ledger
from study.told.live import pace
from study.told.tally import by_search, summary
from study.told.work import Work

RUNNING, FINISHED = "running", "finished"


def standing(place: Run, *, every: bool = False) -> list[str]:
    """How far a study is, line by line, with ``every`` one of its searches. Works while another process writes."""
    is_running = place.database.is_running  # then what is left is weighed by what each network was
    with closing(open_ledger(place, depth=Depth.OUTLINE if is_running else Depth.END)) as ledger:
        config = read_config(ledger.note("provenance")["config"])
        records = current(config, ledger.records)
        lines = summary(config, records) + (by_search(config, records) if every else [])
        if is_running:
            lines.append(f"pace    {pace(ledger, Work(config, records))}")
        state = state_of(place, ledger)
    state += "" if state in {RUNNING, FINISHED} else ": the same dropstep run resumes it"
    return [f"{place.name}: {state}", *(f"  {line}" for line in lines)]


def state_of(place: Run, ledger: Ledger) -> str:
    """Whether a study runs, is finished, or why it is neither."""
    if place.database.is_running:
        return RUNNING
    if networks_published(ledger) == ledger.size:
        return FINISHED
    end: str | None = ledger.note("end")
    return "stopped" if end in {None, COMPLETE} else str(end)
