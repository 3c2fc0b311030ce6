"""The page is a function of its table, whatever the table lacks, and shows what it shows to everyone."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from filled import filled_table
from levels import one_in
from seen import ANEW, changed
from synthetic import results_table, where

import reports
from reports.choice.candidates import choose
from reports.choice.sentences import ending
from reports.evidence.checked import plain

VOID = {"meta", "link", "br", "rect", "line", "input"}
BESIDE = "findings.csv", "findings.json", "study.toml", "citation.bib"


@pytest.fixture(scope="module")
def table():
    return results_table()


@pytest.fixture(scope="module")
def small():
    """One width, every other point of its designs, and one opened field: quick to draw."""
    table = results_table(widths=(8,), opened=("keep_prob",), seeds=3)
    return where(table, (table["stage"] != "design") | (table["trial"] % 2 == 0))


@pytest.fixture(scope="module")
def few(small):
    """Of its designs those that tune."""
    return where(small, (small["stage"] != "design") | small["arm"].isin(["none_rates", "dropout_rates"]))


@pytest.fixture(scope="module")
def rendered(table, tmp_path_factory):
    """The page of the whole table and what it says first, written once for all tests that only read it."""
    before = table.copy(deep=True)
    found = reports.render(reports.CLAIMS, table, tmp_path_factory.mktemp("page"))
    pd.testing.assert_frame_equal(table, before)
    return found


@pytest.fixture(scope="module")
def folder(rendered):
    return rendered[0].parent


@pytest.fixture(scope="module")
def page(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


def write(table, folder):
    return reports.render(reports.CLAIMS, table, folder)[0].read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Every element with its attributes; fails where a closing tag has no opening one."""

    def __init__(self, page):
        super().__init__()
        self.found, self.open = [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def named(self, tag):
        return [attrs for name, attrs in self.found if name == tag]


@pytest.mark.slow
def test_same_bytes_in_another_process_folder_and_hash_seed(table, page, tmp_path):
    assert page_of_another_process(table, tmp_path) == page


@pytest.mark.whole
def test_same_bytes_in_another_process_of_what_is_tuned_and_searched(few, tmp_path):
    """The same of a table with few figures."""
    (tmp_path / "elsewhere").mkdir()
    page = page_of_another_process(few, tmp_path / "elsewhere")
    assert "<svg " in page
    assert page == write(few, tmp_path / "here")


def page_of_another_process(table, folder):
    """Whose hash seed, time zone and settings of Matplotlib are others."""
    table.to_parquet(folder / "results.parquet")
    (folder / "matplotlibrc").write_text("axes.facecolor: red\nfont.size: 20\nsvg.fonttype: path\n")
    program = (
        "import sys; from pathlib import Path; import reports;"
        "reports.render(reports.CLAIMS, reports.read(Path('results.parquet')), Path('.'))"
    )
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "12345",
        "PYTHONPATH": str(Path(reports.__file__).parents[1]),
        "TZ": "Asia/Tokyo",
    }
    subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, check=True)
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("undrawn")
def test_order_and_number_types_of_rows_do_not_matter(small, tmp_path):
    shuffled = small.sample(frac=1, random_state=0).convert_dtypes()
    shuffled["test_loss"] = shuffled["test_loss"].astype(object).where(small["test_loss"].notna(), None)
    shuffled.attrs = small.attrs
    assert write(shuffled, tmp_path / "shuffled") == write(small, tmp_path / "sorted")


def test_page_stands_alone_beside_the_files_it_was_written_with(page):
    elements = Elements(page)
    assert not elements.named("script")
    assert not elements.named("link")
    assert not elements.named("img")
    addresses = re.findall(r'(?:src|href)=["\'](?!#)([^"\']*)', page)
    assert {each for each in addresses if not each.startswith("data:text/csv")} == set(BESIDE)
    assert not re.search(r"@import|url\((?!#)", page)


def test_the_page_of_the_same_table_says_and_shows_what_it_did(page):
    assert not changed(page, "study"), ANEW


def test_files_beside_the_page_are_there_and_say_the_same(table, folder):
    assert {path.name for path in folder.iterdir()} == {"index.html", *BESIDE}
    study_file = (folder / "study.toml").read_text()
    assert tomllib.loads(study_file) == table.attrs["provenance"]["config"]
    shown = re.search(r'aria-label="Study file">(.*?)</pre>', (folder / "index.html").read_text(), re.DOTALL)
    assert unescape(shown[1]) == study_file.rstrip(), "what the page shows can be copied, and run"


