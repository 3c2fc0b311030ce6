"""Tables that a function of one's own returns: ``package.module:function``."""

import importlib
import re

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
    except Exception as error:  # whatever it raises is its own
        raise ValueError(f"{name}() fails: {type(error).__name__}: {error}") from error
    if isinstance(made, pd.DataFrame):
        return with_names(name, made)
    if isinstance(made, tuple) and len(made) == 2 and np.ndim(made[0]) == 2 and len(made[0]) == len(made[1]):
        x, y = made
        inputs = x if isinstance(x, pd.DataFrame) else pd.DataFrame(np.asarray(x)).add_prefix("x")
        target = str(getattr(y, "name", None) or TARGET)
        return with_names(name, inputs.reset_index(drop=True).assign(**{target: np.asarray(y)}), target=target)
    raise ValueError(
        f"{name}() gives a data frame, or inputs (rows, columns) and classes (rows,), got {type(made).__name__}"
    )
