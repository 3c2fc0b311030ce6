"""When a search ends: after its trials, or when they have stopped to improve."""

from collections.abc import Iterable, Sequence

from study.config import Config
from study.ledger import Record
from study.ranking import Mean, search_name, searched_trials


class Patience:
    """Counts trials told since the lowest upper end of a trial's interval last fell (without an interval: its loss)."""

    def __init__(self, trials: int | None) -> None:
        """Never exhausted where ``trials`` is ``None``."""
        self._trials = trials
        self._lowest = float("inf")
        self._waited = 0

    def tell(self, loss: Mean | None) -> None:
        """``None`` for a trial without a loss, which improves nothing."""
        upper = loss.value + (loss.half or 0) if loss else float("inf")
        self._waited = 0 if upper < self._lowest else self._waited + 1
        self._lowest = min(upper, self._lowest)

    @property
    def exhausted(self) -> bool:
        return self._trials is not None and self._waited >= self._trials


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
