"""The way there in losses and errors, for steps to a target (claims B1, B4–B6, I1) and for tracking (claim M3)."""

from nets.probes.probe import STEP, Measure, Probe, Reading, Subject
from nets.probes.specimen import loaded, scores, specimen


def take(subject: Subject) -> Reading:
    """In evaluation: at the start the running moments are still 0 and 1."""
    stack = specimen(subject.stack, noise=None)
    train_loss, train_error = scores(*loaded(stack, subject.train), training=False)
    valid_loss, valid_error = scores(*loaded(stack, subject.valid), training=False)
    return {
        "train_loss": train_loss,
        "train_error": train_error,
        "valid_loss": valid_loss,
        "valid_error": valid_error,
    }


ALONG = "checkpoints"
PROBE = Probe(
    {
        "step": STEP,
        "train_loss": Measure(ALONG, "nats", "training loss in evaluation"),
        "train_error": Measure(ALONG, "share", "training error in evaluation"),
        "valid_loss": Measure(ALONG, "nats", "validation loss; after the start the same as curve, to rounding"),
        "valid_error": Measure(ALONG, "share", "validation error"),
    },
    take,
    along=True,
)
