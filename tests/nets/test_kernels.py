"""The compiled kernels: each equals its formula in NumPy to rounding, and the laws of the nets hold on them, too."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from nets import Data, Hyper
from nets.kernels import FORMULAS, NAME
from nets.optimisers import OPTIMISERS
from nets.train import StackTraining

LAWS = ("company", "gradients", "noise", "batch_norm", "train")
USED_UP = {"gradient", "scratch", "kept", "is_true", "one_hot"}  # arguments that only NumPy needs
USED_UP_IN = {("batch_norm_slope", "centred")}
ROUNDING = {"float32": 4e-6, "float64": 1e-14}  # sums over 70 rows differ by their order

needs_numba = pytest.mark.skipif(
    find_spec("numba") is None, reason="numba is not installed: pip install dropstep[fast]"
)
on_numpy = pytest.mark.skipif(NAME != "numpy", reason="NumPy's formulas are what the others are compared with")


@needs_numba
@on_numpy
@pytest.mark.parametrize("precision", sorted(ROUNDING))
def test_each_kernel_is_its_formula(
    data_of: Callable[..., Data], monkeypatch: pytest.MonkeyPatch, precision: str
) -> None:
    """Every call of a training run is made twice, on equal arguments, which end up equal."""
    met: set[str] = set()
    for name, formula in FORMULAS.items():
        monkeypatch.setattr(sys.modules[formula.__module__], name, beside_its_twin(name, formula, met))
    for optimiser in OPTIMISERS:
        hypers = [
            Hyper(
                seed=seed,
                width=33,
                batch_size=70,
                steps=5,
                batch_norm="before",
                keep_prob=keep_prob,
                l2=0.01,
                optimiser=optimiser,
                precision=precision,
            )
            for seed, keep_prob in ((1, 0.5), (2, 0.5), (2, 0.8))
        ]
        StackTraining(hypers, data_of(rows=150, inputs=20)).run()
    assert met == set(FORMULAS)


def beside_its_twin(name: str, formula: Callable[..., object], met: set[str]) -> Callable[..., object]:
    from nets import compiled  # noqa: PLC0415  numba may be absent

    twin = getattr(compiled, name)
    parameters = inspect.signature(formula).parameters
    assert list(inspect.signature(twin).parameters) == list(parameters)

    def call(*arguments: object) -> object:
        met.add(name)
        copies = deepcopy(arguments)
        result, twins_result = formula(*arguments), twin(*copies)
        for parameter, expected, found in zip(parameters, arguments, copies, strict=True):
            if parameter not in USED_UP and (name, parameter) not in USED_UP_IN:
                assert_equal_to_rounding(found, expected, f"{parameter} of {name}")
        assert_equal_to_rounding(twins_result, result, f"result of {name}")
        return result

    return call


def assert_equal_to_rounding(found: object, expected: object, what: str) -> None:
    """Arrays, or tuples of them."""
    if isinstance(expected, tuple):
        for one, other in zip(found, expected, strict=True):
            assert_equal_to_rounding(one, other, what)
    elif isinstance(expected, np.ndarray):
        rounding = ROUNDING.get(expected.dtype.name, 0)
        np.testing.assert_allclose(found, expected, rtol=0, atol=rounding * np.abs(expected).max(), err_msg=what)


def on_kernels(kernels: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DROPSTEP_KERNELS": kernels}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, check=False, capture_output=True, encoding="utf-8"
    )


@needs_numba
@on_numpy
@pytest.mark.parametrize("law", LAWS)
def test_laws_hold_on_compiled_kernels(law: str) -> None:
    path = Path(__file__).with_name(f"test_{law}.py")
    done = on_kernels("numba", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path))
    assert done.returncode == 0, done.stdout


@needs_numba
def test_only_the_variable_chooses() -> None:
    """What is installed does not: results would change in silence."""
    program = "import nets.kernels, sys; print(nets.kernels.NAME, 'numba' in sys.modules)"
    assert on_kernels("numpy", "-c", program).stdout.split() == ["numpy", "False"]
    assert on_kernels("numba", "-c", program).stdout.split() == ["numba", "True"]


@pytest.mark.parametrize(
    ("kernels", "message"),
    [
        ("numab", "ImportError: DROPSTEP_KERNELS is numpy or numba, got 'numab'"),
        ("numba", "ImportError: DROPSTEP_KERNELS=numba needs numba: pip install dropstep[fast], or unset it"),
    ],
)
def test_refusal(kernels: str, message: str) -> None:
    done = on_kernels(kernels, "-c", "import sys; sys.modules['numba'] = None; import nets")
    assert done.stderr.splitlines()[-1] == message
