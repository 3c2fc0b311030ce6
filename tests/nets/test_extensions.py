"""What an extension costs, worked out on a copy of the package: a class and a row, a penalty a field as well, and no other line."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from levels import one_in

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Extension:
    """``insertions``: (file of nets, the line before which, the new lines); ``program`` must end without an error."""

    insertions: tuple[tuple[str, str, str], ...]
    program: str
    laws: tuple[str, ...] = ()


BEGIN = """
from nets import Data, Hyper, Part, train
import numpy as np
x = np.random.default_rng(1).normal(size=(1, 200, 3))
part = Part(x, (x.sum(axis=2) > 0).astype(int))
data = Data(classes=2, train=part, valid=part)
def trained(**fields):
    me, other = (Hyper(seed=seed, steps=300, batch_size=20, **fields) for seed in (1, 2))
    alone, together = train([me], data)[0], train([other, me], data)[1]
    assert alone == together and alone.stopped == "completed"
    return alone
"""

EXTENSIONS = {
    "activation": Extension(
        (
            (
                "layers/activations.py",
                "def he(",
                '''class Softsign(Curve):
    """x / (1 + |x|), with derivative (1 + |x|)^-2."""

    def forward(self, x, *, training):
        share = 1 / (1 + np.abs(x))
        np.multiply(share, share, out=self.slope)
        np.multiply(x, share, out=self.y)
        return self.y


''',
            ),
            (
                "layers/activations.py",
                '    "relu": Kind(',
                '    "softsign": Kind(layer=Softsign, spread=glorot, steepest=1),\n',
            ),
        ),
        'assert trained(activation="softsign", probes="saturation").train_error < 0.05',
        (
            "tests/nets/test_activations.py::test_the_greatest_slope[softsign]",
            "tests/nets/test_gradients.py::test_layer",
        ),
    ),
    "optimiser": Extension(
        (
            (
                "optimisers.py",
                "def sgd(",
                '''class SignSGD(SGD):
    """u ← μ u + g, w ← w - η sign u."""

    def step(self, learning_rate, count):
        self.velocity *= self.momentum
        self.velocity += self.gradient
        self.values -= learning_rate.astype(self.values.dtype) * np.sign(self.velocity)


''',
            ),
            ("optimisers.py", '    "sgd": SGD,', '    "sign": SignSGD,\n'),
        ),
        'assert trained(optimiser="sign", learning_rate=0.01).train_error < 0.1',
    ),
    "penalty": Extension(
        (
            (
                "penalties.py",
                "def add_product(",
                '''class Quartic(Penalty):
    """λ/4 Σ w⁴, whose gradient is λ w³."""

    def add_gradient(self, weight, gradient):
        gradient += self.strength * weight**3


''',
            ),
            ("penalties.py", '    "l2": L2,', '    "quartic": Quartic,\n'),
            (
                "hyper.py",
                "    l2: float",
                '    quartic: float = knob(0.0, NOT_NEGATIVE, "λ in loss + λ/4 Σ w⁴, on weights alone")\n',
            ),
        ),
        "assert trained(quartic=0.3).train_loss > 2 * trained().train_loss",
    ),
}


@pytest.mark.parametrize("name", one_in(3, EXTENSIONS))
def test_what_an_extension_costs(tmp_path: Path, name: str) -> None:
    shutil.copytree(ROOT / "nets", tmp_path / "nets")
    shutil.copytree(ROOT / "tests" / "nets", tmp_path / "tests" / "nets")
    extension = EXTENSIONS[name]
    for file, before, lines in extension.insertions:
        edit(tmp_path / "nets" / file, before, lines + before)
    run(tmp_path, "-c", BEGIN + extension.program)
    if extension.laws:
        run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", *extension.laws)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(folder), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
