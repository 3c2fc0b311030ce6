"""The database of a study, of either kind: how it is opened, how its troubles are waited for or told."""

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import sqlalchemy as sql
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from study.errors import DamagedError, StudyError

T = TypeVar("T")

LOGGER = logging.getLogger(__name__)
PATIENCE = 60.0  # seconds that a lock, or a server that restarts, is waited for
PAUSE = 0.5


class UnavailableError(StudyError):
    """A trouble that may pass by itself: another program's lock, a server that restarts."""

    def __init__(self, trouble: str, advice: str) -> None:
        self.trouble = trouble
        super().__init__(f"{trouble}; {advice}")


class Database(ABC):
    """Where one study is kept: a file or a schema whose tables are all of this study."""

    label: str  # what a person calls it
    url: str  # what SQLAlchemy and Optuna call it
    connect_args: Mapping[str, Any]
    advice: Mapping[str, str]  # a part of what the database says, and what to do then

    def engine(self) -> sql.Engine:
        """A new one, which connects when it is first used."""
        engine = sql.create_engine(self.url, connect_args=dict(self.connect_args))
        self.watch(engine)
        return engine

    @abstractmethod
    def watch(self, engine: sql.Engine) -> None:
        """Lets no transaction of ``engine`` begin while another driver holds the study's lock."""

    @abstractmethod
    def make_room(self, engine: sql.Engine) -> None:
        """Makes what a study needs that begins; one that is only read is left as it is."""

    @abstractmethod
    def check(self, engine: sql.Engine) -> None:
        """Raises ``DamagedError`` if what is there is damaged."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Raises ``StudyError`` if another driver has the study. The lock goes when its holder dies, however it dies."""

    @property
    @abstractmethod
    def is_running(self) -> bool:
        """Whether a driver has the study."""

    @abstractmethod
    def passes(self, error: BaseException) -> bool:
        """Whether the trouble behind an error of SQLAlchemy's or Optuna's may pass by itself."""

    @property
    @abstractmethod
    def remedy(self) -> str:
        """What to do about a database that is damaged or another program's."""

    @abstractmethod
    def back_up(self, networks: int) -> None:
        """Makes a backup of a sound database that holds ``networks``, where backups are ours to make."""

    @abstractmethod
    def restore(self) -> Path | None:
        """Puts the backup in place; returns where what was there is kept. Raises ``UsageError`` if there is no backup."""

    @abstractmethod
    def drop(self) -> None:
        """Takes everything of this study away."""

    def patiently(self, act: Callable[[], T]) -> T:
        """What ``act`` returns, which may be called several times: what passes by itself is waited for."""
        end = monotonic() + PATIENCE
        waits = False
        while True:
            try:
                with self.told():
                    return act()
            except UnavailableError as error:
                if monotonic() >= end:
                    raise
                if not waits:
                    LOGGER.warning("%s; waiting, %.0f s at most", error.trouble, PATIENCE)
                waits = True
                sleep(PAUSE)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turns a failure of the database into a ``StudyError`` with its reason and what to do."""
        try:
            yield
        except (SQLAlchemyError, StorageInternalError) as error:
            cause = _cause(error)
            reason = _reason(cause)
            known = next((text for part, text in self.advice.items() if part in reason), None)
            if self.passes(cause):
                raise UnavailableError(f"{self.label}: {reason}", known or "run again when it is back") from error
            kind = StudyError if known else DamagedError
            raise kind(f"{self.label}: {reason}; {known or self.remedy}") from error
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise DamagedError(f"{self.label}: damaged, {error}; {self.remedy}") from error
        except RuntimeError as error:  # Optuna's word for tables of another version
            raise StudyError(f"{self.label}: {' '.join(str(error).split())}; or choose another --name") from error


def _cause(error: BaseException) -> BaseException:
    while isinstance(error, StorageInternalError) and error.__cause__ is not None:
        error = error.__cause__
    return error


def _reason(cause: BaseException) -> str:
    """What the database said, without the statement that SQLAlchemy puts around it."""
    return str(cause.orig if isinstance(cause, DBAPIError) else cause).splitlines()[0]
