"""Arms of claims' designs are told from a study's own in one place, whatever version recorded them."""

from typing import Any

import pytest
from small_study import small_study

from study.kept.arm_names import apart
from study.records import Key

ARM = {"width": [3]}
NOTED = {"claims": ["B4"], "designs": ["B4", "speed"]}
OLD = {"claims": ["B4"]}
CASES: list[tuple[dict[str, Any], str, tuple[str, str]]] = [
    (NOTED, "B4_none", ("B4", "none")),
    (NOTED, "speed_none_fast", ("speed", "none_fast")),
    (NOTED, "d300_none", ("", "d300_none")),
    (NOTED, "my_arm", ("", "my_arm")),
    (NOTED, "speed", ("", "speed")),
    (OLD, "B4_none", ("B4", "none")),
    (OLD, "d300_none", ("d300", "none")),
    (OLD, "my_arm", ("", "my_arm")),
    ({}, "B4_none", ("", "B4_none")),
]


@pytest.mark.parametrize(("design", "arm", "expected"), CASES)
def test_an_arm_is_of_a_claims_design_where_the_study_has_claims(design, arm: str, expected: tuple[str, str]) -> None:
    config = small_study(design={"replicates": 1, "arms": {arm: ARM}, **design})
    assert apart(config)(arm) == expected


def test_the_keys_of_a_ledger_have_not_changed() -> None:
    assert list(Key.__dataclass_fields__) == ["stage", "arm", "repeat", "trial", "replicate"]
