"""Rules and designs are those that were written down, and the same table is read, told and drawn as it was: a change of any is seen."""

import json

import pytest
from calibrated import DECLARING, PLANTED, calibrated
from drawings import DRAWN, drawn_page
from levels import one_of_each
from registered import (
    CALIBRATED,
    DECLARED,
    FOUND,
    GROWN,
    SIMULATED,
    declared,
    drawn,
    drawn_by,
    found,
    kept,
    leaves,
    simulated,
)
from seen import ANEW, changed, redrawn

from reports import CLAIMS
from reports.experiments import stuck
from study.asked.study_file import read_study

by_slug = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.slug)


def registered(path, slug):
    document = json.loads(path.read_text(encoding="utf-8"))
    if slug not in document:
        pytest.skip("not written down yet: make registered")
    return leaves(document[slug])


@by_slug
def test_rules_and_designs_are_those_that_were_written_down(claim):
    assert leaves(json.loads(json.dumps(declared(claim)))) == registered(DECLARED, claim.slug), ANEW


@by_slug
def test_the_same_table_is_read_as_it_was(claim):
    """Every word and every number: to five digits, since last bits of fits and of medians differ between processors."""
    known, again = registered(FOUND, claim.slug), leaves(json.loads(json.dumps(found(claim))))
    assert words(again) == words(known), ANEW
    assert numbers(again) == pytest.approx(numbers(known), rel=1e-5, abs=1e-9), ANEW


@pytest.mark.parametrize("claim", one_of_each(drawn_by, CLAIMS), ids=lambda claim: claim.slug)
def test_the_same_table_is_drawn_as_it_was(claim):
    assert not redrawn(drawn(claim), "claims"), ANEW


@pytest.mark.parametrize("name", DRAWN)
def test_what_no_registered_page_has_is_drawn_as_it_was(name):
    assert not changed(drawn_page(name), name), ANEW


@pytest.mark.parametrize("name", CALIBRATED)
def test_a_few_experiments_of_the_calibration_are_what_they_were(name):
    """The committed tables have hundreds of each: what is planted and how it is read is seen from three."""
    known, again = registered(SIMULATED, name), leaves(dict(enumerate(simulated(name))))
    assert words(again) == words(known), ANEW
    assert numbers(again) == pytest.approx(numbers(known), rel=1e-4, abs=1e-9), ANEW


@pytest.mark.parametrize("name", [*PLANTED, *DECLARING])
def test_what_the_calibration_plants_is_what_it_was(name):
    """Before anything is read: what a reading takes away, a level that both sides have or a width, is seen too."""
    known, again = registered(GROWN, name), leaves(json.loads(json.dumps(kept(calibrated(name)))))
    assert words(again) == words(known), ANEW
    assert numbers(again) == pytest.approx(numbers(known), rel=1e-5, abs=1e-9), ANEW


def words(known):
    return {name: value for name, value in known.items() if not isinstance(value, float | int)}


def numbers(known):
    return {name: value for name, value in known.items() if isinstance(value, float | int)}


@pytest.mark.parametrize("preset", ["claims", "claims_full"])
def test_a_study_of_all_claims_has_every_design_on_seeds_enough(preset):
    """The fewest are those of B6, by its own design: it is all or nothing."""
    ledger = {claim.slug: claim.arms() for claim in CLAIMS if claim.design}
    config = read_study(preset, ["design.tables=[]"], claimed=lambda tables: ledger)
    assert {design.name for design in config.designs} == {arm for arms in ledger.values() for arm in arms}
    fewest = {True: stuck.SEEDS, False: 24 if preset == "claims_full" else 12}
    assert all(design.replicates >= fewest[design.name.startswith("B6_")] for design in config.designs)
