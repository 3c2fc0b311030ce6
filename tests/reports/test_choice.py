"""Which configuration: chosen between on fresh seeds, told beside no regularisation, the shortlist simplest first."""

from io import StringIO
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from matplotlib.backends.backend_svg import RendererSVG
from synthetic import KEYS, OUTCOME, SETTINGS, results_table

from reports.choice.candidates import Candidate, Choice, choose
from reports.choice.choosing import gain_of_choosing
from reports.choice.lagging import seeds_to_show
from reports.choice.section import draw, ordered, table
from reports.choice.sentences import MANY, as_data, ending, enough, lines, origin, recommendation
from reports.drawing import theme
from reports.drawing.layout import axes_of, fit
from reports.drawing.plates import SMALL
from reports.judging.intervals import jackknife, mean

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


def test_the_gain_of_the_chosen_is_that_of_choosing() -> None:
    found = chosen(refitted(dict.fromkeys(ARMS, 0.6) | {"none": 0.61}, noise=0.05, seed=3))
    plain = found.candidates[1].gain["test_loss"].error
    assert found.best.gain["test_loss"].error > 1.2 * plain


@pytest.mark.parametrize(("seeds", "nested"), [(2, False), (3, True)])
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
