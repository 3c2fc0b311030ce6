"""Whether a network is worth it: planted differences come out by name, whichever method leads, and nothing is said that is not shown."""

import re
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from seen import ANEW, changed
from test_choice import SEEDS, refitted

import reports
from reports.choice.worth import WORDS, _answer, _verdict, worth, worth_table
from reports.judging.intervals import Estimate

LOSS = 0.6  # of the network on validation rows; 0.02 more on test rows, its error a quarter, and a point


def _run(gaps: dict[str, float], *, noise: float = 0.003) -> pd.DataFrame:
    """Each method's loss is above the network's by its gap; its error, in shares, by as much."""
    table = refitted({"l2": LOSS})
    generator = np.random.default_rng(1)
    own = table[table.stage == "refit"]
    rows = []
    for method, gap in gaps.items():
        for seed, loss, error in zip(own.seed, own.test_loss, own.test_error, strict=True):
            off = gap + generator.normal(0, noise)
            told = {"valid_loss": loss + off, "test_loss": loss + off, "test_error": error + off}
            rows.append({"method": method, "seed": int(seed), **told})
    table.attrs["baselines"] = rows
    return table


BLIND = {"frequencies": 0.3}


@pytest.mark.parametrize("method", one_in(9, [name for name in WORDS if name not in {"frequencies", "mlp"}]))
@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.1, "A network is worth it here: it is better than {}"),
        (-0.1, "A network is not worth it here: {} do"),
        (0.0, "A network does as well as {} here, no better"),
    ],
)
def test_a_planted_difference_from_the_strongest_rival_is_said(method: str, gap: float, said: str) -> None:
    others = {name: 0.2 for name in WORDS if name not in {"frequencies", method}}
    found = worth(_run({**BLIND, **others, method: gap}, noise=0.003))
    assert found is not None
    assert found.sentence.startswith(said.format(WORDS[method]))
    assert found.strongest.method == method
    assert found.strongest.above["loss"].value == pytest.approx(gap, abs=0.01)
    assert found.strongest.above["error"].value == pytest.approx(100 * gap, abs=1)
    assert found.strongest.above["loss"].seeds == SEEDS


def test_another_network_says_nothing_of_whether_a_network_is_worth_it() -> None:
    """It stands in the table of methods; what is asked is of those that are none."""
    found = worth(_run({**BLIND, "mlp": -0.1, "trees": 0.1}))
    assert found.sentence.startswith("A network is worth it here: it is better than boosted trees")
    assert "scikit-learn’s MLPClassifier" in [row["method"] for row in worth_table(found)]
    assert worth(_run({**BLIND, "mlp": -0.1})).sentence == "No method that is not a network stands beside it"


def test_what_seeds_cannot_tell_is_not_said() -> None:
    found = worth(_run({**BLIND, "trees": 0.02}, noise=0.1))
    assert found.sentence.startswith(
        "A network is not shown to be better than boosted trees here by what counts, 0.02 nat or 1 point"
    )


def test_a_network_that_learns_nothing_is_told_so() -> None:
    assert worth(_run({"frequencies": -0.01, "trees": 0.1})).sentence.startswith("Nothing is learnt here")


def test_a_run_without_baselines_says_nothing() -> None:
    assert worth(refitted({"l2": LOSS})) is None


def beside_trees() -> pd.DataFrame:
    table = _run({**BLIND, "trees": -0.1})
    table.attrs = deepcopy(table.attrs)
    table.attrs["provenance"]["search"]["axes"]["l2"] = {}
    return table


def test_the_page_says_it_first_and_shows_every_method(tmp_path) -> None:
    table = beside_trees()
    page = reports.render([], table, tmp_path)[0].read_text(encoding="utf-8")
    assert not changed(page, "methods"), ANEW
    assert page.index("A network is not worth it here: boosted trees do better") < page.index("Beside other methods")
    assert page.index("Beside other methods") < page.rindex("boosted trees")
    assert "class frequencies" in page
    said = reports.worth_lines(worth(table))
    assert said[0].startswith("worth   A network is not worth it here")
    assert reports.spoken(table)[0].split(maxsplit=1) == said[0].split(maxsplit=1), "and advice begins with it"
    assert re.fullmatch(
        r" +boosted trees: test loss .* nat \[.*\], test error .*; less the network’s .* nat .* points \[.*\]", said[2]
    )


