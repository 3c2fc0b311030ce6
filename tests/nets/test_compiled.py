"""The compiled step: it trains as NumPy does, to rounding, whatever the hyperparameters; and it says where it cannot."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypers import knobs, shapes
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from levels import examples

from nets import Data, Hyper, kernels, train
from nets.arrays import CACHE_LINE
from nets.layers.noise import Draws
from nets.train import StackTraining

DataOf = Callable[..., Data]
ROUNDING = {"float32": 2e-4, "float64": 1e-9}  # of a network's largest number
ADAMS = 1e-5  # in float64, where a gradient that is rounding, divided by its own size, grows to a step

needs_numba = pytest.mark.skipif(
    find_spec("numba") is None, reason="numba is not installed: pip install 'dropstep[fast]'"
)


@needs_numba
@settings(
    max_examples=examples(300), deadline=None, phases=[Phase.explicit, Phase.generate]
)  # to shrink is to train hundreds of stacks
@given(
    data=st.data(),
    shape=shapes(),
    networks=st.integers(1, 3),
    rows=st.sampled_from([23, 150, 257]),  # one more than evaluation takes at once
    inputs=st.sampled_from([5, 21]),
    classes=st.sampled_from([2, 3, 17]),
)
def test_it_trains_as_numpy_does(
    data_of: DataOf, data: st.DataObject, shape: dict, networks: int, rows: int, inputs: int, classes: int
) -> None:
    """What both have. Few steps, from which rounding has not grown; Adam divides by what may be rounding alone, which float64 keeps small."""
    from nets.compiled.training import FIELDS  # noqa: PLC0415  numba may be absent

    assume(shape["batch_norm"] == "none" or rows % shape["batch_size"] != 1)
    if shape["optimiser"].startswith("adam"):
        shape |= {"precision": "float64"}
        # two rows, normalised, are ±1 whatever they were: their gradient is rounding, of which Adam makes steps
        assume(shape["batch_norm"] == "none" or (rows % shape["batch_size"] or shape["batch_size"]) > 2)
    shape |= {"probes": "none", "steps": 4, "epochs": 0}
    sound = {"learning_rate": data.draw(st.sampled_from([0.001, 0.05]))}
    drawn = [shape | data.draw(knobs(shape["optimiser"])) | sound for _ in range(networks)]
    hypers = [Hyper(**{name: value for name, value in each.items() if name in FIELDS}) for each in drawn]
    classes = 2 if shape["output"] == "logit" else classes
    compare(hypers, data_of(rows=rows, inputs=inputs, classes=classes, seeds=(0, 1, 2, 3), test=True))


def compare(hypers: list[Hyper], table: Data) -> None:
    """States at the end, losses and errors."""
    precision = hypers[0].precision
    module = kernels.compiled(precision)
    assert module.lacking(hypers[0]) == ""
    numpys, ours = StackTraining(hypers, table), module.CompiledTraining(hypers, table)
    tolerance = ADAMS if hypers[0].optimiser.startswith("adam") else ROUNDING[precision]
    start = [array.copy() for array in numpys.stack.state]
    outcomes, ours_outcomes = numpys.run(), ours.run()
    for k in range(len(hypers)):
        sizes = [np.abs(array[k]).max() for array in (*start, *numpys.stack.state)]
        for there, here in zip(numpys.stack.state, ours.stack.state, strict=True):
            np.testing.assert_allclose(here[k], there[k], rtol=0, atol=tolerance * max(sizes))
    for outcome, expected in zip(ours_outcomes, outcomes, strict=True):
        assert (outcome.stopped, outcome.epochs_run) == (expected.stopped, expected.epochs_run)
        if expected.valid_loss is not None:
            assert list(outcome.curve) == [(epoch, near(loss, tolerance)) for epoch, loss in expected.curve]
            for part in ("train", "valid", "test"):
                found, told = (
                    [getattr(each, f"{part}_{score}") for score in ("loss", "error")] for each in (outcome, expected)
                )
                assert found[0] == near(told[0], tolerance)
                assert found[1] == pytest.approx(told[1], abs=1e-9)


def near(loss: float, tolerance: float) -> object:
    return pytest.approx(loss, rel=tolerance, abs=1e-9)


@needs_numba
@pytest.mark.parametrize("count", [1000, 6000, 20_000])
def test_words_are_those_of_numpy_wherever_runs_end(count: int) -> None:
    """In a bulk, between two, and beyond several: no draw is lost or seen twice."""
    from nets.compiled.streams import Streams  # noqa: PLC0415  numba may be absent
    from nets.compiled.tape import Reel  # noqa: PLC0415

    numpys, ours = (Draws([3, 4, 3], "noise", 0, redraw="example") for _ in range(2))
    reel = Reel(Streams(ours.generators), count)
    for steps in (3, 1, 40, 2, 7):
        reel.record(steps)
        for words, fraction in zip(reel.words[reel.recorded], reel.fractions[reel.recorded], strict=True):
            expected = numpys.words(count, 1, np.uint16)
            np.testing.assert_array_equal(words, expected.words[..., 0])
            np.testing.assert_array_equal(fraction, expected.fraction)


@needs_numba
@pytest.mark.parametrize("rows", [48, 50])
@pytest.mark.parametrize("most", [0, 1000, 10**9])
def test_a_run_over_several_epochs_is_these_epochs(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, most: int, rows: int
) -> None:
    """To the last bit, wherever it is cut; with a short last batch, and an end within an epoch."""
    common = {"width": 5, "batch_size": 16, "steps": 14, "warmup": 5, "keep_prob": 0.7, "input_keep_prob": 0.9}
    hypers = [Hyper(seed=seed, optimiser="adam", **common) for seed in (0, 1, 1)]
    module = kernels.compiled(hypers[0].precision)
    monkeypatch.setattr("nets.compiled.training.MOST", most)
    one, other = (module.CompiledTraining(hypers, data_of(rows=rows, seeds=(0, 1))) for _ in range(2))
    one.advance(one.epochs)
    for _ in range(one.epochs):
        other.epoch()
    assert one.optimiser.count == other.optimiser.count == 14
    np.testing.assert_array_equal(one.networks.values, other.networks.values)


@needs_numba
@pytest.mark.parametrize("settings", [{}, {"noise": "gaussian"}, {"noise_redraw": "batch"}, {"noise_redraw": "run"}])
def test_a_run_that_draws_little_at_once_is_the_same(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, settings: dict
) -> None:
    """To the last bit: by one step, by a few, or all at once."""
    hypers = [
        Hyper(seed=seed, width=5, batch_size=16, steps=14, keep_prob=0.7, input_keep_prob=0.9, batch_norm="before",
              bn_noise=0.2, **settings)
        for seed in (0, 1, 1)
    ]  # fmt: skip
    found = []
    for most in (1, 5000, 10**9):
        monkeypatch.setattr("nets.compiled.tape.MOST", most)
        found.append(train(hypers, data_of(rows=50, seeds=(0, 1)), kernels="compiled"))
    assert found[0] == found[1] == found[2]


@needs_numba
@pytest.mark.parametrize(
    ("settings", "size"),  # bytes of a step, of 3 networks, 5 inputs and 10 units
    [
        ({"keep_prob": 0.5}, 2 * 3 * 10 * 8),
        ({"input_keep_prob": 0.5}, 2 * 3 * 5 * 8),
        ({"keep_prob": 0.5, "input_keep_prob": 0.5}, 2 * 3 * 15 * 8),
        ({"keep_prob": 0.5, "noise_redraw": "batch"}, 2 * 3 * 10),
        ({"keep_prob": 0.5, "noise": "gaussian"}, 4 * 3 * 10 * 8),
        ({"keep_prob": 0.5, "noise": "gaussian", "precision": "float64"}, 8 * 3 * 10 * 8),
        ({}, 1),
        ({"keep_prob": 0.5, "batch_size": 100_000}, None),
    ],
)
def test_so_many_steps_are_drawn_at_once_as_a_cache_holds(
    data_of: DataOf, monkeypatch: pytest.MonkeyPatch, settings: dict, size: int | None
) -> None:
    monkeypatch.setattr("nets.compiled.tape.MOST", 100_000)
    hypers = [Hyper(seed=seed, width=10, **settings) for seed in (1, 2, 3)]
    training = kernels.compiled(hypers[0].precision).CompiledTraining(hypers, data_of())
    found = training.recorder.steps_at_once(8 if size else 100_000)
    assert found == (100_000 // size if size else 1)


@needs_numba
def test_beyond_the_networks_there_are_squares_to_read(data_of: DataOf) -> None:
    """Sixteen of as many rows as a vector has numbers."""
    hypers = [Hyper(seed=seed, width=10, batch_norm="before") for seed in (1, 2, 3)]
    training = kernels.compiled("float32").CompiledTraining(hypers, data_of())
    networks, lanes = training.networks, training.layout.lanes
    for array in (networks.values, networks.first, networks.second, networks.mean, networks.variance):
        held = array
        while held.base is not None:
            held = held.base
        assert held.nbytes - CACHE_LINE == array.nbytes + 16 * lanes * lanes * 4
        assert len(array) == 3


@needs_numba
@pytest.mark.parametrize("shape", [(2, 3, 7), (5, 1), (4, 3, 2, 16)])
def test_beyond_what_is_drawn_there_are_sixteen_rows_more(shape: tuple) -> None:
    """A square that is transposed may be read beyond the last one, in whole."""
    from nets.compiled.tape import _with_room  # noqa: PLC0415  numba may be absent

    found = _with_room(shape, np.uint16)
    held = found
    while held.base is not None:
        held = held.base
    assert found.shape == shape
    assert not found.any()
    assert found.flags.c_contiguous
    assert held.nbytes - CACHE_LINE == found.nbytes + 16 * (shape[-1] + 1) * 2


@needs_numba
@pytest.mark.parametrize("precision", sorted(ROUNDING))
@pytest.mark.parametrize("batch_norm", ["none", "before"])
def test_who_diverges_is_the_same(data_of: DataOf, precision: str, batch_norm: str) -> None:
    common = {"width": 20, "batch_size": 16, "steps": 40, "precision": precision, "batch_norm": batch_norm}
    hypers = [Hyper(seed=seed, learning_rate=rate, **common) for seed, rate in ((0, 0.01), (0, 1e30), (1, 1e6))]
    table = data_of(rows=100, seeds=(0, 1))
    ways = [
        [(each.stopped, each.epochs_run) for each in train(hypers, table, kernels=name)] for name in kernels.KERNELS
    ]
    assert ways[0] == ways[1]
    assert "diverged" in dict(ways[0])


@needs_numba
def test_every_field_is_known_or_trains_in_numpy() -> None:
    """What is not known is the same in all of a stack, which is asked of its first network."""
    from nets.compiled.training import FIELDS, WORDS  # noqa: PLC0415  numba may be absent

    names = {field.name: field.metadata for field in fields(Hyper)}
    assert set(names) >= FIELDS
    assert {names[name]["role"] for name in set(names) - FIELDS} == {"shape"}
    for name, words in WORDS.items():
        assert set(words) <= set(names[name]["domain"].words)


@needs_numba
@pytest.mark.parametrize(
    ("settings", "lack"),
    [
        ({}, ""),
        ({"width": 7, "l2": 0.1, "activation": "gelu", "optimiser": "adamw"}, ""),
        ({"ghost_rows": 3}, "ghost_rows=3"),
        ({"class_weights": "balanced"}, "class_weights='balanced'"),
        ({"shrunk": "hidden", "l2": 0.1}, "shrunk='hidden'"),
    ],
)
def test_what_it_lacks_is_named(settings: dict, lack: str) -> None:
    assert kernels.compiled("float32").lacking(Hyper(seed=1, **settings)) == lack


@needs_numba
def test_words_that_it_lacks_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    module = kernels.compiled("float32")
    monkeypatch.setitem(module.WORDS, "optimiser", {"adam": 2})
    assert module.lacking(Hyper(seed=1, optimiser="nesterov")) == "optimiser='nesterov'"


@needs_numba
@pytest.mark.filterwarnings("ignore:the compiled step has no")
def test_who_lacks_something_does_not_train_beside_who_lacks_nothing(data_of: DataOf) -> None:
    hypers = [Hyper(seed=1, l2=0.5, shrunk=which, steps=9, batch_size=8) for which in ("all", "hidden")]
    together = train(hypers, data_of(), kernels="compiled")
    assert together == [train([hyper], data_of(), kernels="compiled")[0] for hyper in hypers]
    assert together[1] == train(hypers[1:], data_of())[0]


@needs_numba
def test_what_it_lacks_trains_in_numpy_and_is_said_once(data_of: DataOf, monkeypatch: pytest.MonkeyPatch) -> None:
    module = kernels.compiled("float32")
    monkeypatch.setattr(module, "lacking", lambda hyper: "activation='swish'")
    hyper, table = Hyper(seed=0, width=5, steps=3), data_of()
    with pytest.warns(
        RuntimeWarning, match="the compiled step has no activation='swish': such networks train in NumPy"
    ) as told:
        outcomes = train([hyper], table, kernels="compiled")
    assert told[0].filename == __file__  # the line that called
    assert outcomes == train([hyper], table) == train([hyper], table, kernels="compiled")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("numab", "ValueError: kernels are numpy or compiled, got 'numab'"),
        ("compiled", "ImportError: kernels='compiled' need numba: pip install 'dropstep[fast]', or take 'numpy'"),
    ],
)
def test_refusal(name: str, message: str) -> None:
    program = (
        "import nets.kernels; nets.kernels.find_spec = lambda name: None\n"
        f"from nets import train; train([], None, kernels={name!r})"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, encoding="utf-8")
    assert done.stderr.splitlines()[-1] == message


def test_numpy_needs_no_numba() -> None:
    program = "import nets, sys; nets.train([], None); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["False"]


PROGRAM = """
from nets import Data, Hyper, Part, train
import numpy as np
x = np.random.default_rng(0).standard_normal((1, 40, 6))
hyper = Hyper(seed=0, width=9, batch_size=8, steps=20, batch_norm="before", keep_prob=0.8)
print(train([hyper], Data(classes=2, train=Part(x, (x[..., 0] > 0).astype(int))), kernels="compiled"))
"""


@needs_numba
@pytest.mark.parametrize("caches", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_processes_that_begin_together_on_a_cold_cache_agree(tmp_path: Path, caches: int) -> None:
    """numba's own index of a cache broke so in 1 of 25 tries: here one compiles, the other loads, a third one finds it sound."""
    told = set()
    for number in range(caches):
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / str(number))}
        command = [sys.executable, "-c", PROGRAM]
        both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        told |= {process.communicate()[0] for process in both}
        told.add(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)
        assert not any(process.returncode for process in both)
    assert len(told) == 1
    assert told.pop().startswith("[Outcome(stopped='completed'")


