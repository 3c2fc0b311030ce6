"""Regret is what a search would really lose: checked against searches carried out one by one."""

import numpy as np
import pandas as pd
import pytest
from planted import SEEDS, design, dropout, l2s, parabola

from reports.tuning import joint, searched
from reports.tuning.replay import COLUMNS, FLOOR, PLACES, TRIALS, kept_scores, replay, replayed_regrets
from reports.tuning.response_curves import curves
from reports.tuning.strength_axes import AXES

BEND = 2.0


def by_trials(found, axis):
    return found[found["axis"] == axis].groupby("trials")["regret"].mean()


def test_what_searches_keep_is_what_loops_keep():
    generator = np.random.default_rng(0)
    seen, scored = generator.random((2, 7, max(TRIALS)))
    slow = []
    for trials in TRIALS:
        ends = []
        for mine, worth in zip(seen, scored, strict=True):
            best = min(range(trials), key=lambda trial, mine=mine: mine[trial])
            ends.append(worth[best])
        slow.append(np.mean(ends))
    assert kept_scores(seen, scored)[:-1] == pytest.approx(slow)
    assert kept_scores(seen, scored)[-1] == scored[np.unravel_index(seen.argmin(), seen.shape)]


def test_regret_on_a_parabola_is_that_of_the_nearest_draw():
    found = by_trials(replayed_regrets(dropout(parabola(0.7, BEND))), "linear")
    tried = 0.2 + 0.8 * PLACES[0]
    expected = [BEND * (np.abs(tried[:, :trials] - 0.7).min(axis=1) ** 2).mean() for trials in TRIALS]
    assert found[list(TRIALS)].to_numpy() == pytest.approx(expected, rel=0.02, abs=1e-4)
    assert found[FLOOR] == pytest.approx(0, abs=1e-5)


def test_a_narrow_window_costs_more_trials():
    wide, narrow = (by_trials(replayed_regrets(dropout(parabola(0.7, bend))), "linear") for bend in (1.0, 4.0))
    assert (narrow[list(TRIALS)] > 2 * wide[list(TRIALS)]).all()
    assert (np.diff(wide) < 0).all()


def test_levels_have_the_grid_penalty_as_their_floor():
    found = by_trials(replayed_regrets(dropout(parabola(0.625, BEND))), "levels")  # between 7/12 and 8/12
    assert found[FLOOR] == pytest.approx(BEND / 24**2, abs=1e-4)


def test_a_search_is_scored_on_the_other_seeds():
    """Each seed's own best lies elsewhere: what it would keep is wrong for the others, however many trials."""
    tilt, table = 0.2, dropout(parabola(0.7, BEND), tilt=0.2)
    found = by_trials(replayed_regrets(table), "linear")
    tried = np.unique(table["keep_prob"])
    signs = np.linspace(-1, 1, SEEDS)
    others = 0.7 - tilt * (signs.sum() - signs) / (SEEDS - 1) / (2 * BEND)  # where the mean of the others is lowest
    own = tried[(parabola(0.7, BEND)(tried) + tilt * signs[:, None] * tried).argmin(axis=1)]
    assert found[FLOOR] == pytest.approx(BEND * ((own - others) ** 2).mean(), abs=1e-4)


def test_fixed_counts_are_not_interpolated():
    stairs = design("fixed_count", "keep_prob", np.linspace(0.2, 1, 33), lambda p: np.round(4 * p) / 4)
    (curve,) = curves(pd.concat([stairs, design("none", "keep_prob", np.ones(1), np.ones_like)]), "fixed_count")
    losses = curve.seen(curve.losses[:, 0], np.linspace(0.2, 1, 400))
    assert set(losses) <= {0.25, 0.5, 0.75, 1.0}


def test_pairs_are_paired_and_pages_repeat():
    table = dropout(parabola(0.7, BEND), tilt=0.1)
    pd.testing.assert_frame_equal(replayed_regrets(table), replayed_regrets(table.sample(frac=1, random_state=1)))
    assert list(replayed_regrets(table).columns) == list(COLUMNS)
    assert replayed_regrets(table[table["arm"] == "none"]).empty


def additive():
    bowl = parabola(-2.5, 0.1, log=True)
    return pd.concat(
        design(
            joint.ARM,
            "keep_prob",
            np.linspace(0.2, 1, 9),
            lambda p, value=value: parabola(0.6, 1)(p) + bowl(value),
            l2=value,
        )
        for value in l2s()[::4]
    )


def test_joint_search_of_an_additive_surface():
    """The loss of the nearest pair, by loops over the same draws."""
    found = by_trials(joint.joint_regrets(additive()), joint.NAME)
    tried = (0.2 + 0.8 * PLACES[0] - 0.6) ** 2 + 0.1 * (-5 + 5 * PLACES[1] + 2.5) ** 2
    expected = [tried[:, :trials].min(axis=1).mean() - tried.min() for trials in TRIALS]
    assert found[list(TRIALS)].to_numpy() == pytest.approx(expected, abs=1e-3)


def searches(strengths, losses, **keys):
    rows = [
        {"stage": "search", "arm": "linear", "repeat": repeat, "trial": trial, "replicate": 0, "seed": 0, "width": 12,
         "keep_prob": strength, "l2": 0.0, "valid_loss": loss, **keys}
        for repeat, (of_repeat, of_losses) in enumerate(zip(strengths, losses, strict=True))
        for trial, (strength, loss) in enumerate(zip(of_repeat, of_losses, strict=True))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_real_searches_are_scored_by_what_they_chose():
    table = dropout(parabola(0.7, BEND))
    strengths = [[0.3, 0.5, 0.6, 0.9, 0.9], [0.7, 0.2, 0.2, 0.2, 0.2]]
    losses = [[3, 2, 1, np.nan, 4], [1, 2, 3, 4, 5]]  # a diverged trial is never chosen
    found = searched.searched_regrets(pd.concat([table, searches(strengths, losses)])).set_index("trials")
    assert found.loc[5, "mean"] == pytest.approx(BEND * 0.1**2 / 2, abs=1e-4)
    assert found.loc[5, "repeats"] == 2
    assert found.loc[5, "low"] == 0  # two searches have an interval that reaches where no regret is
    assert found.loc[5, "high"] > found.loc[5, "mean"]
    assert np.isnan(found.loc[10, "mean"])  # the searches are shorter
    (curve,) = curves(table, "dropout")
    assert found.loc[10, "random"] == pytest.approx(replay(curve, AXES["linear"])[0, 1], abs=1e-4)


def test_real_searches_of_both_strengths_are_scored_on_the_surface():
    tried = searches([[0.4, 0.6, 1.0, 0.2, 0.8]], [[2, 1, 3, 4, 5]], arm=searched.BOTH).assign(l2=0.1)
    found = searched.searched_regrets(pd.concat([additive(), tried])).set_index("trials")
    assert found.loc[5, "mean"] == pytest.approx(0.1 * 1.5**2, abs=1e-3)
    replayed = by_trials(joint.joint_regrets(additive()), joint.NAME)
    assert found["random"].to_numpy() == pytest.approx(replayed[list(TRIALS)].to_numpy(), abs=1e-3)
