"""In a real Chromium: nothing is cut or out of reach from a phone to a wide screen, in both themes and on paper, and axe finds nothing."""

import pytest
from browser import DARK, PRINT, Frame, look, missing
from synthetic import results_table

import reports

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

FRAMES = (
    Frame(320, axe=True),
    Frame(375, (DARK,)),
    Frame(718, (PRINT,)),  # A4 without its margins
    Frame(768),
    Frame(1280, (DARK,), axe=True),
    Frame(1600),
)
SHOWN = ("Q1", "Q3", "R4", "M8")  # a response, regimes with long names, two metrics, one that is not tested
READABLE = 10  # px on a screen
READABLE_ON_PAPER = 7.5  # pt


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """With all details open."""
    folder = tmp_path_factory.mktemp("browser")
    claims = [claim for claim in reports.CLAIMS if claim.slug in SHOWN]
    page, _ = reports.render(claims, results_table(widths=(8,)), folder)
    return look(page.read_text(encoding="utf-8"), FRAMES, folder)


@pytest.mark.whole
@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.name)
def test_a_page_fits_and_everything_on_it_can_be_reached(found, frame):
    seen = found[frame.name]
    assert seen["beyond"] <= 0
    assert seen["cut"] == seen["unreachable"] == seen["hidden"] == []
    on_paper = PRINT in frame.media
    assert seen["type"] >= (READABLE_ON_PAPER / 0.75 if on_paper else READABLE) - 0.05
    assert seen["violations"] == []
