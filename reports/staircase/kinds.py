"""Every kind of noise beside the others: which of them steps."""

from collections.abc import Iterator

import pandas as pd

from reports.drawing import theme
from reports.evidence.responses import NOISES, by_width, complete, tunable
from reports.judging.text import UNKNOWN, spelled
from reports.staircase.quantization import Index, index, shape
from reports.staircase.steps import distinct, jump_share, unit_share

NOTE = (
    "Q: index of the mean response, its reading without Holm’s correction (–: the tunable strengths reach fewer than four levels). A: half the height that a step would have. D: "
    "distinct outcomes ÷ strengths of one seed, where neighbours agree to the last bit. U: share of one seed’s movement that "
    "falls on the steps (k − ½)/n, beyond chance. J: share that falls on as many of its largest moves, wherever they lie. "
    "A fixed count is a staircase by all of them. A mask that is frozen for the run jumps at its own uniforms, which differ "
    "from seed to seed: J shows it, the mean response does not; D does not either, because what is kept is scaled by 1/p, "
    "which moves with every p. Gaussian noise has no units to drop: a staircase there would be a false one."
)


def kinds(responses: pd.DataFrame) -> pd.DataFrame:
    """A row for each width and arm of noise."""
    return pd.DataFrame(list(_rows(responses)))


def index_of(rows: pd.DataFrame, width: int) -> Index:
    """The index of one arm at one width, over its tunable strengths."""
    losses = tunable(complete(rows))
    return index(losses.index.to_numpy(float), losses.to_numpy(float), width)


def _rows(responses: pd.DataFrame) -> Iterator[dict[str, object]]:
    for width, at_width in by_width(responses):
        for arm in NOISES:
            rows = at_width[at_width["arm"] == arm]
            if len(rows):
                yield {"width": width, "noise": theme.label(arm), **_measures(rows, width)}


def _measures(rows: pd.DataFrame, width: int) -> dict[str, object]:
    losses, found = tunable(complete(rows)), index_of(rows, width)
    return {
        "strengths": len(losses),
        "seeds": losses.shape[1],
        "Q": spelled(found.q, ""),
        "reads as": UNKNOWN if found.q.void else str(shape(found.q)),
        "A [nat]": spelled(found.amplitude, "nat", sign=False),
        "D": spelled(distinct(losses), "", sign=False),
        "U": spelled(unit_share(losses, width), ""),
        "J": spelled(jump_share(losses, width), "", sign=False),
    }
