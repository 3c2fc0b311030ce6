"""README's answer, from the results of the default study: `make answer` writes it, a test compares it.

The table is kept in tests/answer.parquet, so that the sentence and the figure can be checked without a run.
"""

import re
import sys
from pathlib import Path

from matplotlib.figure import Figure

import reports
from reports.drawing import theme
from reports.drawing.plates import share_scales
from reports.evidence.checked import plain
from reports.judging.claim import judge
from reports.page.answer import LED, answer
from reports.page.hero import hero_panels

FOLDER = Path(__file__).parent
TABLE = FOLDER / "answer.parquet"
FIGURE = FOLDER / "answer.svg"
UNREAD = {"curve": "[]", "seconds": 0.0}  # six sevenths of the table, and nothing that the answer reads
README = FOLDER.parent / "README.md"
BLOCK = re.compile(r"(?<=<!-- answer -->\n).*?(?=<!-- end of answer -->)", re.DOTALL)


def words(table: Path) -> str:
    """The answer of the report of this table."""
    results = reports.read(table)
    checked = plain(results)
    fresh = checked.loc[checked["stage"] == "score", "seed"].nunique()
    claims = [claim for claim in reports.CLAIMS if claim.slug in LED]
    said = answer(judge(claims, checked), results.attrs["provenance"], int(fresh))
    return f"**{said[0]}** {' '.join(said[1:])}\n"


def draw(table: Path, figure: Path) -> None:
    """The report's first figure, as a file of its own on white."""
    results = plain(reports.read(table))
    with theme.drawing():
        canvas = Figure(figsize=(10.5, 5.4), layout="constrained", facecolor="white")
        panels = hero_panels(results)
        for place, panel in enumerate(panels):
            column, row = divmod(place, 2)
            panel.draw(canvas.add_subplot(2, 3, 3 * row + column + 1)).set_title(panel.title)
        share_scales(canvas.axes, panels)
        canvas.savefig(figure, metadata={"Date": None})


def main(run: str) -> None:
    """Takes the results of ``runs/<run>`` for README's answer."""
    results = reports.read(Path("runs") / run / "results.parquet")
    results.assign(**UNREAD).to_parquet(TABLE, compression="zstd")
    draw(TABLE, FIGURE)
    README.write_text(BLOCK.sub(lambda _: words(TABLE), README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
