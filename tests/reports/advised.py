"""What is advised of tables that never change, each made so that other sentences are said."""

from collections.abc import Callable, Iterable

import pandas as pd
from synthetic import results_table
from test_choice import ARMS, refitted
from tuned import bowl, table

from reports.evidence.checked import plain
from reports.tuning.advice import advise, basis
from reports.tuning.chosen_advice import advise_from_choice, basis_of_choice

NONE, DROPOUT, L2 = bowl(0.6), bowl(0.5, dose=0.7), bowl(0.55, rate=0.1, dose=0.01)
FRESH = "stage == 'score'"
RATE = {"low": 0.049, "high": 0.5, "log": True}
STRENGTHS = {
    "l2": {"low": 1e-5, "high": 1.0, "log": True},
    "keep_prob": {"low": 0.2, "high": 0.9, "axis": "odds"},
    "batch_norm": ["before", "after"],
    "bn_momentum": {"low": 0.01, "high": 0.5},
}
SEARCHED = {  # what each arm leaves open
    "none": (),
    "l2": ("l2",),
    "dropout": ("keep_prob",),
    "both": ("l2", "keep_prob"),
    "bn_none": ("batch_norm", "bn_momentum"),
}
CONFIG = {
    "search": {
        "arms": {
            arm: {"learning_rate": RATE, "steps": 900, **{field: STRENGTHS[field] for field in fields}}
            for arm, fields in SEARCHED.items()
        }
    }
}


def of_tuned(rows: pd.DataFrame, classes: int = 10) -> list[str]:
    lines = [f"width {each.width}, {name}: {said}" for each in advise(rows, classes) for name, said in each.lines]
    return [*lines, basis(rows)]


def tuned(truths: dict, *, worse_in_error: str = "", **changes) -> pd.DataFrame:
    """The error, a tenth of the loss, is made as large as it."""
    rows = table(truths, **changes)
    rows["valid_error"] = rows["valid_error"] * 10 + 0.3 * (rows["arm"] == worse_in_error)
    return rows


def of_chosen(rows: pd.DataFrame, config: dict = CONFIG) -> list[str]:
    rows = rows.assign(valid_rows=600) if "valid_rows" not in rows else rows
    return [*(f"{name}: {said}" for name, said in advise_from_choice(rows, config)), basis_of_choice(rows)]


def searched(rows: pd.DataFrame, arm: str, losses: Iterable[float]) -> pd.DataFrame:
    """With so many more trials of one arm before that which was chosen."""
    one = rows[(rows["stage"] == "search") & (rows["arm"] == arm)]
    more = [one.assign(trial=10 + place, valid_loss=loss) for place, loss in enumerate(losses)]
    return pd.concat([rows, *more], ignore_index=True)


def widths(rows: pd.DataFrame, **of_arms: int) -> pd.DataFrame:
    return rows.assign(width=rows["arm"].map(dict.fromkeys(ARMS, 12) | of_arms))


def two_widths() -> pd.DataFrame:
    truths = {"none": NONE, "dropout_rates": DROPOUT, "l2_rates": bowl(0.51, dose=0.01), "bn_none": bowl(0.62)}
    return pd.concat([tuned(truths, fresh=12), tuned({"none": NONE, "l2_rates": L2}, width=8)], ignore_index=True)


ADVISED: dict[str, Callable[[], list[str]]] = {
    "two widths": lambda: of_tuned(two_widths()),
    "at the ends": lambda: of_tuned(
        tuned(
            {"none": bowl(2.5, rate=0.01), "dropout_rates": bowl(2.4, rate=0.3, dose=0.5), "l2_rates": bowl(2.9)},
            worse_in_error="dropout_rates",
        ).assign(valid_rows=99)
    ),
    "a hundred rows": lambda: of_tuned(tuned({"none": NONE, "dropout_rates": DROPOUT}).assign(valid_rows=100)),
    "nothing helps": lambda: of_tuned(
        tuned({"none": NONE, "dropout_rates": bowl(0.59, dose=0.7), "l2_rates": bowl(0.575, dose=0.01)}, noise=0.03)
    ),
    "nothing differs": lambda: of_tuned(tuned({"none": NONE, "dropout_rates": bowl(0.6, dose=0.7)}, noise=0.001)),
    "without fresh seeds": lambda: of_tuned(
        tuned({"none": NONE, "early_stopping": bowl(0.58), "dropout_rates": DROPOUT, "bn_l2_rates": L2}).query(
            f"not {FRESH}"
        )
    ),
    "one that was lost": lambda: of_tuned(
        tuned({"none": NONE, "dropout_rates": DROPOUT, "l2_rates": L2}).assign(
            valid_loss=lambda rows: rows["valid_loss"].mask(rows["arm"] == "l2_rates")
        )
    ),
    "searches": lambda: of_tuned(plain(results_table(seeds=6))),
    "L2 pays": lambda: of_chosen(
        searched(refitted({"l2": 0.4, "none": 0.5, "dropout": 0.6, "bn_none": 0.7}), "l2", [0.7, 0.41, 0.315, 0.3])
    ),
    "none does as well": lambda: of_chosen(refitted({"l2": 0.4, "none": 0.401}, noise=0.002)),
    "none is best": lambda: of_chosen(refitted({"none": 0.4, "l2": 0.401, "dropout": 0.5}, noise=0.02)),
    "not shown to pay": lambda: of_chosen(refitted({"dropout": 0.4, "none": 0.415}, noise=0.05)),
    "few seeds": lambda: of_chosen(
        widths(refitted({"both": 0.4, "none": 0.42, "l2": 0.43}, noise=0.05, seeds=3), both=24, none=8)
    ),
    "many alike": lambda: of_chosen(
        widths(refitted({"both": 0.4, "l2": 0.402, "none": 0.404}, noise=0.02, seed=1), both=24, l2=16, none=8)
    ),
    "undecided": lambda: of_chosen(
        widths(refitted({"both": 0.3, "none": 0.4, "l2": 0.31}, noise=0.1, seeds=3, seed=2), both=24, none=8)
    ),
    "one setting": lambda: of_chosen(refitted({"l2": 0.4})),
    "without none": lambda: of_chosen(widths(refitted({"both": 0.4, "l2": 0.401}), both=24), {}),
    "with batch norm": lambda: of_chosen(
        refitted({"bn_none": 0.4, "none": 0.5, "l2": 0.405}, noise=0.01).assign(valid_rows=99)
    ),
    "the test part prefers another": lambda: of_chosen(
        refitted({"l2": 0.4, "none": 0.5, "dropout": 0.55}).assign(
            test_loss=lambda rows: rows["test_loss"] - 0.2 * (rows["arm"] != "l2")
        )
    ),
}  # fmt: skip
