"""Over tables: pooling against published numbers, intervals that hold, signs that are right, and a page that is a function of its table."""

import json
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from over_tables import BLOCK, FINDINGS, words
from seen import ANEW, changed

from reports.across import page, references
from reports.across.answer import _compared, _shown, answer
from reports.across.arms import EVERYTHING, OTHERS, TUNED, UNTUNED, default, scores, standings
from reports.across.evidence import Evidence, gather, judged
from reports.across.evidence import _moderators as moderators
from reports.across.findings import findings
from reports.across.forest import takeaway
from reports.across.pooled import Pooled, holds, pooled, slope
from reports.across.prior import _known, prior
from reports.across.questions import QUESTIONS, effects, sides
from reports.across.summary import COLUMNS, METRICS, TABLE, read
from reports.judging.findings import COLUMNS as FOUND

# Thirteen trials of BCG vaccine, log risk ratios and their variances (Colditz et al. 1994)
BCG = [-0.889311, -1.585389, -1.348073, -1.441551, -0.217547, -0.786116, -1.620898, 0.011952, -0.469418, -1.371345, -0.339359, 0.445913, -0.017314]  # fmt: skip
BCG_VARIANCES = [0.325585, 0.194581, 0.415368, 0.02001, 0.05121, 0.006906, 0.223017, 0.003962, 0.056434, 0.073025, 0.012412, 0.532506, 0.071405]  # fmt: skip
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]


def test_pooling_is_that_of_statsmodels() -> None:
    """statsmodels 0.15.0, combine_effects(method_re="iterated", use_t=True)."""
    found = pooled(np.array(BCG), np.sqrt(BCG_VARIANCES))
    assert found.tau**2 == pytest.approx(0.3180682694426667)
    assert found.value == pytest.approx(-0.7149683365580488)
    assert found.error == pytest.approx(0.1808921667885063)
    assert (found.low, found.high) == pytest.approx((-1.10909851, -0.32083816))
    reach = 2.2009852 * np.sqrt(0.3180682694 + 0.1808921668**2)  # t of 11 degrees of freedom
    assert (found.least, found.most) == pytest.approx((-0.7149683366 - reach, -0.7149683366 + reach))
    assert found.positive == 2


@pytest.mark.parametrize(("share", "held"), [(0.999, True), (1.001, False), (-0.999, True), (-1.001, False)])
def test_a_table_left_out_is_held_within_the_spread_and_both_errors(share: float, *, held: bool) -> None:
    """Statsmodels' τ² and error of the thirteen others, t of 11 degrees of freedom; the table's own error is 0.4."""
    wide = 2.2009852 * np.sqrt(0.3180682694 + 0.1808921668**2 + 0.4**2)
    effects, errors = [*BCG, -0.7149683366 + share * wide], [*np.sqrt(BCG_VARIANCES), 0.4]
    assert holds(np.array(effects), np.array(errors), 13) is held


def test_a_slope_is_that_of_weighted_least_squares() -> None:
    """Against latitude: the textbook's slope of -0.029 log risk ratio for each degree, within what the estimator of τ² changes."""
    found = slope(np.array(BCG), np.sqrt(BCG_VARIANCES), np.array(LATITUDE, float))
    assert found.value == pytest.approx(-0.0292, abs=0.001)
    assert found.low < found.value < found.high < 0


def test_intervals_hold_planted_means_and_new_tables() -> None:
    """18 tables whose effects spread by 0.05 about 0.03, their errors as uneven as seeds and tables make them: 93 % of 500 or more."""
    draw = np.random.default_rng(3)
    mean_in, new_in, left_out_in = [], [], []
    for _ in range(500):
        true_errors = 0.02 * np.exp(draw.normal(size=18))
        true = 0.03 + 0.05 * draw.standard_normal(19)
        seen = true[:18] + true_errors * draw.standard_normal(18)
        errors = true_errors * np.sqrt(draw.chisquare(7, size=18) / 7)  # of eight seeds
        found = pooled(seen, errors)
        mean_in.append(found.low <= 0.03 <= found.high)
        new_in.append(found.least <= true[18] <= found.most)
        left_out_in.append(holds(seen, errors, 0))
    assert min(np.mean(mean_in), np.mean(new_in), np.mean(left_out_in)) > 0.925  # 0.93, within the error of 500


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.03, 0.05, "supported"), (-0.05, -0.03, "contradicted"), (-0.01, 0.01, "no difference"), (-0.03, 0.05, "inconclusive"), (0.01, 0.05, "inconclusive")],
)  # fmt: skip
def test_a_verdict_is_of_the_whole_interval(low: float, high: float, verdict: str) -> None:
    assert judged(low, high, 0.02) == verdict


