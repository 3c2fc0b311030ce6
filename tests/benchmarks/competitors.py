"""All competitors by name, those whose library is installed; the others are named as absent."""

from importlib import import_module
from importlib.util import find_spec

from tests.benchmarks import floor, ours, sklearn_peer
from tests.benchmarks.competitor import Competitor

OPTIONAL = {"torch_eager": "torch", "torch_compiled": "torch", "jax_peer": "jax"}  # module: package


def competitors() -> dict[str, Competitor]:
    """Those that can run here."""
    found = {**ours.COMPETITORS, **floor.COMPETITORS, **sklearn_peer.COMPETITORS}
    for module, package in OPTIONAL.items():
        if find_spec(package) is not None:
            found |= import_module(f"tests.benchmarks.{module}").COMPETITORS
    return found


def absent() -> list[str]:
    """Packages that are not installed."""
    return sorted({package for package in OPTIONAL.values() if find_spec(package) is None})
