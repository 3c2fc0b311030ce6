"""D4 on planted networks: the smallest ensemble that does as well as dropout, computed from its probabilities directly."""

import json

import numpy as np
import pytest
from filled import filled_table

from reports.claims.d4_affordable import CLAIM, MEMBERS
from reports.evidence.checked import plain
from reports.judging.claim import judge
from reports.judging.verdict import Verdict

ROWS = 5
RATE = 0.02  # at which the planted networks do better than at the others


def losses_of(member, rate):
    """Each network is sure of some rows and at sea on others, so that every further one helps."""
    return np.where(np.arange(ROWS) == member % ROWS, 0.1, 2.5) + 3 * abs(rate - RATE)


def loss_of(networks):
    """Of the first so many at the best rate."""
    probabilities = np.exp([-losses_of(member, RATE) for member in range(networks)])
    return -np.log(probabilities.mean(axis=0)).mean()


@pytest.fixture(scope="module")
def planted():
    table = plain(filled_table(CLAIM))
    measures = [
        json.dumps({"losses.valid": list(losses_of(member, rate))} if arm == "D4_plain" else {})
        for arm, member, rate in zip(table["arm"], table["member"], table["learning_rate"], strict=True)
    ]
    return table.assign(measures=measures)


def with_dropout_at(table, loss):
    return table.assign(valid_loss=table["valid_loss"].mask(table["arm"] == "D4_dropout", loss))


def test_planted_losses_fall():
    losses = [loss_of(networks) for networks in (1, 2, 3, 4, 5)]
    assert (np.diff(losses) < 0).all()


@pytest.mark.parametrize("networks", [1, 2, 4])
def test_smallest_ensemble_that_suffices(planted, networks):
    (judgement,) = judge([CLAIM], with_dropout_at(planted, loss_of(networks) + 1e-9))
    assert (judgement.evidence["networks"] == networks).all()
    assert not judgement.evidence["bound"].any()
    for finding in judgement.findings:
        assert finding.estimate.value == pytest.approx(np.log(networks))
    assert judgement.verdict is (Verdict.CONTRADICTED if networks == 1 else Verdict.SUPPORTED)


def test_an_ensemble_that_never_suffices_is_a_bound(planted):
    (judgement,) = judge([CLAIM], with_dropout_at(planted, 0.0))
    assert (judgement.evidence["networks"] == MEMBERS).all()
    assert {finding.estimate.high for finding in judgement.findings} == {np.inf}
    assert judgement.verdict is Verdict.SUPPORTED


def test_ensembles_end_at_a_network_that_diverged(planted):
    """One seed's third network, at every learning rate: what more networks would have cost is not known."""
    lost = (planted["arm"] == "D4_plain") & (planted["member"] == 2) & (planted["seed"] == 0)
    holed = planted.assign(measures=planted["measures"].mask(lost, "{}"))
    (judgement,) = judge([CLAIM], with_dropout_at(holed, 0.0))
    ends = judgement.evidence.groupby("seed")["networks"].unique()
    assert [list(networks) for networks in ends] == [[2], [MEMBERS], [MEMBERS]]
    assert judgement.evidence["bound"].all()


def test_a_learning_rate_at_which_one_network_diverged_is_no_candidate(planted):
    lost = (planted["arm"] == "D4_plain") & (planted["learning_rate"] == RATE) & (planted["member"] == 0)
    holed = planted.assign(measures=planted["measures"].mask(lost & (planted["seed"] == 0), "{}"))
    (judgement,) = judge([CLAIM], with_dropout_at(holed, loss_of(1) + 1e-9))
    assert (judgement.evidence["networks"] > 1).all()