def test_what_is_measured_beyond_loss_and_error_stands_in_the_table_alone() -> None:
    table = _run({"frequencies": 0.3, "trees": 0.1})
    assert "AUC" not in worth_table(worth(table))[0]  # of a version that did not measure it
    table = table.assign(test_auc=0.8, test_balanced_accuracy=0.9, test_f1=0.6, test_calibration_error=0.05)
    for row in table.attrs["baselines"]:
        row["test_auc"] = 0.7
    found = worth(table)
    assert [row["AUC"] for row in worth_table(found)] == ["0.800 [0.800, 0.800]", *["0.700 [0.700, 0.700]"] * 2]
    own = {name: cell.split(" ")[0] for name, cell in worth_table(found)[0].items()}
    assert (own["balanced accuracy [%]"], own["F1"], own["calibration error [%]"]) == ("90.0", "0.600", "5.0")
    assert "AUC" not in "".join(reports.worth_lines(found))


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0201, 0.05, "better"),
        (0.02, 0.05, "open"),
        (-0.05, -0.0201, "worse"),
        (-0.05, -0.02, "open"),
        (-0.0199, 0.0199, "equal"),
        (-0.02, 0.01, "open"),
        (-0.01, 0.02, "open"),
        (float("nan"), float("nan"), "open"),
    ],
)
def test_a_difference_is_judged_by_its_whole_interval(low: float, high: float, said: str) -> None:
    assert _verdict(Estimate(value=0, low=low, high=high, error=0.01, seeds=8), 0.02) == said


@pytest.mark.parametrize(("low", "learnt"), [(0.0, False), (0.001, True)])
def test_something_is_learnt_where_the_network_is_shown_to_be_better_than_the_class_frequencies(
    low: float, *, learnt: bool
) -> None:
    found = worth(_run({**BLIND, "trees": 0.1}))
    first, *others = (replace(each, above={**each.above, "loss": above(low)}) for each in found.rivals[::-1])
    assert first.method == "frequencies"
    told = replace(found, rivals=(first, *others))
    assert ("Nothing is learnt here" not in told.answer) == learnt
    assert (told.differences == replace(found, rivals=(*others,)).differences) == learnt


def above(low: float) -> Estimate:
    return Estimate(value=low + 0.01, low=low, high=low + 0.02, error=0.01, seeds=8)


@pytest.mark.parametrize(
    ("loss", "error", "said"),
    [
        ("better", "equal", "A network is worth it here: it is better than trees"),
        ("open", "better", "A network is worth it here: it is better than trees"),
        (
            "better",
            "worse",
            "Whether a network is worth it depends on the measure: it is better than trees in loss and worse in error",
        ),
        (
            "worse",
            "better",
            "Whether a network is worth it depends on the measure: it is worse than trees in loss and better in error",
        ),
        ("worse", "open", "A network is not worth it here: trees do better"),
        ("equal", "worse", "A network is not worth it here: trees do better"),
        ("equal", "equal", "A network does as well as trees here, no better"),
        ("equal", "open", "A network is not shown to be better than trees here by what counts, 0.02 nat or 1 point"),
        ("open", "open", "A network is not shown to be better than trees here by what counts, 0.02 nat or 1 point"),
    ],
)
def test_two_measures_make_one_answer(loss: str, error: str, said: str) -> None:
    assert _answer({"loss": loss, "error": error}, "trees") == said


def test_what_a_large_table_left_a_method_is_said() -> None:
    table = _run({**BLIND, "trees": 0.1, "mlp": 0.1})
    told = {"tried": 1, "settings": 4, "rows": 10500, "of_rows": 42000}
    whole = {"tried": 6, "settings": 6, "rows": 42000, "of_rows": 42000}
    held = [{**row, **(told if row["method"] == "trees" else whole)} for row in table.attrs["baselines"]]
    first = sorted({row["seed"] for row in held})[:4]
    table.attrs["baselines"] = [row for row in held if row["method"] != "mlp" or row["seed"] in first]
    found = worth(table)
    fewer = {rival.name: rival.fewer for rival in found.rivals}
    assert fewer == {
        "class frequencies": "",
        "boosted trees": "1 of 4 settings, 10500 of 42000 training rows",
        "scikit-learn’s MLPClassifier": f"4 of {SEEDS} seeds",
    }
    assert "        boosted trees: only 1 of 4 settings" in "\n".join(reports.worth_lines(found))
    assert {row["method"]: row["tried"] for row in worth_table(found)}[
        "scikit-learn’s MLPClassifier"
    ] == f"4 of {SEEDS} seeds"
    assert [row["tried"] for row in worth_table(found)].count("all") == 1  # the class frequencies, not the network
    assert "tried" not in worth_table(worth(_run(BLIND)))[0]
