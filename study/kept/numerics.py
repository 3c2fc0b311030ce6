"""What decides bits besides configuration and data: versions, the code that training reaches, kernels, BLAS and the processor."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

from nets.kernels import described
from study.kept.reached import fingerprints

COMPILED = ("nets.compiled.ready", "nets.compiled.training")
ALSO: dict[str, tuple[str, ...]] = {"numpy": (), "compiled": COMPILED}  # what is reached with which kernels


def numerics() -> dict[str, str]:
    """Of a process that trains: where these are equal, so is every bit of an outcome."""
    packages = {package: version_of(package) for package in ("numpy", "scikit-learn", "numba")}
    return {"python": python(), **packages, **_of_the_code(COMPILED), "blas": _blas(), "machine": processor()}


def code(kernels: str) -> dict[str, str]:
    """Of what a study with these kernels reaches."""
    return {**_of_the_code(ALSO[kernels]), "kernels": described(kernels), "blas": _blas()}


@cache
def _of_the_code(also: tuple[str, ...]) -> dict[str, str]:
    """Taken once: a process keeps the code that it began with."""
    return fingerprints(also=also)


def python() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """The processor's type. Not every system has /proc/cpuinfo, and not every one names it there."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _blas() -> str:
    """The kind of BLAS that NumPy calls and the processor that its kernels are for: other kernels, other bits."""
    libraries = [each for each in threadpool_info() if each["user_api"] == "blas"]
    ours = [each for each in libraries if "numpy" in each["filepath"]] or libraries
    return " ".join(str(ours[0].get(key)) for key in ("internal_api", "version", "architecture")) if ours else "unknown"
