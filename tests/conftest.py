"""One profile of hypothesis for everyone, and which tests keep to one process of pytest-xdist (--dist loadgroup)."""

import pytest
from hypothesis import settings

# the same examples on every machine, and no example fails for being slow
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

# tests that share a server, or start many processes, come one after the other: known by their module, fixture or parameter
GROUPS = {
    "postgresql": ("postgresql",),
    "dask": ("test_dask",),
    "processes": ("test_processes", "test_crashes", "in_one_process"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        said = f"{item.nodeid} {getattr(item, 'fixturenames', '')}"
        group = next((group for group, names in GROUPS.items() if any(name in said for name in names)), None)
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
