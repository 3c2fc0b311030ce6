"""The claims about searching a strength: planted one way, the other way and not at all, verdict and sentence follow."""

import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from planted import design, dropout, keep_probs, l2s, parabola
from scipy import stats
from seen import ANEW, figures, redrawn

import reports
from reports.claims.q4b_transfer import draw, evidence
from reports.drawing import theme
from reports.drawing.layout import axes_of
from reports.judging.claim import judge
from reports.judging.intervals import jackknife, mean
from reports.judging.verdict import Verdict
from reports.page.answer import answer
from reports.tuning import joint, searched
from reports.tuning.regret_plates import plates
from reports.tuning.searching import EXTRA, searching
from reports.tuning.smoothing import smoother

STEEP = 8.0


def judged(slug, table):
    (claim,) = (claim for claim in reports.CLAIMS if claim.slug == slug)
    (found,) = judge([claim], table)
    return found


def at(width, loss, tilt=0.02, rates=(0.01, 0.1)):
    """A width at several learning rates, the second the best."""
    return pd.concat(
        dropout(lambda strengths, extra=extra: extra + loss(strengths), width=width, learning_rate=rate, tilt=tilt)
        for extra, rate in zip((0.5, 0.0, 0.4), (*rates, 1.0), strict=False)
    )


def near_one(strengths):
    """Falls steeply to none: only the axis that is dense there finds it."""
    return 0.5 + 6 * np.sqrt(np.maximum(1 - strengths, 0))


def narrow_middle(strengths):
    return 0.5 + np.minimum(300 * (strengths - 0.5) ** 2, 2)


def flat(strengths):
    return 0.5 + 0.01 * strengths


@pytest.mark.parametrize(
    ("loss", "verdict", "words"),
    [
        (near_one, Verdict.SUPPORTED, "easier to search on log-odds"),
        (narrow_middle, Verdict.CONTRADICTED, "easier to search on the linear axis"),
        (flat, Verdict.NO_DIFFERENCE, "makes no difference of interest"),
    ],
)
def test_axis_planted_both_ways_and_not_at_all(loss, verdict, words):
    found = judged("R2", at(16, loss))
    assert found.verdict is verdict
    assert words in found.clause


def regimes_of(found, verdict):
    return {str(each.estimate.regime) for each in found.findings if each.verdict is verdict}


def test_hard_to_hit_is_told_by_width_and_axis():
    """At 16 units the best is a narrow dip near none, at 32 a wide one in the middle."""
    table = pd.concat([at(16, near_one), at(32, parabola(0.6, 0.2))])
    found = judged("Q3", table)
    assert found.verdict is Verdict.CONDITIONAL
    assert "linear axis, width 16" in regimes_of(found, Verdict.SUPPORTED)
    assert {"linear axis, width 32", "log-odds axis, width 32"} <= regimes_of(found, Verdict.CONTRADICTED)
    assert "hard to hit" in found.clause


def test_a_learning_rate_that_was_not_chosen_is_named():
    regime = judged("Q3", dropout(parabola(0.6, 0.2), tilt=0.02)).findings[0].estimate.regime
    assert "learning rate 0.05" in str(regime)


def test_a_constant_response_is_void_everywhere():
    constant = pd.concat(
        [at(8, lambda strengths: np.full(np.shape(strengths), 0.5), tilt=0), design("l2", "l2", l2s(), np.ones_like)]
    )
    for slug in ("Q3", "R2", "R3", "Q5b", "Q4"):
        for finding in judged(slug, constant).findings:
            assert finding.verdict is Verdict.INCONCLUSIVE
            assert finding.estimate.void


