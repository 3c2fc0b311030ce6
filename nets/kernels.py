"""What the inner loops run on: NumPy's passes, or loops that numba compiled.

Each formula stands where it belongs, in NumPy, as a function marked ``@kernel``. Where the environment variable
DROPSTEP_KERNELS says "numba" on import, the function of the same name in ``nets.compiled`` takes its place.
The two agree to rounding and not to the bit: what happens to be installed decides nothing, and ``NAME``
belongs to the identity of a result.
"""

import importlib
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

VARIABLE = "DROPSTEP_KERNELS"
NAME = os.environ.get(VARIABLE, "numpy")  # numpy or numba

Function = TypeVar("Function", bound=Callable[..., Any])
FORMULAS: dict[str, Callable[..., Any]] = {}  # the kernels by name, in NumPy


def kernel(formula: Function) -> Function:
    """``formula``, or its compiled twin."""
    FORMULAS[formula.__name__] = formula
    return formula if _compiled is None else cast(Function, getattr(_compiled, formula.__name__))


def _load(name: str) -> Any:
    """The module of compiled kernels; None for NumPy's."""
    if name not in {"numpy", "numba"}:
        raise ImportError(f"{VARIABLE} is numpy or numba, got {name!r}")
    if name == "numpy":
        return None
    try:
        return importlib.import_module("nets.compiled")
    except ModuleNotFoundError as missing:
        raise ImportError(f"{VARIABLE}=numba needs numba: pip install dropstep[fast], or unset it") from missing


_compiled = _load(NAME)
