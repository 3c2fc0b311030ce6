"""What training runs on: NumPy, or the compiled step where numba is installed.

The two agree to rounding and not to the bit: what happens to be installed decides nothing, and the choice belongs to
the identity of a result.
"""

import importlib
import warnings
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

KERNELS = ("numpy", "compiled")


def installed() -> bool:
    """Whether there is what the compiled step is compiled with."""
    return find_spec("numba") is not None


def check(kernels: str) -> None:
    """Raises ``ValueError`` for a word that is none of ``KERNELS``, ``ImportError`` where numba is missing."""
    if kernels not in KERNELS:
        raise ValueError(f"kernels are {' or '.join(KERNELS)}, got {kernels!r}")
    if kernels == "compiled" and not installed():
        raise ImportError("kernels='compiled' need numba: pip install 'dropstep[fast]', or take 'numpy'")


def described(kernels: str) -> str:
    """With the version of what compiles them: another one, other bits."""
    if kernels == "numpy":
        return kernels
    return f"{kernels} by numba {version('numba') if installed() else '(not installed)'}"


def compiled(precision: str) -> Any:
    """The module ``nets.compiled.training``, ready for numbers of that type. Raises ``ImportError`` as ``check`` does."""
    check("compiled")
    importlib.import_module("nets.compiled.ready").ready(precision)
    return importlib.import_module("nets.compiled.training")


@cache
def say_once(lack: str) -> None:
    warnings.warn(f"the compiled step has no {lack}: such networks train in NumPy", RuntimeWarning, stacklevel=4)