def made(gains: dict[str, float], tables: int = 8, seeds: int = 4) -> pd.DataFrame:
    """A small table whose arms lie ``gains`` below none, in loss and in error, give or take a hundredth of a nat or point."""
    draw = np.random.default_rng(5)
    rows = []
    for table in range(tables):
        for metric, (_, scale, _) in METRICS.items():
            level = draw.normal(0.5, 0.1)
            for arm in [*TUNED, *UNTUNED, "linear", "odds", *OTHERS]:
                network = arm not in OTHERS
                base = level - gains.get(arm, 0.0)
                for seed in range(seeds):
                    score = scale * (base + 0.01 / scale * draw.normal())
                    told = (f"t{table}", 150, 150, arm, network, metric, seed, score, scale * base, 32, 0.1, 1.0, 0.0)
                    rows.append(told)
    small = pd.DataFrame(rows, columns=list(COLUMNS))
    facts = {"family": "made", "rows": 400, "numbers": 4, "switches": 1, "package": "none"}
    small.attrs = {
        "tables": {
            f"t{table}": {**facts, "name": f"t{table}", "classes": 2 + table, "words": table} for table in range(tables)
        },
        "run": {"command": "", "draws": 2, "tuning_seeds": 2, "networks": 9, "hyper": {"steps": 1}},
    }
    return small


def test_a_gain_is_above_zero_where_the_arm_is_better() -> None:
    small = made({"dropout": 0.1, "bn_none": -0.2})
    found = gather(small)
    signs = {slug: found.of(slug, "loss", 150).pooled.value for slug in ("dropout", "bn", "dropout-l2", "l2")}
    assert signs == pytest.approx({"dropout": 0.1, "bn": -0.2, "dropout-l2": 0.1, "l2": 0.0}, abs=0.01)
    assert {each.verdict for each in found.findings if each.question.slug == "dropout"} == {"supported"}
    assert {each.verdict for each in found.findings if each.question.slug == "bn"} == {"contradicted"}
    beside = {each.method: each.pooled.value for each in found.beside if each.metric == "loss"}
    assert beside == pytest.approx(dict.fromkeys(OTHERS, 0.1), abs=0.01), "what networks gain over other methods"


def test_the_arm_that_is_best_is_the_default_and_costs_nothing() -> None:
    small = made({"dropout": 0.1})
    chosen = default(small)
    assert chosen.arm == "dropout"
    assert chosen.alike == 1
    assert chosen.regret["loss"].value == pytest.approx(0.0, abs=0.01)
    assert chosen.untuned["loss"].value == pytest.approx(0.1, abs=0.02)
    first = standings(small, "loss", 150)[0]
    assert (first.arm, first.best, first.near) == ("dropout", 1.0, 1.0)


def test_six_tables_are_pooled_and_five_are_not() -> None:
    for tables, told in ((6, True), (5, False)):
        found = gather(made({"dropout": 0.1}, tables=tables))
        assert (bool(found.findings), bool(found.beside), bool(found.slopes)) == (told, told, told)


def test_near_the_best_is_within_what_counts_and_a_default_is_that_of_the_least_mean_regret() -> None:
    small = made({"dropout": 0.1, "l2": 0.09, "bn_none": 0.05})
    near = {each.arm: each.near for each in standings(small, "loss", 150)}
    assert (near["dropout"], near["l2"], near["bn_none"]) == (1.0, 1.0, 0.0)
    lost = 5 * ((small["table"] == "t0") & (small["arm"] == "dropout"))  # on one table of eight
    assert default(small.assign(score=small["score"] + lost, tuned=small["tuned"] + lost)).arm == "l2"


def test_what_moves_a_gain_is_counted_in_doublings_shares_and_ten_points() -> None:
    """Five columns beside those of words, two classes more than the table's number, a logistic regression that errs on 20 %, with the fewest rows."""
    few = made({}, tables=4, seeds=1)
    few.loc[(few["arm"] == "logistic") & (few["metric"] == "error"), "score"] = 20.0
    small = pd.concat([few, few.assign(step=2000, score=90.0)])
    small.attrs = few.attrs
    found = moderators(small, small.attrs["tables"]).loc["t3"]
    assert found.to_dict() == pytest.approx({"words": 3 / 8, "classes": np.log2(5), "inputs": 3, "noise": 2})


