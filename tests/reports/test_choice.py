"""Which configuration: chosen between on fresh seeds, told beside no regularisation, the shortlist simplest first."""

from dataclasses import replace
from io import StringIO
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from matplotlib.backends.backend_svg import RendererSVG
from synthetic import KEYS, OUTCOME, SETTINGS, results_table

from reports.choice.candidates import CHOOSING, SCORES, Candidate, Choice, Standing, choose
from reports.choice.choosing import gain_of_choosing
from reports.choice.lagging import seeds_to_show
from reports.choice.section import draw, ordered, table
from reports.choice.sentences import MANY, as_data, ending, enough, lines, origin, recommendation, too_few
from reports.drawing import theme
from reports.drawing.layout import axes_of, fit
from reports.drawing.plates import SMALL
from reports.judging.intervals import Estimate, jackknife, mean

SEEDS = 16
ARMS = {  # what an arm switches on
    "none": {},
    "l2": {"l2": 0.01},
    "dropout": {"keep_prob": 0.8},
    "both": {"l2": 0.01, "keep_prob": 0.8},
    "bn_none": {"batch_norm": "before"},
}


def refitted(
    losses: dict[str, float],
    *,
    noise: float = 0.01,
    search: dict[str, float] | None = None,
    seed: int = 7,
    seeds: int = SEEDS,
) -> pd.DataFrame:
    """A run in which each arm’s one trial has this loss on fresh seeds, and that of ``search`` where it was chosen."""
    generator = np.random.default_rng(seed)
    level = generator.normal(0, 0.1, seeds)
    rows = []
    for (arm, loss), stage in product(losses.items(), ("search", "refit")):
        before = loss if search is None else search[arm]
        for replicate in range(4 if stage == "search" else seeds):
            seen = before if stage == "search" else loss + level[replicate] + generator.normal(0, noise)
            score = {"valid_loss": seen, "valid_error": seen / 4}
            test = {"test_loss": seen + 0.02, "test_error": seen / 4 + 0.01} if stage == "refit" else {}
            key = dict(zip(KEYS, (stage, arm, 0, 3, replicate), strict=True))
            seed = replicate if stage == "search" else 500 + replicate
            rows.append({**key, **SETTINGS, **OUTCOME, **ARMS[arm], **score, **test, "seed": seed})
    table = pd.DataFrame(rows)
    table.attrs = results_table(seeds=2).attrs
    return table


def chosen(table: pd.DataFrame) -> Choice:
    found = choose(table)
    assert found is not None
    return found


def test_the_names_beside_the_lines_are_whole_and_no_tick_stands_on_the_next() -> None:
    found = chosen(refitted({"both": 0.4, "none": 0.6}))
    with theme.drawing():
        ax = draw(found.candidates, [found.best, found.candidates[-1]], axes_of(SMALL.width, SMALL.height))
        fit(ax)
        renderer = RendererSVG(*ax.figure.bbox.size, StringIO())
        names = [each.get_window_extent(renderer) for each in ax.texts]
        ticks = [each.get_window_extent(renderer) for each in ax.get_xticklabels()]
    assert len(names) == 2
    assert max(each.x1 for each in names) <= ax.figure.bbox.width
    assert all(left.x1 < right.x0 for left, right in pairwise(ticks))


@pytest.mark.parametrize("winner", one_in(4, ARMS))
def test_the_lowest_on_fresh_seeds_is_chosen_whatever_the_search_said(winner: str) -> None:
    losses = {arm: 0.4 if arm == winner else 0.6 for arm in ARMS}
    table = refitted(losses, search={arm: 1 - loss for arm, loss in losses.items()})
    found = chosen(table)
    assert found.best.key[1] == winner
    assert found.none is not None
    assert found.none.key[1] == "none"
    assert [each.key[1] for each in found.shortlist] == [winner]
    assert f"chosen  {found.best.name}" in lines(found)[0]


