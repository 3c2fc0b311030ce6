"""The model to take away is the network that was measured, in scikit-learn's own classes, and needs nothing of this project."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from levels import one_in
from own_tables import people

from nets.fold import log_probabilities
from study.command_line import main
from study.data.splits import load
from study.data.tables import table
from study.kept.runs import Run
from study.measures import measures
from study.model import files, keeping, retrained
from study.model.asking import Asked, Form
from study.model.files import ORIGIN
from study.model.making import made_of
from study.model.pipelines import soft_vote
from study.model.retrained import chosen, trained
from study.model.usage import usage
from study.opened import open_ledger
from study.own import address as own_address
from study.own.parts import Sizes, parts
from study.trained import training

STUDY = """
seed = 3
data = { name = "people.csv", target = "churned", train = 0.6, valid = 0.15, test = 0.25, label_noise = 0.0, na = ["?"] }
hyper = { steps = 40, width = 6 }
refit = { replicates = 3 }

[search]
trials = 2
replicates = 2
window = 1
sampler = "tpe"
arms.l2 = { l2 = { low = 1e-4, high = 0.1, log = true } }
arms.one_logit = { output = "logit", l2 = { low = 1e-4, high = 0.1, log = true } }
arms.stopped = { weights = "best", learning_rate = { low = 0.01, high = 0.1, log = true } }
arms.normed = { batch_norm = "before", learning_rate = { low = 0.01, high = 0.1, log = true } }
"""


def _frame() -> pd.DataFrame:
    """With every kind of column, gaps in each, numbers with decimal commas."""
    draw = np.random.default_rng(5)
    frame = people(200).assign(
        member=draw.random(200) < 0.5,
        amount=draw.lognormal(0, 3, 200).round(3),
        since=(pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 900, 200), "D")).strftime("%d.%m.%Y"),
    )
    frame["amount"] = frame.amount.where(draw.random(200) < 0.8)
    for column in ("age", "plan", "since"):
        frame[column] = frame[column].astype(object).where(draw.random(200) < 0.8, None)
    frame.loc[3, "age"] = "?"
    return frame


def blank(table: pd.DataFrame, folder: Path) -> tuple[Path, list[str]]:
    page = folder / "index.html"
    page.write_text("")
    return page, []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a study that is finished."""
    place = tmp_path_factory.mktemp("model")
    _frame().to_csv(place / "people.csv", index=False, sep=";", decimal=",")
    (place / "small.toml").write_text(STUDY)
    dropstep(place, "run", "small.toml", "--name", "small", "--workers", "1")
    return place


@pytest.fixture(scope="module")
def made(folder: Path) -> Callable[[str], Path]:
    """The model of an arm, or ``all``: of l2 on all rows; made when it is first asked for."""

    @cache
    def model(name: str) -> Path:
        asked = ["l2", "--refit-all"] if name == "all" else [name]
        dropstep(folder, "model", "--to", f"made/here/{name}.skops", "--arm", *asked)
        return folder / "made" / "here" / f"{name}.skops"

    return model


@pytest.fixture(scope="module")
def predicted(folder: Path, made: Callable[[str], Path]) -> pd.DataFrame:
    dropstep(folder, "predict", str(made("normed")), "people.csv", "--to", "out.csv")
    return pd.read_csv(folder / "out.csv")


