"""The committed calibration is what its command makes, and says of the index what the page claims of it."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import reports
from reports import CLAIMS as OURS
from reports.calibration import (
    TABLE,
    at,
    calibrate,
    calibrate_anew,
    cells,
    committed,
    planted_claims,
    planted_contrasts,
    planted_effects,
    planted_others,
    planted_searches,
    planted_speeds,
    simulation,
    write,
)
from reports.calibration.equally_good import COMPARED
from reports.calibration.planted_searches import COST, EXTRA, HITS
from reports.calibration.stored import CLAIMS, CONTRASTS, DRAWS, EFFECTS, OTHERS, SEARCHES, SPEEDS
from reports.calibration.world import WORLDS, grid, losses

PLANTED = {
    simulation: "cells",
    planted_searches: "planted_searches",
    planted_contrasts: "planted_contrasts",
    planted_effects: "planted_effects",
    planted_speeds: "planted_speeds",
    planted_claims: "planted_claims",
    planted_others: "planted_others",
}
JUDGED = {  # what is planted for a claim, by its slug: the rule of the calibration
    **{slug: planted_claims.PLANTINGS[slug].rule for slug in ("B6", "B11", "D4")},
    **{f"D5, {way}": planted_claims.PLANTINGS[f"D5 to D8, {way}"].rule for way in COMPARED},
    **{f"{slug}, a contrast": planted_contrasts.RULE for slug in ("B9", "B10", "B12", "D1")},
    **{f"{slug}, a speed": planted_speeds.RULE for slug in ("B1", "B5", "B7", "I1")},
    "R2": planted_searches.RULES[EXTRA],
    "R3": planted_searches.RULES[COST],
    **{f"Q3, {name}": planted_searches.RULES[name] for name in HITS.values()},
    "Q4b": planted_others.RULES[planted_others.MOVED],
    "Q5": planted_others.RULES[planted_others.GAIN],
    "Q5b": planted_others.RULES[planted_others.BEST],
}
ROWS = ["data", "width", "seeds", "planted"]
RATES = ["covered", "smooth", "staircase"]


@pytest.fixture(scope="module")
def table():
    return committed()


def test_table_has_every_cell_once(table):
    assert [tuple(row) for row in table[ROWS].to_numpy().tolist()] == [tuple(vars(cell).values()) for cell in cells()]
    assert set(table["draws"]) == {DRAWS}


def cheap(cell):
    return cell.data == "digits" and cell.width == 4 and cell.seeds == 4 and cell.planted == 0.5


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(cell, marks=pytest.mark.whole if cheap(cell) else pytest.mark.slow)
        for cell in cells()
        if cell.width <= 12
    ],
    ids=str,
)
def test_committed_rows_are_remade(table, cell, tmp_path):
    write(calibrate([cell], DRAWS), tmp_path / "one.csv")
    committed = table[(table[ROWS] == list(vars(cell).values())).all(axis=1)].reset_index(drop=True)
    found = pd.read_csv(tmp_path / "one.csv")
    pd.testing.assert_frame_equal(found, committed, atol=1.5 / DRAWS)  # another processor may turn one draw


@pytest.mark.whole
def test_command_writes_every_cell_as_it_is_alone(tmp_path, monkeypatch):
    """Of the first three rows of each table, and of the index at all its planted values."""
    for module, name in PLANTED.items():
        monkeypatch.setattr(module, name, partial(getattr(module, name)().__getitem__, slice(3)))
    calibrate_anew(tmp_path / "all.csv", draws=2, workers=1)
    write(calibrate(simulation.cells(), 2), tmp_path / "some.csv")
    written, some = (pd.read_csv(tmp_path / name) for name in ("all.csv", "some.csv"))
    pd.testing.assert_frame_equal(written, some)
    assert [
        len(pd.read_csv(tmp_path / path.name)) > 0 for path in (SEARCHES, CONTRASTS, EFFECTS, SPEEDS, CLAIMS, OTHERS)
    ] == [True] * 6


def test_no_smooth_response_reads_as_a_staircase(table):
    assert (table.query("planted == 0")["staircase"] <= 0.01).all()
    assert (table.query("planted == 1")["smooth"] <= 0.01).all()
    assert (table.query("planted == 0.5")[["smooth", "staircase"]] <= 0.01).all(axis=None)


def test_intervals_cover_what_the_rule_reads(table):
    """A smooth response and a staircase: 95 % less what four standard errors of a row allow."""
    read_by_rule = table[table["planted"] != 0.5]
    assert (read_by_rule["covered"] >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / DRAWS)).all()
    assert table["covered"].mean() == pytest.approx(0.95, abs=0.01)


def test_bias_is_small_beside_the_rule_s_limits(table):
    assert (table["mean"] - table["planted"]).abs().max() < 0.1
    assert (table["mean"] - table["planted"]).abs().mean() < 0.01


def test_eight_seeds_settle_it_on_digits(table):
    found = table.query("data == 'digits' and seeds >= 8")
    assert (found.query("planted == 0")["smooth"] >= 0.95).all()
    assert (found.query("planted == 1")["staircase"] >= 0.95).all()


def test_readme_says_what_the_table_says(table):
    read_by_rule = table[table["planted"] != 0.5]
    power = (read_by_rule["smooth"] + read_by_rule["staircase"])[read_by_rule["seeds"] == 24]
    smooth = table.loc[table["planted"] == 0, "draws"].sum()
    said = " ".join(Path(reports.__file__).with_name("README.md").read_text(encoding="utf-8").split())
    low, high = read_by_rule["covered"].min(), read_by_rule["covered"].max()
    assert f"{100 * low:.0f} to {100 * high:.0f} % of the 95 % intervals hold it" in said
    assert f"of {smooth:,} smooth responses none read as a staircase" in said
    assert f"24 seeds do so in {100 * power.min():.0f} to {100 * power.max():.0f} %" in said


@pytest.mark.parametrize(("data", "width"), [("digits", 32), ("breast_cancer", 8)])
def test_simulated_networks_have_the_measured_noise(data, width):
    world, place = WORLDS[data, width], grid(width)
    drawn = losses(world, place, 4000, 0, np.random.default_rng(0))
    level, curve = world.seeds[0], drawn - drawn.mean(axis=1, keepdims=True)
    assert drawn.mean(axis=0).std() == pytest.approx(level, rel=0.1)
    assert curve.std() == pytest.approx(np.sqrt(variance(world)), rel=0.1)


def variance(world):
    """Of one network about the mean: of a seed's polynomials, whose squares have the mean 1/(2 k + 1), and of its own."""
    seeds = sum(sd**2 / (2 * order + 1) for order, sd in enumerate(world.seeds))
    return seeds + world.networks**2