POOLED = Pooled(
    value=0.1, low=0.05, high=0.15, error=0.02, tau=0.03, least=-0.2, most=0.4, tables=8, positive=6, negative=1
)


def test_ends_of_the_mean_and_of_a_new_table_stand_where_they_belong() -> None:
    told = SimpleNamespace(
        question=SimpleNamespace(words="dropout"),
        step=150,
        metric="loss",
        pooled=POOLED,
        seen="",
        verdict="so",
        on_a_new_table="open",
    )
    row = page._pooled_row(told)
    assert row["mean over tables"] == "+0.100 nat [+0.050, +0.150]"
    assert row["expected on a new table"] == "−0.200 to +0.400"
    assert (row["tables where it is above 0"], row["tau"]) == ("6 of 8", "0.030")
    assert (row["the mean is"], row["a new table is"]) == ("so", "open")
    assert POOLED.sign_p == pytest.approx(2 * 8 / 128)  # six or seven heads of seven, or tails


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.5, "0.3 points lower"), (-0.5, -0.1, "0.3 points higher"), (-0.1, 0.7, "not shown to differ")],
)
def test_what_networks_gain_over_trees_is_error_that_is_lower(low: float, high: float, said: str) -> None:
    assert _compared(replace(POOLED, value=(low + high) / 2, low=low, high=high)) == said


def test_only_gains_above_zero_are_shown_and_those_that_count_before_others() -> None:
    def gain(low: float, verdict: str) -> SimpleNamespace:
        return SimpleNamespace(pooled=replace(POOLED, low=low), verdict=verdict)

    above, below, sure = gain(0.01, "inconclusive"), gain(-0.01, "inconclusive"), gain(0.03, "supported")
    assert _shown({"loss": [above, below], "error": [below]}) == {"loss": [above], "error": []}
    assert _shown({"loss": [above], "error": [sure, below]}) == {"loss": [], "error": [sure]}


@pytest.mark.parametrize(
    ("gain", "said"),
    [
        (
            0.3,
            "in the mean a gain that counts in loss at 150 rows and in error at 150 rows; on a new table a gain is expected in loss",
        ),
        (
            -0.3,
            "in the mean a loss that counts in loss at 150 rows and in error at 150 rows; on a new table a loss is expected in loss",
        ),
        (0.0, "in the mean none is large enough to count; on a new table none is sure."),
    ],
)
def test_a_forest_says_where_the_gain_counts(gain: float, said: str) -> None:
    """The reverse is a loss, and a gain of nothing counts nowhere."""
    found = [each for each in gather(made({"dropout": gain})).findings if each.question.slug == "dropout"]
    assert said in takeaway(found)


def test_everything_is_what_the_validation_rows_choose() -> None:
    """Not what the test rows would: that costs nothing by itself."""
    small = made({"dropout": 0.1})
    small.loc[small["arm"] == "l2", "tuned"] = -1.0
    wide = scores(small, "loss")
    assert (wide[EVERYTHING] == wide["l2"]).all()


def test_an_effect_is_paired_by_seed() -> None:
    small = made({"dropout": 0.1})
    shift = small["seed"].map({0: 0.0, 1: 5.0, 2: -3.0, 3: 1.0})
    moved = small.assign(score=small["score"] + shift)
    question = next(each for each in QUESTIONS if each.slug == "dropout")
    pd.testing.assert_frame_equal(*(effects(sides(each, "loss"), question, "loss", 150) for each in (small, moved)))


def test_the_page_is_a_function_of_its_table(tmp_path: Path) -> None:
    """It says and shows what it did when it was written down, in a folder that need not be there; its findings lie beside it."""
    small = with_more_rows(*GAINS)
    written, said = page.render(small, tmp_path / "new" / "page")
    assert not changed(written.read_text(encoding="utf-8"), "tables"), ANEW
    assert written == tmp_path / "new" / "page" / "index.html"
    assert said[0].startswith("found   Tune learning rate and width first.")
    table, document = (
        pd.read_csv(written.with_name("findings.csv")),
        written.with_name("findings.json").read_text("utf-8"),
    )
    assert list(table) == list(FOUND)
    assert document.startswith('[\n {\n  "claim":"over-dropout",')
    assert "scikit-learn’s MLP" in document
    assert [tuple(row) for row in table[["claim", "regime", "n"]].to_numpy().tolist()] == [
        (row["claim"], row["regime"], row["n"]) for row in json.loads(document)
    ]


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    if not TABLE.is_file():
        pytest.skip("the study over tables has not been run yet")
    return read()