def test_the_data_of_a_figure_is_a_table_that_pandas_reads(page):
    (address,) = re.findall(r'download="shrinkage.csv" href="data:text/csv;charset=utf-8,([^"]*)"', page)
    read = pd.read_csv(StringIO(unquote(unescape(address))))
    (said,) = re.findall(r'(\d+) rows? as a file: <a class="take" download="shrinkage.csv"', page)
    assert len(read) == int(said)
    assert read["fresh"].is_monotonic_increasing


def test_no_text_was_left_unfilled(page):
    words = re.sub(r"<(style|svg|pre|script).*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"[{}]", re.sub('href="data:[^"]*"', "", words))


def test_ids_differ_and_references_hit(page):
    elements = Elements(page)
    ids = [attrs["id"] for _, attrs in elements.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    referred = re.findall(r"(?:href=[\"']#|url\(#)([^\"')]+)", page)
    described = [word for _, attrs in elements.found for word in (attrs.get("aria-labelledby") or "").split()]
    assert set(referred) | set(described) <= set(ids)


def test_every_figure_has_words_for_who_cannot_see_it(page):
    figures = re.findall(r"<svg [^>]*role='img'.*?</svg>", page, flags=re.DOTALL)
    by_width = ("claim-Q1", "claim-Q2", "claim-Q3", "claim-Q4")
    expected = dict.fromkeys(by_width, 2) | dict.fromkeys(("claim-Q5b", "claim-R2", "claim-R3"), 1)
    expected |= dict.fromkeys(("claim-R1", "claim-R4", "claim-R4b", "claim-D1"), 2)  # in loss and in error
    expected |= {"hero": 6, "claim-Q4b": 4, "claim-Q5": 4, "shrinkage": 1, "relations": 5}  # opened fields
    expected |= {"parallel": 1, "failures": 5, "learning": 1, "history": 2}  # of six points no share can be told
    names = [re.search(r"aria-labelledby='(.*?)-\d+-title", figure)[1] for figure in figures]
    assert Counter(names) == expected
    for figure in figures:
        assert re.search(r"<title [^>]*>[^<]+</title><desc [^>]*>[^<]{20,}</desc>", figure)


def test_figures_take_their_colours_from_the_style_sheet(page):
    figures = "".join(re.findall(r"<svg viewBox=.*?</svg>", page, flags=re.DOTALL))
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", page))
    declared = set(re.findall(r"--([a-z0-9-]+):", page))
    assert not re.findall(r"#[0-9a-f]{6}\b", figures)
    assert {"dropout", "l2", "fixed-count", "ink"} <= used <= declared


def test_every_claim_has_its_verdict_rule_and_source(page):
    for claim in reports.CLAIMS:
        assert f'id="{claim.slug}"' in page
    tested = page.count("<article ")
    of_the_curves = [claim for claim in reports.CLAIMS if not claim.arms() or claim.slug == "D1"]
    assert tested == len(of_the_curves)
    rules, changes = (page.count(f"<strong>{words}") for words in ("Rule", "Changed after first results."))
    assert rules == tested
    assert page.count("<blockquote>") == len([claim for claim in of_the_curves if claim.quote])
    assert page.count("a question of our own.") == len([claim for claim in of_the_curves if not claim.quote])
    assert page.count("Rule, fixed beforehand.") == tested - changes
    assert changes > 0, "Q1's window"


def test_what_is_untested_is_named_once_in_a_list_of_its_own(page):
    named = re.search(r'<ul class="untested">.*?</ul>', page, flags=re.DOTALL)[0]
    assert named.count("<li ") == len(reports.CLAIMS) - page.count("<article ")


def test_claims_of_q_and_r_alone_have_no_design_of_their_own():
    """So the page, the README and an error say it: the preset default tests these, the preset claims all others."""
    assert {claim.slug[0] for claim in reports.CLAIMS if not claim.design} == {"Q", "R"}
    assert not {"Q", "R"} & {claim.slug[0] for claim in reports.CLAIMS if claim.design}


@pytest.mark.whole
@pytest.mark.usefixtures("undrawn")
def test_a_page_of_claims_alone_counts_its_verdicts(tmp_path):
    shared = [claim for claim in reports.CLAIMS if claim.shared == "exact"]
    page = write(filled_table(shared[0]), tmp_path)
    Elements(page)
    counted = re.search(r"<h1>(\d+) claims tested: (.*)</h1>", page)
    assert int(counted[1]) == len(shared) == page.count("<article ")
    assert sum(int(number) for number in re.findall(r"\d+", counted[2])) == len(shared)


@pytest.mark.usefixtures("undrawn")
def test_a_page_of_one_claim_says_what_was_found(tmp_path):
    claim = next(claim for claim in reports.CLAIMS if claim.slug == "M8")
    page = write(filled_table(claim), tmp_path)
    assert "at random" in re.search(r"<h1>.*</h1>", page)[0]
    assert page.count("<article ") == 1


def test_headline_and_opening_are_the_answer(page):
    assert "<h1>Dropout does not move in steps" in page
    opening = re.sub("<[^>]*>", "", re.search(r'<p class="opening">(.*?)</p>', page, flags=re.DOTALL)[1])
    assert opening.startswith("Learning rates tuned, L2 lowers log-loss at every width")
    assert "Shown on digits: 300 training rows, 20% random labels." in re.sub("<[^>]*>", "", page)


@pytest.mark.whole
@pytest.mark.usefixtures("undrawn")
def test_a_staircase_has_another_headline(tmp_path):
    stepped = results_table(q=1.0, widths=(12,), opened=("keep_prob",))
    page = write(where(stepped, stepped["arm"].isin(["none", "dropout", "fixed_count"])), tmp_path)
    assert "<h1>Dropout moves in steps" in page


@pytest.mark.usefixtures("undrawn")
def test_table_names_are_escaped(few, tmp_path):
    table = where(few, few["stage"] != "")  # whose attrs are its own
    table.attrs["provenance"]["name"] = "<script>alert(1)</script>"
    table.attrs["provenance"]["data"]["name"] = "a<b&c"
    page = write(table, tmp_path)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "a&lt;b&amp;c" in page


@pytest.mark.parametrize(
    ("lacking", "rows", "said"),
    one_in(
        2,
        [
            ("designs", lambda table: table["stage"] != "design", "Claims that this run does not test"),
            ("refit", lambda table: table["stage"] != "refit", "so none is recommended"),
            ("everything", lambda table: table["stage"] == "", "Nothing is decided yet"),
            ("most rows", lambda table: table.index < 100, "What is claimed"),
        ],
    ),
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.usefixtures("undrawn")
def test_page_where_something_is_missing(small, tmp_path, lacking, rows, said):
    page = write(where(small, rows(small)), tmp_path)
    Elements(page)
    assert said in page
    assert not re.search(r"\bnan\b", page, flags=re.IGNORECASE)


def test_the_chosen_configuration_is_that_of_the_lowest_loss_on_fresh_seeds(table, page):
    """Beside it all others that were trained again, with what they lose and gain."""
    refit = table[(table["stage"] == "refit") & (table["arm"] == "joint")]
    (section,) = re.findall(r'<section id="best" aria-labelledby="best-title">.*?</section>', page, flags=re.DOTALL)
    chosen, *others = re.findall(r"<tr><th scope=\"row\">.*?</tr>", re.sub(' data-label="[^"]*"', "", section))
    assert "<td>chosen</td>" in chosen
    assert f"<td>{refit['test_loss'].mean():.3f} [" in chosen
    assert f"<td>{100 * refit['test_error'].mean():.1f} [" in chosen
    assert [re.findall("<td>(.*?)</td>", row)[0] for row in others] == ["worse", "worse"]
    assert "no regularisation, 32 units" in others[0]


def test_what_a_page_says_first_is_told_in_a_terminal_too_and_its_findings_are_files(table, rendered):
    path, said = rendered
    page = re.sub("<[^>]*>", "", path.read_text(encoding="utf-8"))
    assert said[0].startswith("found   Dropout does not move in steps")
    headline, _, opening = said[0].removeprefix("found   ").partition(". ")
    assert f"{headline}\n" in page
    assert opening in page
    assert said[1:] == ending(choose(plain(table)))
    written = path.with_name("findings.json").read_text(encoding="utf-8")
    rows = pd.read_csv(path.with_name("findings.csv"))
    assert next(iter(rows)) == "claim"
    assert len(json.loads(written)) == len(rows) > 0
    assert written.startswith('[\n {\n  "claim":"'), "to be read by eye"
    assert "’" in written


def test_missing_file_and_columns_are_said_in_one_line(table, tmp_path):
    with pytest.raises(ValueError, match=r"^a report needs a results table, there is none at [^\n]*$"):
        reports.read(tmp_path / "results.parquet")
    with pytest.raises(ValueError, match=r"missing: width, valid_loss$"):
        reports.render(reports.CLAIMS, table.drop(columns=["width", "valid_loss"]), tmp_path)
    bare = table.copy()
    bare.attrs = {}
    with pytest.raises(ValueError, match=r"provenance in attrs[^\n]*$"):
        reports.render(reports.CLAIMS, bare, tmp_path)


def test_parquet_keeps_what_the_page_needs(table, tmp_path):
    table.to_parquet(tmp_path / "results.parquet")
    assert reports.read(tmp_path / "results.parquet").attrs == table.attrs


@pytest.mark.usefixtures("undrawn")
def test_open_field_may_be_a_choice(small, tmp_path):
    chosen = small.assign(activation=np.where(small["trial"] % 2, "relu", "tanh"))
    chosen.attrs = {**small.attrs, "provenance": {**small.attrs["provenance"]}}
    chosen.attrs["provenance"]["search"] = {
        **small.attrs["provenance"]["search"],
        "open": {"activation": {"choices": ["relu", "tanh"]}},
        "axes": {"joint": {"activation": "activation"}},
    }
    assert ">tanh<" in write(where(chosen, chosen["stage"] == "search"), tmp_path)


@pytest.mark.usefixtures("undrawn")
def test_relations_are_those_of_the_chosen_arm_and_of_what_it_opened(table, tmp_path):
    """Another arm is best on fresh seeds, which opened the learning rate alone: it had no keep_prob to choose."""
    table = where(table, table["stage"] != "design")
    refitted = (table["stage"] == "refit") & (table["arm"] == "none")
    winning = table.assign(valid_loss=table["valid_loss"].mask(refitted, 0.1))
    winning.attrs = table.attrs
    page = write(winning, tmp_path)
    (relations,) = re.findall(r'<figure id="relations">.*?</figure>', page, flags=re.DOTALL)
    assert relations.count("role='img'") == 1
    tried_by_it = table[(table["stage"] == "search") & (table["arm"] == "none")]["trial"].nunique()
    assert relations.count("<tr><td>") == tried_by_it


@pytest.mark.whole
def test_only_what_is_folded_up_is_cut_in_height(page):
    """A verdict in the last line of a table must not be out of sight."""
    style = "".join(re.findall(r"<style.*?</style>", page, flags=re.DOTALL))
    assert page.count("max-height") == style.count("max-height"), "in the style sheet, where alone it is quickly found"
    assert re.findall(r"([^{}\n]*)\{[^{}]*max-height", style) == ["details .scroll "]
    open_to_all = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert open_to_all.count('class="findings"') == page.count("<article ")


@pytest.mark.usefixtures("undrawn")
def test_a_page_begins_with_the_claim_that_was_asked_for(tmp_path):
    claim = next(claim for claim in reports.CLAIMS if claim.slug == "M6")
    table = filled_table(claim)
    table.attrs["provenance"]["config"]["design"] = {"claims": ["M6"]}
    page = write(table, tmp_path)
    Elements(page)
    assert "claims tested" not in re.search(r"<h1>.*</h1>", page)[0]
    first, second = (
        re.findall(r'<a href="#(\w+)">', part)
        for part in re.findall(r'class="claims".*?</table>', page, flags=re.DOTALL)
    )
    assert first == ["M6"]
    assert len(second) > 1
    assert re.findall(r'<article id="(\w+)"', page) == first + second
    assert page.index("Also tested by the same networks") > page.index('href="#M6"')


def test_each_term_is_linked_once_where_it_is_first_used(page):
    linked = re.findall(r'class="term" href="#term-([^"]+)"', page)
    assert len(linked) == len(set(linked)) > 10
    assert page.index('href="#term-dropout"') < page.index("<main>")


def test_a_letter_stands_for_one_thing(page):
    """n is a number of units; seeds are called seeds."""
    assert not re.search(r"(?<!·)\bn\s*=\s*\d", re.sub("<svg.*?</svg>", "", page, flags=re.DOTALL))
