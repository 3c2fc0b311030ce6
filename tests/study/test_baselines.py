"""Baselines have the refit's rows and seeds, are trained once, and choose by validation rows alone."""

from collections import Counter
from concurrent.futures import Future
from contextlib import closing
from datetime import timedelta
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from small_study import small_study
from threadpoolctl import threadpool_info

from nets.data import Drawn
from nets.outcome import Outcome
from study.asked.networks import score_networks
from study.baselines import methods, training
from study.baselines.methods import METHODS, Allowance, allowance, train_baseline
from study.baselines.training import noted_baselines, train_baselines
from study.budget import BudgetSpentError, within
from study.data.splits import load
from study.data.tables import table
from study.errors import UsageError
from study.kept.ledger import Ledger
from study.kept.sqlite import Sqlite
from study.records import Record
from study.trained.executors import Serial
from study.trained.failures import FailedError

CONFIG = small_study(baselines={})
FINGERPRINT = table(CONFIG.data.task.data).fingerprint


@pytest.mark.parametrize("method", METHODS)
def test_each_learns_and_says_which_setting_it_took(method: str) -> None:
    told = train_baseline(method, CONFIG.data.task, 500, fingerprint=FINGERPRINT)
    assert told == train_baseline(method, CONFIG.data.task, 500, fingerprint=FINGERPRINT)
    assert 0 <= told["test_error"] <= (0.8 if method == "frequencies" else 0.2)
    assert bool(told["setting"]) == (len(METHODS[method].settings) > 1)


def test_class_frequencies_are_those_of_the_training_rows() -> None:
    data = load(CONFIG.data.task, [501], with_test=True)
    shares = np.bincount(data.train.y[0], minlength=3) / data.train.y.size
    told = train_baseline("frequencies", CONFIG.data.task, 501, fingerprint=FINGERPRINT)
    assert told["test_loss"] == pytest.approx(-np.log(shares[data.test.y[0]]).mean())


def test_the_setting_of_lowest_validation_loss_is_taken_whatever_the_test_rows_say(monkeypatch) -> None:
    """Of two settings one knows the rows that validate and one those that test; both learn the last training rows, the latest in time."""
    data, learnt = load(CONFIG.data.task, [501], with_test=True), []
    known = {len(part.y[0]): part.y[0] for part in (data.valid, data.test)}
    assert len(known) == 2, "parts are told apart by their sizes"

    class Knowing:
        classes_ = np.arange(3)

        def __init__(self, *, of: int) -> None:
            self.of = of

        def fit(self, x, y):
            learnt.append((x, y))
            return self

        def predict_proba(self, x):
            sure = 0.9 if len(x) == self.of else 0.4
            return np.where(np.eye(3, dtype=bool)[known[len(x)]], sure, (1 - sure) / 2)

    settings = [{"of": rows} for rows in known]  # validation rows first
    method = methods.Method("knowing", lambda *, seed, rows, of: Knowing(of=of), settings, {}, lambda *size: 1.0)
    for ordered in (settings, settings[::-1]):
        monkeypatch.setitem(METHODS, "knowing", method)
        monkeypatch.setattr(methods, "allowed", lambda name, task, held=ordered: Allowance(held, 20, 1.0))
        told = train_baseline("knowing", CONFIG.data.task, 501, fingerprint=FINGERPRINT)
        assert told["setting"] == f"of {len(data.valid.y[0])}"
        assert (told["valid_loss"], told["test_loss"]) == pytest.approx((-np.log(0.9), -np.log(0.4)))
        assert (told["tried"], told["rows"], told["of_rows"]) == (2, 20, 60)
    for x, y in learnt:
        np.testing.assert_array_equal(x, data.train.x[0][-20:])
        np.testing.assert_array_equal(y, data.train.y[0][-20:])


