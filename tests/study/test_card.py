"""The card of a model, by hand: every number under its own head, arms by their validation loss, and what is said of training again."""

from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from small_study import small_study

from nets import Hyper, Outcome
from study.errors import UsageError
from study.measures import Measured
from study.model.asking import Asked, Form
from study.model.card import BY_TIME, MOST_INPUTS, Card
from study.model.making import _said
from study.model.retrained import chosen, complete
from study.records import Key, Network, Record

TASK = small_study().data.task  # of 150 rows of iris 60 train, 40 validate and 30 test
SCORES = {
    "valid_loss": "validation loss",
    "test_loss": "test loss",
    "test_error": "test error",
    "test_auc": "AUC",
    "test_balanced_accuracy": "balanced accuracy",
    "test_f1": "F1, mean over classes",
}
FORM = Form("churned", (Asked("age", "number", ""),), (), ".", "", ",", "utf-8")
MEASURED = [Measured("log-loss", 0.25, 0.125, 0.5), Measured("AUC", None, 0.0, 1.0), Measured("error", 0.1, 0.05, 0.2)]


def refit(arm: str, *losses: float, **settings: Any) -> list[Record]:
    """A network for each validation loss; every further score is 1 more than the one before it."""
    return [
        Record(
            Key("refit", arm, 0, 0, replicate),
            Network(TASK, Hyper(seed=3500 + replicate, **settings)),
            Outcome(stopped="completed", epochs_run=1, **{name: loss + place for place, name in enumerate(SCORES)}),
            0.5,
        )
        for replicate, loss in enumerate(losses)
    ]


def card(**changes: Any) -> Card:
    told: dict[str, Any] = {
        "file": "churn.skops",
        "command": "dropstep model --to churn.skops",
        "read": ["people.csv: 150 rows", "warning age may be a year"],
        "inputs": ["age", "plan = basic"],
        "form": FORM,
        "classes": ("no", "yes"),
        "arm": "l2",
        "refits": {"l2": refit("l2", 0.4, 0.6, width=6, l2=0.01, keep_prob=0.8), "normed": refit("normed", 0.2)},
        "measured": MEASURED,
        "choice": "It is close.",
        "baselines": ["worth   A network is worth it", "        trees: 0.3"],
        "differing": 0,
        "all_rows": False,
        "by_time": False,
    }
    return Card(**{**told, **changes})


def table(lines: list[str], head: str) -> list[dict[str, str]]:
    """The rows below a head, by the names in it."""
    first = next(number for number, line in enumerate(lines) if line.startswith(head))
    whole = takewhile(lambda line: line.startswith("|"), lines[first:])
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in whole]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def test_every_number_stands_under_its_own_head_and_the_lowest_validation_loss_comes_first() -> None:
    lines = card().text.splitlines()
    assert table(lines, "| measure |") == [
        {"measure": "log-loss", "value": "0.2500", "interval": "0.1250 to 0.5000"},
        {"measure": "error", "value": "0.1000", "interval": "0.0500 to 0.2000"},
    ]
    normed = {head: f"{0.2 + place:.4f} ± 0.0000" for place, head in enumerate(SCORES.values())}
    # half of an interval of two seeds 0.2 apart: 12.706 · 0.1
    l2 = {head: f"{0.5 + place:.4f} ± 1.2706" for place, head in enumerate(SCORES.values())}
    assert table(lines, "| arm |") == [{"arm": "normed", **normed, "seeds": "1"}, {"arm": "l2", **l2, "seeds": "2"}]


def test_a_score_that_no_network_has_is_a_dash() -> None:
    """As the area under a curve of many classes, or what an older version did not measure."""
    lost = [replace(each, outcome=replace(each.outcome, test_auc=None)) for each in refit("l2", 0.4, 0.6)]
    some = [lost[0], refit("l2", 0.4, 0.6)[1]]
    cells = [table(card(refits={"l2": held}).text.splitlines(), "| arm |")[0]["AUC"] for held in (lost, some)]
    assert cells == ["–", f"{0.6 + list(SCORES).index('test_auc'):.4f} ± 0.0000"]