@pytest.mark.parametrize("name", JUDGED)
def test_what_is_planted_is_judged_by_the_limits_of_the_claim(name):
    (claim,) = (claim for claim in OURS if claim.slug == name.partition(",")[0])
    assert limits(JUDGED[name]) == limits(claim.rule)


def limits(rule):
    return rule.unit, rule.margin, [(each.low, each.high) for each in rule.regions]


@pytest.mark.parametrize("size", planted_claims.LEARNT)
def test_what_is_stuck_errs_as_one_that_guesses_and_what_learns_by_its_share_of_that(size):
    table = planted_claims.PLANTINGS["B6"].rows(size, np.random.default_rng(0))
    chance, none = (table.loc[table["arm"] == arm, "train_error"].mean() for arm in ("chance", "none"))
    best = table[table["arm"] == "before"].groupby("learning_rate")["train_error"].mean().min()
    assert none == pytest.approx(chance, rel=0.01)
    assert best == pytest.approx(chance * planted_claims.LEARNT[size], abs=0.03)


@pytest.mark.parametrize("name", planted_searches.WORLDS)
def test_a_planted_response_falls_to_its_lowest_and_rises_from_there(name):
    moves = np.diff(planted_searches.WORLDS[name].means)
    assert (np.diff(np.sign(moves[moves != 0])) >= 0).all()


def test_truths_of_searches_are_those_of_what_is_planted(monkeypatch):
    """From a twentieth of the seeds that the committed ones are taken from: within 0.01 nat, and 7 searches of 100."""
    monkeypatch.setattr(planted_searches, "MANY", planted_searches.MANY // 20)
    known = pd.read_csv(SEARCHES).set_index(["world", "tails", "quantity"])["truth"]
    for planted in planted_searches.planted_searches():
        for quantity, truth in planted_searches.true_values(planted).items():
            within = 7 if quantity in HITS.values() else 0.01
            assert truth == pytest.approx(known[planted.world, planted.tails, quantity], abs=within), planted


@pytest.mark.parametrize("data", sorted({data for data, _ in WORLDS}))
def test_worlds_of_neighbouring_widths_are_alike(data):
    """No coefficient moves by 0.7 nat from one width to the next."""
    of_widths = [world for (name, _), world in sorted(WORLDS.items()) if name == data]
    coefficients = np.array([[*world.mean, *world.seeds, world.networks] for world in of_widths])
    assert np.abs(np.diff(coefficients, axis=0)).max() < 0.7


def test_page_shows_the_widths_that_are_nearest():
    assert sorted(at([5, 100])["width"].unique()) == [4, 128]
    assert Path(TABLE).is_relative_to(Path(reports.__file__).parent)
