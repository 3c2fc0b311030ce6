"""How training can end without an outcome: by its own doing, or by somebody else's."""

CRASHED, OUT_OF_MEMORY, OUT_OF_TIME = "crashed", "out of memory", "out of time"


class FailedError(Exception):
    """Training ended its process, or took more than it may; ``reason`` becomes ``Outcome.stopped``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KilledError(Exception):
    """The process that trained was ended from outside, or its machine was lost: that tells nothing of the networks."""
