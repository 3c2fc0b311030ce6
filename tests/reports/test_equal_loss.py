"""Two sides at equal loss: what the better one costs there is read between the strengths that enclose it, either way."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from reports.evidence.contrasts import Side
from reports.evidence.quantities import Column
from reports.experiments.equal_loss import EqualLoss, Tried

SEEDS = range(6)
KEPT, LAMBDAS, RATES = [0.3, 0.5, 0.7, 0.9], [0.01, 0.02, 0.03, 0.04, 0.05], [0.02, 0.1]
BEST = 0.58  # keep_prob, between two that are tried
CONTRAST = EqualLoss(
    high=Side("L2", "l2", tuned=("l2", "learning_rate")),
    low=Side("dropout", "dropout", tuned=("keep_prob", "learning_rate")),
    value=Column("cost"),
    regimes={"width": None},
    condition="",
    less=True,
)


def table(*, l2: float, dropout: float) -> pd.DataFrame:
    """Losses are bent lines around the best strength, at the rate 0.1 and 1 nat worse at 0.02; a cost is the strength itself."""
    rows = [
        {"arm": "dropout", "keep_prob": kept, "l2": 0.0, "learning_rate": rate, "seed": seed, "cost": kept}
        | {"valid_loss": dropout + abs(kept - BEST) + (rate < 0.1) + 0.01 * seed}
        for kept, rate, seed in product(KEPT, RATES, SEEDS)
    ]
    rows += [
        {
            "arm": "l2",
            "keep_prob": 1.0,
            "l2": decay,
            "learning_rate": rate,
            "seed": seed,
            "cost": 10 * decay + 0.1 * seed,
        }
        | {"valid_loss": l2 + 10 * abs(decay - 0.03) + (rate < 0.1) + 0.01 * seed}
        for decay, rate, seed in product(LAMBDAS, RATES, SEEDS)
    ]
    return pd.DataFrame(rows).assign(width=32)


@pytest.mark.parametrize(
    ("less", "kept", "spelled"), [(True, 0.78, "0.78, 0.1"), (False, 0.38, "0.38, 0.1")], ids=["less", "more"]
)
def test_the_better_side_is_read_where_its_loss_is_the_other_s(*, less: bool, kept: float, spelled: str) -> None:
    """Dropout's loss rises by 1 for each 1 of keep_prob: it is as bad as L2 at 0.2 from its best, on either side."""
    found = replace(CONTRAST, less=less).evidence(table(l2=0.2, dropout=0.0))
    assert found["low"].tolist() == pytest.approx([kept] * len(SEEDS))
    assert found["high"].tolist() == pytest.approx([0.3 + 0.1 * seed for seed in SEEDS])
    assert set(found["low_chosen"]) == {spelled}
    assert set(found["high_chosen"]) == {"0.03, 0.1"}
    assert set(found["void"]) == {""}
    assert found["effect"].tolist() == pytest.approx((found["high"] - found["low"]).tolist())
    assert found["effect"].mean() == pytest.approx(0.55 - kept)
    assert found["lacking"].mean() == pytest.approx(0.55 - kept)
    assert found["lacking"].is_monotonic_decreasing, "the others are lower without one that is high"


@pytest.mark.parametrize(("less", "decay"), [(True, 0.022), (False, 0.038)], ids=["less", "more"])
def test_less_of_l2_is_a_smaller_decay(*, less: bool, decay: float) -> None:
    """Dropout, at its best 0.08 above its bend, is so much worse than L2."""
    found = replace(CONTRAST, less=less).evidence(table(l2=0.0, dropout=0.0))
    assert found["high"].tolist() == pytest.approx([10 * decay + 0.1 * seed for seed in SEEDS])
    assert set(found["high_chosen"]) == {f"{decay}, 0.1"}


def test_a_strength_between_two_is_told_to_four_digits() -> None:
    found = CONTRAST.evidence(table(l2=0.0, dropout=-0.0053))  # 0.03 less a tenth of 0.0747
    assert set(found["high_chosen"]) == {"0.0225, 0.1"}


KEPT_LOSSES = [0.4, 0.1, 0.3, 0.3, 0.6]  # at keep-probs of 0.3, 0.5, 0.7, 0.8 and 0.9


