"""What was published: tables, findings and page as bytes, and what they were made of."""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from study.errors import StudyError
from study.kept.ledger import Ledger, digest_of

UNFINISHED = ".unfinished-"  # folders of what is being written; a killed publisher leaves one
PATIENCE = 60.0  # seconds that another publisher is waited for


def write_whole(folder: Path, write: Callable[[Path], Sequence[Path]]) -> list[Path]:
    """Puts what ``write`` writes into a folder of its own into ``folder``, in the order that it returns: each file the old one or the new, whole.

    Killed or powered off at any instant: a file is on the disk before it has its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        written = write(unfinished)
        for path in written:
            _settle(path)
        for path in written:
            path.replace(folder / path.name)
        _settle(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return [folder / path.name for path in written]


@contextmanager
def publishing(folder: Path) -> Iterator[None]:
    """One publisher at a time. Raises ``StudyError`` if another one does not come to its end; what a killed one has left goes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "publishing").open("w") as file:
        end = time.monotonic() + PATIENCE
        while not _lock(file.fileno()):
            if time.monotonic() >= end:
                raise StudyError(
                    f"another command has been writing the results of {folder} for {PATIENCE:.0f} s: wait for it"
                )
            time.sleep(0.05)
        for left in folder.rglob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def publication(ledger: Ledger, folder: Path, files: Sequence[Path]) -> dict[str, Any]:
    """What to note of these files: their bytes, the networks and the provenance that they tell of, and the code that drew them."""
    return {
        "networks": ledger.size,
        "provenance": digest_of(ledger.note("provenance")),
        "reports": _code_of_reports(),
        "files": {str(path.relative_to(folder)): _digest(path) for path in files},
    }


def is_current(ledger: Ledger, folder: Path) -> bool:
    """Whether the files are there as they were noted, and would come out the same today."""
    noted = ledger.note("published")
    if not isinstance(noted, dict):  # nothing, or the note of an older version
        return False
    files = [folder / name for name in noted["files"]]
    return all(path.is_file() for path in files) and noted == publication(ledger, folder, files)


def networks_published(ledger: Ledger) -> int | None:
    """Of the last time that everything was trained; an older version noted nothing else."""
    noted = ledger.note("published")
    networks: int | None = noted["networks"] if isinstance(noted, dict) else noted
    return networks


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _code_of_reports() -> str:
    """Of everything that decides how a page looks; it is not imported for that."""
    found = find_spec("reports")
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin)
    sources = sorted(root.parent.rglob("*")) if found.submodule_search_locations else [root]
    digest = hashlib.sha256()
    for path in sources:
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _settle(path: Path) -> None:
    """Waits until a file, or which names a folder holds, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