@pytest.mark.parametrize("gain", [0.2, -0.2])
def test_gain_has_the_sign_of_the_truth(gain: float) -> None:
    found = chosen(refitted({"none": 0.6, "dropout": 0.6 - gain}))
    by_arm = {each.key[1]: each for each in found.candidates}
    for score in ("valid_loss", "test_loss"):
        assert by_arm["dropout"].gain[score].value == pytest.approx(gain, abs=0.02)
        assert by_arm["dropout"].gain[score].low * gain > 0
        assert by_arm["none"].gain[score].value == 0
    assert by_arm["dropout"].gain["test_error"].value == pytest.approx(100 * gain / 4, abs=0.5)
    assert (found.best is by_arm["none"]) == (gain < 0)
    said = " ".join(lines(found))
    assert ("better than without by" in said) == (gain > 0)
    assert ("it is the one without regularisation" in said) == (gain < 0)


def test_what_choosing_gains_is_scored_by_seeds_that_did_not_choose() -> None:
    """The textbook's loops; and of candidates that are all equal nothing is gained, where the luckiest seems to gain 0.01."""
    generator = np.random.default_rng(1)
    choosing, noise = generator.normal(0, 0.03, (2, 30, SEEDS))
    scores = 0.8 * choosing + 0.6 * noise

    def nested(seeds: list[int]) -> float:
        others = {seed: [each for each in seeds if each != seed] for seed in seeds}
        chosen = {seed: choosing[:, others[seed]].mean(axis=1).argmin() for seed in seeds}
        return float(np.mean([scores[0, seed] - scores[chosen[seed], seed] for seed in seeds]))

    every = list(range(SEEDS))
    found = gain_of_choosing(choosing, scores, scores[0])
    expected = jackknife(nested(every), [nested([each for each in every if each != seed]) for seed in every])
    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
    plain = mean(scores[0] - scores[choosing.mean(axis=1).argmin()])
    assert found.low < 0 < found.high
    assert plain.value > 0.01


@pytest.mark.parametrize("none", ["none", "a", "z"])
def test_the_gain_of_the_chosen_is_that_of_choosing_whatever_arms_are_called(none: str) -> None:
    table = refitted(dict.fromkeys(ARMS, 0.6) | {"none": 0.61}, noise=0.05, seed=3)
    found = chosen(table.assign(arm=table.arm.replace("none", none)))
    plain = found.candidates[1].gain["test_loss"].error
    assert found.best.gain["test_loss"].error > 1.2 * plain


@pytest.mark.parametrize(("seeds", "nested"), [(2, False), (3, True), (4, True)])
def test_choosing_takes_a_seed_to_choose_one_to_score_and_one_to_leave_out(seeds: int, *, nested: bool) -> None:
    found = chosen(refitted(dict.fromkeys(ARMS, 0.6) | {"none": 0.61}, noise=0.05, seed=3, seeds=seeds))
    losses = {each.key[1]: each.scores["valid_loss"].value for each in found.candidates}
    plain = losses["none"] - losses[found.best.key[1]]
    assert plain > 0
    assert (found.best.gain["valid_loss"].value == pytest.approx(plain)) != nested


def test_those_that_cannot_be_told_apart_stand_simplest_first() -> None:
    found = chosen(refitted(dict.fromkeys(ARMS, 0.6) | {"both": 0.599}, noise=0.01, seed=3))
    assert found.shortlist[0].key[1] == "none"
    assert [len(each.kinds) + each.is_normalised for each in found.shortlist] == [0, 1, 1, 1, 2]
    assert {each["arm"] for each in as_data(found)["shortlist"]} == set(ARMS)


def test_behind_is_paired_so_that_the_seeds_level_is_no_noise() -> None:
    """Levels spread by 0.1; the lag of 0.05 is told all the same."""
    found = chosen(refitted({"none": 0.6, "l2": 0.55}))
    assert found.best.key[1] == "l2"
    assert [each.key[1] for each in found.shortlist] == ["l2"]


def test_a_setting_that_lost_a_network_is_no_candidate_unless_all_did() -> None:
    table = refitted({"none": 0.6, "dropout": 0.4})
    table.loc[(table.stage == "refit") & (table.arm == "dropout") & (table.replicate == 2), "valid_loss"] = np.nan
    assert [each.key[1] for each in chosen(table).candidates] == ["none"]
    table.loc[table.stage == "refit", "valid_loss"] = np.nan
    assert choose(table) is None


