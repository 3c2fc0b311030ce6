"""How many rows are held at once changes no bit: neither one table for all seeds, nor seeds that take turns."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from own_tables import people

from nets.hyper import Hyper
from study.asked.source import Source
from study.data import splits
from study.data.tables import OwnRows, read_again, table
from study.own.preparing import fitted, prepared
from study.trained import training

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


def test_preparing_some_rows_at_once_is_preparing_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_again(Source(name=mixed(tmp_path)).address)
    own, rows = whole.own, np.arange(100)
    all_at_once = prepared(fitted(own.columns, own.frame, rows), own.frame)
    monkeypatch.setattr("study.own.preparing.AT_ONCE", 7)
    np.testing.assert_array_equal(prepared(fitted(own.columns, own.frame, rows), own.frame), all_at_once)
