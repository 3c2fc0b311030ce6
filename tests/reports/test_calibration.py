"""The committed calibration is what its command makes, and says of the index what the page claims of it."""

import statistics
from contextlib import nullcontext
from functools import partial
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import reports
from reports import CLAIMS as OURS
from reports.calibration import (
    TABLE,
    anew,
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
    stored,
    write,
)
from reports.calibration.equally_good import COMPARED
from reports.calibration.planted_claims import PlantedClaim
from reports.calibration.planted_contrasts import PlantedContrast
from reports.calibration.planted_effects import PlantedEffect
from reports.calibration.planted_others import PlantedOther
from reports.calibration.planted_searches import COST, EXTRA, HITS, PlantedSearch
from reports.calibration.planted_speeds import PlantedSpeed
from reports.calibration.stored import CLAIMS, CONTRASTS, DRAWS, EFFECTS, OTHERS, SEARCHES, SPEEDS
from reports.calibration.world import WORLDS, grid, losses
from reports.judging.intervals import Estimate, nothing
from reports.judging.verdict import SESOI

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


def test_a_table_is_written_to_four_digits(tmp_path):
    write(pd.DataFrame({"share": [0.123456, 1.0]}), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == b"share\n0.1235\n1.0\n"


@pytest.mark.parametrize("draws", [None, 2])
def test_command_writes_all_that_each_table_plants_beside_that_of_the_index(draws, tmp_path, monkeypatch):
    """Every row in its order; as many experiments as asked for, else as many as the committed tables have."""
    monkeypatch.setattr(anew, "ProcessPoolExecutor", lambda workers, mp_context: nullcontext(SimpleNamespace(map=map)))
    monkeypatch.setattr(planted_claims, "planted_claims", lambda: [PlantedClaim("B6", size) for size in SIZES])
    for module in PLANTED:
        calibrate_one = next(each for each in vars(module) if each.startswith("calibrate"))
        monkeypatch.setattr(module, calibrate_one, lambda planted, draws: pd.DataFrame(planted).assign(draws=draws))
    calibrate_anew(tmp_path / "index.csv", draws=draws, workers=1)
    for module, name in PLANTED.items():
        file, usual = ("index", DRAWS) if module is simulation else (module.__name__.rpartition("_")[2], module.DRAWS)
        known = pd.DataFrame(getattr(module, name)()).assign(draws=draws or usual)
        pd.testing.assert_frame_equal(pd.read_csv(tmp_path / f"{file}.csv", keep_default_na=False), known)


SIZES = ("none", "the smallest of interest", "twice that")  # 0, 1 and 2 times the smallest of interest
SEEN = [(2.25, 2.0, 2.5), (-0.25, -0.5, 0.0), (1.0, 0.5, 1.5), (-2.0, -2.45, -1.55), (1.6, 0.9, 2.2)]  # times that
TOLD = {  # the first, second and fourth are decided; an end that is the truth holds it
    "none": {"covered": 1 / 5, "decided": 3 / 5, "wrong": 2 / 5},
    "the smallest of interest": {"covered": 2 / 5, "decided": 3 / 5, "wrong": 3 / 5},
    "twice that": {"covered": 2 / 5, "decided": 3 / 5, "wrong": 2 / 5},
}
ALIKE = "D5 to D8, the better one regularised less"


def scripted(margin):
    return [
        Estimate(value=value * margin, low=low * margin, high=high * margin, error=0.05 * margin, seeds=12)
        for value, low, high in SEEN
    ]


def of_contrasts(patch, size):
    patch.setattr(planted_contrasts, "estimates", lambda evidence, rule: scripted(SESOI))
    return planted_contrasts.calibrate_contrasts([PlantedContrast(size, "flat", "as measured", "normal")], 5)


def of_speeds(patch, size):
    patch.setattr(planted_speeds, "estimates", lambda evidence, rule: scripted(np.log(1.25)))
    found = planted_speeds.calibrate_speeds([PlantedSpeed(planted_speeds.STEPS, size, "flat", "easy")], 5)
    return found.assign(truth=np.log(found["truth"]), value=np.log(found["value"]))


def of_effects(patch, size):
    found = iter(scripted(SESOI))
    patch.setattr(planted_effects, "gain_of", lambda arm, none: SimpleNamespace(gain=next(found)))
    return planted_effects.calibrate_effects([PlantedEffect("nested", size, "flat", "normal")], 5)


def of_others(patch, size):
    found = iter(scripted(SESOI))
    patch.setitem(planted_others.EXPERIMENTS, planted_others.CHOSEN, lambda truth, tails, generator: next(found))
    return planted_others.calibrate_others([PlantedOther(planted_others.CHOSEN, size, "normal")], 5)


def of_claims(patch, size, void=()):
    found, known = iter([*void, *scripted(SESOI)]), planted_claims.PLANTINGS[ALIKE]
    stub = SimpleNamespace(rule=known.rule, truths=known.truths, estimate=lambda size, generator: next(found))
    patch.setitem(planted_claims.PLANTINGS, ALIKE, stub)
    return planted_claims.calibrate_claims([PlantedClaim(ALIKE, size)], 5 + len(void))


def of_searches(patch, size, void=()):
    found = iter([*void, *scripted(SESOI)])
    patch.setattr(planted_searches, "true_values", lambda planted: {EXTRA: SIZES.index(size) * SESOI})
    patch.setattr(planted_searches, "_estimates", lambda curve, levels: {EXTRA: next(found)})
    return planted_searches.calibrate_searches([PlantedSearch("flat", 12, "normal")], 5 + len(void))


@pytest.mark.parametrize(
    ("table", "size"),
    [
        *product((of_contrasts, of_speeds, of_effects, of_others, of_claims), SIZES),
        *product([of_searches], ("none", "twice that")),  # a truth that is a limit does not occur
    ],
)
def test_a_row_counts_what_its_experiments_found(table, size, monkeypatch):
    margin = np.log(1.25) if table is of_speeds else SESOI
    (row,) = table(monkeypatch, size).to_dict("records")
    told = {"truth": SIZES.index(size) * margin, "value": 0.52 * margin, "half_width": 0.45 * margin, **TOLD[size]}
    assert {name: row[name] for name in told} == pytest.approx(told)
    assert row["draws"] == 5


@pytest.mark.parametrize("table", [of_claims, of_searches])
def test_what_could_not_be_judged_is_not_decided(table, monkeypatch):
    (row,) = table(monkeypatch, "twice that", void=[nothing("no network trained")]).to_dict("records")
    assert row["value"] == pytest.approx(0.52 * SESOI)
    assert [row[name] for name in ("draws", "covered", "decided", "wrong")] == pytest.approx([6, 2 / 5, 3 / 6, 2 / 6])


def test_a_search_that_no_claim_is_judged_by_is_not_decided(monkeypatch):
    regret = planted_searches.REGRETS["odds"]
    monkeypatch.setattr(planted_searches, "true_values", lambda planted: {regret: 2.2 * SESOI + 1e-12})
    monkeypatch.setattr(planted_searches, "_estimates", lambda curve, levels: {regret: scripted(SESOI)[4]})
    (row,) = planted_searches.calibrate_searches([PlantedSearch("flat", 12, "normal")], 2).to_dict("records")
    assert row["covered"] == 1.0  # a last bit beyond the end counts as held
    assert np.isnan([row["decided"], row["wrong"]]).all()


def test_index_is_read_as_its_interval_says(monkeypatch):
    """Three smooth, one a staircase, and one that no reading holds; an end that is the planted value holds it."""
    ends = [(0.0, 0.1), (-0.2, 0.0), (0.01, 0.2), (0.8, 1.2), (0.4, 0.9)]
    found = iter(Estimate(value=(low + high) / 2, low=low, high=high, error=0.05, seeds=4) for low, high in ends)
    monkeypatch.setattr(simulation, "index", lambda strength, losses, levels: SimpleNamespace(q=next(found)))
    (row,) = calibrate([simulation.Cell("digits", 4, 4, 0.0)], 5).to_dict("records")
    values = [0.05, -0.1, 0.105, 1.0, 0.65]
    assert [row[name] for name in RATES] == [2 / 5, 3 / 5, 1 / 5]
    assert [row["mean"], row["sd"]] == pytest.approx([sum(values) / 5, statistics.stdev(values)])
    assert row["draws"] == 5


def test_the_note_says_what_holds_at_worst_and_how_often_a_smooth_response_reads_as_steps(monkeypatch):
    rows = pd.DataFrame(
        {
            "data": ["digits", "digits", "wine"],
            "width": [4, 8, 12],
            "seeds": [8, 16, 24],
            "planted": [0.0, 0.5, 0.0],
            "covered": [0.95, 0.90, 0.97],
            "staircase": [0.013, 0.3, 0.002],
        }
    )
    monkeypatch.setattr(stored, "committed", lambda: rows)
    assert "400 for each row. Over all 3 rows 94.0% of the 95% intervals hold the planted Q" in stored.note()
    assert "(at worst 90.0%: digits, width 8, 16 seeds, Q = 0.5), and at most 1.3% of the smooth" in stored.note()


def test_what_a_table_says_is_how_many_intervals_hold_and_the_most_that_is_decided_wrongly(monkeypatch):
    rows = pd.DataFrame(
        {
            "quantity": ["hits", "regret", "hits"],
            "draws": [100, 100, 100],
            "covered": [0.96, 0.5, 0.92],
            "decided": [0.4, np.nan, 0.2],
            "wrong": [0.01, np.nan, 0.03],
            "lost": np.nan,
        }
    )
    monkeypatch.setattr(stored, "searches", lambda: rows)
    held = "Planted truths of a study’s size and noise, through the code of this page, 100 runs for each row: the 95% intervals hold the planted value in"
    power = "How many are decided is the power of so many seeds, one regime judged alone."
    detail, judged_by_none = stored.searches_of("hits"), stored.searches_of("regret")
    assert detail.note == f"{held} 94.0% of them, in 92.0% at worst. At most 3.0% of a row are decided wrongly. {power}"
    assert judged_by_none.note == f"{held} 50.0% of them, in 50.0% at worst. {power}"
    assert list(detail.data) == ["quantity", "draws", stored.HELD, "decided", "decided wrongly"]
    assert list(judged_by_none.data) == ["quantity", "draws", stored.HELD]


def test_how_often_equal_arms_are_told_apart_is_summed_over_claims():
    rows = pd.DataFrame(
        {"claim": ["B4", "D1", "D2"], "draws": 50, "regimes": 4, "decided": 0.1, "wrong": [0.2, 0.3, 0.04]}
    )
    detail = stored._of_equal_arms(rows)
    assert "all as good, 50 times, those" in detail.note
    assert "0.54 of 3 claims are decided wrongly in the mean of a run" in detail.note
    assert list(detail.data) == ["claim", "draws", *stored.SHOWN_OF_EQUAL.values()]


def test_each_table_stands_under_its_own_title():
    own = ("estimator", "noise", "training", "size", "claim", "regimes and metrics")
    told = (
        "tuned gains",
        "comparisons of claims",
        "ratios of steps",
        "slopes",
        "an estimator of their own",
        "equal are told apart",
    )
    for column, title, detail in zip(own, told, stored.believed(), strict=True):
        assert column in detail.data
        assert title in detail.title
