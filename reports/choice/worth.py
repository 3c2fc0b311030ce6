"""Whether a network is worth it on this table: the chosen setting beside other methods, on the same seeds and test part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from reports.choice.candidates import KEYS, Candidate, choose
from reports.judging import text
from reports.judging.counting import EITHER, MARGINS
from reports.judging.intervals import Estimate, mean
from reports.judging.text import POINTS

WORDS = {  # of study/baselines/methods.py
    "frequencies": "class frequencies",
    "logistic": "logistic regression",
    "trees": "boosted trees",
    "mlp": "scikit-learn’s MLPClassifier",
}
BLIND = "frequencies"  # looks at no input
ALIKE = "mlp"  # is a network too: whether one is worth it is asked of the others
UNITS = {"loss": "nat", "error": POINTS}
FACTORS = {"loss": 1.0, "error": 100.0}
FURTHER = {  # measures of the test part, as columns: their names, units and factors to them
    "test_auc": ("AUC", "share", 1.0),
    "test_balanced_accuracy": ("balanced accuracy [%]", "%", 100.0),
    "test_f1": ("F1", "share", 1.0),
    "test_calibration_error": ("calibration error [%]", "%", 100.0),
}


@dataclass(frozen=True)
class Rival:
    """Another method: its scores on the test part, and how far they are above the network's, paired by seed (positive: the network is better)."""

    method: str
    scores: Mapping[str, Estimate]
    above: Mapping[str, Estimate]
    further: Mapping[str, Estimate]
    valid_loss: float
    fewer: str = ""  # what a large table leaves it of its settings, rows and seeds; nothing where it had all

    @property
    def name(self) -> str:
        return WORDS.get(self.method, self.method)


@dataclass(frozen=True)
class Worth:
    """The chosen network and its rivals, the lowest validation loss first."""

    network: Candidate
    further: Mapping[str, Estimate]
    rivals: tuple[Rival, ...]

    @property
    def strongest(self) -> Rival | None:
        """The one of lowest validation loss that looks at the inputs and is no network."""
        return next((rival for rival in self.rivals if rival.method not in {BLIND, ALIKE}), None)

    @property
    def answer(self) -> str:
        """What the page says first, without a number."""
        blind, rival = self._blind, self.strongest
        if blind is not None and blind.above["loss"].low <= 0:
            return "Nothing is learnt here that the class frequencies do not say"
        if rival is None:
            return "No method that is not a network stands beside it"
        found = {metric: _verdict(rival.above[metric], MARGINS[unit]) for metric, unit in UNITS.items()}
        return _answer(found, rival.name)

    @property
    def sentence(self) -> str:
        """The same with the differences that it rests on."""
        return f"{self.answer} ({self.differences})" if self.differences else self.answer

    @property
    def differences(self) -> str:
        """From the class frequencies where the network is not shown to be better than they, else from the strongest."""
        blind, rival = self._blind, self.strongest
        on = blind if blind is not None and blind.above["loss"].low <= 0 else rival
        return _differences(on) if on else ""

    @property
    def _blind(self) -> Rival | None:
        return next((rival for rival in self.rivals if rival.method == BLIND), None)


def _verdict(above: Estimate, smallest: float) -> str:
    """better or worse than the other by more than the smallest effect of interest, equal within it, or open: of the network."""
    if not above.has_interval:
        return "open"
    if above.low > smallest:
        return "better"
    if above.high < -smallest:
        return "worse"
    return "equal" if -smallest < above.low and above.high < smallest else "open"


def _answer(found: Mapping[str, str], rival: str) -> str:
    loss, error = found["loss"], found["error"]
    if {loss, error} == {"better", "worse"}:
        return f"Whether a network is worth it depends on the measure: it is {loss} than {rival} in loss and {error} in error"
    if "better" in (loss, error):
        return f"A network is worth it here: it is better than {rival}"
    if "worse" in (loss, error):
        return f"A network is not worth it here: {rival} {'do' if rival.endswith('trees') else 'does'} better"
    if loss == error == "equal":
        return f"A network does as well as {rival} here, no better"
    return f"A network is not shown to be better than {rival} here by what counts, {EITHER}"


def _differences(rival: Rival) -> str:
    loss, error = rival.above["loss"], rival.above["error"]
    return (
        f"test loss of {rival.name} less the network’s {text.quantity(loss.value, 'nat')} {text.interval(loss, 'nat')}"
        f", error {text.quantity(error.value, 'points')} {text.interval_with_n(error, 'points')}"
    )


