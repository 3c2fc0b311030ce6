"""Two runs beside each other: same seeds are paired, at the same settings; and an index of all runs."""

import numpy as np
import pandas as pd
import pytest
from seen import ANEW, changed
from synthetic import results_table, where

import reports
from reports.evidence.checked import plain
from reports.page.compare import pairs


@pytest.fixture(scope="module")
def first():
    return of_one_width()


def of_one_width():
    return results_table(widths=(8,), opened=("keep_prob",))


def shifted(table, by):
    losses = ["valid_loss", "test_loss"]
    moved = table.assign(**{name: table[name] + by for name in losses})
    moved.attrs = {**table.attrs, "provenance": {**table.attrs["provenance"], "name": "other"}}
    return moved


def test_a_shift_of_all_losses_is_the_difference_of_every_pair_and_has_no_width(first):
    found = pairs(plain(first), plain(shifted(first, 0.25)))
    assert {pair.stage for pair in found} == {"design", "refit"}
    for pair in found:
        loss, error = pair.differences
        assert np.isclose([loss.value, loss.low, loss.high], 0.25).all(), pair
        assert (error.value, error.low, error.high) == (0, 0, 0)


def test_seeds_are_paired_and_points_are_no_sample(first):
    """A seed's own level cancels; of all points of a seed there is one difference."""
    seeds = first["seed"].nunique()
    levels = first["seed"].map({seed: 10.0 * seed for seed in first["seed"].unique()})
    noisy = [first.assign(valid_loss=first["valid_loss"] + levels), shifted(first, -0.1)]
    noisy[1]["valid_loss"] += levels
    design = [pair for pair in pairs(*map(plain, noisy)) if pair.stage == "design"]
    assert all(np.isclose(pair.differences[0].low, -0.1) for pair in design)
    assert {pair.differences[0].seeds for pair in design} <= {*range(2, seeds + 1)}


def test_settings_that_one_run_alone_tried_are_left_out(first):
    other = shifted(first, 0.0)
    strange = (other["arm"] == "dropout") & (other["keep_prob"] > 0.5)
    other["keep_prob"] = other["keep_prob"].mask(strange, other["keep_prob"] + 0.001)
    other["valid_loss"] = other["valid_loss"].mask(strange, 99.0)
    (found,) = [pair for pair in pairs(plain(first), plain(other)) if pair.arm == "dropout" and pair.stage == "design"]
    assert found.differences[0].value == 0


def test_the_page_names_both_and_what_differs(first, tmp_path):
    path = reports.compare(first, shifted(first, 0.1), [("hyper.steps", "900", "<1000>")], tmp_path / "two.html")
    page = path.read_text(encoding="utf-8")
    assert not changed(page, "runs"), ANEW
    assert "<h1>other beside trial</h1>" in page
    assert "<td>900</td><td>&lt;1000&gt;</td>" in page
    assert "+0.100 [+0.100, +0.100]" in page


def test_runs_without_a_seed_in_common_are_not_compared(first, tmp_path):
    other = shifted(first, 0.1).assign(seed=lambda table: table["seed"] + 1000)
    other.attrs = first.attrs
    page = reports.compare(first, other, [], tmp_path / "two.html").read_text(encoding="utf-8")
    assert "nothing can be compared" in page
    assert "they are the same study" in page


def test_a_table_without_provenance_is_refused(first, tmp_path):
    bare = pd.DataFrame(first.assign())
    bare.attrs = {}
    with pytest.raises(reports.TableError, match="provenance"):
        reports.compare(first, bare, [], tmp_path / "two.html")


def test_an_index_lists_every_run_and_links_the_pages_that_there_are(tmp_path):
    lines = [
        reports.Listed(
            name=name, state="finished", table="digits", begun="2026-11-26", answer="<b>", best="dropout", page=page
        )
        for name, page in (("one", "one/report/index.html"), ("two", ""))
    ]
    page = reports.index(lines, tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("<tr>") == 1 + len(lines)
    assert page.count("<a href=") == 1
    assert "&lt;b&gt;" in page


def test_lost_networks_do_not_make_a_difference(first):
    other = where(shifted(first, 0.5), first["stage"] == "design")
    other["valid_loss"] = other["valid_loss"].mask(other["seed"] == other["seed"].min())
    found = pairs(plain(first), plain(other))
    assert {pair.stage for pair in found} == {"design"}
    assert all(np.isclose(pair.differences[0].value, 0.5) for pair in found)


def networks(*rows):
    """Stage, arm, trial, width, seed, validation and test loss; errors are a tenth of them."""
    names = ["stage", "arm", "trial", "width", "seed", "valid_loss", "test_loss"]
    table = pd.DataFrame(rows, columns=names).assign(repeat=0, learning_rate=0.1)
    return table.assign(valid_error=table["valid_loss"] / 10, test_error=table["test_loss"] / 10)


def test_of_several_settings_on_fresh_seeds_the_one_of_lowest_validation_loss_is_compared():
    """Of designs at each width; of a search whatever the width, which is part of what was searched."""
    of_one = [
        (stage, "a", trial, width, seed, loss, 1 + loss + seed)
        for stage in ("score", "refit")
        for trial, (width, loss) in enumerate([(4, 0.5), (4, 0.3), (8, 0.4), (8, 0.6)])
        for seed in (0, 1)
    ]
    other = [(*key, loss + 0.25, test + 0.5) for *key, loss, test in of_one]
    found = pairs(networks(*of_one), networks(*other))
    assert [(each.stage, each.width, each.means[0]) for each in found] == [
        ("score", 4, (pytest.approx(1.8), pytest.approx(2.3))),
        ("score", 8, (pytest.approx(1.9), pytest.approx(2.4))),
        ("refit", 0, (pytest.approx(1.8), pytest.approx(2.3))),
    ]
    assert found[0].cells[:3] == ["1.800", "2.300", "+0.500 [+0.500, +0.500]"]
    assert found[0].cells[3:] == ["18.0", "23.0", "+5.0 [+5.0, +5.0]"]


def test_of_a_repeated_search_each_repeat_is_a_setting_of_its_own():
    one = [("refit", "a", 1, 4, seed, 0.5, 1.0) for seed in (0, 1)]
    twice = pd.concat([networks(*one).assign(repeat=1, valid_loss=0.4, test_loss=2.0), networks(*one)])
    (found,) = pairs(networks(*one), twice)
    assert found.means[0] == (1.0, 2.0)
    assert found.differences[0].seeds == 2
