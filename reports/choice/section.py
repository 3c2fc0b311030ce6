"""The choice as the page shows it: all that was trained again as a table, and from which value to which they went as a figure."""

from collections.abc import Sequence
from math import isnan

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.choice.candidates import Candidate, Choice, Standing
from reports.choice.sentences import UNITS, enough, origin, settings
from reports.drawing import theme
from reports.drawing.figures import draw_joined
from reports.drawing.labels import Label, label_beside
from reports.drawing.plates import SMALL, Description, Panel, Plate, PrintedTable, plate
from reports.judging import text

STEPS = ("chosen", "fresh\nseeds", "test\npart")
COLUMNS = (
    "Configuration",
    "",
    "Settings",
    "Validation loss where chosen [nat]",
    "on fresh seeds [nat]",
    "Test loss [nat]",
    "Test error [%]",
    "Gain over none: loss [nat]",
    "error [points]",
)
CAPTION = (
    "Mean loss of every setting where it was chosen, on fresh seeds, and on the test part. The lowest of many is low by luck too, "
    "which fresh seeds take away; what all rise or fall by alike is how hard their rows are. Each line is one setting; the chosen "
    "one and the best without regularisation are named."
)


def table(choice: Choice) -> PrintedTable:
    """A row for each candidate: the chosen one, no regularisation, those that cannot be told apart, those for which seeds are too few, the rest by loss."""
    return PrintedTable(COLUMNS, tuple(_row(choice, each) for each in ordered(choice)))


def ordered(choice: Choice) -> list[Candidate]:
    close = [*choice.shortlist, *choice.undecided]
    first = [choice.best, *([choice.none] if choice.none else []), *close, *choice.candidates]
    return list({each.key: each for each in first}.values())


def _row(choice: Choice, candidate: Candidate) -> tuple[str, ...]:
    gains = [_gain(candidate, score) for score in ("test_loss", "test_error")]
    scores = ("valid_loss", "test_loss", "test_error")
    return (
        candidate.name,
        _standing(choice, candidate),
        f"{settings(candidate)}; {origin(candidate)}",
        text.number(candidate.before.value, "nat", sign=False),
        *(text.spelled(candidate.scores[score], UNITS[score], sign=False) for score in scores),
        *gains,
    )


def _standing(choice: Choice, candidate: Candidate) -> str:
    """With the seeds that would tell, where they are too few."""
    standing = choice.standings[candidate.key]
    needed = choice.lags[candidate.key].seeds_needed if standing is Standing.OPEN else None
    return standing if needed is None else f"{standing}: {enough(needed)}"


def _gain(candidate: Candidate, score: str) -> str:
    found = candidate.gain.get(score)
    if found is None:
        return text.UNKNOWN
    return "none itself" if found.value == found.error == 0 else text.spelled(found, UNITS[score])


def shrinkage(choice: Choice) -> Plate:
    """From the value that chose a setting to its values on seeds and rows that did not."""
    rows = [
        {
            "configuration": each.name,
            "from": origin(each),
            **dict(zip(("chosen", "fresh", "test"), _path(each), strict=True)),
        }
        for each in choice.candidates
    ]
    best, none = choice.best, choice.none
    alt = f"Mean losses of {text.count(len(rows), 'setting')} where they were chosen, on fresh seeds and on the test part; the chosen one is {best.name}."
    named = [best] if none is None or none is best else [best, none]
    panel = Panel("Does the best hold?", lambda ax: draw(choice.candidates, named, ax))
    return plate("shrinkage", [panel], Description(alt, CAPTION, _takeaway(best)), data=pd.DataFrame(rows), size=SMALL)


def _takeaway(best: Candidate) -> str:
    steps = zip(_path(best), ("where it was chosen", "on fresh seeds", "on the test part"), strict=True)
    known = [f"{text.quantity(loss, 'nat', sign=False)} {where}" for loss, where in steps if not isnan(loss)]
    return f"The chosen setting: {text.listed(known)}."


def draw(candidates: Sequence[Candidate], named: Sequence[Candidate], ax: Axes) -> Axes:
    """The axis spends itself on the better half of the settings and on those that are named."""
    paths = np.array([_path(each) for each in candidates], float)
    draw_joined(np.tile(np.arange(3.0), (len(paths), 1)), paths, ax, colour=theme.MUTED, alpha=0.35)
    labels = []
    for each, colour in zip(named, (theme.INK, theme.colour("none")), strict=False):
        path = _path(each)
        last = max(place for place, loss in enumerate(path) if not isnan(loss))
        labels.append(Label(each.name.replace(", ", ",\n"), last, path[last], colour))
        ax.plot(range(3), path, "o-", color=colour, markersize=4, linewidth=1.8)
    lowest = float(np.nanmin(paths))
    top = max(float(np.nanmedian(paths)), *(float(np.nanmax(_path(each))) for each in named))
    spread = (top - lowest) or 1.0
    ax.set_ylim(lowest - 0.05 * spread, top + 0.1 * spread)
    ax.set_xlim(-0.2, 2.2)
    ax.set_xticks(range(3), STEPS)
    ax.set_ylabel("loss [nat]")
    return label_beside(labels, ax)


def _path(candidate: Candidate) -> tuple[float, float, float]:
    return candidate.before.value, candidate.scores["valid_loss"].value, candidate.scores["test_loss"].value
