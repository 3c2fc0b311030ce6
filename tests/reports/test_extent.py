"""How much of a study is there, and what was lost, by hand: what is still to come is said of the claims that wait for it."""

from types import SimpleNamespace

import pandas as pd
import pytest

from reports.judging.text import NARROW
from reports.page.extent import Extent, extent, failures_by_arm

OWN = SimpleNamespace(arms=lambda: {"own_a": {}, "own_b": {}})
SHARED = SimpleNamespace(arms=dict)  # of networks that no claim calls its own
ELSEWHERE = SimpleNamespace(arms=lambda: {"other": {}})


def networks(*rows):
    """Stage, arm, why it stopped, and how many of these."""
    found = [
        {"stage": stage, "arm": arm, "stopped": stopped} for stage, arm, stopped, count in rows for _ in range(count)
    ]
    return pd.DataFrame(found, columns=["stage", "arm", "stopped"])


def there(**more):
    """An unfinished study of networks that some claim shares and of some that one has for its own."""
    some = {
        "networks": 1,
        "of": 2,
        "unfinished": "stopped",
        "planned": {"own_a", "own_b", "shared"},
        "arms": (),
        "scored": True,
    }
    known = {**some, "lost": {}, **more}
    return Extent(**{**known, "planned": frozenset(known["planned"]), "arms": frozenset(known["arms"])})


def test_what_was_trained_stands_beside_what_was_planned():
    rows = networks(
        ("design", "a", "completed", 3), ("design", "b", "completed", 1), ("design", "b", "strange", 2),
        ("score", "a", "out of time", 1), ("search", "c", "pruned", 2), ("search", "c", "diverged", 1),
    )  # fmt: skip
    record = {
        "planned": {"design": 8, "score": 2, "search": 3},
        "designs": {"a": 3, "b": 4, "d": 1},
        "unfinished": "killed",
    }
    found = extent(rows, record)
    assert (found.networks, found.of, found.unfinished) == (10, 13, "killed")
    assert (found.planned, found.arms) == ({"a", "b", "d"}, {"b", "d"})
    assert not found.scored
    assert list(found.lost.items()) == [("diverged", 1), ("pruned", 2), ("out of time", 1), ("strange", 2)]
    assert found.prefix == "Unfinished (10 of 13 networks). "


def test_without_a_record_a_study_is_finished_and_has_what_it_has():
    found = extent(networks(("design", "a", "completed", 2)), {})
    assert (found.networks, found.of, found.scored, found.prefix) == (2, 2, True, "")
    enough = extent(networks(("score", "a", "completed", 2)), {"planned": {"score": 2}})
    assert enough.scored


def test_thousands_are_set_apart():
    assert there(networks=1234, of=56789).prefix == f"Unfinished (1{NARROW}234 of 56{NARROW}789 networks). "


@pytest.mark.parametrize(
    ("claim", "findings", "standing", "awaited"),
    [
        (OWN, [1], {"arms": {"own_a"}, "unfinished": ""}, False),
        (OWN, [1], {"arms": {"own_a"}}, True),
        (OWN, [], {"arms": {"own_b"}}, True),
        (OWN, [1], {"arms": {"shared"}}, False),
        (OWN, [1], {"arms": (), "scored": False}, False),
        (SHARED, [], {"arms": {"shared"}}, True),
        (SHARED, [1], {"arms": {"shared"}}, True),
        (SHARED, [1], {"arms": (), "scored": False}, True),
        (SHARED, [1], {"arms": {"own_a"}}, False),
        (SHARED, [1], {"planned": {"own_a"}, "arms": {"own_a"}, "scored": False}, False),
        (ELSEWHERE, [], {"arms": {"shared"}}, False),
        (ELSEWHERE, [1], {"arms": {"shared"}}, True),
    ],
)
def test_a_claim_waits_for_networks_of_its_own_or_else_for_those_that_are_shared(claim, findings, standing, awaited):
    judgement = SimpleNamespace(claim=claim, findings=findings)
    assert there(**standing).awaits(judgement, [OWN, SHARED, ELSEWHERE]) == awaited


def test_failures_stand_by_arm_the_most_first_and_beyond_fifteen_together():
    many = [("design", f"arm {number:02}", "diverged", 20 - number) for number in range(17)]
    whole = [("design", f"arm {number:02}", "completed", 100) for number in range(17)]
    rows = networks(*whole, *many, ("search", "arm 16", "crashed", 50), ("search", "calm", "completed", 9))
    head, *table = failures_by_arm(rows)
    assert head == ("Where", "networks", "diverged", "crashed")
    assert len(table) == 15 + 1
    assert table[0] == ("search arm 16", "50", "0", "50")
    assert table[1] == ("design arm 00", "120", "20", "0")
    assert table[14] == ("design arm 13", "107", "7", "0")
    assert table[-1] == ("3 other arms", str(300 + 6 + 5 + 4), str(6 + 5 + 4), "0")
    few = failures_by_arm(networks(*whole[:15], *many[:15]))
    assert len(few) == 1 + 15
    assert few[-1][0] == "design arm 14"
    assert failures_by_arm(networks(*whole)) == []
