"""What stands beside a page: a study file that reads as it was, a citation, and what the answer does not reach to."""

import tomllib

import pandas as pd
import pytest

from reports.page.sources import BY_TIME, FURTHER, bibtex, limits, links, study_file, write_sources

CONFIG = {
    "seed": 3,
    "name": 'a “quoted” "name" \\ and é',
    "own": True,
    "nothing": None,
    "list": [1, 2.5, "three", [True]],
    "data": {"name": "digits", "share": 0.25, "time": None, "open": {"low": 1e-5, "high": 1, "log": True, "not": None}},
    "a key with words": {"é": {}, "dotted.key": [{"x": 1}, {}], "plain-key_1": "x"},
    "design": {"seeds": 4, "arms": {"a_1": {"width": {"low": 4, "high": 8}}, "b c": {}}},
    "search": {"arms": {}},
}
PROVENANCE = {
    "name": "mine",
    "versions": {"dropstep": "1.2.3"},
    "data": {"name": "breast_cancer", "fingerprint": "0123456789", "test": 114, "classes": 4, "label_noise": 0.2},
    "config": {"seed": 1, "data": {"time": None}},
}


def known(value):
    """Without what is not set, which TOML has no word for."""
    if isinstance(value, dict):
        return {name: known(each) for name, each in value.items() if each is not None}
    return value


def test_a_study_file_reads_as_the_configuration_that_it_was_written_of():
    expected = known(CONFIG) | {"search": {}}  # that there are no arms need not be said
    assert tomllib.loads(study_file(CONFIG)) == expected
    assert study_file({"seed": 1}) == "seed = 1\n"


def test_a_study_file_is_to_be_read_by_eye():
    written = study_file({"design": {"seeds": 4, "arms": {"a": {"width": 8}}}, "seed": 3, "log": True})
    assert written == "seed = 3\nlog = true\n\n[design]\nseeds = 4\n\n[design.arms]\na = { width = 8 }\n"


def test_a_citation_has_what_is_known_of_the_study(tmp_path):
    record = {"begun": "2026-11-27T19:00", "commit": "abc123"}
    assert bibtex(PROVENANCE, record, "50% & more_#1 cost $2") == (
        "@misc{dropstep-mine-01234567,\n"
        "  title = {{50\\% \\& more\\_\\#1 cost \\$2}},\n"
        "  howpublished = {dropstep 1.2.3, study mine},\n"
        "  year = {2026},\n"
        "  month = {11},\n"
        "  note = {data breast\\_cancer, fingerprint 0123456789, commit abc123}\n}"
    )
    bare = bibtex({**PROVENANCE, "versions": {}}, {}, "It")
    assert "year" not in bare
    assert "commit" not in bare
    write_sources(tmp_path, {"provenance": PROVENANCE}, "It")
    assert (tmp_path / "citation.bib").read_text() == bibtex(PROVENANCE, {}, "It") + "\n"
    assert tomllib.loads((tmp_path / "study.toml").read_text()) == {"seed": 1, "data": {}}


def test_files_that_the_study_put_beside_the_report_are_linked_where_they_are():
    listed = links({"record": {"files": {"results.parquet": "../results.parquet", "other": "x"}}}, judged=True)
    assert listed[-1] == ("../results.parquet", "results.parquet", FURTHER["results.parquet"])
    assert [name for _, name, _ in listed[:-1]] == ["findings.csv", "findings.json", "study.toml", "citation.bib"]


def test_what_an_answer_does_not_reach_to_is_said_of_this_table():
    rows = pd.DataFrame({"depth": [1, 1], "width": [4, 12], "steps": [900, 900]})
    table, networks, noise, *rest = limits(rows, PROVENANCE)
    assert "One table of data, breast cancer, with one test part of 114 rows" in table
    assert networks == "Small networks: 1 hidden layer, 4 to 12 units, 900 steps."
    assert "20% of the training labels were drawn at random from the 4 classes, so that about 15% are wrong" in noise
    assert len(rest) == 2
    clean = {**PROVENANCE, "data": {**PROVENANCE["data"], "label_noise": 0}, "config": {"data": {"time": "day"}}}
    assert limits(pd.DataFrame(), clean) == [table, *rest, BY_TIME]
    assert limits(pd.DataFrame(), {**clean, "config": {"data": None}}) == [table, *rest]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"depth": [2, 3], "width": [1, 1]}, "2 to 3 hidden layers, 1 unit"),
        ({"width": [float("nan"), 8.0], "steps": [float("nan")] * 2}, "8 units"),
    ],
)
def test_what_all_networks_have_is_said_by_its_ends(columns, said):
    assert f"Small networks: {said}." in limits(pd.DataFrame(columns), PROVENANCE)