@pytest.mark.parametrize(
    ("target", "less", "shares"),
    [
        (0.2, True, [0, 1 / 2, 1 / 2, 0, 0]),
        (0.2, False, [1 / 3, 2 / 3, 0, 0, 0]),
        (0.3, True, [0, 0, 1, 0, 0]),  # of two that are as good the nearer
        (0.45, True, [0, 0, 0, 1 / 2, 1 / 2]),
        (0.6, True, [0, 0, 0, 0, 1]),
        (0.7, True, [0, 0, 0, 0, 1]),  # none is as bad
        (0.5, False, [1, 0, 0, 0, 0]),
        (0.1, True, [0, 1, 0, 0, 0]),
        (0.05, False, [0, 1, 0, 0, 0]),
    ],
)
@pytest.mark.parametrize("weaker_above", [True, False])
def test_a_loss_is_reached_between_the_settings_that_enclose_it(target, less, shares, *, weaker_above) -> None:
    """At the rate of the best, in whatever order the settings come; at the other rate all lie between."""
    strengths = np.array([0.3, 0.5, 0.7, 0.8, 0.9])
    kept = Tried(
        np.tile(strengths if weaker_above else -strengths, 2),
        np.repeat([0.1, 0.02], 5),
        np.empty((10, 2)),
        pd.DataFrame(),
        weaker_above,
    )
    order = np.array([7, 2, 4, 0, 9, 1, 3, 5, 8, 6])
    losses, wanted = np.array([*KEPT_LOSSES, *[0.2] * 5]), np.array([*shares, *[0] * 5])
    mixed = replace(kept, strengths=kept.strengths[order], rates=kept.rates[order])
    assert mixed.reaching(losses[order], target, less=less) == pytest.approx(wanted[order])


def test_sides_that_change_places_turn_the_sign() -> None:
    rows = table(l2=0.2, dropout=0.0)
    turned = replace(CONTRAST, high=CONTRAST.low, low=CONTRAST.high).evidence(rows)
    assert turned["effect"].tolist() == pytest.approx((-CONTRAST.evidence(rows)["effect"]).tolist())


def test_what_comes_no_nearer_is_void_and_what_one_seed_has_nothing() -> None:
    rows = table(l2=0.5, dropout=0.0)
    assert set(CONTRAST.evidence(rows)["void"]) == {"the two differ by 0.180 nat before, more than 0.005"}
    assert CONTRAST.evidence(rows[rows["seed"] == 0]).empty
    assert CONTRAST.evidence(rows.iloc[:0]).empty
    single = rows[rows["seed"] == 0].assign(width=64)
    assert len(CONTRAST.evidence(pd.concat([rows, single]))) == len(SEEDS)


def test_seeds_of_one_side_alone_and_settings_that_diverged_are_none() -> None:
    rows = table(l2=0.2, dropout=0.0)
    without = rows[(rows["arm"] == "l2") | (rows["seed"] < 4)]
    assert CONTRAST.evidence(without)["seed"].tolist() == [0, 1, 2, 3]
    other = rows[(rows["arm"] == "dropout") | (rows["seed"] > 3)]
    assert CONTRAST.evidence(other)["seed"].tolist() == [4, 5]
    lost = rows.assign(valid_loss=rows["valid_loss"].mask((rows["keep_prob"] == 0.9) & (rows["seed"] == 1)))
    assert set(CONTRAST.evidence(lost)["low_chosen"]) == {"0.7, 0.1"}


@pytest.mark.parametrize(
    ("apart", "told"), [(0.005, ""), (0.0051, "the two differ by 0.005 nat before, more than 0.005")]
)
def test_two_seeds_are_enough_and_five_thousandths_of_a_nat_equal(apart: float, told: str) -> None:
    """One strength of each, which can come no nearer."""
    rows = table(l2=0.0, dropout=0.0).query("(l2 == 0.03 or keep_prob == 0.5) and learning_rate == 0.1 and seed < 2")
    found = CONTRAST.evidence(rows.assign(valid_loss=apart * (rows["arm"] == "l2")))
    assert found["seed"].tolist() == [0, 1]
    assert set(found["void"]) == {told}


def test_regimes_stand_in_the_order_in_which_they_come() -> None:
    rows = table(l2=0.2, dropout=0.0)
    found = CONTRAST.evidence(pd.concat([rows.assign(width=64), rows]))
    assert [str(each) for each in dict.fromkeys(found["regime"])] == [", width 64", ", width 32"]
