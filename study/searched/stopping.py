"""When a search ends before its time: its trials have stopped to improve."""

from study.searched.ranking import Mean


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
