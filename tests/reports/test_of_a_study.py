"""Claims that are asked of a study's responses: which widths, rates and seeds they take, and what their figures show, by small tables."""

import numpy as np
import pandas as pd
import pytest
from filled import crossed, edged, patchy
from matplotlib.figure import Figure
from planted import dropout, parabola

from reports import CLAIMS
from reports.claims import q1_steps, q3_hard_to_hit, q4b_transfer, q5_units, q5b_best_keep_prob, r2_axis
from reports.evidence.checked import plain
from reports.judging.intervals import ERROR, LOSS
from reports.tuning.doses import DoseCurve

BY_SLUG = {claim.slug: claim for claim in CLAIMS}


def asked(slug, table):
    """The regimes that are judged."""
    claim = BY_SLUG[slug]
    return [str(each.regime) for each in claim.estimate(claim.evidence(table))]


@pytest.mark.parametrize(
    ("slug", "widths"), [("Q1", {4, 8, 12}), ("Q3", {8, 12}), ("R2", {8, 12}), ("R3", {4, 8, 12}), ("Q4b", {4, 8, 12})]
)
def test_widths_that_lack_what_is_asked_about_are_left_out(slug, widths):
    """At width 24 there are L2, a fixed count, and no dropout; at 4 too few keep-probs near 1 for a search."""
    assert set(BY_SLUG[slug].evidence(patchy())["width"]) == widths


def test_masks_are_evidence_at_a_width_that_has_no_trained_dropout():
    assert set(BY_SLUG["Q2"].evidence(patchy())["panel"]) == {
        *("width 4", "width 8", "width 12"),
        *("all masks, width 8", "all masks, width 24"),
    }


def test_keep_probs_are_counted_where_there_are_two():
    def at(width, *strengths):
        return pd.DataFrame({"arm": "dropout", "width": width, "strength": strengths})

    few, two, many = at(4, 0.5), at(8, 0.5, 0.625), at(16, 0.5, 0.53, 0.546, 0.7)
    assert q1_steps.density(few) == ""
    assert q1_steps.density(pd.concat([many, few, two])) == "Keep-probs for each 1/n: 1 at width 8, 2.1 at width 16."


@pytest.mark.parametrize(
    ("kept", "judged"),
    [
        ("learning_rate > 0", ["width 8", "width 12", "width 16"]),
        ("learning_rate == 0.02", []),  # no other to move to
        ("(learning_rate == 0.02) == (l2 > 0)", []),  # none that both were tried at
        ("width > 8", ["width 12", "width 16"]),
        ("seed < 3 or keep_prob == 1", []),
        ("seed < 3 or l2 == 0", []),
        ("seed < 3 or width < 12", ["width 8", "width 12", "width 16"]),
    ],
)
def test_strengths_are_moved_between_learning_rates_that_both_were_tried_at_over_the_same_seeds(kept, judged):
    table = edged()
    assert asked("Q4b", table[table["arm"].str.endswith("_rates")].query(kept)) == judged


@pytest.mark.parametrize(("values", "told"), [([0.5, 0.5], "0.5"), ([0.1, 1e-5, 0.01], "1e−05 to 0.1")])
def test_the_best_strengths_of_a_rate_are_told_from_the_least_to_the_greatest(values, told):
    assert q4b_transfer._range(np.array(values)) == told


def test_responses_at_learning_rates_are_drawn_where_they_have_two_strengths_and_ringed_where_they_are_of_use(
    monkeypatch,
):
    """The best of each rate; those a nat above the best of all are of use to nobody, and four that are have room for their names."""
    named = []
    monkeypatch.setattr(q4b_transfer, "label_beside", lambda labels, ax: named.extend(labels))
    lowest = {0.1: 0.0, 0.2: 1.0, 0.3: 1.01, 0.4: 0.3, 0.5: 0.4, 0.6: 0.5, 0.7: 0.6}
    rows = [(rate, 0.0, -9.0) for rate in lowest]  # without it, which has no place on the axis
    rows += [
        (rate, strength, loss + 0.5 * (strength != 0.01)) for rate, loss in lowest.items() for strength in (0.01, 0.1)
    ]
    rows += [(0.8, 0.01, 0.2)]
    found = pd.DataFrame(rows, columns=["learning_rate", "strength", "loss"]).assign(kind="l2", seed=0)
    ax = q4b_transfer.draw(found, Figure().subplots())
    *lines, rings = ax.lines
    assert [list(line.get_ydata()) for line in lines] == [[loss, loss + 0.5] for loss in lowest.values()]
    assert list(rings.get_ydata()) == [loss for loss in lowest.values() if loss <= 1]
    assert set(rings.get_xdata()) == {0.01}
    assert [each.words for each in named] == [f"{rate}:\nat 0.01" for rate in (0.1, 0.4, 0.5, 0.7)]
    assert (lines[0].get_alpha(), lines[-1].get_alpha()) == (0.25, 1)
    assert (ax.get_xlabel(), ax.get_xscale()) == ("λ of L2", "log")
    kept = q4b_transfer.draw(found.assign(kind="dropout"), Figure().subplots())
    assert (kept.get_xlabel(), kept.get_xscale()) == ("keep_prob", "linear")


def curve(width, losses, *, seeds=(0, 1), none=1.0):
    strengths = np.array([0.2, 0.5, 0.8])
    of_seeds = np.array(losses)[:, None] + 0.1 * np.arange(len(seeds))
    return DoseCurve(
        kind="dropout", width=width, rate=0.1, strengths=strengths, seeds=seeds, losses=of_seeds,
        none=none + 0.1 * np.arange(len(seeds)), train=of_seeds,
    )  # fmt: skip