def dropstep(place: Path, *words: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setattr("study.commands.pages.render", blank)
        patch.setattr(sys, "argv", ["dropstep", *words])
        assert main() == 0


@pytest.fixture
def records(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    ledger = open_ledger(Run("small"))
    ledger.close()
    return ledger.records


@pytest.mark.parametrize("arm", one_in(2, ["normed", "l2", "one_logit", "stopped"]))
def test_its_probabilities_are_those_of_the_networks_that_were_measured(records, arm: str) -> None:
    found = trained(chosen(records, arm), "numpy")
    assert found.differing == 0
    model, data = (
        soft_vote(found, all_rows=False),
        load(found.records[0].network.task, [3500, 3501, 3502], with_test=True),
    )
    assert data.test is not None
    task = found.records[0].network.task
    own = table(task.data).own
    test = parts(own, Sizes(task.train_rows, task.valid_rows, task.test_rows), 3500)[2]
    ours = [
        np.exp(log_probabilities(folded, data.test.x[place]))[place].T
        for place, folded in ((place, found.folded[0]) for place in range(3))
    ]
    np.testing.assert_allclose(model.predict_proba(own.frame.iloc[test]), np.mean(ours, axis=0), atol=1e-6)
    losses = [-np.log(p[np.arange(len(test)), own.y[test]]).mean() for p in ours]
    np.testing.assert_allclose(losses, [record.outcome.test_loss for record in found.records], rtol=1e-5)


def test_networks_are_trained_again_seed_after_seed_where_their_inputs_are_large(records, monkeypatch) -> None:
    together, asked = trained(chosen(records, "normed"), "numpy"), []
    monkeypatch.setattr(training, "ROOM", 1)
    monkeypatch.setattr(retrained, "load", lambda task, seeds, **told: asked.append(seeds) or load(task, seeds, **told))
    apart = trained(chosen(records, "normed"), "numpy")
    assert asked == [[3500], [3501], [3502]]
    assert apart.differing == 0
    for place, folded in enumerate(apart.folded):
        for ours, theirs in zip(folded.weights, together.folded[0].weights, strict=True):
            np.testing.assert_array_equal(ours[0], theirs[place])


def test_rows_are_predicted_some_at_once(folder: Path, made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    model, form = files.load(made("normed"))
    at_once = files.predictions(model, form, "people.csv")
    monkeypatch.setattr(files, "ROWS", 7)
    pd.testing.assert_frame_equal(files.predictions(model, form, "people.csv"), at_once, rtol=1e-12)


@pytest.mark.parametrize("name", one_in(5, ["normed", "one_logit", "stopped", "all", "l2"]))
def test_it_loads_without_trust(made, name: str) -> None:
    import skops.io  # noqa: PLC0415  # a second, in every process of the tests

    assert skops.io.get_untrusted_types(file=made(name)) == []
    assert len(skops.io.load(made(name)).estimators_) == 3


@pytest.mark.whole
def test_the_card_tells_how_to_predict_without_this_project(folder: Path, made, predicted) -> None:
    card = made("normed").with_suffix(".md").read_text()
    code = re.search(r"```python\n(.*?)```", card, re.DOTALL).group(1)
    code = code.replace('"new.csv"', '"people.csv"').replace("'normed.skops'", repr(str(made("normed"))))
    code = code.replace("print(", "print(*model.predict_proba(new)[:, 1].tolist());(")
    alone = f"import sys\nfor name in ('nets', 'study', 'reports'): sys.modules[name] = None\n{code}"
    done = subprocess.run([sys.executable, "-c", alone], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ours = predicted["P(yes)"]
    np.testing.assert_allclose([float(word) for word in done.stdout.split()], ours, atol=1e-12)


WRITTEN = {  # by the marks of a file: cells, and the gap among them
    (".", ","): [
        "$1,200.50",
        "15%",
        "(7.25)",
        "\u22123",
        "1:30",
        "2:30 PM",
        "12:05 a.m.",
        " 2,500,000 ",
        "",
        "12",
        "($1,000)",
        "NA",
        "3.5-",
    ],
    (",", "."): ["1.200,50 €", "15 %", "(7,25)", "-3", "0:45", "2.500.000", "", "12", "n/a", "1,5", "1.000,5-"],
    (".", " "): ["1\u202f200.5", "€ 12 500", "7", "", "1 000", "3", "4.5", "-1\u00a0000"],
    (".", "'"): ["1’200.5", "12'500", "7", "", "1'000.25", "3"],
}


@pytest.mark.parametrize("marks", WRITTEN)
def test_the_cards_lines_read_numbers_as_they_were_read(tmp_path, monkeypatch, marks: tuple[str, str]) -> None:
    monkeypatch.chdir(tmp_path)
    decimal, thousands = marks
    cells = [WRITTEN[marks][row % len(WRITTEN[marks])] for row in range(60)]
    told = pd.DataFrame({"amount": cells, "plain": [row if row % 9 else "?" for row in range(60)]})
    told["code"] = [f"0{row % 7}" if row % 8 else "?" for row in range(60)]
    told["member"] = [["TRUE", "FALSE", ""][row % 3] for row in range(60)]
    told["dose"] = [f"{row}{decimal}5 mg" if row % 9 else "" for row in range(60)]
    told["many"] = [f"{row % 3}{thousands}{row:03}" for row in range(60)]  # without a sign: pandas reads it
    told.assign(day=[f"{1 + row % 28}.{1 + row % 12}.2024" for row in range(60)]).to_csv(
        "new.csv", sep=";", index=False
    )
    columns = (Asked("amount", "number", "", is_signed=True), Asked("plain", "number", ""), Asked("code", "words", ""))
    columns = (*columns, Asked("many", "number", ""))
    dose, member = Asked("dose", "number", "", is_signed=True, unit="mg"), Asked("member", "switch", "")
    form = Form(
        "y", (*columns, dose, member, Asked("day", "date", "%d.%m.%Y")), ("?",), decimal, thousands, ";", "utf-8"
    )
    lines = [line for line in usage("a.skops", form) if "skops" not in line and not line.startswith("print")]
    held: dict = {}
    exec("\n".join(lines), held)  # lines of ours, as a reader of the card runs them
    _, ours = form.rows("new.csv")
    pd.testing.assert_frame_equal(held["new"][list(ours)], ours, check_dtype=False)


def test_the_card_says_what_was_read_how_good_it_is_and_that_it_is_the_recorded_one(made) -> None:
    card = made("normed").with_suffix(".md").read_text()
    for said in (
        "people.csv: 200 rows",
        "fields separated by a semicolon",
        "gaps, filled",
        "| AUC |",
        "| l2 |",
        "bit by bit",
        "The lowest validation loss on fresh seeds has ",
    ):
        assert said in card
    assert "The split is by time" not in card
    assert not list(made("normed").parent.glob("*.onnx"))  # nobody asked for it
    assert "all rows train" in made("all").with_suffix(".md").read_text()


def test_a_model_is_written_as_onnx_where_that_is_asked_for(folder: Path, monkeypatch, capsys) -> None:
    """And compared on the rows of the test part."""
    asked: list = []
    monkeypatch.setattr("study.model.making.packages", lambda: asked.append("packages"))
    monkeypatch.setattr("study.model.making.save_onnx", lambda *told: asked.append(told))
    capsys.readouterr()
    dropstep(folder, "model", "--to", "made/here/as_onnx.skops", "--arm", "l2", "--onnx")
    assert capsys.readouterr().out.splitlines()[-2] == "onnx    made/here/as_onnx.onnx"
    first, (model, rows, words, path) = asked
    assert (first, len(model.estimators_), len(rows), words, path.name) == (
        "packages",
        3,
        50,
        ["plan", "member"],
        "as_onnx.onnx",
    )


def rows_seen(path: Path) -> set[int]:
    """By the scalers of a model's pipelines; income has no gaps."""
    model, form = files.load(path)
    numbers = [column.name for column in form.columns if column.kind == "number"]
    scalers = [each.named_steps["preparation"].named_transformers_["numbers"][0] for each in model.estimators_]
    return {int(scaler.n_samples_seen_[numbers.index("income")]) for scaler in scalers}


def test_a_model_of_all_rows_is_prepared_by_all_and_its_card_has_the_scores_of_those_that_left_some(
    made, records
) -> None:
    assert rows_seen(made("normed")) == {120}
    assert rows_seen(made("all")) == {200}
    card = made("all").with_suffix(".md").read_text()
    found = trained(chosen(records, "l2"), "numpy")
    own = table(found.records[0].network.task.data)
    test = parts(own.own, Sizes(120, 30, 50), 3500)[2]
    scored = soft_vote(found, all_rows=False).predict_proba(own.own.rows(test))
    for each in measures(scored, own.y[test], own.own.labels.names, None):
        assert f"| {each.name} | {each.value:.4f} | {each.low:.4f} to {each.high:.4f} |" in card
    assert retrained.trained_on_all_rows(found.records, "numpy").differing == 0


def test_a_prediction_stands_beside_its_row(predicted) -> None:
    assert predicted["churned"].tolist() == _frame().churned.tolist()
    np.testing.assert_allclose(predicted["P(no)"] + predicted["P(yes)"], 1)
    assert (predicted["churned (predicted)"] == np.where(predicted["P(yes)"] > 0.5, "yes", "no")).all()


def test_a_run_predicts_by_its_name_and_keeps_its_model(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    place = tmp_path / "copy"

    def said(*words: str) -> str:
        dropstep(place, *words)
        return capsys.readouterr().out

    def origin() -> str:
        with closing(open_ledger(Run("small"))) as ledger:
            return made_of(ledger)

    monkeypatch.chdir(place)
    again = "3 of 3 networks trained again are equal to the record, bit by bit"
    assert again in said("predict", "small", "people.csv", "--to", "first.csv")
    assert "as it was made before" in said("predict", "small", "people.csv", "--to", "second.csv")
    shutil.copy("runs/small/model.skops", "a.skops")
    said("predict", "a.skops", "people.csv", "--to", "by_file.csv")
    assert len({Path(name).read_bytes() for name in ("first.csv", "second.csv", "by_file.csv")}) == 1
    assert "| normed |" in Path("runs/small/model.md").read_text()
    before = origin()
    more = said("run", "small.toml", "--name", "small", "--workers", "1", "--trials", "4")
    assert "next    dropstep predict small new.csv --to out.csv; dropstep best" in more
    assert origin() != before  # it would be made anew


@pytest.mark.parametrize(("origin", "kept"), [("m", True), ("a", False), ("z", False)])
def test_a_model_of_another_origin_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch, origin: str, *, kept: bool
) -> None:
    """Whichever comes first in the alphabet."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(keeping, "load", lambda to: (SimpleNamespace(**{ORIGIN: "m"}), None))
    monkeypatch.setattr(keeping, "make", lambda *_, **__: ["made anew"])
    monkeypatch.setattr(keeping, "made_of", lambda ledger: origin)
    *_, told = keeping.kept(Run("small"), lambda place: ("", []))
    assert (told != ["made anew"]) is kept


def test_what_keeps_a_run_from_predicting_is_told(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    Path("unchosen.toml").write_text(
        STUDY.replace("refit = { replicates = 3 }", "").replace("trials = 2", "trials = 1")
    )
    dropstep(Path.cwd(), "run", "unchosen.toml", "--workers", "1")
    Path("people.csv").rename("elsewhere.csv")
    monkeypatch.setattr("study.data.tables._read", {})
    own_address.read.cache_clear()
    capsys.readouterr()
    for words, message in {
        "smal people.csv": "there is no file smal and no run of that name: runs are small, unchosen; did you mean small?",
        "small none.csv": "there is no file none.csv",
        "small elsewhere.csv": "there is no file people.csv: a model is trained on its study's own table, put it back",
    }.items():
        monkeypatch.setattr(sys, "argv", ["dropstep", "predict", *words.split(), "--to", "o.csv"])
        assert (main(), capsys.readouterr().err) == (2, f"error: {message}\n")
    Path("elsewhere.csv").rename("people.csv")
    monkeypatch.setattr(sys, "argv", ["dropstep", "predict", "unchosen", "people.csv", "--to", "o.csv"])
    assert main() == 2
    assert "no arm is refitted yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["model", "--to", "a.pkl"], "a file whose name ends in .skops"),
        (
            ["model", "--to", "a.skops", "--arm", "l1"],
            r"l1 is no refitted arm, there are l2, normed, one_logit, stopped",
        ),
        (["model", "--to", "a.skops", "--arm", "stopped", "--refit-all"], "stopped stops by its validation rows"),
        (["predict", "none.skops", "people.csv", "--to", "o.csv"], "there is no file none.skops"),
        (["predict", "small.toml", "people.csv", "--to", "o.csv"], "is no model that dropstep model wrote"),
        (["predict", "made/here/normed.skops", "short.csv", "--to", "o.csv"], r"no column age, which the model takes"),
        (
            ["predict", "made/here/normed.skops", "odd.csv", "--to", "o.csv"],
            'holds "old" in age, line 3, where the model takes a number',
        ),
        (
            ["predict", "made/here/normed.skops", "late.csv", "--to", "o.csv"],
            'holds "31.02.2024" in since, line 3, where the model takes a date such as %d.%m.%Y: correct it',
        ),
    ],
)
def test_mistakes_are_told(folder: Path, made, monkeypatch, capsys, words: list[str], message: str) -> None:
    monkeypatch.chdir(folder)
    made("normed")
    _frame().drop(columns="age").to_csv("short.csv", index=False)
    odd = _frame().assign(amount=1)
    odd.loc[1, "age"] = "old"
    odd.to_csv("odd.csv", index=False, sep=";", decimal=",")
    late = _frame()
    late.loc[1, "since"] = "31.02.2024"
    late.to_csv("late.csv", index=False, sep=";", decimal=",")
    monkeypatch.setattr(sys, "argv", ["dropstep", *words])
    assert main() == 2
    assert re.search(message, capsys.readouterr().err)


def test_measures_of_a_perfect_and_of_a_blind_model() -> None:
    y = np.arange(200) % 2
    perfect = {each.name: each for each in measures(np.eye(2)[y], y, ("no", "yes"), None)}
    assert [perfect[name].value for name in ("log-loss", "error", "AUC", "balanced accuracy", "F1 of yes")] == [
        0,
        0,
        1,
        1,
        1,
    ]
    blind = {each.name: each for each in measures(np.full((200, 2), 0.5), y, ("no", "yes"), "no")}
    assert blind["log-loss"].value == pytest.approx(np.log(2))
    assert blind["AUC"].value == 0.5
    assert blind["error"].low < 0.5 < blind["error"].high
    assert blind["calibration error"].value == pytest.approx(0, abs=0.1)
