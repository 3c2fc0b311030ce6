"""What counts: one threshold for every gain that is told, on the page, in advice and in a terminal, and one way to say that it is not reached."""

from reports.judging.intervals import Estimate
from reports.judging.text import POINTS
from reports.judging.verdict import SESOI, SESOI_IN_POINTS

MARGINS = {"nat": SESOI, POINTS: SESOI_IN_POINTS}  # the smallest effect of interest, by unit
SPELLED = {"nat": f"{SESOI:g} nat", POINTS: f"{SESOI_IN_POINTS:g} point"}
EITHER = " or ".join(SPELLED.values())
NOT_ABOVE = "shown to be above zero, not above what counts, "


def counts(gain: Estimate, unit: str) -> bool:
    """Whether a gain is shown to be more than the smallest effect of interest."""
    return gain.low > MARGINS[unit]


def is_small(gain: Estimate, unit: str) -> bool:
    """Whether it is shown to be less than that."""
    return gain.high < MARGINS[unit]


def shortfall(gain: Estimate, unit: str) -> str:
    """What is added to a gain above zero that is not shown to count; nothing to one that is."""
    if counts(gain, unit):
        return ""
    return f", {'less than what counts, ' if is_small(gain, unit) else NOT_ABOVE}{SPELLED[unit]}"
