"""What is left of a network once it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def _measured(unit: str, meaning: str, **default: Any) -> Any:
    return field(metadata={"unit": unit, "meaning": meaning}, **default)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Losses, errors and the way to them; only a network that completed has losses, for the parts that have rows, and measures."""

    stopped: str = _measured(
        "",
        "completed; diverged: a value that is not finite or a loss above 100 nats; pruned: the mean loss of its stack above "
        "a threshold; crashed, out of memory, out of time: what ended its training before it was told",
    )
    epochs_run: int = _measured(
        "epochs",
        "epochs trained; for a diverged or pruned network those to the checkpoint that saw it; 0 where training was ended",
    )
    train_loss: float | None = _measured("nats", "mean cross-entropy on the training rows, in evaluation", default=None)
    train_error: float | None = _measured("share", "misclassified share of the training rows", default=None)
    valid_loss: float | None = _measured("nats", "mean cross-entropy on the validation rows", default=None)
    valid_error: float | None = _measured("share", "misclassified share of the validation rows", default=None)
    test_loss: float | None = _measured("nats", "mean cross-entropy on the test rows", default=None)
    test_error: float | None = _measured("share", "misclassified share of the test rows", default=None)
    test_auc: float | None = _measured(
        "",
        "area under the ROC curve on the test rows; of several classes the mean over each against all others",
        default=None,
    )
    test_balanced_accuracy: float | None = _measured(
        "share", "share of a class’s test rows that are classified rightly, the mean over classes", default=None
    )
    test_f1: float | None = _measured("", "F1 on the test rows, the mean over classes", default=None)
    test_calibration_error: float | None = _measured(
        "share", "distance between confidence and accuracy on the test rows, in ten bins of as many rows", default=None
    )
    curve: tuple[tuple[int, float], ...] = _measured("epochs, nats", "validation loss at the checkpoints", default=())
    measures: Mapping[str, Any] = _measured(
        "", "what the probes measured, by probe.quantity: see nets/probes", default_factory=dict
    )

    @property
    def diverged(self) -> bool:
        return self.stopped == "diverged"

    @property
    def failed(self) -> bool:
        """Whether training was ended: that tells of the machine and its limits, not of the network alone."""
        return self.stopped not in {"completed", "diverged", "pruned"}
