"""What a claim says beside its estimates, in each of its forms: where there is nothing to say it of, or where it voids them."""

import pytest
from planting import hold, of, planted

from reports import CLAIMS
from reports.claims.b3_saturation import LEVELS, OUT, WITHOUT
from reports.claims.b7b_cause import FELT, RESTORED
from reports.evidence.paired import own
from reports.judging.claim import judge
from reports.judging.verdict import Verdict

BY_SLUG = {claim.slug: claim for claim in CLAIMS}


def saturated(share):
    """Every unit on its flat part with normalisation, and such a share without it, by each activation's own measure."""
    claim = BY_SLUG["B3"]
    table = planted(claim, "above")
    for each in WITHOUT:
        table = hold(each.value, table, of(each.side, table, claim.networks), share)
    return claim, table


@pytest.mark.parametrize(
    ("share", "verdict", "void"),
    [(0.0, Verdict.INCONCLUSIVE, OUT), (0.08, Verdict.INCONCLUSIVE, OUT), (0.12, Verdict.CONTRADICTED, "")],
)
def test_what_is_out_of_saturation_without_normalisation_too_is_not_judged(share, verdict, void):
    claim, table = saturated(share)
    findings = judge([claim], table)[0].findings
    assert len(findings) == 2 * len(LEVELS)
    assert {(each.verdict, each.estimate.void) for each in findings} == {(verdict, void)}
    assert {each.estimate.notes for each in findings} == {(f"without normalisation {share:.2f}",)}


def test_a_tenth_is_as_seldom_as_the_limit_of_the_rule():
    """Of two seeds, whose mean is the very number."""
    claim, table = saturated(0.0)
    tenth = '{"saturation.share": 0.1, "saturation.dead": 0.1}'
    table = table.assign(measures=table["measures"].mask(table["variant"] == "none", tenth))
    findings = judge([claim], table[table["seed"] < 2])[0].findings
    assert {each.estimate.void for each in findings} == {OUT}


def test_where_none_without_normalisation_survives_units_are_judged():
    """There is nothing that would show them out of saturation."""
    claim, table = saturated(0.0)
    lost = (table["variant"] == "none") & (table["activation"] == "tanh") & (table["init_gain"] == 5)
    findings = judge([claim], table.assign(measures=table["measures"].mask(lost, "{}")))[0].findings
    told = {str(each.estimate.regime): (each.verdict, *each.estimate.notes) for each in findings}
    assert told.pop("tanh, gain 5") == (Verdict.CONTRADICTED, "without normalisation none survives")
    assert set(told.values()) == {(Verdict.INCONCLUSIVE, "without normalisation 0.00")}


def drifting(drifts, *, lost=()):
    """Without normalisation units move by 0.5 spreads, with each noise by one of ``drifts``; of tanh networks some noises have none."""
    claim = BY_SLUG["B7b"]
    table = planted(claim, "none")
    moved = of(RESTORED.low_drift, table, claim.networks)
    for noise, drift in zip(RESTORED.doses, drifts, strict=True):
        table = hold(FELT, table, moved & (table["bn_noise"] == noise), drift)
    gone = moved & table["bn_noise"].isin(lost) & (table["activation"] == "tanh")
    return claim, table.assign(measures=table["measures"].mask(gone, "{}"))


def test_the_noise_that_restores_the_shift_is_told_with_how_far_units_move():
    claim, table = drifting((0.1, 0.6, 0.7))
    for finding in judge([claim], table)[0].findings:
        assert finding.estimate.notes[0].startswith(
            "noise of 0.3: units move by 0.60 spreads from one checkpoint to the next, 0.50 without normalisation; "
            "no normalisation: "
        )


def test_where_no_noise_restores_the_shift_the_strongest_is_told():
    claim, table = drifting((0.1, 0.2, 0.3))
    for finding in judge([claim], table)[0].findings:
        told = "noise of 1: units move by 0.30 spreads from one checkpoint to the next, 0.50 without normalisation"
        assert finding.estimate.void == f"no noise restores the shift; {told}"
        assert finding.estimate.notes[0].startswith(told)


def test_a_noise_that_no_network_survived_restores_nothing():
    claim, table = drifting((0.1, 0.6, 0.7), lost=[0.3, 1.0])
    told = {str(each.estimate.regime): each.estimate.void for each in judge([claim], table)[0].findings}
    assert told.pop("tanh").startswith("no noise restores the shift; noise of 1: units move by nan spreads")
    assert set(told.values()) == {""}


def test_without_networks_that_say_how_far_units_move_nothing_is_told():
    claim, table = drifting((0.1, 0.6, 0.7))
    still = table[~of(RESTORED.high_drift, table, claim.networks)]
    assert RESTORED.evidence(own(still, claim.networks)).empty
    assert judge([claim], still)[0].verdict is Verdict.UNTESTED