def test_rows_settings_and_networks_are_those_of_the_arm() -> None:
    said = card().text
    assert "60 rows train, 40 validate, 30 test; the test part is the same for every network" in said
    assert "The vote on the 30 test rows" in said
    assert "A soft vote of 2 scikit-learn pipelines" in said
    assert (
        "Arm l2: units 6, hidden layers 1, batch normalisation none, learning rate 0.05, optimiser sgd, class weights none,"
        " L2, λ 0.01, share of units kept (dropout) 0.8, weights last, rows of a batch 50, steps 5."
    ).replace("steps 5", "steps 900") in said
    assert "# churn.skops: predicts churned" in said
    assert "It knows the classes no, yes and" in said
    assert "2 inputs: age, plan = basic\n" in said
    assert "* A network is worth it\n* trees: 0.3\n" in said
    assert said.count("warning age may be a year") == 2, "read, and a limit"
    assert BY_TIME not in said
    assert BY_TIME in card(by_time=True).text
    many = card(inputs=[f"x{place}" for place in range(MOST_INPUTS + 1)]).text
    assert f"x{MOST_INPUTS - 1} …" in many
    assert f"x{MOST_INPUTS}" not in many


@pytest.mark.parametrize(
    ("changes", "card_says", "terminal_says"),
    [
        ({}, "All 2 networks were trained again from the study, and their losses are equal", "2 of 2"),
        ({"differing": 2}, "2 of 2 networks have other losses than the study recorded", "0 of 2"),
        ({"all_rows": True}, "Trained on all rows, which none of the study's networks was.", "2 of 2"),
    ],
)
def test_whether_the_networks_are_the_recorded_ones_is_said(changes, card_says: str, terminal_says: str) -> None:
    made = card(**changes)
    assert card_says in made.text
    assert _said(made, Path("churn.skops"), Path("churn.md"))[:2] == [
        f"l2: {terminal_says} networks trained again are equal to the record, bit by bit",
        "test    log-loss 0.2500 [0.1250, 0.5000], error 0.1000 [0.0500, 0.2000]",
    ]


def test_the_arm_of_lowest_validation_loss_is_made_unless_another_is_asked_for() -> None:
    """Its test loss is of no account."""
    l2, normed = refit("l2", 0.4, 0.6), refit("normed", 0.45, 0.45)
    assert chosen([*l2, *normed], None) == normed
    assert chosen([*normed, *l2], "l2") == l2


def at(records: list[Record], **place: Any) -> list[Record]:
    """Under another key."""
    return [replace(record, key=replace(record.key, **place)) for record in records]


def test_of_an_arm_s_settings_the_lowest_on_fresh_seeds_is_taken_of_those_that_are_complete() -> None:
    usual, better = refit("l2", 0.4, 0.6), at(refit("l2", 0.45, 0.5), trial=1)
    other = at(refit("l2", 0.47, 0.48), repeat=1)
    searched = at(refit("l2", 0.1, 0.1), stage="search", trial=2)
    lacking = at(refit("l2", 0.1, 0.2), trial=3)
    lacking[1] = replace(lacking[1], outcome=Outcome(stopped="diverged", epochs_run=1))
    assert complete([*usual, *better, *other, *searched, *lacking]) == {"l2": better}, "of equals the first"
    assert complete([*lacking, *usual]) == {"l2": usual}
    assert complete([*searched, *lacking]) == {}
    scored = at(refit("normed", 0.3), stage="score")
    assert list(complete([*scored, *usual])) == ["l2", "normed"]
    with pytest.raises(UsageError, match="no arm is refitted yet"):
        chosen(lacking, None)
    with pytest.raises(UsageError, match=r"^l3 is no refitted arm, there are l2$"):
        chosen(usual, "l3")
