"""Of which design an arm is, and which of its variants: the one place that takes the arms' names in a ledger's keys apart."""

import re
from collections.abc import Callable

from study.asked.config import Config

# studies that do not note the designs of their claims have those of version 0.1.0: of a claim, or shared by several
BEFORE = re.compile("[A-Z][0-9]+[a-z]?|both|d300|exact|inputs|overfitting|speed")
OWN = ""  # the design of the arms that a study file names itself


def apart(config: Config) -> Callable[[str], tuple[str, str]]:
    """A function of an arm's name: its design and its variant, ("B4", "none") for B4_none; of a study's own, all is variant."""
    noted = config.design.designs if config.design else None
    claimed = bool(config.design and config.design.claims)

    def names(arm: str) -> tuple[str, str]:
        design, _, variant = arm.partition("_")
        known = design in noted if noted is not None else claimed and BEFORE.fullmatch(design)
        return (design, variant) if variant and known else (OWN, arm)

    return names
