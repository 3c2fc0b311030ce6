"""A table of OpenML's, from its answers as they were recorded, without the network."""

import hashlib
import io
import json
from email.message import Message
from http.client import RemoteDisconnected
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request

import pytest
from own_tables import people
from sklearn.datasets import _openml

from study.own.address import address, named
from study.own.options import Options
from study.own.sources import raw

FRAME = people().rename(columns={"churned": "class"})


def _arff() -> str:
    kinds = {"age": "INTEGER", "income": "REAL", "plan": "{basic,plus,pro}", "class": "{no,yes}"}
    head = "".join(f"@ATTRIBUTE {name} {kind}\n" for name, kind in kinds.items())
    return f"@RELATION people\n{head}@DATA\n{FRAME.to_csv(index=False, header=False)}"


def _answers() -> dict[str, bytes]:
    """By path, in the form of OpenML's interface version 1."""
    features = [
        {"index": str(place), "name": name, "data_type": kind, "is_target": "true" if name == "class" else "false",
         "is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0"}
        for place, (name, kind) in enumerate(
            {"age": "numeric", "income": "numeric", "plan": "nominal", "class": "nominal"}.items()
        )
    ]  # fmt: skip
    described = {"id": "31", "name": "people", "version": "3", "format": "ARFF", "status": "active", "file_id": "9",
                 "default_target_attribute": "class", "description": "invented", "url": "https://www.openml.org/data/v1/download/9", "md5_checksum": hashlib.md5(_arff().encode()).hexdigest()}  # fmt: skip
    listed = {"data": {"dataset": [{"did": 31, "name": "people", "version": 3, "status": "active"}]}}
    documents = {
        "api/v1/json/data/list/data_name/people/limit/2/status/active/": listed,
        "api/v1/json/data/31": {"data_set_description": described},
        "api/v1/json/data/features/31": {"data_features": {"feature": features}},
        "api/v1/json/data/qualities/31": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": "120"}]}
        },
    }
    told = {path: json.dumps(document).encode() for path, document in documents.items()}
    return {**told, "data/v1/download/9": _arff().encode()}


class Answer(io.BytesIO):
    """As urllib gives one."""

    def info(self) -> dict[str, str]:
        return {}


@pytest.fixture
def openml(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The recorded answers in the place of the network."""
    answers = _answers()

    def urlopen(request: Request) -> Answer:
        path = request.full_url.removeprefix("https://www.openml.org/")
        if path not in answers:
            raise HTTPError(request.full_url, 412, "no such thing", Message(), io.BytesIO(b"{}"))
        return Answer(answers[path])

    monkeypatch.setattr(_openml, "urlopen", urlopen)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))


@pytest.mark.usefixtures("openml")
@pytest.mark.parametrize("name", ["people", "31"])
def test_by_name_or_number_with_the_target_that_it_names(name: str) -> None:
    found = named(address(f"openml:{name}", Options()))
    assert found.target == "class"
    assert [column.kind for column in found.columns] == ["number", "number", "words"]
    assert found.frame.age.tolist() == FRAME.age.tolist()
    assert found.labels.told == "no 80, yes 40"
    assert "OpenML's people, version 3" in "\n".join(found.described())


@pytest.mark.usefixtures("openml")
def test_a_table_that_openml_has_not() -> None:
    with pytest.raises(ValueError, match=r"OpenML (has no table|cannot be reached for) nothing"):
        raw("openml:nothing", Options())


def fetched(monkeypatch: pytest.MonkeyPatch, given: Any) -> list[dict[str, Any]]:
    """What is asked of scikit-learn, which gives or raises this."""
    asked: list[dict[str, Any]] = []

    def fetch_openml(**how: Any) -> Any:
        asked.append(how)
        if isinstance(given, Exception):
            raise given
        return given

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetch_openml)
    return asked


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (URLError("no route"), r"^OpenML cannot be reached for x \(no route\): save the table as a file"),
        (ValueError("first\nsecond"), "^OpenML has no table x to read: first$"),
        (OSError("first\nsecond"), "^OpenML has no table x to read: first$"),
        (RemoteDisconnected("gone"), r"^OpenML has no table x to read: gone$"),
    ],
)
def test_why_there_is_no_table_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, error: Exception, told: str) -> None:
    fetched(monkeypatch, error)
    with pytest.raises(ValueError, match=told):
        raw("openml:x", Options())


def test_a_name_is_asked_for_as_an_active_table_and_a_number_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = fetched(monkeypatch, SimpleNamespace(frame=FRAME, target_names=[], details={}))
    found = raw("openml:people", Options())
    assert (found.target, found.notes) == (None, ("OpenML's people, version ?",))
    raw("openml:31", Options())
    assert [{key: how[key] for key in ("name", "version", "data_id") if key in how} for how in asked] == [
        {"name": "people", "version": "active"},
        {"data_id": 31},
    ]
    assert all(how["as_frame"] for how in asked)
    with pytest.raises(
        ValueError, match="openml: is followed by the name or number of a table, such as openml:credit-g"
    ):
        raw("openml: ", Options())
    assert len(asked) == 2


def test_of_several_targets_the_first_is_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    details = {"name": "People", "version": "7"}
    fetched(monkeypatch, SimpleNamespace(frame=FRAME, target_names=["class", "plan"], details=details))
    found = raw("openml:31", Options())
    assert (found.place, found.target, found.notes) == ("openml:31", "class", ("OpenML's People, version 7",))
