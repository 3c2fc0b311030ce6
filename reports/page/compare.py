"""Two runs beside each other: the same seeds paired, and what differs between their study files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reports.evidence.checked import check, plain
from reports.judging import text
from reports.judging.intervals import Estimate, mean
from reports.page.templates import environment

METRICS = {"loss": ("nat", 1.0), "error": ("points", 100.0)}
STAGES = {"design": "valid", "score": "test", "refit": "test"}  # and the rows that each is compared on
WORDS = {
    "design": "designs, at the settings that both tried",
    "score": "best settings of designs, on fresh seeds",
    "refit": "best of each search, on fresh seeds",
}
SETTINGS = ["learning_rate", "keep_prob", "l2", "batch_norm", "weights", "train_rows", "label_noise"]


@dataclass(frozen=True)
class Pair:
    """One arm in both runs: its mean in each metric, and the second less the first over the seeds that both have."""

    stage: str
    arm: str
    width: int
    means: tuple[tuple[float, float], ...]
    differences: tuple[Estimate, ...]

    @property
    def cells(self) -> list[str]:
        return [cell for metric in range(len(METRICS)) for cell in self._of(metric)]

    def _of(self, metric: int) -> list[str]:
        unit = list(METRICS.values())[metric][0]
        first, second = (text.number(value, unit, sign=False) for value in self.means[metric])
        found = self.differences[metric]
        return [first, second, found.void or text.spelled(found, unit)]


def compare(first: pd.DataFrame, second: pd.DataFrame, differences: Sequence[tuple[str, str, str]], path: Path) -> Path:
    """Writes a page about two results tables; ``differences`` are settings of their study files, with the value of each.

    Raises ``TableError`` if a table lacks columns or provenance.
    """
    for table in (first, second):
        check(table)
    names = [table.attrs["provenance"]["name"] for table in (first, second)]
    found = pairs(plain(first), plain(second))
    groups = [(WORDS[stage], [pair for pair in found if pair.stage == stage]) for stage in STAGES]
    context = {
        "names": names,
        "groups": [(words, some) for words, some in groups if some],
        "differences": differences,
        "columns": [f"{metric} [{unit}]" for metric, (unit, _) in METRICS.items()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(environment().get_template("compare.html.jinja").render(context), encoding="utf-8")
    return path


def pairs(first: pd.DataFrame, second: pd.DataFrame) -> list[Pair]:
    """Every arm and width that both runs have, by stage."""
    return [pair for stage in STAGES for pair in _in_stage(stage, first, second)]


def _in_stage(stage: str, first: pd.DataFrame, second: pd.DataFrame) -> list[Pair]:
    settings = [field for field in SETTINGS if field in first and field in second]
    tables = [_values(table[table["stage"] == stage], stage, settings) for table in (first, second)]
    keys = ["arm", "width", *(settings if stage == "design" else [])]
    both = tables[0].merge(tables[1], on=[*keys, "seed"], suffixes=("_first", "_second"))
    return [
        _pair(stage, str(arm), int(str(width)), rows)
        for (arm, width), rows in both.groupby(["arm", "width"], sort=True)
    ]


def _values(rows: pd.DataFrame, stage: str, settings: Sequence[str]) -> pd.DataFrame:
    """Loss and error of each network; where an arm has several settings on fresh seeds, of the one of lowest validation loss."""
    if stage != "design" and len(rows):
        means = rows.groupby(["arm", "repeat", "trial"])["valid_loss"].mean()
        place = means.index.to_frame(index=False).assign(mean=means.to_numpy())
        width = rows.drop_duplicates(["arm", "repeat", "trial"])[["arm", "repeat", "trial", "width"]]
        by = ["arm", "width"] if stage == "score" else ["arm"]
        best = place.merge(width).sort_values("mean", kind="stable").drop_duplicates(by)
        rows = rows.merge(best[["arm", "repeat", "trial"]])
        rows = rows if stage == "score" else rows.assign(width=0)
    part = STAGES[stage]
    values = {metric: scale * rows[f"{part}_{metric}"] for metric, (_, scale) in METRICS.items()}
    return rows[["arm", "width", "seed", *settings]].assign(**values)


def _pair(stage: str, arm: str, width: int, rows: pd.DataFrame) -> Pair:
    """A seed's points are averaged first: seeds, not points, are the sample."""
    by_seed = rows.groupby("seed").mean(numeric_only=True)
    columns = [(f"{metric}_first", f"{metric}_second") for metric in METRICS]
    means = tuple((float(by_seed[one].mean()), float(by_seed[other].mean())) for one, other in columns)
    differences = tuple(mean((by_seed[other] - by_seed[one]).to_numpy(float)) for one, other in columns)
    return Pair(stage, arm, width, means, differences)