def test_what_is_noted_is_not_trained_again(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def stand_in(method: str, task, seed: int, *, fingerprint: str) -> dict[str, object]:
        asked.append((method, seed))
        if len(asked) == 3:
            raise KeyboardInterrupt
        return {"method": method, "seed": seed}

    monkeypatch.setattr(methods, "train_baseline", stand_in)
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        with pytest.raises(KeyboardInterrupt):
            train_baselines(CONFIG, ledger, executor, lambda line: None, list)
        assert len(noted_baselines(CONFIG, ledger)) == 2
        train_baselines(CONFIG, ledger, executor, lambda line: None, list)
        found = noted_baselines(CONFIG, ledger)
    assert sorted(set(asked)) == sorted((each["method"], each["seed"]) for each in found)
    assert len(asked) == len(found) + 1
    assert {each["method"] for each in found} == set(METHODS)


def test_one_that_fails_is_said_and_left_for_the_next_time(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_in(method: str, task, seed: int, *, fingerprint: str) -> dict[str, object]:
        if method == "mlp":
            raise FailedError("out of memory")
        return {"method": method, "seed": seed}

    monkeypatch.setattr(methods, "train_baseline", stand_in)
    said: list[str] = []
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        train_baselines(CONFIG, ledger, executor, said.append, list)
        assert {each["method"] for each in noted_baselines(CONFIG, ledger)} == set(METHODS) - {"mlp"}
    assert "baseline mlp 3500 is left out: out of memory" in said


def test_a_budget_ends_them_between_two(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "train_baseline", lambda method, task, seed, *, fingerprint: {"method": method})
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        with pytest.raises(BudgetSpentError, match="the budget of 0 s is spent"):
            train_baselines(CONFIG, ledger, executor, lambda line: None, within(0, list))
        assert len(noted_baselines(CONFIG, ledger)) == 1


def test_of_a_large_table_fewer_seeds_settings_and_rows_are_tried(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = train_baseline("trees", CONFIG.data.task, 500, fingerprint=FINGERPRINT)
    assert (whole["tried"], whole["settings"], whole["rows"]) == (4, 4, whole["of_rows"])
    with monkeypatch.context() as patched:
        patched.setattr(methods, "allowed", lambda name, task: Allowance([METHODS[name].brief], 40, 1.0))
        few = train_baseline("trees", CONFIG.data.task, 500, fingerprint=FINGERPRINT)
    assert few["setting"] == "learning_rate 0.3, max_leaf_nodes 31, max_iter 30"
    assert (few["tried"], few["rows"], few["of_rows"]) == (1, 40, 60)
    monkeypatch.setattr(training, "SECONDS", 0.2)
    config = small_study(baselines={}, refit={"replicates": 6})
    monkeypatch.setattr(methods, "train_baseline", lambda method, task, seed, *, fingerprint: {"method": method})
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        train_baselines(config, ledger, executor, lambda line: None, list)
        counts = Counter(each["method"] for each in noted_baselines(config, ledger))
    assert counts == {"frequencies": 6, "logistic": 6, "trees": 4, "mlp": 4}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("rows", "inputs", "classes"), [(600, 10, 2), (30_000, 20, 2), (42_000, 784, 10), (10**6, 99, 9)]
)
def test_no_seed_of_any_table_takes_longer_than_is_allowed(method: str, rows: int, inputs: int, classes: int) -> None:
    may, held = allowance(method, rows, inputs, classes), METHODS[method]
    assert sum(held.seconds(setting, may.rows, inputs, classes) for setting in may.settings) == pytest.approx(
        may.seconds
    )
    assert may.seconds <= methods.SECONDS_OF_A_SEED
    if may.rows < rows:
        assert list(may.settings) == [held.brief]
        more = may.rows * 4 // 3 + 2  # a quarter is left out until it fits
        assert held.seconds(held.brief, more, inputs, classes) > methods.SECONDS_OF_A_SEED
    elif list(may.settings) != [held.brief]:
        assert list(may.settings) == list(held.settings)[: len(may.settings)]
    if rows < 1000:
        assert len(may.settings) == len(held.settings)


def test_one_begins_beside_others_as_long_as_all_have_so_many_cells_or_alone(monkeypatch) -> None:
    monkeypatch.setattr(methods, "cells", lambda task: task)
    each = [
        training.Asked("", "mlp", cells, 0) for cells in (training.CELLS // 2, training.CELLS // 2 + 1, training.CELLS)
    ]
    assert [training._fits(one, each[:1]) for one in each] == [True, False, False]
    assert all(training._fits(one, []) for one in each)


def test_rows_of_a_large_table_are_the_same_and_no_copies() -> None:
    whole = np.arange(24.0).reshape(6, 4)
    for rows, shares in (([2, 3, 4], True), ([0, 4, 5], False)):
        part = Drawn(whole, np.array([rows]), np.zeros((1, 3), int))
        found = methods._inputs(part)
        np.testing.assert_array_equal(found, part.x[0])
        assert np.shares_memory(found, whole) == shares


@pytest.mark.parametrize("together", [1, 2, 3])
def test_no_more_begin_than_hold_so_many_cells_together(tmp_path, monkeypatch, together: int) -> None:
    """Each has 60 × 4; one that is larger than all may be begins alone."""
    monkeypatch.setattr(training, "CELLS", 240 * together + 239)
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKS", 0.0)
    begun: list[Future[dict[str, str]]] = []
    counts: list[int] = []

    def submit(function, method: str, task, seed: int, *, fingerprint: str) -> Future[dict[str, str]]:
        begun.append(Future())
        counts.append(sum(not future.done() for future in begun))
        return begun[-1]

    def end_the_first() -> None:
        next(future for future in begun if not future.done()).set_result(({}, 1.0))

    executor = SimpleNamespace(capacity=8, submit=submit, check=end_the_first)
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        train_baselines(CONFIG, ledger, executor, lambda line: None, list)
    assert max(counts) == together
    assert len(begun) == len(METHODS) * CONFIG.refit.replicates


def test_what_is_noted_is_read_without_its_table(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "train_baseline", lambda method, task, seed, *, fingerprint: {"method": method})
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        train_baselines(CONFIG, ledger, executor, lambda line: None, list)
        there = noted_baselines(CONFIG, ledger)
        monkeypatch.setattr("study.asked.source.table", lambda name: pytest.fail("a table is read"))
        assert noted_baselines(CONFIG, ledger) == there != []


def test_the_study_file_names_them() -> None:
    assert set(CONFIG.baselines.methods) == set(METHODS)
    with pytest.raises(UsageError, match="svm"):
        small_study(baselines={"methods": ["svm"]})
    with pytest.raises(UsageError, match="refit or the score"):
        small_study(baselines={}, refit=None)


@pytest.mark.parametrize("method", METHODS)
def test_its_seconds_grow_with_rows_inputs_and_classes(method: str) -> None:
    """And are those that were measured, within a factor of three: 1,000 × 20, two classes, on one core that others used too."""

    def told(rows: int, inputs: int, classes: int) -> float:
        held = METHODS[method]
        return sum(held.seconds(setting, rows, inputs, classes) for setting in held.settings)

    assert told(1000, 20, 2) <= told(4000, 20, 2) <= told(4000, 80, 2) <= told(4000, 80, 9)
    measured = {"frequencies": 0.001, "logistic": 0.026, "trees": 0.72, "mlp": 1.9}[method]
    assert measured / 3 < told(1000, 20, 2) < 3 * measured
    large = {"frequencies": 0.001, "logistic": 0.11, "trees": 6.2, "mlp": 40.0}[method]
    assert large / 3 < told(30_000, 20, 2) < 3 * large


def test_the_time_left_is_that_of_each_method_at_its_own_pace(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees take ten times as long as they are costed, the others as long: after the first seed that is known."""
    now, said = [0.0], []

    def timed(method: str, task, seed: int, *, fingerprint: str) -> tuple[dict[str, object], float]:
        took = (10 if method == "trees" else 1) * training.seconds(training.Asked("", method, task, seed))
        now[0] += took
        return {"method": method, "seed": seed}, took

    monkeypatch.setattr(methods, "timed_baseline", timed)
    monkeypatch.setattr(training, "monotonic", lambda: now[0])
    monkeypatch.setattr(training, "SECONDS_BETWEEN_LINES", 0.0)
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        asked = training.missing(CONFIG, ledger)
        assert [each.method for each in asked[: len(METHODS)]] == list(METHODS)
        train_baselines(CONFIG, ledger, executor, said.append, list)
        assert training.missing(CONFIG, ledger) == []
    costs = {each.method: training.seconds(each) for each in asked}
    a_seed = sum(costs.values()) + 9 * costs["trees"]
    left = [line.split(", ")[1] for line in said if " of " in line]
    rest = (CONFIG.refit.replicates - 1) * a_seed
    assert left[len(METHODS) - 1] == f"{timedelta(seconds=round(rest))} left"
    assert left[-1] == "0:00:00 left"


def test_the_time_left_of_baselines_counts_down_until_the_next_one_ends() -> None:
    """A minute in which none ends is no slower pace; two of four alike took ten seconds on two workers, two are left."""
    asked = [training.Asked(f"{seed}", "trees", CONFIG.data.task, seed) for seed in range(4)]
    pace = training.Pace(100.0, 4)
    assert pace.told(asked, 105.0) == "0 of 4, time unknown"
    for each in asked[:2]:
        pace.arrived(each, 10.0, 110.0)
    assert pace.told(asked[2:], 112.0) == "2 of 4, 0:00:08 left"
    assert pace.told(asked[2:], 119.0) == "2 of 4, 0:00:01 left"
    assert pace.told(asked[2:], 120.0) == "2 of 4, slower than those before"
    assert pace.told(asked[2:], 175.0) == "2 of 4, slower than those before"


def test_a_method_of_which_none_has_ended_is_expected_as_it_is_costed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees took thrice what they are costed, then five times, on one worker: one of them is left, and one network as costed."""
    monkeypatch.setattr(training, "seconds", lambda each: {"trees": 5.0, "mlp": 20.0}[each.method])
    pace = training.Pace(100.0, 3)
    asked = [training.Asked(f"{place}", method, CONFIG.data.task, 0) for place, method in enumerate(["trees", "mlp"])]
    pace.arrived(asked[0], 15.0, 115.0)
    assert pace.told(asked, 115.0) == "1 of 3, 0:00:35 left"
    pace.arrived(asked[0], 25.0, 140.0)
    assert pace.told(asked, 140.0) == "1 of 3, 0:00:40 left"


LOGISTIC, NETWORK = {"C": 1.0}, {"width": 100, "alpha": 0.1}
TREES = {"learning_rate": 0.1, "max_leaf_nodes": 4}


@pytest.mark.parametrize(
    ("method", "setting", "size", "seconds"),
    [
        ("frequencies", {}, (10**6, 800, 10), 0.001),
        ("logistic", LOGISTIC, (1000, 20, 2), 0.005 + 20 * 1000 * 20 * 2 * 2.6e-10),
        ("logistic", LOGISTIC, (1000, 2000, 3), 0.005 + 1000 * 1000 * 2000 * 3 * 2.6e-10),
        ("logistic", METHODS["logistic"].brief, (1000, 2000, 3), 0.005 + 100 * 1000 * 2000 * 3 * 2.6e-10),
        ("mlp", NETWORK, (1000, 20, 2), 100 * 5 * 710e-6),  # 550 µs, and 1.6 of each unit
        ("mlp", NETWORK, (1001, 20, 2), 100 * 6 * 710e-6),
        ("mlp", {"width": 16, "alpha": 0.1}, (40_000, 20, 9), 50 * 200 * (550 + 16 * 1.6) * 1e-6),
        ("mlp", METHODS["mlp"].brief, (40_000, 20, 2), 3 * 200 * 710e-6),
        ("trees", TREES, (1000, 20, 2), 80 * 1464e-6),  # 1 ms, and 20 × (20 + 3.2) µs
        ("trees", TREES, (1000, 20, 3), 3 * 80 * 1464e-6),
        ("trees", {**TREES, "max_leaf_nodes": 16}, (1000, 20, 2), 80 * (1000 + 20 * (80 + 6.4)) * 1e-6),
        ("trees", {**TREES, "learning_rate": 0.01}, (1000, 20, 2), 300 * 1464e-6),
        ("trees", METHODS["trees"].brief, (1000, 0, 2), 8 / 0.3 * 1e-3),
        ("trees", {**METHODS["trees"].brief, "learning_rate": 0.1}, (1000, 0, 2), 30 * 1e-3),
    ],
)
def test_its_seconds_are_those_of_its_iterations_steps_or_trees(
    method: str, setting: dict, size: tuple[int, int, int], seconds: float
) -> None:
    """From rows, inputs and classes, by hand."""
    assert METHODS[method].seconds(setting, *size) == pytest.approx(seconds, rel=1e-9)


def costing(*seconds: float, brief: float = 0.0) -> methods.Method:
    """A method whose settings, and whose brief one for each row, take so many seconds."""
    settings = [{"s": each} for each in seconds]
    return methods.Method(
        "", dict, settings, {"brief": brief}, lambda setting, rows, *_: setting.get("s", brief * rows)
    )


@pytest.mark.parametrize(
    ("method", "tried", "rows", "seconds"),
    [
        (costing(22.5, 22.5, 22.5, 22.5), 4, 200, 90.0),
        (costing(22.5, 22.5, 22.5, 22.6), 3, 200, 67.5),
        (costing(90.0, 1.0), 1, 200, 90.0),
        (costing(90.5, 1.0, brief=0.45), 1, 200, 90.0),
        (costing(90.5, brief=0.9), 1, 84, 75.6),  # of 200 three quarters are 150, then 112, then 84
        (costing(1000.0, brief=1000.0), 1, 1, 1000.0),
    ],
)
def test_a_seed_of_a_method_takes_ninety_seconds_by_settings_then_the_brief_one_then_rows(
    monkeypatch, method: methods.Method, tried: int, rows: int, seconds: float
) -> None:
    monkeypatch.setitem(METHODS, "costing", method)
    found = allowance("costing", 200, 3, 2)
    assert (len(found.settings), found.rows, found.seconds) == (tried, rows, pytest.approx(seconds))


@pytest.mark.parametrize(
    ("seconds", "seeds"), [(30.0, 12), (36.0, 10), (36.05, 9), (40.0, 9), (72.0, 5), (90.0, 4), (1000.0, 4)]
)
def test_a_method_is_trained_on_the_seeds_that_six_minutes_allow_and_on_four_at_least(
    monkeypatch, seconds: float, seeds: int
) -> None:
    monkeypatch.setattr(methods, "allowed", lambda name, task: Allowance([], 1, seconds))
    assert training._most_seeds("mlp", CONFIG.data.task) == seeds


def test_what_one_takes_is_its_method_and_the_preparation_of_its_table(monkeypatch) -> None:
    """Of 150 × 4 cells, 20 ns each; the method is asked of the rows that train."""
    assert methods.allowed("trees", CONFIG.data.task) == allowance("trees", 60, 4, 3)
    monkeypatch.setattr(methods, "allowed", lambda name, task: Allowance([], 1, 7.0))
    one = training.Asked("", "mlp", CONFIG.data.task, 0)
    assert training.seconds(one) - 7 == pytest.approx(12e-6, rel=1e-6)


def test_training_parts_at_once_are_a_quarter_of_a_gibibyte_in_double_precision(monkeypatch) -> None:
    monkeypatch.setattr(methods, "cells", lambda task: task)
    images, rest = (training.Asked("", "mlp", cells, 0) for cells in (42_000 * 784, 2**28 // 8 - 42_000 * 784))
    assert training._fits(rest, [images])
    assert not training._fits(rest._replace(task=rest.task + 1), [images])


def test_a_worker_that_is_lost_is_noticed_within_a_second(tmp_path, monkeypatch) -> None:
    """As long as none ends, the executor is looked at."""
    waits, pending = [], []

    def waited(futures, seconds: float, until: str):
        waits.append(seconds)
        return (set(futures) if len(waits) > 2 else set()), None

    def submit(function, method: str, task, seed: int, *, fingerprint: str) -> Future[tuple[dict, float]]:
        future: Future[tuple[dict, float]] = Future()
        future.set_result(({"method": method}, 1.0))
        return future

    monkeypatch.setattr(training, "wait", waited)
    executor = SimpleNamespace(capacity=8, submit=submit, check=lambda: pending.append(len(waits)))
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger:
        train_baselines(CONFIG, ledger, executor, lambda line: None, list)
    assert pending == [1, 2]
    assert all(0.1 <= seconds <= 1 for seconds in waits)


def test_how_far_they_are_is_said_every_ten_seconds(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes five: what is said after more than ten is said after fifteen."""
    now, said = [100.0], []

    def timed(method: str, task, seed: int, *, fingerprint: str) -> tuple[dict[str, object], float]:
        now[0] += 5
        return {"method": method, "seed": seed}, 5.0

    monkeypatch.setattr(methods, "timed_baseline", timed)
    monkeypatch.setattr(training, "monotonic", lambda: now[0])
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        train_baselines(CONFIG, ledger, executor, lambda line: said.append((now[0] - 100, line)), list)
        train_baselines(CONFIG, ledger, executor, pytest.fail, list)
    assert said[0] == (0, "baselines: 8 to train")
    assert [(after, line.split(",")[0]) for after, line in said[1:]] == [
        (15, "baselines: 3 of 8"),
        (30, "baselines: 6 of 8"),
    ]


def test_those_of_a_score_are_trained_seed_by_seed_and_say_of_which_table(tmp_path, monkeypatch) -> None:
    """On tables whose best settings are not scored yet nothing is told of them."""
    monkeypatch.setattr(methods, "train_baseline", lambda method, task, seed, *, fingerprint: {"seed": seed})
    design = {"replicates": 2, "data": [{"train": [60, 70]}], "arms": {"none": {"learning_rate": [0.1, 0.2]}}}
    config = small_study(
        design=design,
        score={"replicates": 2},
        baselines={"methods": ["frequencies", "trees"]},
        search=None,
        refit=None,
    )
    with closing(Ledger(Sqlite(tmp_path / "study.db"))) as ledger, Serial() as executor:
        asked = [(each.seed, each.method, each.task.train_rows) for each in training.missing(config, ledger)]
        assert asked == list(product((3500, 3501), ("frequencies", "trees"), (60, 70)))
        train_baselines(config, ledger, executor, lambda line: None, list)
        assert noted_baselines(config, ledger) == []
        networks = score_networks(config, config.designs[0], [2])
        ledger.record(
            [Record(key, each, Outcome(stopped="completed", epochs_run=1), 0.1) for key, each in networks.items()]
        )
        assert noted_baselines(config, ledger) == [
            {"seed": seed, "data": "iris", "train_rows": 70} for _, seed in product(range(2), (3500, 3501))
        ]


def test_a_class_without_training_rows_is_given_no_probability() -> None:
    model = SimpleNamespace(classes_=np.array([0, 2]), predict_proba=lambda x: np.array([[0.25, 0.75]] * len(x)))
    assert methods._probabilities(model, np.zeros((2, 4)), 3).tolist() == [[0.25, 0, 0.75]] * 2


def test_a_method_has_one_thread_and_its_seconds_are_those_of_the_clock(monkeypatch) -> None:
    threads = []

    class Alone:
        classes_ = np.arange(3)

        def __init__(self, *, seed: int, rows: int) -> None:
            pass

        def fit(self, x, y):
            threads.extend(each["num_threads"] for each in threadpool_info())
            return self

        def predict_proba(self, x):
            return np.full((len(x), 3), 1 / 3)

    method = methods.Method("alone", Alone, [{}, {}], {}, lambda *size: 1.0)
    monkeypatch.setitem(METHODS, "alone", method)
    monkeypatch.setattr(methods, "perf_counter", iter([10.0, 17.0]).__next__)
    told, took = methods.timed_baseline("alone", CONFIG.data.task, 500, fingerprint=FINGERPRINT)
    assert (told["tried"], took) == (2, 7.0)
    assert threads
    assert set(threads) == {1}
