"""How many rows are held at once changes no bit: neither one table for all seeds, nor seeds that take turns."""

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from own_tables import people
from small_study import small_study

from nets.hyper import Hyper
from study import session
from study.asked.source import Source
from study.data import splits
from study.data.tables import OwnRows, read_again, table
from study.own.fitting import fitted, prepared
from study.trained import training
from study.trained.executors import Crew
from study.trained.guard import Limits

SEEDS = (0, 1, 2)


def images(folder: Path) -> str:
    draw = np.random.default_rng(0)
    pixels = pd.DataFrame(draw.integers(0, 256, (150, 120), dtype=np.uint8)).add_prefix("p")
    pixels.assign(kind=draw.choice(["a", "b"], 150), y=np.arange(150) % 3).to_parquet(folder / "images.parquet")
    return str(folder / "images.parquet:y")


def mixed(folder: Path) -> str:
    people(200).to_csv(folder / "people.csv", index=False)
    return str(folder / "people.csv:churned")


def outcomes(task: splits.Task) -> list:
    hypers = [Hyper(seed=seed, width=4, steps=20) for seed in (1, 0, 2, 1)]
    fingerprint = table(task.data).fingerprint
    return training.train_stack(hypers, task, fingerprint=fingerprint, kernels="numpy", with_test=True)[0]


def test_pixels_and_words_are_held_once(tmp_path: Path) -> None:
    task = Source(name=images(tmp_path)).task
    whole = table(task.data)
    assert isinstance(whole, OwnRows)
    assert splits.bytes_of(task) == 0
    data = splits.load(task, SEEDS, with_test=True)
    assert data.train.table is data.test.table is whole.shared
    apart = [splits.split(task, seed, with_test=True) for seed in SEEDS]
    for part in ("train", "valid", "test"):
        np.testing.assert_array_equal(getattr(data, part).x, np.stack([getattr(each, part)[0] for each in apart]))
        np.testing.assert_array_equal(getattr(data, part).y, np.stack([getattr(each, part)[1] for each in apart]))


def test_numbers_are_prepared_for_each_seed_and_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Source(name=mixed(tmp_path), label_noise=0.1).task
    assert table(task.data).shared is None
    kept = outcomes(task)
    monkeypatch.setattr(splits, "SMALL", 0)
    assert outcomes(task) == kept
    monkeypatch.setattr(training, "ROOM", splits.bytes_of(task))  # one seed at a time
    assert outcomes(task) == kept


def test_a_seed_is_measured_once_however_many_stacks_it_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task, measured = Source(name=mixed(tmp_path)).task, []
    monkeypatch.setattr(splits, "SMALL", 0)
    monkeypatch.setattr("study.own.fitting.fitted", lambda *told: measured.append(1) or fitted(*told))
    first = splits.load(task, SEEDS, with_test=False)
    again = splits.load(task, [2, 0], with_test=True)
    assert len(measured) == len(SEEDS)
    np.testing.assert_array_equal(again.train.x, first.train.x[[0, 2]])


def test_preparing_some_rows_at_once_is_preparing_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_again(Source(name=mixed(tmp_path)).address)
    own, rows = whole.own, np.arange(100)
    all_at_once = prepared(fitted(own.columns, own.frame, rows), own.frame)
    monkeypatch.setattr("study.own.fitting.AT_ONCE", 7)
    np.testing.assert_array_equal(prepared(fitted(own.columns, own.frame, rows), own.frame), all_at_once)


def test_measuring_some_columns_at_once_is_measuring_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    numbers = pd.DataFrame(draw.normal(5, 3, (90, 7))).add_prefix("x")
    gapped = numbers.mask(draw.random(numbers.shape) < 0.1).assign(x0=numbers.x0, y=np.arange(90) % 3)
    gapped.to_parquet(tmp_path / "gapped.parquet")
    whole = read_again(f"{tmp_path / 'gapped.parquet'}:y").own
    rows = draw.permutation(90)[:60]
    apart = whole.frame.iloc[rows].to_numpy()
    for columns in (1, 3, 7):
        monkeypatch.setattr("study.own.fitting.COLUMNS", columns)
        scaler = fitted(whole.columns, whole.frame, rows).named_transformers_["numbers"][0]
        np.testing.assert_allclose(scaler.mean_, np.nanmean(apart, axis=0), rtol=1e-12)
        np.testing.assert_allclose(scaler.scale_, np.nanstd(apart, axis=0), rtol=1e-12)
        np.testing.assert_array_equal(scaler.n_samples_seen_, (~np.isnan(apart)).sum(axis=0))


def test_single_precision_stays_so_and_gives_the_same_inputs(tmp_path: Path) -> None:
    single = pd.DataFrame(np.random.default_rng(0).normal(5, 3, (90, 4)), dtype=np.float32).add_prefix("x")
    found = []
    for name, numbers in {"single": single, "double": single.astype(np.float64)}.items():
        numbers.assign(y=np.arange(90) % 3).to_parquet(tmp_path / f"{name}.parquet")
        whole = read_again(f"{tmp_path / name}.parquet:y")
        own, rows = whole.own, np.arange(20, 80)
        found.append((whole.fingerprint, prepared(fitted(own.columns, own.frame, rows), own.frame).tobytes()))
        assert {str(dtype) for dtype in own.rows(rows).dtypes} == {"float64"}
    assert found[0] == found[1]
    assert set(read_again(f"{tmp_path / 'single.parquet'}:y").own.frame.dtypes) == {np.dtype(np.float32)}


@pytest.mark.parametrize(("megabytes", "workers"), [(0, 16), (64, 16), (65, 11), (220, 3), (600, 1), (5000, 1)])
def test_workers_hold_so_much_together_that_a_study_is_within_two_gigabytes(monkeypatch, megabytes, workers) -> None:
    monkeypatch.setattr(training, "bytes_of", lambda task: megabytes * 2**20)
    task = Source(name="iris").task
    assert training.fitting_workers([task, task], 16) == workers
    assert training.fitting_workers([task], 1) == 1


def test_fewer_workers_than_were_asked_for_are_said(monkeypatch) -> None:
    for module in (training, session):
        monkeypatch.setattr(module, "bytes_of", lambda task: 220 * 10**6)
    asked, said = Crew("pool", 8, Limits(memory=None, time=None)), []
    config = small_study(data__name="iris")
    assert session._fitting(config, asked, SimpleNamespace(say=said.append)).workers == 3
    assert said == ["3 of 8 workers train: each holds the inputs of a seed, 220 MB, and a study 2 GB in all"]
    elsewhere = replace(asked, executor="dask://host:1")
    assert session._fitting(config, elsewhere, SimpleNamespace(say=said.append)) == elsewhere


def test_a_table_is_handed_over_once(tmp_path: Path) -> None:
    whole = read_again(Source(name=mixed(tmp_path)).address)
    before = len(pickle.dumps(whole))
    assert whole.own.frame.shape == (200, 3)
    again = pickle.loads(pickle.dumps(whole))
    assert len(pickle.dumps(whole)) == before
    pd.testing.assert_frame_equal(again.own.frame, whole.own.frame)