def test_without_anything_trained_again_there_is_no_choice() -> None:
    assert choose(refitted({"none": 0.6}).query("stage == 'search'")) is None


@pytest.mark.parametrize(
    ("settings", "name", "complexity"),
    [
        ({}, "no regularisation, 12 units", (0, 12)),
        ({"keep_prob": 0.9}, "dropout, 12 units", (1, 12)),
        ({"input_keep_prob": 0.9, "l1": 0.1}, "dropout of inputs with L1, 12 units", (2, 12)),
        ({"weight_decay": 0.1, "max_norm": 2.0}, "weight decay with max-norm, 12 units", (2, 12)),
        ({"weights": "best", "l2": 0.1}, "L2 with early stopping, 12 units", (2, 12)),
        ({"keep_prob": 0.9, "l2": 0.1, "batch_norm": "before"}, "batch norm and dropout with L2, 12 units", (3, 12)),
        ({"batch_norm": "after", "width": 8.0}, "batch norm, 8 units", (1, 8)),
    ],
)
def test_a_candidate_is_called_by_what_it_switches_on(settings: dict, name: str, complexity: tuple[int, int]) -> None:
    found = Candidate(("refit", "a", 0, 1), {"width": 12, **settings}, {}, mean([]), {}, {}, 0)
    assert (found.name, found.complexity) == (name, complexity)


@pytest.mark.parametrize(
    ("losses", "noise", "seeds", "standings"),
    [  # of none, L2 and dropout beside both, which is best at 0.4
        ((0.41, 0.8, 0.8), 0.005, 3, ("cannot be told apart", "worse", "worse")),
        ((0.41, 0.8, 0.8), 0.005, 1, ("cannot be told apart", "too few seeds to tell", "too few seeds to tell")),
        ((0.5, 0.8, 0.8), 0.15, 3, ("too few seeds to tell", "worse", "worse")),
        ((0.42, 0.8, 0.8), 0.01, 16, ("worse", "worse", "worse")),
    ],
)
def test_a_setting_is_worse_or_as_good_or_the_seeds_are_too_few(
    losses: tuple[float, ...], noise: float, seeds: int, standings: tuple[str, ...]
) -> None:
    """By one rule, whatever the seeds: twice the loss is not “cannot be told apart” because there are only three."""
    arms = ("none", "l2", "dropout")
    found = chosen(refitted({**dict(zip(arms, losses, strict=True)), "both": 0.4}, noise=noise, seeds=seeds))
    assert found.best.key[1] == "both"
    by_arm = {key[1]: str(standing) for key, standing in found.standings.items()}
    assert tuple(by_arm[arm] for arm in arms) == standings
    assert [each.key[1] for each in found.shortlist if each is not found.best] == [
        arm for arm in arms if by_arm[arm] == "cannot be told apart"
    ]
    undecided = [arm for arm in arms if by_arm[arm] == "too few seeds to tell"]
    told = "\n".join(lines(found)), recommendation(found), "\n".join(ending(found))
    assert all(("too few to tell" in words) == bool(undecided) for words in told)
    assert {each["arm"] for each in as_data(found)["too_few_seeds"]} == set(undecided)
    shown = {row[0]: row[1] for row in table(found).rows}
    assert shown["no regularisation, 12 units"].startswith(by_arm["none"])
    if not undecided and "cannot be told apart" not in by_arm.values():
        assert recommendation(found).endswith("Every other setting is shown to be worse.")


def test_the_seeds_that_would_do_are_those_of_the_nearest_and_the_farthest() -> None:
    """0.1 nat of a spread of 0.2 at 2.5 %: (1.96 + 0.84)² · 4 = 31.4; and never fewer than there are."""
    assert seeds_to_show(0.1, 0.2, seeds=3, level=0.025) == 32
    assert seeds_to_show(-0.1, 0.2, seeds=40, level=0.025) == 41
    assert seeds_to_show(0.0, 0.2, seeds=40, level=0.025) is None
    assert (enough(201), enough(201, 9, 200)) == ("it takes more than 200", "it takes 9 to more than 200")
    found = chosen(refitted({"none": 0.5, "l2": 0.42, "dropout": 0.8, "both": 0.4}, noise=0.15, seeds=3))
    needed = [choice["seeds_needed"] for choice in as_data(found)["too_few_seeds"]]
    assert len(needed) == 2
    assert enough(*needed) in recommendation(found)


