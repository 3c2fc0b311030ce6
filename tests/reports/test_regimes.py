"""Where a finding holds, in few words."""

import pytest

from reports import CLAIMS
from reports.judging.regimes import of_table, on_table, places

ALL = [on_table(regime, table) for table in ("digits", "wine", "MNIST") for regime in ("tanh, gain 1", "relu, gain 1")]


@pytest.mark.parametrize(
    ("regimes", "among", "said"),
    [
        (["width 8", "width 12"], ["width 8", "width 12", "width 32"], "at widths 8 and 12"),
        (ALL[:4], ALL, "on digits and wine"),
        ([ALL[0], *ALL[2:]], ALL, "on wine and MNIST, and at (tanh, gain 1) on digits"),
        (ALL[::2], ALL, "at (tanh, gain 1) on every table"),
        ([ALL[0], ALL[2]], ALL, "at (tanh, gain 1) on digits and wine"),
    ],
)
def test_tables_where_it_holds_throughout_are_named_alone(regimes, among, said):
    assert places(regimes, among) == said


def test_a_regime_is_taken_apart_as_it_was_put_together():
    assert of_table(on_table("depth 0", "breast cancer")) == ("depth 0", "breast cancer")
    assert of_table("width 32") == ("width 32", "")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)
def test_rules_of_claims_on_one_table_alone_speak_of_no_others(claim):
    assert bool(claim.tables) == ("Where a run has further tables" in claim.rule.text)