@pytest.fixture(scope="module")
def evidence(committed: pd.DataFrame) -> Evidence:
    """As advice takes it, gathered once."""
    known = _known()
    assert known is not None
    return known[0]


def test_findings_are_those_of_the_committed_table(evidence: Evidence) -> None:
    """Every word, and every number but for its last bits, which are another processor's: else `make answers`."""
    found = pd.read_csv(StringIO(findings(evidence).to_csv(index=False)))
    pd.testing.assert_frame_equal(found, pd.read_csv(FINDINGS), rtol=1e-9, atol=1e-12)


def test_a_finding_has_the_unit_of_its_metric_and_lies_within_its_interval(evidence: Evidence) -> None:
    found = findings(evidence)
    assert (found["unit"] == found["metric"].map({"loss": "nat", "error": "points"})).all()
    assert found["estimate"].between(found["low"], found["high"]).all()


def test_readme_says_what_the_committed_table_does(committed: pd.DataFrame, evidence: Evidence) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    found = BLOCK.search(readme)
    assert found is not None
    assert found[0] == words(committed, evidence), "make answers"


def test_the_interval_for_a_new_table_holds_those_left_out(evidence: Evidence) -> None:
    """Of all questions, metrics and tables together, at nearly the rate that is promised."""
    found = evidence.findings
    held = sum(each.held * len(each.effects) for each in found) / sum(len(each.effects) for each in found)
    assert held >= 0.9


@pytest.mark.usefixtures("evidence")
def test_advice_on_an_unknown_table_tells_of_how_many_tables_it_is(committed: pd.DataFrame) -> None:
    first = prior()[0]
    assert f"on {committed.loc[committed['network'], 'table'].nunique()} public tables" in first


@pytest.mark.whole
@pytest.mark.usefixtures("undrawn")
def test_few_tables_are_told_to_be_too_few(tmp_path: Path) -> None:
    small = made({"dropout": 0.1}, tables=3)
    first, second = answer(gather(small), small)
    assert "3 tables are too few" in first
    assert second.startswith("Where there is no time to tune")
    assert page.render(small, tmp_path)[0].is_file()


GAINS = {"dropout": 0.1, "bn_none": -0.1}, {"l2": 0.1}  # with few rows, and with more


def with_more_rows(few: dict[str, float], more: dict[str, float]) -> pd.DataFrame:
    """A small table at 150 rows, and at 2,000."""
    small, large = made(few), made(more)
    both = pd.concat([small, large.assign(rows=2000, step=2000)], ignore_index=True)
    both.attrs = small.attrs
    return both


@pytest.mark.whole
def test_the_answer_names_what_gains_and_whether_it_still_does_with_more_rows() -> None:
    small = with_more_rows(*GAINS)
    first, more, *_ = answer(gather(small), small)
    assert "dropout lowers the log-loss in the mean by 0.098 nat" in first
    assert "batch norm" not in first
    assert "not above" not in first
    assert more == "With 2000 rows (8 tables) only the gain of L2 is shown to be above zero."
    reverse = with_more_rows({"l2": 0.1}, {"dropout": -0.1})
    first, more, *_ = answer(gather(reverse), reverse)
    assert "L2 lowers the log-loss" in first
    assert more == "With 2000 rows (8 tables) none of it is shown to be above zero."


@pytest.mark.whole
@pytest.mark.parametrize(("gain", "said"), one_in(2, [(-2.0, "lower"), (2.0, "higher")]))
def test_networks_are_said_to_err_less_than_trees_where_they_do(gain: float, said: str) -> None:
    last = answer(gather(small := made({"trees": gain})), small)[-1]
    assert "Beside boosted trees" in last
    assert f"{abs(gain):.1f} points {said} with 150 rows" in last.replace("200.0", "2.0")