def test_lambda_is_searched_over_two_ranges_beside():
    """The range that is as strong as the keep-probs is read off equal training losses."""
    train = {"keep_prob": lambda p: 0.1 + (1 - p) / p, "l2": lambda penalty: 0.1 + 10 * penalty}
    table = pd.concat(
        [
            dropout(parabola(0.7, STEEP), train=train["keep_prob"]),
            design("l2", "l2", l2s(), parabola(-2, 0.1, log=True), train=train["l2"]),
        ]
    )
    labels = searching(table).loc[lambda rows: rows["axis"] == "equal", "label"].unique()
    assert len(labels) == 1
    low, high = (float(word.strip(",")) for word in labels[0].split(" ") if word[0].isdigit())
    assert high == pytest.approx(0.38, rel=0.1)  # (1 − 0.2)/0.2 is 10 λ
    assert low < 0.002


def both_kinds(train_of_dropout, train_of_l2, rates=(0.05,)):
    return pd.concat(
        [
            dropout(parabola(0.7, STEEP), train=train_of_dropout),
            *(
                design(
                    "l2", "l2", l2s(), parabola(-2, 0.1, log=True), train=partial(train_of_l2, rate), learning_rate=rate
                )
                for rate in rates
            ),
            *(
                design("none", "keep_prob", np.ones(1), np.ones_like, learning_rate=rate)
                for rate in rates
                if rate != 0.05
            ),
        ]
    )


@pytest.mark.parametrize(
    ("of_dropout", "of_l2", "known"),
    [
        (lambda p: 0.1 + (1 - p) / p, lambda rate, penalty: 0.1 + 10 * penalty, True),
        (lambda p: np.where(p < 0.3, np.nan, 0.1 + (1 - p) / p), lambda rate, penalty: 0.1 + 10 * penalty, False),
        (lambda p: 0.1 + (1 - p) / p, lambda rate, penalty: np.where(penalty > 0.5, np.nan, 0.1 + 10 * penalty), False),
        (
            lambda p: np.full(np.shape(p), 0.4),
            lambda rate, penalty: 0.1 + 10 * penalty,
            False,
        ),  # a range of one strength
    ],
)
def test_no_range_of_l2_is_as_strong_as_the_keep_probs_where_training_losses_do_not_tell(of_dropout, of_l2, known):
    assert (searching(both_kinds(of_dropout, of_l2))["axis"] == "equal").any() == known


def test_strengths_are_alike_at_the_rate_of_l2_that_is_nearest_to_that_of_dropout_by_their_ratio():
    """0.1 is twice 0.05, and 0.02 nearer in their difference."""
    table = both_kinds(lambda p: 0.1 + (1 - p) / p, lambda rate, penalty: 0.1 + penalty / rate, rates=(0.02, 0.1))
    (label,) = searching(table).loc[lambda rows: rows["axis"] == "equal", "label"].unique()
    strongest = (1 - keep_probs()[0]) / keep_probs()[0] * 0.1  # that was tried: the λ of as much training loss
    assert float(re.findall(r"to ([\d.]+)", label)[0]) == pytest.approx(strongest, rel=0.05)


def test_where_the_strongest_is_the_best_nothing_is_said_of_searches():
    found = searching(dropout(parabola(0.1, 2.0)))
    assert set(found["void"]) == {"the best strength may lie beyond the strongest that was tried"}
    assert found["value"].isna().all()
    assert set(found["seeds"]) == {4}
    assert set(searching(dropout(parabola(0.6, 2.0)))["void"]) == {""}


def test_searches_of_both_kinds_are_told_by_axis_number_of_tries_and_whether_none_is_tried_first():
    table = both_kinds(lambda p: 0.1 + (1 - p) / p, lambda rate, penalty: 0.1 + 10 * penalty)
    found = searching(table)
    axes = {"dropout": ("linear", "odds", "levels"), "l2": ("lambda", "equal")}
    expected = {
        (axis, quantity, tries, first)
        for axis in (*axes["dropout"], *axes["l2"])
        for quantity in ("hits", "regret")
        for tries in (5, 10, 20)
        for first in (False, True)
    } | {("linear", "extra loss", tries, first) for tries in (5, 10, 20) for first in (False, True)}
    told = list(found[["axis", "quantity", "trials", "none_first"]].itertuples(index=False, name=None))
    assert set(told) == expected
    assert len(told) == len(expected)
    assert set(found["width"]) == {12}
    assert set(found["tuned"]) == set(found["at_edge"]) == {False}
    of_l2 = found["axis"].isin(axes["l2"])
    assert found.loc[~of_l2, "best"].unique() == pytest.approx([0.7], abs=0.02)
    assert found.loc[of_l2, "best"].unique() == pytest.approx([0.01], rel=0.2)
    hits = found[(found["quantity"] == "hits") & (found["axis"] == "linear") & ~found["none_first"]]
    assert hits.sort_values("trials")["value"].is_monotonic_increasing