def test_a_choice_is_told_with_where_it_came_from_and_what_beside_it_stands() -> None:
    found = chosen(refitted({"none": 0.6, "l2": 0.55, "dropout": 0.5}))
    assert [each.key[1] for each in ordered(found)] == ["dropout", "none", "l2"]
    assert [row[1] for row in table(found).rows] == ["chosen", "worse", "worse"]
    assert table(found).rows[1][-2:] == ("none itself", "none itself")
    assert origin(found.best) == "search dropout, trial 3"
    told = [Candidate(key, {}, {}, mean([]), {}, {}, 0) for key in (("score", "a", 0, 7), ("refit", "a", 2, 7))]
    assert [origin(each) for each in told] == ["design a, point 7", "search a-2, trial 7"]
    assert recommendation(found).endswith("Every other setting is shown to be worse.")
    assert len(ending(found)) == 3
    assert "without: test loss" in ending(found)[2]


def test_one_alone_is_not_beside_others_that_are_worse() -> None:
    alone = chosen(refitted({"l2": 0.4}))
    assert recommendation(alone).endswith("No other was trained again.")
    assert lines(alone)[-1].strip() == "no other was trained again"


def test_many_that_cannot_be_told_apart_are_counted_beyond_eight() -> None:
    close = chosen(refitted(dict.fromkeys(ARMS, 0.6), noise=0.01, seed=3))
    assert ending(close)[-1].strip() == "4 other settings cannot be told apart from it in validation loss"
    assert "In validation loss it cannot be told apart from 4 other settings" in recommendation(close)
    shortlisted = [line for line in lines(close) if "(search " in line][1:]
    assert len(shortlisted) == 4
    many = Choice([*close.candidates, *close.candidates[1:], *close.candidates[1:]])
    assert MANY == 8
    assert lines(many)[-1].strip() == "and 4 more"


def test_data_for_scripts_are_the_numbers_as_they_are() -> None:
    found = chosen(refitted({"none": 0.6, "dropout": 0.5}))
    told = as_data(found)["chosen"]
    best = found.best.scores["test_error"]
    assert told["test_error"] == {"value": best.value, "low": best.low, "high": best.high, "n": SEEDS}
    assert told["settings"]["keep_prob"] == 0.8
    assert (told["stage"], told["arm"], told["repeat"], told["trial"]) == ("refit", "dropout", 0, 3)
    assert told["behind_the_best"]["valid_loss"]["value"] == 0
    assert as_data(found)["none"]["arm"] == "none"


FRESH = {"value": 0.3, "low": 0.2, "high": 0.4, "error": 0.05, "seeds": 8}
ONE = mean([0.3])


def told(key: tuple = ("refit", "a", 0, 1), *, gain: Estimate = ONE, **more) -> Candidate:
    """One setting with a loss of 0.3 nat and an error of 5 % wherever it is measured, but where ``more`` says otherwise."""
    scores = {score: Estimate(**{**FRESH, **({"value": 5.0} if "error" in score else {})}) for score in SCORES} | more
    settings = {"width": 8, "learning_rate": 0.05, "l2": 0.0123456}
    return Candidate(key, settings, scores, ONE, dict.fromkeys(SCORES, ONE), dict.fromkeys(SCORES, gain), 0)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.03, 0.1, "better than without by 0.050 nat [0.030, 0.100]"),
        (
            0.01,
            0.1,
            "better than without by 0.050 nat [0.010, 0.100], shown to be above zero, not above what counts, 0.02 nat",
        ),
        (0.001, 0.01, "better than without by 0.050 nat [0.001, 0.010], less than what counts, 0.02 nat"),
        (0.0, 0.1, "no better than without, as far as these seeds can tell: +0.050 nat [0.000, +0.100]"),
        (-0.1, 0.0, "no better than without, as far as these seeds can tell: +0.050 nat [−0.100, 0.000]"),
        (-0.1, -0.01, "worse than without by 0.050 nat: take the one without"),
        (np.nan, np.nan, "one seed alone cannot say whether it is better"),
    ],
)
def test_a_gain_over_none_is_said_by_its_whole_interval(low: float, high: float, said: str) -> None:
    found = Estimate(value=-0.05 if high < 0 else 0.05, low=low, high=high, error=0.02, seeds=8)
    best, none = told(gain=found), replace(told(("refit", "none", 0, 2)), settings={"width": 8})
    assert lines(Choice([best, none]))[4].strip() == said


