"""The sqlite file of a run: how it is opened, and how its troubles are told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from study.errors import StudyError

engine_options: dict[str, Any] = {"connect_args": {"timeout": 60}}  # seconds; a 9 s lock outlasts sqlite's own 5

ADVICE = {
    "locked": "another program holds it: close that program and run again",
    "full": "free some space and run again, nothing recorded is lost",
    "readonly": "make the file and its folder writable",
    "not a database": "move it away, or choose another --name",
    "malformed": "move it away, or choose another --name",
    "unable to open": "look at the folder and its permissions",
}


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns a failure of the database at ``path`` into a ``StudyError`` with its reason and what to do."""
    try:
        yield
    except (SQLAlchemyError, StorageInternalError) as error:
        reason = _reason(error)
        advice = next(
            (text for part, text in ADVICE.items() if part in reason), "run again; if it stays, choose another --name"
        )
        raise StudyError(f"{path}: {reason}; {advice}") from error
    except json.JSONDecodeError as error:
        raise StudyError(f"{path}: damaged, {error}; move it away, or choose another --name") from error
    except RuntimeError as error:  # Optuna's word for tables of another version
        raise StudyError(f"{path}: {' '.join(str(error).split())}; or choose another --name") from error


def _reason(error: BaseException) -> str:
    """What sqlite said, without the statement that SQLAlchemy puts around it."""
    while isinstance(error, StorageInternalError) and error.__cause__ is not None:
        error = error.__cause__
    return str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]