def test_how_tables_are_ordered_changes_nothing():
    table = at(16, near_one)
    pd.testing.assert_frame_equal(searching(table), searching(table.sample(frac=1, random_state=1)))
    assert searching(table[table["arm"] == "none"]).empty
    assert (searching(table)["quantity"] == EXTRA).any()


def moved(best_of):
    """Both kinds at three learning rates; ``best_of`` says where the best strength lies at each."""
    rates = (0.01, 0.05, 0.2)
    strengths = {"keep_prob": np.linspace(0.25, 0.95, 15), "l2": np.geomspace(1e-5, 1, 16)}
    parts = []
    for place, rate in enumerate(rates):
        for arm, field in (("dropout_rates", "keep_prob"), ("l2_rates", "l2")):
            loss = parabola(best_of[arm][place], 2.0 if field == "keep_prob" else 0.1, log=field == "l2")
            parts.append(design(arm, field, strengths[field], loss, learning_rate=rate, tilt=0.01))
        parts.append(design("none", "keep_prob", np.ones(1), lambda one: one + 1, learning_rate=rate))
    return pd.concat(parts)


@pytest.mark.parametrize(
    ("keep_prob", "penalty", "verdict", "words"),
    [
        ((0.4, 0.6, 0.8), (-2, -2, -2), Verdict.SUPPORTED, "λ stays right"),
        ((0.6, 0.6, 0.6), (-3, -2, -1), Verdict.CONTRADICTED, "keep_prob stays right"),
        ((0.6, 0.6, 0.6), (-2, -2, -2), Verdict.NO_DIFFERENCE, "as stable"),
    ],
)
def test_stability_planted_both_ways_and_not_at_all(keep_prob, penalty, verdict, words):
    found = judged("Q4b", moved({"dropout_rates": keep_prob, "l2_rates": penalty}))
    assert found.verdict is verdict
    assert words in found.clause


def test_stability_is_not_told_where_a_best_lies_at_the_end():
    (finding,) = judged("Q4b", moved({"dropout_rates": (0.1, 0.6, 0.8), "l2_rates": (-2, -2, -2)})).findings
    assert "beyond the strongest" in finding.estimate.void


def test_a_learning_rate_at_which_none_alone_was_tried_has_no_line_and_no_ring():
    table = moved({"dropout_rates": (0.4, 0.6, 0.8), "l2_rates": (-2, -2, -2)})
    alone = design("none", "keep_prob", np.ones(1), lambda one: one - 1, learning_rate=0.1)
    for kind in ("dropout", "l2"):
        found = evidence(pd.concat([table, alone]))
        ax = draw(found[found["kind"] == kind], axes_of(3.3, 2.6))
        *lines, rings = (line for line in ax.lines if line.get_clip_on())
        assert len(lines) == len(rings.get_xdata()) == 3


@pytest.mark.parametrize(
    ("bests", "verdict", "words"),
    [
        ((0.9, 0.7, 0.5), Verdict.SUPPORTED, "falls with the number of units"),
        ((0.5, 0.7, 0.9), Verdict.SUPPORTED, "rises with the number of units"),
        ((0.7, 0.7, 0.7), Verdict.CONTRADICTED, "the same at every number"),
    ],
)
def test_the_best_keep_prob_planted_both_ways_and_not_at_all(bests, verdict, words):
    table = pd.concat(
        dropout(parabola(best, 2.0), width=width, tilt=0.02) for width, best in zip((8, 16, 32), bests, strict=True)
    )
    found = judged("Q5b", table)
    assert found.verdict is verdict
    assert words in found.clause


