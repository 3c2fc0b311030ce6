"""What the fields and arms of a search are called on the page, and in which order they stand."""

import re

FIELDS = {
    "width": "width [units]",
    "keep_prob": "keep probability",
    "l2": "L2 λ",
    "bn_momentum": "momentum of batch norm",
    "learning_rate": "learning rate",
}
ARMS = {
    "joint": "joint search",
    "none": "no regularisation",
    "early_stopping": "early stopping",
    "l2": "L2",
    "dropout": "dropout",
    "both": "dropout with L2",
    "linear": "keep-prob, linear",
    "odds": "keep-prob, log-odds",
    "levels": "keep-prob, levels k/n",
    "lambda": "λ",
}
ALONE = ("linear", "odds", "levels", "lambda")  # searches of one strength
BATCH_NORM = "bn_"


def field_name(field: str) -> str:
    return FIELDS.get(field, field.replace("_", " "))


def arm_name(arm: str) -> str:
    """Within its family."""
    core, _ = _parts(arm)
    return ARMS.get(core, core.replace("_", " "))


def arm_family(arm: str) -> str:
    """Which arms stand in one panel: with and without batch norm, and searches of one strength, of equal units."""
    core, units = _parts(arm)
    if core in ALONE:
        return f"One strength alone{f', {units} units' if units else ''}"
    if core not in ARMS or core == "joint":
        return "Others" if core not in ARMS else "All five at once"
    return "With batch norm" if arm.startswith(BATCH_NORM) else "Without batch norm"


def arm_place(arm: str) -> tuple[bool, int, str, int, str]:
    """To sort by: without batch norm first, in the order of ``ARMS``."""
    core, units = _parts(arm)
    return arm.startswith(BATCH_NORM), list(ARMS).index(core) if core in ARMS else len(ARMS), core, len(units), units


def _parts(arm: str) -> tuple[str, str]:
    found = re.fullmatch(r"(?:bn_)?(.+?)(?:_(\d+))?", arm)
    return (found[1], found[2] or "") if found else (arm, "")