def worth(results: pd.DataFrame) -> Worth | None:
    """``None`` where a run has no baselines, or no network on fresh seeds."""
    rows = pd.DataFrame(results.attrs.get("baselines") or [])
    networks = pd.DataFrame(results)  # without attrs, which pandas copies whole at every step
    choice = None if rows.empty else choose(networks)
    if choice is None:
        return None
    key = choice.best.key
    own = networks[(networks[KEYS] == list(key)).all(axis=1)].set_index("seed")
    held = [_rival(str(method), each.set_index("seed"), own) for method, each in rows.groupby("method", sort=False)]
    return Worth(choice.best, _further(own), tuple(sorted(held, key=lambda rival: rival.valid_loss)))


def _further(rows: pd.DataFrame) -> dict[str, Estimate]:
    """What is measured beyond loss and error; nothing in tables of versions that did not."""
    found = {
        column: mean(factor * rows[column].to_numpy(float))
        for column, (_, _, factor) in FURTHER.items()
        if column in rows
    }
    return {column: estimate for column, estimate in found.items() if estimate.seeds}


def _rival(method: str, rows: pd.DataFrame, own: pd.DataFrame) -> Rival:
    seeds = [seed for seed in own.index if seed in rows.index]
    tested = {metric: f"test_{metric}" for metric in UNITS}
    scores = {
        metric: mean(FACTORS[metric] * rows.loc[seeds, column].to_numpy(float)) for metric, column in tested.items()
    }
    above = {
        metric: mean(
            FACTORS[metric] * (rows.loc[seeds, column].to_numpy(float) - own.loc[seeds, column].to_numpy(float))
        )
        for metric, column in tested.items()
    }
    fewer = ", ".join(_fewer(rows.loc[seeds], len(own)))
    return Rival(method, scores, above, _further(rows.loc[seeds]), float(rows["valid_loss"].mean()), fewer)


def _fewer(rows: pd.DataFrame, seeds: int) -> Iterator[str]:
    """What was left out, for all it would have taken hours; tables of versions that left nothing out say nothing of it."""
    if {"tried", "settings", "rows", "of_rows"} <= set(rows) and len(rows):
        first = rows.iloc[0]
        if first["tried"] < first["settings"]:
            yield f"{first['tried']:.0f} of {first['settings']:.0f} settings"
        if first["rows"] < first["of_rows"]:
            yield f"{first['rows']:.0f} of {first['of_rows']:.0f} training rows"
    if 0 < len(rows) < seeds:
        yield f"{len(rows)} of {seeds} seeds"


def worth_lines(found: Worth) -> list[str]:
    """For a terminal, and a card: what the page says first, and each method's scores."""
    network, *rivals = worth_rows(found)
    return [
        f"worth   {found.sentence}",
        f"        {network['method']}: {_scored(network)}",
        *(
            f"        {row['method']}: {_scored(row)}; less the network’s {row['loss above']}, {row['error above']}"
            for row in rivals
        ),
        *(
            f"        {rival.name}: only {rival.fewer}, to bound the time that it takes"
            for rival in found.rivals
            if rival.fewer
        ),
    ]


def _scored(row: Mapping[str, str]) -> str:
    return f"test loss {row['test loss']}, test error {row['test error']}"


def worth_rows(found: Worth) -> list[dict[str, str]]:
    """Each method’s test scores, and how far it is above the network."""
    network = {"method": f"network: {found.network.name}"}
    network |= {"test loss": _spelled(found.network.scores["test_loss"], "nat")}
    network |= {"test error": _spelled(found.network.scores["test_error"], "%"), "loss above": "", "error above": ""}
    return [network, *(_row(rival) for rival in found.rivals)]


def worth_table(found: Worth) -> list[dict[str, str]]:
    """The same with what is measured beyond loss and error."""
    measured = [found.further, *(rival.further for rival in found.rivals)]
    tried = ["", *(rival.fewer or "all" for rival in found.rivals)]
    is_fewer = any(rival.fewer for rival in found.rivals)
    return [
        {
            **row,
            **{FURTHER[column][0]: _told(further, column) for column in found.further},
            **({"tried": each} if is_fewer else {}),
        }
        for row, further, each in zip(worth_rows(found), measured, tried, strict=True)
    ]


def _told(further: Mapping[str, Estimate], column: str) -> str:
    return text.spelled(further[column], FURTHER[column][1], sign=False) if column in further else text.UNKNOWN


def _row(rival: Rival) -> dict[str, str]:
    return {
        "method": rival.name,
        "test loss": _spelled(rival.scores["loss"], "nat"),
        "test error": _spelled(rival.scores["error"], "%"),
        "loss above": _spelled(rival.above["loss"], "nat", sign=True),
        "error above": _spelled(rival.above["error"], "points", sign=True),
    }


def _spelled(estimate: Estimate, unit: str, *, sign: bool = False) -> str:
    return f"{text.quantity(estimate.value, unit, sign=sign)} {text.interval(estimate, unit, sign=sign)}"
