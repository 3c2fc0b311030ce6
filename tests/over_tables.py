"""README's second answer, from a run of the study over tables: `make answers` writes it, tests compare it.

The small table is kept in reports/across/tables.parquet, which `dropstep advise` looks at as well; the findings that the page
makes of it are kept beside the figure.
"""

import re
import sys
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

import reports
from reports.across import forest
from reports.across.answer import answer
from reports.across.evidence import Evidence, gather
from reports.across.findings import findings
from reports.across.summary import TABLE, read, summary
from reports.drawing import theme

FOLDER = Path(__file__).parent
FIGURE = FOLDER / "over_tables.svg"
FINDINGS = FOLDER / "over_tables.csv"
README = FOLDER.parent / "README.md"
DRAWN = ("dropout", "l2", "early-stopping")  # questions of the figure
BLOCK = re.compile(r"(?<=<!-- answer over tables -->\n).*?(?=<!-- end of answer over tables -->)", re.DOTALL)


def words(small: pd.DataFrame, evidence: Evidence) -> str:
    """The answer of the page over tables."""
    first, *rest = answer(evidence, small)
    return f"**{first}** {' '.join(rest)}\n"


def draw(small: pd.DataFrame, evidence: Evidence, figure: Path) -> None:
    """Three of the page's forests, in loss, as a file of its own on white."""
    step = int(small["step"].min())
    found = [each for slug in DRAWN if (each := evidence.of(slug, "loss", step)) is not None]
    rows = max(len(each.effects) for each in found)
    with theme.drawing():
        canvas = Figure(figsize=(10.5, forest.ROW * rows + forest.FRAME), layout="constrained", facecolor="white")
        for place, each in enumerate(found, start=1):
            forest.draw(each, canvas.add_subplot(1, len(found), place)).set_title(each.question.words)
        canvas.savefig(figure, metadata={"Date": None})


def write(small: pd.DataFrame) -> None:
    """Findings, figure and README's answer of the small table."""
    evidence = gather(small)
    findings(evidence).to_csv(FINDINGS, index=False)
    draw(small, evidence, FIGURE)
    README.write_text(BLOCK.sub(lambda _: words(small, evidence), README.read_text(encoding="utf-8")), encoding="utf-8")


def main(run: str | None = None) -> None:
    """Takes the results of ``runs/<run>``, or the small table as it is, for README's second answer."""
    if run is not None:
        summary(reports.read(Path("runs") / run / "results.parquet")).to_parquet(TABLE, compression="zstd")
    write(read())


if __name__ == "__main__":
    main(*sys.argv[1:])
