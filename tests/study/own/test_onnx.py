"""The model as ONNX predicts what the pipelines do, for every kind of column, gaps and unseen words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from own_tables import people
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from study.errors import StudyError, UsageError
from study.model import onnx_file
from study.model.pipelines import vote
from study.own.columns import Column
from study.own.fitting import fitted, prepared
from study.own.options import Options
from study.own.sources import raw
from study.own.table import own_table


def table(folder: Path):
    draw = np.random.default_rng(1)
    frame = people(240).assign(
        switch=draw.random(240) < 0.5,
        wild=draw.standard_cauchy(240) ** 3,
        since=(pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 900, 240), "D")).astype(str),
        city=[f"town {min(number, 12)}" for number in draw.geometric(0.2, 240)],
    )
    frame.loc[:2, "city"] = ["village a", "village b", "village c"]  # which are joined
    for column in ("age", "wild", "since", "city"):
        frame[column] = frame[column].astype(object).where(draw.random(240) < 0.8, None)
    frame.to_csv(folder / "people.csv", index=False)
    options = Options(target="churned")
    return own_table(raw(str(folder / "people.csv"), options), options)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("classes", "activation"), [(2, "relu"), (3, "tanh")])
def test_it_predicts_the_same(tmp_path: Path, classes: int, activation: str) -> None:
    runtime = pytest.importorskip("onnxruntime")
    own = table(tmp_path)
    y = np.arange(len(own.y)) % classes
    pipelines = []
    for seed in range(2):
        preparation = fitted(own.columns, own.frame, np.arange(seed, 200))
        network = MLPClassifier((5,), activation=activation, max_iter=20, random_state=seed)
        pipelines.append(
            Pipeline([("preparation", preparation), ("network", network.fit(prepared(preparation, own.frame), y))])
        )
    model = vote(pipelines, [0, 1], [f"class {label}" for label in range(classes)])
    words = [column.name for column in own.columns if column.kind == "words"]
    onnx_file.save_onnx(model, own.frame, words, tmp_path / "model.onnx")
    new = own.frame.assign(age=np.nan).iloc[:50]
    new["city"] = ["village a", "village b", "village c", *["never seen"] * 27, *new.city[30:]]
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    labels, probabilities = session.run(None, onnx_file.inputs_of(new, words))
    np.testing.assert_allclose(probabilities, model.predict_proba(new), atol=1e-9)
    assert labels.tolist() == model.classes_[probabilities.argmax(1)].tolist()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("activation", ["logistic", "identity"])
def test_every_activation_is_converted(tmp_path: Path, activation: str) -> None:
    """Which is compared where it is written."""
    pytest.importorskip("onnxruntime")
    frame = people().iloc[:, :2]
    columns = [Column(name, "number", frame[name].astype(float)) for name in frame]
    preparation = fitted(columns, frame, np.arange(90))
    network = MLPClassifier((3, 2), activation=activation, max_iter=3, random_state=0)
    network.fit(prepared(preparation, frame), np.arange(120) % 3)
    model = vote([Pipeline([("preparation", preparation), ("network", network)])], [0], ["a", "b", "c"])
    onnx_file.save_onnx(model, frame, [], tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").exists()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_file_that_would_predict_otherwise_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    own = table(tmp_path)
    preparation = fitted(own.columns, own.frame, np.arange(200))
    network = MLPClassifier((5,), max_iter=20, random_state=0).fit(prepared(preparation, own.frame), own.y)
    model = vote([Pipeline([("preparation", preparation), ("network", network)])], [0], ["no", "yes"])
    words = [column.name for column in own.columns if column.kind == "words"]
    monkeypatch.setitem(onnx_file.HIDDEN, "relu", "Tanh")
    with pytest.raises(
        StudyError, match=r"model\.onnx would be off by 0\.\d+ in a probability, 1e-05 at most: report this"
    ):
        onnx_file.save_onnx(model, own.frame, words, tmp_path / "model.onnx")
    assert not list(tmp_path.glob("*.onnx"))


def test_without_the_packages_it_is_told_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(UsageError, match=r"--onnx needs onnx: pip install 'dropstep\[onnx\]'"):
        onnx_file.save_onnx(None, pd.DataFrame(), [], tmp_path / "model.onnx")