def test_where_the_test_part_has_no_interval_the_validation_part_is_told() -> None:
    best = told(test_loss=ONE)
    alone = Choice([best])
    assert lines(alone) == [
        "chosen  L2, 8 units (search a, trial 1)",
        "        width 8, learning_rate 0.05, l2 0.01235",
        "        on fresh seeds: validation loss 0.300 nat [0.200, 0.400], 8 seeds, validation error 5.0% [0.2, 0.4], 8 seeds",
        "        validation loss 0.300 nat where it was chosen, 0.300 nat on fresh seeds",
        "        no other was trained again",
    ]
    assert lines(Choice([told()]))[3].endswith("; 0.300 nat on the test part")
    assert ending(alone)[1].strip() == "no network without regularisation was trained again, so its gain is not known"


@pytest.mark.parametrize(
    ("behind", "seeds", "said"),
    [
        (
            [0.1],
            3,
            "3 seeds are too few to tell 1 other setting from it, seen 0.100 nat behind in validation loss: it takes ",
        ),
        (
            [0.1, 0.3],
            3,
            "3 seeds are too few to tell 2 other settings from it, seen up to 0.300 nat behind in validation loss: it takes ",
        ),
        (
            [0.1],
            1,
            "1 seed is too few to tell 1 other setting from it, seen 0.100 nat behind in validation loss: it takes two or more",
        ),
    ],
)
def test_how_far_those_are_seen_that_the_seeds_cannot_tell(behind: list[float], seeds: int, said: str) -> None:
    at = np.linspace(-1, 1, seeds) if seeds > 1 else np.zeros(1)
    others = [
        replace(told(("refit", "b", 0, place)), behind=dict.fromkeys(SCORES, mean(lag + at)))
        for place, lag in enumerate(behind)
    ]
    best = told(valid_loss=mean(0.3 + 0 * at))
    assert too_few(Choice([best, *others])).startswith(said)


@pytest.mark.parametrize(
    ("lag", "standing"),
    [(0.019, Standing.CLOSE), (0.02, Standing.CLOSE), (0.021, Standing.OPEN), (5.0, Standing.WORSE)],
)
def test_what_is_seen_no_further_behind_than_is_of_interest_is_close(lag: float, standing: Standing) -> None:
    found = Estimate(value=lag, low=lag - 1, high=lag + 1, error=0.5, seeds=8)
    other = replace(told(("refit", "b", 0, 2)), behind={CHOOSING: found})
    assert Choice([told(), other]).standings[other.key] is standing


def test_settings_that_do_as_well_stand_by_how_many_things_they_switch_on_then_by_width_then_by_loss() -> None:
    same = {"behind": dict.fromkeys(SCORES, Estimate(value=0.0, low=-1, high=1, error=0.5, seeds=8))}
    settings = [({"l2": 0.1, "width": 4}, 0.3), ({"width": 16}, 0.3), ({"width": 8}, 0.4), ({"width": 8}, 0.35)]
    found = [
        replace(told(("refit", "a", 0, place), valid_loss=mean([loss, loss])), settings=each, **same)
        for place, (each, loss) in enumerate(settings)
    ]
    assert [each.key[3] for each in Choice(found).shortlist] == [3, 2, 1, 0]


