"""Why searches ended, which refit is chosen, what other methods may cost, and words about mistakes, each by hand."""

import pytest
from small_study import small_study
from test_ranking import record

from study.baselines.methods import METHODS
from study.errors import UsageError, aligned, did_you_mean
from study.kept.endings import stopped
from study.model.retrained import chosen, complete

SEEDS = (0, 1)


def trials(*losses: float | None, repeat: int = 0) -> list:
    return [
        record(trial, loss, stopped="completed" if loss else "diverged", repeat=repeat, seed=seed)
        for trial, loss in enumerate(losses)
        for seed in SEEDS
    ]


@pytest.mark.parametrize(
    ("losses", "patience", "reason"),
    [
        ([0.5] * 5, None, None),
        ([0.5] * 6, None, "all 6 trials"),
        ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 3, "all 6 trials"),
        ([0.5, 0.6, None], 3, None),
        ([0.5, 0.6, None, 0.7], 3, "patience: no better interval in 3 trials, up to trial 3"),
        ([0.5, 0.6, 0.4, 0.7, 0.4], 3, None),
        ([0.5, 0.6, 0.4, 0.7, 0.4, 0.4], 3, "patience: no better interval in 3 trials, up to trial 5"),
    ],
)
def test_a_search_ends_by_its_trials_or_by_patience(losses: list, patience: int | None, reason: str | None) -> None:
    expected = {"joint": reason} if reason else {}
    assert stopped(small_study(search__patience=patience), trials(*losses)) == expected


def test_repeats_end_each_by_itself_and_a_study_without_a_search_has_none() -> None:
    config = small_study(search__repeats=2)
    assert stopped(config, trials(*[0.5] * 6, repeat=1)) == {"joint-1": "all 6 trials"}
    assert stopped(small_study(search=None, refit=None), []) == {}


def refits(trial: int, *losses: float | None, stage: str = "refit") -> list:
    return [
        record(trial, loss, stopped="completed" if loss else "diverged", stage=stage, seed=seed)
        for seed, loss in enumerate(losses)
    ]


def test_the_refit_of_lowest_loss_on_fresh_seeds_is_the_one_unless_it_lost_a_network() -> None:
    found = complete(
        [*refits(1, 0.5, 0.7), *refits(2, 0.5, 0.6), *refits(3, 0.1, None), *refits(4, 0.1, 0.1, stage="search")]
    )
    assert {arm: {each.key.trial for each in held} for arm, held in found.items()} == {"joint": {2}}
    assert len(found["joint"]) == 2
    equal = complete([*refits(1, 0.5, 0.5), *refits(2, 0.5, 0.5)])
    assert {each.key.trial for each in equal["joint"]} == {1}
    with pytest.raises(UsageError, match="no arm is refitted yet"):
        chosen(refits(4, 0.1, stage="search"), None)
    with pytest.raises(UsageError, match="joined is no refitted arm, there are joint; did you mean joint"):
        chosen(refits(1, 0.5), "joined")
    assert chosen(refits(1, 0.5), "joint") == chosen(refits(1, 0.5), None) == refits(1, 0.5)


@pytest.mark.parametrize(
    ("rows", "passes"), [(100, 100), (200, 100), (20_000, 100), (40_000, 50), (40_001, 49), (10**6, 10)]
)
def test_scikit_learns_networks_make_ten_thousand_steps_within_ten_to_a_hundred_passes(rows: int, passes: int) -> None:
    """Its batches are of 200 rows at most."""
    model = METHODS["mlp"].make(seed=3, rows=rows, width=16, alpha=0.1)
    assert (model.max_iter, model.hidden_layer_sizes, model.alpha, model.random_state) == (passes, (16,), 0.1, 3)


def test_other_methods_choose_among_the_settings_that_were_stated() -> None:
    assert {name: [tuple(each.values()) for each in method.settings] for name, method in METHODS.items()} == {
        "frequencies": [()],
        "logistic": [(1.0,), (0.1,), (0.01,), (10.0,)],
        "trees": [(0.1, 31), (0.03, 31), (0.1, 4), (0.03, 4)],
        "mlp": [(100, 1e-4), (100, 0.1), (100, 3.0), (16, 1e-4), (16, 0.1), (16, 3.0)],
    }
    trees = METHODS["trees"].make(seed=3, rows=9, learning_rate=0.1, max_leaf_nodes=4)
    assert (trees.max_iter, trees.early_stopping, METHODS["trees"].stops_by_validation) == (300, True, True)
    assert METHODS["logistic"].make(seed=3, rows=9, C=0.1).max_iter == 1000
    trees, logistic, network = (
        METHODS[name].make(seed=3, rows=10**6, **METHODS[name].brief) for name in ("trees", "logistic", "mlp")
    )
    assert (trees.max_iter, trees.learning_rate, trees.max_leaf_nodes, trees.random_state) == (30, 0.3, 31, 3)
    assert (logistic.C, logistic.max_iter) == (0.1, 100)
    assert (network.hidden_layer_sizes, network.alpha, network.max_iter) == ((100,), 1e-4, 3)


def test_the_nearest_name_is_offered_or_none() -> None:
    assert did_you_mean("widht", ["width", "depth"]) == "; did you mean width?"
    assert did_you_mean("l2", ["hyper.depth", "hyper.l2"]) == "; did you mean hyper.l2?"
    assert did_you_mean("qqq", ["width", "depth"]) == ""


def test_columns_of_a_small_table_are_as_wide_as_their_widest_cell() -> None:
    assert aligned([("name", "n"), ("a", "12"), ("longer", "3")]) == "  name    n\n  a       12\n  longer  3"
