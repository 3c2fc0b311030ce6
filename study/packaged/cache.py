"""Where fetched tables lie, a file each in the user's cache, and their bytes, compared with the list each time they are read."""

import gzip
import hashlib
import os
from importlib import resources
from pathlib import Path

from study.packaged.listing import Listed

INSTALLED = {"scikit-learn": "sklearn"}  # what a package that comes along is imported as


def folder() -> Path:
    """``$XDG_CACHE_HOME/dropstep/tables``, by default under ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "dropstep" / "tables"


def path_of(table: Listed) -> Path:
    """Its file once it is fetched; the name holds its digest, so that lists of two versions do not meet."""
    return folder() / f"{table.name}-{table.sha256[:12]}{''.join(Path(table.member).suffixes)}"


def is_here(table: Listed) -> bool:
    return table.comes_along or path_of(table).is_file()


def text_of(table: Listed) -> bytes:
    """Its text, unpacked. Raises ``ValueError`` where it is not fetched, or is not what the list says."""
    if not is_here(table):
        raise ValueError(f"{table.name} is not here yet: dropstep fetch-tables {table.name}")
    data = _installed(table) if table.comes_along else path_of(table).read_bytes()
    place = table.member if table.comes_along else str(path_of(table))
    found = hashlib.sha256(data).hexdigest()
    if found != table.sha256:
        remedy = "another version of its package is installed" if table.comes_along else "delete it and fetch it again"
        raise ValueError(
            f"{place} is not the listed table: its sha256 begins {found[:12]}, not {table.sha256[:12]}: {remedy}"
        )
    return gzip.decompress(data) if table.member.endswith(".gz") else data


def _installed(table: Listed) -> bytes:
    package, _, member = table.member.partition("/")
    assert package == INSTALLED[table.package.name]
    return resources.files(package).joinpath(member).read_bytes()
