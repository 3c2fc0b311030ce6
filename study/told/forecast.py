"""What a study will cost, told before it goes on: its order of magnitude is meant, and nothing waits for it."""

from datetime import timedelta

from nets.kernels import installed
from study.asked.config import Config
from study.told.work import Work

FOREVER = 1e12  # s: as far as clocks count


def forecast(config: Config, work: Work, workers: int) -> str:
    """A line: about how long what is left will take."""
    left = {stage: seconds / workers for stage, seconds in work.left.items()}
    parts = ", ".join(f"{stage} {_rounded(seconds)}" for stage, seconds in left.items())
    line = f"about {_rounded(sum(left.values()))} with {workers} worker{'s'[: workers > 1]}: {parts}"
    faster = config.kernels == "numpy" and installed() and work.networks_left
    return f"{line}; --set kernels=compiled is faster" if faster else line


def _rounded(seconds: float) -> str:
    """To a second below a minute, else to a minute."""
    unit = 1 if seconds < 60 else 60
    return str(timedelta(seconds=round(min(seconds, FOREVER) / unit) * unit))