@needs_numba
def test_a_wrong_step_is_refused(tmp_path: Path) -> None:
    """A kernel that computes something else than NumPy's formula does not train."""
    program = (
        "from nets.layers import batch_norm; import nets.compiled.training as compiled\n"
        "compiled.EPSILON = 0.1\n"
        "from nets import kernels; kernels.compiled('float32')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith(
        "RuntimeError: the compiled step computes something else than NumPy for"
    )


@needs_numba
def test_what_is_checked_has_every_word_between_them_and_no_hidden_layer_one_and_two() -> None:
    from nets.compiled.ready import _cases  # noqa: PLC0415  numba may be absent

    cases = list(_cases("float32"))
    for name in ("activation", "batch_norm", "noise", "noise_place", "optimiser"):
        (domain,) = (field.metadata["domain"] for field in fields(Hyper) if field.name == name)
        assert {getattr(each, name) for each in cases} == set(domain.words)
    assert {each.depth for each in cases} == {0, 1, 2}
    assert {each.batch_norm for each in cases if each.depth == 2} == {"before", "after"}
    assert {each.noise_place for each in cases if each.input_keep_prob < 1} == {"before", "after"}


@needs_numba
def test_machine_code_is_kept_by_the_constants_that_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of ``nets.layers`` too, whose sources are not of this package."""
    from nets.compiled import layers, ready  # noqa: PLC0415  numba may be absent

    before = ready._version()
    assert ready._version() == before
    monkeypatch.setattr(layers, "CUBIC", layers.CUBIC / 2)
    assert ready._version() != before


@needs_numba
def test_what_is_checked_fills_no_vector_and_ends_with_a_short_batch() -> None:
    """Whatever the width of a register: all counts are odd, but for the rows of a whole batch."""
    from nets.compiled.ready import _cases, _data  # noqa: PLC0415  numba may be absent

    for hyper in _cases("float64"):
        data = _data(2 if hyper.output == "logit" else 5)
        assert hyper.precision == "float64"
        assert all(count % 2 for count in (hyper.width, data.inputs, data.train.shape[1], data.valid.shape[1]))
        assert hyper.batch_size % 16 == 0  # whole vectors
        assert hyper.batch_size < data.train.shape[1] < hyper.batch_size * hyper.steps
        assert set(data.train.y.flat) == set(range(data.classes))


@needs_numba
def test_machine_code_is_kept_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from nets.compiled import ready  # noqa: PLC0415  numba may be absent

    def folder() -> Path | None:
        with ready._folder() as found:
            return found

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "asked"))
    assert folder() == folder() == tmp_path / "asked" / "dropstep" / ready._version()
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert folder() == folder() == tmp_path / "home" / ".cache" / "dropstep" / ready._version()
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert folder() is None


@needs_numba
def test_a_difference_is_told_by_the_case_and_by_how_far_its_network_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a thousandth of the way is rounding, more is another formula, and NaN is no equality."""
    from nets.compiled import ready  # noqa: PLC0415  numba may be absent

    kernels.compiled("float64")
    case = Hyper(seed=3, width=5, batch_size=16, checkpoints=1, steps=2, precision="float64")
    monkeypatch.setattr(ready, "_cases", lambda precision: iter([case]))
    settle = ready.CompiledTraining._settle
    training = StackTraining([case], ready._data(5))
    start = training.stack.parameters.values.copy()
    training.run()
    way = np.abs(training.stack.parameters.values - start).max()

    def off(share: float) -> str:
        def moved(self: object) -> None:
            settle(self)
            self.stack.parameters.values[0, 0] += share * way

        monkeypatch.setattr(ready.CompiledTraining, "_settle", moved)
        return ready._difference("float64")

    assert [off(share) for share in (0.0, 0.9e-3, -0.9e-3)] == ["", "", ""]
    assert {off(share) for share in (1.1e-3, -1.1e-3, np.nan)} == {str(case)}
    monkeypatch.setattr(ready.CompiledTraining, "_settle", settle)
    losses = ready.CompiledTraining._losses
    for which in ("train", "valid"):
        monkeypatch.setattr(
            ready.CompiledTraining,
            "_losses",
            lambda self, part, which=which: (losses(self, part)[0] + 0.1 * (part == which), losses(self, part)[1]),
        )
        assert ready._difference("float64") == str(case)