def test_a_table_of_settings_has_the_one_without_second_and_then_those_that_may_be_as_good() -> None:
    lags = {"b": 3.0, "c": 0.0, "d": 0.5, "e": 2.5}
    others = [
        replace(told(("refit", arm, 0, 1)), behind={CHOOSING: Estimate(value=lag, low=0, high=9, error=0.5, seeds=8)})
        for arm, lag in lags.items()
    ]
    none = replace(others[-1], settings={"width": 8})
    choice = Choice([told(), *others[:-1], none])
    assert [each.key[1] for each in ordered(choice)] == ["a", "e", "c", "d", "b"]
    rows = {each.key[1]: row[1] for each, row in zip(ordered(choice), table(choice).rows, strict=True)}
    assert (rows["a"], rows["b"], rows["c"]) == ("chosen", "worse", "cannot be told apart")
    assert rows["d"] == f"too few seeds to tell: it takes {choice.lags[others[2].key].seeds_needed}"


def test_a_network_without_a_test_score_leaves_the_gain_to_the_seeds_that_have_one() -> None:
    table = refitted({"none": 0.6, "l2": 0.5, "dropout": 0.55}, noise=0.02)
    place = (table.stage == "refit") & (table.arm == "dropout") & (table.replicate == 2)
    of_three = chosen(table.assign(test_loss=table.test_loss.mask(place))).best.gain["test_loss"]
    assert (of_three.seeds, of_three.void) == (SEEDS, "")
    own = table[table.stage == "refit"].set_index(["seed", "arm"])["test_loss"].unstack()  # noqa: PD010
    assert of_three.value == pytest.approx((own["none"] - own["l2"]).mean())


def test_settings_are_compared_on_the_seeds_that_all_have_and_lost_networks_are_counted_on_all() -> None:
    table = refitted({"none": 0.6, "l2": 0.5})
    last = (table.stage == "refit") & (table.replicate == SEEDS - 1)
    few = table[~last | (table.arm == "none")]
    found = {each.key[1]: each for each in chosen(few.assign(valid_loss=few.valid_loss.mask(last))).candidates}
    assert {each.scores["valid_loss"].seeds for each in found.values()} == {SEEDS - 1}
    assert {arm: each.lost for arm, each in found.items()} == {"none": 1, "l2": 0}
    assert found["none"].before.seeds == 4


def test_errors_are_told_in_points_and_beside_the_best() -> None:
    found = chosen(refitted({"none": 0.6, "l2": 0.5}, noise=1e-6))
    best, none = found.best, found.candidates[1]
    assert none.behind["valid_loss"].value == pytest.approx(0.1, abs=1e-4)
    assert none.behind["test_error"].value == pytest.approx(2.5, abs=1e-3)
    assert best.scores["test_error"].value == pytest.approx(100 * best.scores["valid_loss"].value / 4 + 1, abs=1e-3)


def close(*settings: dict) -> list[Candidate]:
    """As good as the best, as far as anyone can see."""
    same = dict.fromkeys(SCORES, Estimate(value=0.0, low=-1, high=1, error=0.5, seeds=8))
    return [replace(told(("refit", "b", 0, place)), settings=each, behind=same) for place, each in enumerate(settings)]


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([{"width": 16, "l2": 0.1}], "it cannot be told apart from one other setting."),
        (
            [{"width": 8}],
            "it cannot be told apart from one other setting, the simplest of them no regularisation, 8 units.",
        ),
        (
            [{"width": 16, "l2": 0.1}, {"width": 4, "l2": 0.1}],
            "from 2 other settings, the simplest of them L2, 4 units.",
        ),
    ],
)
def test_what_does_as_well_is_counted_and_the_simplest_of_it_named(others: list[dict], said: str) -> None:
    choice = Choice([told(gain=Estimate(**FRESH)), *close(*others)])
    assert recommendation(choice).endswith(said)
    heading = f"{len(others)} other setting{'s' * (len(others) > 1)} cannot be told apart from it in validation loss"
    assert f"{heading}, the simplest first:" in lines(choice)
    assert f"        {heading}" in ending(choice)


def test_a_list_of_as_many_as_there_is_room_for_is_whole() -> None:
    for count, more in ((MANY, 0), (MANY + 1, 1)):
        said = lines(
            Choice([told(gain=Estimate(**FRESH)), *close(*[{"width": 4 + place, "l2": 0.1} for place in range(count)])])
        )
        assert sum("units (search b" in line for line in said) == MANY
        assert [line for line in said if line.endswith("more")] == [f"        and {more} more"] * more
