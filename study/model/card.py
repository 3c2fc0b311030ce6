"""The card of a model: what it learnt from and how, how well it does and where not, and how it is used without this project."""

from collections.abc import Sequence
from dataclasses import dataclass

from study.data.splits import Task
from study.measures import Measured
from study.model.asking import Form
from study.model.usage import usage
from study.records import Record
from study.searched.ranking import mean_of

KNOBS = {
    "width": "units",
    "depth": "hidden layers",
    "batch_norm": "batch normalisation",
    "learning_rate": "learning rate",
    "optimiser": "optimiser",
    "class_weights": "class weights",
    "l2": "L2, λ",
    "keep_prob": "share of units kept (dropout)",
    "weights": "weights",
    "batch_size": "rows of a batch",
    "steps": "steps",
}


MOST_INPUTS = 40  # that are named
SCORED = ("valid_loss", "test_loss", "test_error", "test_auc", "test_balanced_accuracy", "test_f1")


BY_TIME = (
    "The split is by time, and all networks have the same rows: intervals over seeds are those of initial weights and of the order"
    " of rows, so that a method without either has none"
)


@dataclass(frozen=True)
class Card:
    """All that the card says."""

    file: str
    command: str
    read: Sequence[str]
    inputs: Sequence[str]
    form: Form
    classes: Sequence[str]
    arm: str
    refits: dict[str, list[Record]]
    measured: Sequence[Measured]
    choice: str
    baselines: Sequence[str]
    differing: int
    all_rows: bool
    by_time: bool

    @property
    def text(self) -> str:
        """Markdown."""
        sections = (self._title, self._data, self._preparation, self._networks, self._scores, self._limits, self._use)
        return "\n".join(line for section in sections for line in [*section(), ""])

    @property
    def _records(self) -> list[Record]:
        """Of its networks."""
        return self.refits[self.arm]

    @property
    def _task(self) -> Task:
        return self._records[0].network.task

    def _title(self) -> list[str]:
        networks = f"{len(self._records)} scikit-learn pipelines, each a preparation and an MLPClassifier"
        return [
            f"# {self.file}: predicts {self.form.target}",
            "",
            f"A soft vote of {networks}. Made by `{self.command}`.",
        ]

    def _data(self) -> list[str]:
        task = self._task
        rows = f"{task.train_rows} rows train, {task.valid_rows} validate, {task.test_rows} test"
        if self.all_rows:
            rows = "all rows train: the scores below are those of networks that trained on three fifths"
        return [
            "## Data",
            "",
            *(f"* {line.strip()}" for line in self.read),
            f"* {rows}; the test part is the same for every network, and nothing was chosen by it",
        ]

    def _preparation(self) -> list[str]:
        named = ", ".join(self.inputs[:MOST_INPUTS]) + (" …" if len(self.inputs) > MOST_INPUTS else "")
        return [
            "## Preparation",
            "",
            (
                "Fitted on each network's training rows: numbers to average 0 and spread 1 (by median and quartiles, then arsinh, where some lie"
                " far out), gaps by the average with a column that marks them, words as 0 and 1, rare ones joined, unseen ones all 0, dates as"
                f" days with their place in the year, the week and the day. {len(self.inputs)} inputs: {named}"
            ),
        ]

    def _networks(self) -> list[str]:
        return ["## Networks", "", *self._knobs(self._records[0]), self._said_of_retraining(len(self._records))]

    def _scores(self) -> list[str]:
        return [
            "## Scores",
            "",
            f"The vote on the {self._task.test_rows} test rows, 95 % intervals over rows:",
            "",
            "| measure | value | interval |",
            "|---|---|---|",
            *(
                f"| {each.name} | {each.value:.4f} | {each.low:.4f} to {each.high:.4f} |"
                for each in self.measured
                if each.value is not None
            ),
            "",
            "Single networks of every arm on fresh seeds, 95 % intervals over seeds, lowest validation loss first:",
            "",
            "| arm | validation loss | test loss | test error | AUC | balanced accuracy | F1, mean over classes | seeds |",
            "|---|---|---|---|---|---|---|---|",
            *self._arms(),
            *(["", self.choice] if self.choice else []),
            *self._baselines(),
        ]

    def _knobs(self, record: Record) -> list[str]:
        hyper = vars(record.network.hyper)
        said = [f"{words} {_short(hyper[field])}" for field, words in KNOBS.items() if field in hyper]
        return [f"Arm {self.arm}: {', '.join(said)}."]

    def _said_of_retraining(self, networks: int) -> str:
        if self.all_rows:
            return "Trained on all rows, which none of the study's networks was."
        if self.differing:
            return (
                f"{self.differing} of {networks} networks have other losses than the study recorded, in some last digits or more:"
                " it ran on another machine or version."
            )
        return f"All {networks} networks were trained again from the study, and their losses are equal to the recorded ones, bit by bit."

    def _arms(self) -> list[str]:
        rows = []
        for arm, records in self.refits.items():
            known = {
                metric: [value for record in records if (value := getattr(record.outcome, metric)) is not None]
                for metric in SCORED
            }
            means = {metric: mean_of(values) for metric, values in known.items() if values}
            cells = " | ".join(
                f"{means[metric].value:.4f} ± {means[metric].half or 0:.4f}" if metric in means else "–"
                for metric in SCORED
            )
            rows.append((means["valid_loss"].value, f"| {arm} | {cells} | {len(records)} |"))
        return [line for _, line in sorted(rows)]

    def _baselines(self) -> list[str]:
        if not self.baselines:
            return []
        return [
            "",
            "### Beside other methods",
            "",
            *(f"* {line.removeprefix('worth').strip()}" for line in self.baselines),
        ]

    def _limits(self) -> list[str]:
        return [
            "## Limits",
            "",
            f"* It knows the classes {', '.join(self.classes)} and rows like those it learnt from; nothing tells it that others are not.",
            "* Intervals are about this table: how it does on rows from elsewhere or from later is not in them.",
            *([f"* {BY_TIME}."] if self.by_time else []),
            "* The chosen arm is the one of lowest validation loss: that choice makes its validation loss look a little better than it is.",
            *(f"* {line.strip()}" for line in self.read if line.startswith("warning")),
        ]

    def _use(self) -> list[str]:
        return [
            "## Use",
            "",
            f"`dropstep predict {self.file} new.csv --to out.csv`, or without dropstep (scikit-learn, skops, pandas):",
            "",
            "```python",
            *usage(self.file, self.form),
            "```",
            "",
            (
                "As ONNX (`dropstep model --onnx`) it has an input for each column, rows × 1: doubles with NaN for gaps, dates as days since"
                " 1970, words as strings, empty for gaps; its outputs are the class and the probability of each."
            ),
        ]


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
