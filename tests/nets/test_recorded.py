"""Small networks of every kind come to what they came to before: a change that moves a bit of training is seen."""

import json

import pytest
from recorded import PATH, trained

RECORDED = json.loads(PATH.read_text(encoding="utf-8"))


def near(value):
    """To seven digits: each step may add a rounding, and none grows a thousandfold in fourteen steps."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-7, abs=1e-8)
    if isinstance(value, list):
        return [near(each) for each in value]
    return {name: near(each) for name, each in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("name", RECORDED)
def test_it_trains_as_it_did(name: str) -> None:
    expected = near(RECORDED[name]["outcome"])
    found = trained(RECORDED[name]["settings"])
    found["measures"] = {measure: found["measures"][measure] for measure in expected["measures"]}
    assert {part: found[part] for part in expected} == expected, "if it is meant: python tests/nets/recorded.py"
