"""The machine and the versions that a run's numbers belong to; neither its name nor a path."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = ("dropstep", "numpy", "scipy", "scikit-learn", "numba", "torch", "jax", "jaxlib")
WIDTHS = {"avx512f": 512, "avx2": 256, "sse2": 128}  # bits
CPU = Path("/proc/cpuinfo")
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def description() -> dict[str, str]:
    """What is asked for in a comparison of machines, by name."""
    blas = {f"{each['internal_api']} {each['version']} ({each.get('architecture', '')})" for each in threadpool_info()
            if each["user_api"] == "blas"}  # fmt: skip
    return {
        "CPU": f"{_cpu()}, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores",
        "vectors": _vectors(),
        "caches": _caches() or "unknown",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "libraries": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "BLAS of NumPy and SciPy": ", ".join(sorted(blas)),
        "threads": "one for every competitor",
    }


def _cpu() -> str:
    """As the system names it, with family and model: virtual machines often name the maker alone."""
    known = _known()
    if "model name" not in known:
        return platform.processor() or platform.machine()
    return f"{known['model name']} (family {known.get('cpu family', '?')}, model {known.get('model', '?')})"


def _vectors() -> str:
    """The widest instructions, on which most ratios depend."""
    flags = _known().get("flags", "").split()
    return next((f"{name}, {bits} bits" for name, bits in WIDTHS.items() if name in flags), "unknown")


def _known() -> dict[str, str]:
    """What the system tells of its last processor."""
    lines = CPU.read_text().splitlines() if CPU.exists() else []
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _caches() -> str:
    """Of the first core, innermost first."""
    found = []
    for index in sorted(CACHES.glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