def test_best_keep_probs_of_one_width_lie_side_by_side():
    """They may be equal."""
    found = judged("Q5b", pd.concat(at(width, parabola(0.6, 2.0)) for width in (8, 16)))
    ax = found.claim.draw(found.evidence, axes_of(3.3, 2.6))
    dots = np.concatenate([line.get_xdata() for line in ax.lines if line.get_marker() == "o"])
    assert np.unique(dots).size == dots.size > 2


def test_a_smoother_leaves_a_line_alone_and_takes_noise_away():
    knots = np.linspace(0.2, 0.98, 30)
    noise = np.random.default_rng(0).normal(0, 0.05, (30, 200))
    line, bowl = 2 * knots, (knots - 0.6) ** 2
    assert smoother(knots)(line[:, None])[:, 0] == pytest.approx(line)
    assert smoother(knots).roughness.min() == 0, "nothing is less rough than a line"
    rough = bowl[:, None] + noise
    assert ((smoother(knots)(rough) - bowl[:, None]) ** 2).mean() < 0.35 * (noise**2).mean()


def test_a_smoother_follows_a_wave_and_no_twelve_points_of_noise():
    """Twelve points are so few that plain generalised cross-validation follows them one by one."""
    knots = np.linspace(0, 1, 12)
    noise = np.random.default_rng(0).normal(0, 1, (12, 500))
    wave = 4 * np.sin(2 * np.pi * knots)[:, None]
    left = (noise - smoother(knots)(noise)).var(axis=0)
    assert (left < 0.3 * noise.var(axis=0)).mean() < 0.05
    assert ((smoother(knots)(wave + noise) - wave) ** 2).mean() < 1


