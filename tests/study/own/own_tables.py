"""Small tables of one's own, and how a test reads one."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from study.own.options import Options
from study.own.sources import raw
from study.own.table import OwnTable, own_table

CASES = Path(__file__).parent / "cases"


def read(name: Path | str, target: str | None = "churned", **options: Any) -> OwnTable:
    """A file of the cases, or of another folder."""
    asked = Options(target=target, **options)
    return own_table(raw(str(CASES / name), asked), asked)


def people(rows: int = 120) -> pd.DataFrame:
    """Customers of whom every third left; income has no other value twice."""
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": draw.integers(18, 80, rows),
            "income": draw.lognormal(10, 0.5, rows).round(2),
            "plan": draw.choice(["basic", "plus", "pro"], rows),
            "churned": np.where(np.arange(rows) % 3, "no", "yes")[draw.permutation(rows)],
        }
    )