def test_cells_of_a_published_grid_agree_where_rows_were_learnt_and_not_where_they_were_not() -> None:
    found = references.cells()
    fresh, mixed = (found["agrees", whose].mean() for whose in references.WHOSE[1:])
    assert len(found) == 20
    assert mixed > fresh


def test_freedom_of_two_means_is_that_of_both_where_their_errors_are_equal_and_of_one_where_the_other_has_none() -> (
    None
):
    """However small the errors are."""
    theirs, ours, _ = references.WHOSE
    errors = pd.DataFrame({theirs: [3.0, 0.1, 0.1, 0.0], ours: [3.0, 0.1, 0.0, 0.0]})
    assert references._freedom(errors, ours).tolist() == pytest.approx([8, 8, 4, 4])


def test_what_l2_gains_in_a_published_grid_is_what_is_known_of_it() -> None:
    """In points of accuracy, as recomputed by others from the same package."""
    found = references.gains_of_l2().set_index("table")["value"].round(1).to_dict()
    assert found == pytest.approx(
        {"australian": -0.4, "blood": 4.3, "german": 0.2, "phoneme": -0.7, "segment": -0.2, "vehicle": -1.1}, abs=0.05
    )


def test_beside_a_published_gain_of_l2_stands_what_it_gains_here_with_the_most_rows() -> None:
    (published,) = (each for each in references.gains_of_l2().itertuples() if each.table == "german")
    small = with_more_rows({"l2": 0.1}, {"l2": 0.2}).replace({"table": {"t1": "german"}})
    known = gather(small)
    effects = known.of("l2", "error", 2000).effects.set_index("table").loc["german"]
    shown = page._l2_row(published, known)
    assert shown["table"] == "german"
    assert shown["here"] == f"{effects['effect']:+.1f} points"
    assert shown["± of a standard error"] == f"{effects['error']:.1f} points"
    assert shown["training rows here"] == "2000"
    for unknown in ("abalone", "zoo"):
        assert page._l2_row(published._replace(table=unknown), known)["here"] == "–"


SHAPES = {
    "one table": lambda small: small["table"] == "t1",
    "one seed": lambda small: small["seed"] == 0,
    "no arm but one": lambda small: small["arm"].isin(["none", "logistic"]),
    "no dropout": lambda small: small["arm"] != "dropout",
    "nothing untuned": lambda small: small["arm"] != "untuned",
    "no other methods": lambda small: small["network"],
}


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("shape", one_in(3, SHAPES))
def test_a_page_is_written_whatever_is_missing(shape: str, tmp_path: Path) -> None:
    small = made({"dropout": 0.1}, tables=4, seeds=3)
    left = small[SHAPES[shape](small)].reset_index(drop=True)
    left.attrs = small.attrs
    found, said = page.render(left, tmp_path)
    shown = re.sub(r"<[^>]*>", " ", found.read_text(encoding="utf-8"))
    assert said
    assert not re.search(r"\b(nan|inf|None)\b", shown)


def test_dropout_is_ahead_on_mnist_where_its_accuracy_is_higher_by_two_standard_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        8: (90.0, 89.0, 1.0),
        16: (95.0, 95.2, 0.1),
        32: (96.5, 96.2, 0.1),
        128: (97.7, 97.9, 0.05),
    }  # none, dropout, their error
    rows = [
        {"width": width, "arm": arm, "value": value, "error": error, "seeds": 8}
        for width, (none, dropout, error) in told.items()
        for arm, value in (("none", none), ("dropout", dropout))
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "mnist.csv", index=False)
    monkeypatch.setattr(references, "MNIST", tmp_path / "mnist.csv")
    assert references.dropout_beside_none() == {"ahead": [128], "behind": [32], "open": [8, 16]}
    assert references.by_width().loc[16, ("value", "none")] == 95.0


@pytest.mark.whole
@pytest.mark.parametrize("sign", one_in(2, [1, -1]))
def test_a_gain_that_grows_with_the_chosen_width_has_a_slope_of_that_sign(sign: int) -> None:
    small = made({})
    place = small["table"].str[1:].astype(int)
    grown = small.assign(
        width=2 ** (3 + place), score=small["score"] - sign * 0.05 * place * (small["arm"] == "dropout")
    )
    grown.attrs = small.attrs
    found = gather(grown).slopes["dropout", "loss", "width"]
    assert found.value == pytest.approx(sign * 0.05, abs=0.01)
    assert sign * (found.low if sign > 0 else found.high) > 0
