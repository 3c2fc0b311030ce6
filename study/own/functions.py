"""Tables that a function of one's own returns: ``package.module:function``."""

import importlib
import re
from typing import Any

import numpy as np
import pandas as pd

from study.own.options import Options
from study.own.raw import SUFFIXES, Raw, with_names

FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
TARGET = "target"  # the class of a function that gives x and y without a name for it


def is_function(name: str) -> bool:
    """Whether this names a Python function."""
    module = name.partition(":")[0]
    return FUNCTION.fullmatch(name) is not None and not module.lower().endswith(SUFFIXES)


def of_function(name: str, options: Options, *, text: bool) -> Raw:
    """What ``package.module:function()`` returns: a data frame, or inputs and classes. Raises ``ValueError``."""
    module, _, function = name.partition(":")
    try:
        made = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError) as error:
        raise ValueError(f"there is no function {name}: {error}") from error
    except (Exception, SystemExit) as error:  # whatever it raises is its own
        said = str(error).strip().partition("\n")[0]
        raise ValueError(f"{name}() fails: {type(error).__name__}: {said}") from error
    if isinstance(made, pd.DataFrame):
        return with_names(name, made)
    shapes = [_shape(part) for part in made] if isinstance(made, tuple) else []
    if [len(shape) for shape in shapes] != [2, 1] or shapes[0][0] != shapes[1][0]:
        got = (
            " and ".join(str(shape or type(part).__name__) for shape, part in zip(shapes, made, strict=True))
            if shapes
            else type(made).__name__
        )
        raise ValueError(f"{name}() gives a data frame, or inputs (rows, columns) and classes (rows,), got {got}")
    x, y = made
    inputs = x if isinstance(x, pd.DataFrame) else pd.DataFrame(np.asarray(x)).add_prefix("x")
    target = str(getattr(y, "name", None) or TARGET)
    whole = pd.concat([inputs.reset_index(drop=True), pd.Series(np.asarray(y), name=target)], axis=1)
    return with_names(name, whole, target=target)


def _shape(part: Any) -> tuple[int, ...]:
    """Of an array or a list of rows; nothing where it has none, or is sparse."""
    try:
        return np.asarray(part).shape
    except ValueError:  # rows of different lengths
        return ()