def searches(strengths, losses, **keys):
    rows = [
        {"stage": "search", "arm": "linear", "repeat": repeat, "trial": trial, "replicate": 0, "seed": 0, "width": 12,
         "learning_rate": 0.05, "keep_prob": strength, "l2": 0.0, "valid_loss": loss, **keys}
        for repeat, (of_repeat, of_losses) in enumerate(zip(strengths, losses, strict=True))
        for trial, (strength, loss) in enumerate(zip(of_repeat, of_losses, strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize("name", ["linear", "linear_12"])
def test_real_searches_are_scored_by_what_they_chose(name):
    table = dropout(parabola(0.7, 2.0))
    strengths = [[0.3, 0.5, 0.61, 0.9, 0.9], [0.7, 0.2, 0.2, 0.2, 0.2]]
    losses = [[3, 2, 1, np.nan, 4], [1, 2, 3, 4, 5]]  # a diverged trial is never chosen
    found = searched.searched_regrets(pd.concat([table, searches(strengths, losses, arm=name)])).set_index("trials")
    assert found.loc[5, "value"] == pytest.approx(2.0 * 0.09**2 / 2, abs=1e-4)
    assert found.loc[5, "repeats"] == 2
    assert found.loc[5, "hits"] == 2
    assert found.loc[5, "low"] < 0 < found.loc[5, "high"]  # two searches say little
    assert 10 not in found.index  # the searches are shorter
    (axis,) = (
        each
        for each in searching(table).query("axis == 'linear' and trials == 5 and quantity == 'regret'")["value"][:1]
    )
    assert found.loc[5, "random"] == pytest.approx(axis, abs=1e-3)


def test_real_searches_of_both_strengths_are_scored_on_the_surface():
    bowl = parabola(-2.5, 0.1, log=True)
    surface = pd.concat(
        design(
            joint.ARM,
            "keep_prob",
            np.linspace(0.2, 1, 9),
            lambda p, value=value: parabola(0.6, 1)(p) + bowl(value),
            l2=value,
        )
        for value in l2s()[::4]
    )
    tried = searches([[0.4, 0.6, 1.0, 0.2, 0.8]], [[2, 1, 3, 4, 5]], arm=searched.BOTH).assign(l2=0.1)
    found = searched.searched_regrets(pd.concat([surface, tried])).set_index("trials")
    assert found.loc[5, "value"] == pytest.approx(0.1 * 1.5**2, abs=1e-3)
    assert np.isnan(found.loc[5, "low"])  # one search has no variance
    assert 0 < found.loc[5, "random"] < 0.3


def test_the_regret_of_real_searches_varies_as_their_repeats_and_as_their_seeds_do():
    """The textbook's sums: the variance of a mean over repeats, the jackknife over seeds, Satterthwaite's degrees of freedom."""
    draws = np.random.default_rng(0)
    ends, candidates = 0.3 + draws.normal(0, 0.1, (3, 5)), draws.normal(0, 0.1, (4, 5))

    def regret(*seeds):
        chosen = [candidates[:, [s for s in seeds if s != seed]].mean(axis=1).argmin() for seed in seeds]
        best = np.mean([candidates[place, seed] for place, seed in zip(chosen, seeds, strict=True)])
        return ends[:, seeds].mean() - best

    value, lacking = regret(*range(5)), [regret(*(s for s in range(5) if s != seed)) for seed in range(5)]
    parts = mean(ends.mean(axis=1)).error ** 2, jackknife(value, lacking).error ** 2
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 4)
    found = searched.Found(ends, candidates, np.zeros(4)).regret
    assert found.seeds == 5
    assert found.value == pytest.approx(value)
    assert found.error == pytest.approx(np.sqrt(sum(parts)))
    reach = stats.t.ppf(0.975, freedom) * found.error
    assert (found.low, found.high) == pytest.approx((value - reach, value + reach))
    still = searched.Found(np.full((2, 3), 0.5), np.zeros((1, 3)), np.zeros(1)).regret
    assert (still.low, still.value, still.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("seeds", "rate", "found"), [((0,), 0.05, True), ((0, 1), 0.05, False), ((9,), 0.05, False), ((0,), 0.02, False)]
)
def test_real_searches_are_scored_at_their_rate_on_three_seeds_that_they_did_not_see(seeds, rate, found):
    """Of a design's four; random search sees what they saw, and of other seeds the design knows nothing."""
    tried = [searches([[0.3, 0.5, 0.61, 0.9, 0.9]], [[3, 2, 1, 4, 5]], seed=seed, learning_rate=rate) for seed in seeds]
    told = searched.searched_regrets(pd.concat([dropout(parabola(0.7, 2.0)), *tried]))
    assert told["trials"].tolist() == [5] * found


def test_a_search_ends_at_the_trial_of_the_lowest_mean_whatever_their_order():
    """The first of those that were tried, by the numbers of trials; one that lost any of its networks is none."""
    strengths = [[0.3, 0.5, 0.61, 0.9, 0.7, 0.7]]
    one, other = searches(strengths, [[3, 1, 2, 4, 0, 0]]), searches(strengths, [[3, 2, 0, 4, np.nan, 0]], seed=1)
    both = pd.concat([one, other]).sample(frac=1, random_state=0)
    lasting = dropout(parabola(0.7, 2.0))
    more = pd.concat([lasting, lasting.assign(seed=lasting["seed"] + 4)])
    (value,) = searched.searched_regrets(pd.concat([more, both]))["value"]
    assert value == pytest.approx(2.0 * 0.09**2, abs=1e-4)


def test_pairs_of_strengths_lie_evenly_on_both_axes():
    """Sixty places of each, half a step from its ends; and every pair of them."""
    pairs = joint.all_pairs(12)
    for each, (low, high) in zip((pairs[0], np.log10(pairs[1])), ((0.2, 0.997), (-5, 0)), strict=True):
        places = np.unique(each.round(12))
        step = (high - low) / 60
        assert np.diff(places) == pytest.approx(np.full(59, step))
        assert (places[0] - low, high - places[-1]) == pytest.approx((step / 2, step / 2))
    assert len(set(zip(*pairs, strict=True))) == 3600


def replayed():
    """Two axes of two widths and both strengths at once, in one run."""
    bowl = parabola(-2.5, 0.1, log=True)
    surface = pd.concat(
        design(joint.ARM, "keep_prob", np.linspace(0.2, 1, 5), parabola(0.6, 1), l2=value).assign(
            valid_loss=lambda rows, value=value: rows["valid_loss"] + bowl(value)
        )
        for value in l2s()[::8]
    )
    tried = [
        [0.4, 0.6, 0.9, 0.2, 0.8, 0.55, 0.5, 0.45, 0.3, 0.35],
        [0.9, 0.8, 0.3, 0.2, 0.7, 0.6, 0.5, 0.4, 0.35, 0.65],
    ]
    seen = [[2, 1, 3, 4, 5, 0, 6, 7, 8, 9], [5, 4, 3, 2, 1, 0, 9, 8, 7, 6]]
    parts = [dropout(parabola(0.7, 2.0), width=width, tilt=0.05) for width in (8, 12)]
    parts += [searches(tried, seen, arm=arm, width=width) for width in (8, 12) for arm in ("odds", "linear")]
    both = searches(tried, seen, arm=searched.BOTH)
    return pd.concat([*parts, surface, both.assign(l2=10 ** (-4 * both["keep_prob"]))], ignore_index=True)


def test_the_searches_of_a_run_are_drawn_beside_those_that_are_replayed():
    with theme.drawing():
        (plate,) = plates(replayed())
    assert [each.count("<svg") for each in plate.panels] == [1, 1]
    assert not redrawn(figures("".join(plate.panels)), "replayed"), ANEW
    assert plates(dropout(parabola(0.7, 2.0))) == []


@pytest.mark.parametrize(("values", "surfaces"), [((4, 4), 1), ((3, 4), 0), ((4, 3), 0)])
def test_a_surface_takes_four_values_of_each_strength(values, surfaces):
    """Fewer have no bicubic spline."""
    keep_probs, strengths = (np.linspace(0.2, 0.8, count) for count in values)
    table = pd.concat(design(joint.ARM, "keep_prob", keep_probs, parabola(0.6, 1), l2=value) for value in strengths)
    found = list(joint.surfaces(table))
    assert len(found) == surfaces
    for each in found:
        assert each.seen(keep_probs, strengths[:1].repeat(4)) == pytest.approx(each.losses[:, 0])


@pytest.mark.parametrize(
    ("lost", "left"), [([], [(0, 1, 2, 3)]), ([2], [(0, 1, 3)]), ([0, 1, 3], []), ([0, 1, 2, 3], [])]
)
@pytest.mark.parametrize("absent", [False, True])
def test_a_surface_is_of_two_seeds_at_least_that_lost_no_network(lost, left, absent):
    """Whether it diverged or was never trained."""
    points = np.linspace(0.2, 0.8, 4)
    table = pd.concat(design(joint.ARM, "keep_prob", points, parabola(0.6, 1), l2=value) for value in points)
    gone = (table[["keep_prob", "l2"]] == 0.2).all(axis=1) & table["seed"].isin(lost)
    table = table[~gone] if absent else table.assign(valid_loss=table["valid_loss"].mask(gone))
    assert [each.seeds for each in joint.surfaces(table)] == left


@pytest.mark.parametrize(
    ("loss", "said"), [(near_one, "“none” is best"), (parabola(0.59375, 2.0), "keep_prob 0.5938 is best")]
)
def test_beside_how_often_a_search_hits_stands_what_is_best(loss, said):
    assert judged("Q3", at(12, loss)).findings[0].estimate.notes[0] == f"at learning rate 0.1, {said}"


def test_the_answer_says_where_it_is_hard_to_hit_and_what_helps():
    found = judged("Q3", pd.concat([at(16, near_one), at(32, parabola(0.6, 0.2))]))
    said = list(answer([found], {"data": {"name": "digits", "train": 300, "label_noise": 0.2}}, 0))
    assert "hard to hit at 16 units on the linear axis" in said[0]
    assert said[0].endswith("trying no dropout first mends that.")
    assert "32" not in said[0]
