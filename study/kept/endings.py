"""Why a study and each of its searches ended."""

from collections.abc import Iterable, Sequence

from study.asked.config import Config
from study.records import Record
from study.searched.ranking import Mean, search_name, searched_trials
from study.searched.stopping import Patience

COMPLETE = "everything is trained"  # what is noted of a study that came to its end


def stopped(config: Config, records: Iterable[Record]) -> dict[str, str]:
    """Why each search that ended did: a function of what is recorded."""
    if not config.search:
        return {}
    losses = searched_trials(records)
    reasons = {}
    for arm, repeat in config.searches:
        told = losses.get((arm.name, repeat), {})
        reason = _reason(config.search.trials, config.search.patience, list(told.values()))
        if reason:
            reasons[search_name(arm.name, repeat)] = reason
    return reasons


def _reason(trials: int, patience: int | None, losses: Sequence[Mean | None]) -> str:
    counted = Patience(patience)
    for number, loss in enumerate(losses):
        counted.tell(loss)
        if counted.exhausted:
            return f"patience: no better interval in {patience} trials, up to trial {number}"
    return f"all {trials} trials" if len(losses) >= trials else ""