def test_a_fixed_count_gains_over_the_narrowest_layer_as_far_as_keep_probs_reach():
    """Four of 8 units are half, of 20 a fifth, which was tried; of 40 a tenth, which was not; other seeds are not paired."""
    curves = [
        curve(4, [9.0] * 3, none=1.0),
        curve(8, [0.9, 0.7, 0.8]),
        curve(20, [0.6, 0.7, 0.8]),
        curve(40, [0.1] * 3),
    ]
    fewer, others = curve(8, [0.2] * 3, seeds=(0,)), curve(8, [0.2] * 3, seeds=(0, 2))
    found = q5_units._at_fixed_count([*curves, fewer, others])
    assert found[["width", "seed"]].to_numpy().tolist() == [[4, 0], [4, 1], [8, 0], [8, 1], [20, 0], [20, 1]]
    assert found["gain"].to_numpy() == pytest.approx([0, 0, 0.3, 0.3, 0.4, 0.4])


def test_gains_are_of_each_table_apart_which_is_named_where_there_are_several():
    table = edged()
    rates = table[table["arm"].str.endswith("_rates")]
    one = list(q5_units._tuned(rates))
    assert [each["held"].unique().tolist() for each in one] == [[q5_units.TUNED]] * 2
    assert [each["metric"].unique().tolist() for each in one] == [[LOSS], [ERROR]]
    other = rates.assign(train_rows=100, label_noise=0.0, valid_loss=2 * rates["valid_loss"])
    both = list(q5_units._tuned(pd.concat([rates, other])))
    words = ["(digits, 100 rows, 0% random labels)", "(digits, 300 rows, 20% random labels)"]
    assert sorted({held for each in both for held in each["held"]}) == [f"{q5_units.TUNED} {each}" for each in words]
    gains = [each.groupby("held")["gain"].mean().to_dict() for each in both if (each["metric"] == LOSS).all()]
    gains = {held: gain for each in gains for held, gain in each.items()}
    assert gains[f"{q5_units.TUNED} {words[0]}"] == pytest.approx(2 * gains[f"{q5_units.TUNED} {words[1]}"])


def test_one_width_alone_shows_no_change_with_the_width():
    for slug in ("Q5", "Q5b"):
        assert asked(slug, patchy().query("width == 8")) == []
        assert asked(slug, patchy().query("arm == 'l2'")) == []
        assert asked(slug, patchy().query("width < 12"))


def test_where_none_is_the_best_strength_it_is_told_as_such():
    """At width 16 a network without dropout has a loss of 0.45, below all others."""
    tables = [dropout(parabola(0.6, 2.0), width=width, tilt=0.02) for width in (8, 16)]
    better = (tables[1]["arm"] == "none") & (tables[1]["width"] == 16)
    tables[1] = tables[1].assign(valid_loss=tables[1]["valid_loss"].mask(better, 0.45 + tables[1]["seed"]))
    (found,) = q5b_best_keep_prob.estimate(q5b_best_keep_prob.evidence(plain(pd.concat(tables))))
    assert found.notes == ("p* = 0.600 at width 8", "p* = 1 (“none”) at width 16")
    assert found.value == pytest.approx(0.4, abs=0.001)


def test_the_fewest_seeds_of_a_width_are_those_of_the_slope():
    tables = [dropout(parabola(0.6, 2.0), width=width, tilt=0.02) for width in (8, 16, 32)]
    fewer = pd.concat([tables[0], tables[1].query("seed < 3"), tables[2]])
    (found,) = q5b_best_keep_prob.estimate(q5b_best_keep_prob.evidence(plain(fewer)))
    assert found.seeds == 3


def test_the_interval_of_a_best_keep_prob_ends_where_keep_probs_do():
    spread = np.concatenate([[0.5], np.linspace(0, 1, 1001)])
    assert q5b_best_keep_prob._row("here", curve(8, [0.5] * 3), spread)[3:] == (0.5, 0.0, 1.0, 2)
    narrow = q5b_best_keep_prob._row("here", curve(8, [0.5] * 3), 0.5 + (spread - 0.5) / 100)
    assert 0.4 < narrow[4] < 0.5 < narrow[5] < 0.6


@pytest.mark.parametrize("module", [q3_hard_to_hit, r2_axis])
def test_a_rate_at_the_end_of_those_tried_is_told(module):
    """Of three the highest is the best, and where there is one it has no end."""
    notes = {str(each.regime): each.notes[0] for each in module.estimate(module.evidence(crossed()))}
    for regime, note in notes.items():
        assert ("at learning rate 0.1, the end of those tried" in note) == ("width 16" not in regime)
        assert ("at learning rate 0.05" in note) == ("width 16" in regime)


def test_responses_are_compared_at_each_rate_that_two_widths_share():
    """At 0.02 there is one."""
    assert asked("Q5b", crossed()) == [
        "all at learning rate 0.05, widths 8 to 16",
        "all at learning rate 0.1, widths 8 to 12",
    ]
    held = [each for each in asked("Q5", crossed()) if "learning rate 0." in each]
    assert held == [f"{fixed}learning rate {rate}" for rate in (0.05, 0.1) for fixed in ("", "p·n = 8 and ")]


def test_without_designs_of_rates_strengths_are_moved_between_the_rates_of_the_dense_ones():
    assert asked("Q4b", crossed()) == ["width 8", "width 12"]
