"""A table of the study file as a frozen dataclass: each key is declared once, with its default and what it may hold."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, field, fields
from typing import Any, Self, TypeVar

from study.errors import did_you_mean

S = TypeVar("S", bound="Section")
Read = Callable[[Any], Any]  # a value in its own type; raises SettingError with the rule and the value


class SettingError(ValueError):
    """``rule`` goes on after the setting: "search.trials", "is a whole number …"; or after it and a colon, where it is a sentence."""

    def __init__(self, rule: str, *path: str, sentence: bool = False) -> None:
        self.rule, self.path, self.sentence = rule, path, sentence
        super().__init__(f"{'.'.join(path)}{': ' if sentence else ' '}{rule}" if path else rule)

    def below(self, place: str) -> Self:
        return type(self)(self.rule, place, *self.path, sentence=self.sentence)


class UnknownError(SettingError):
    """There is no such setting."""


class MissingError(SettingError):
    """A setting without a default is not there."""


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Says of an error in which setting it is."""
    try:
        yield
    except SettingError as error:
        raise error.below(place) from error
    except ValueError as error:
        raise SettingError(str(error), place, sentence=True) from error


class Section:
    """A base of frozen dataclasses whose fields are ``setting``s. Raises ``SettingError`` where one breaks its rule."""

    def __post_init__(self) -> None:
        for declared in fields(self):  # type: ignore[arg-type]  # those that derive from it are dataclasses
            with placed(declared.name):
                object.__setattr__(self, declared.name, declared.metadata["read"](getattr(self, declared.name)))
        self.check()

    def check(self) -> None:
        """What holds of several settings together. Raises ``ValueError``."""

    @classmethod
    def names(cls) -> list[str]:
        return [declared.name for declared in fields(cls)]  # type: ignore[arg-type]

    @property
    def document(self) -> dict[str, Any]:
        """As a study file says it, every default said too."""
        return {name: _plain(getattr(self, name)) for name in self.names()}


def _plain(value: Any) -> Any:
    return value.document if isinstance(value, Section) else value


def setting(read: Read, meaning: str, **default: Any) -> Any:
    """A key of the file and what it means; one without ``default`` or ``default_factory`` has to be there."""
    return field(metadata={"read": read, "meaning": meaning}, **default)


def section(kind: type[S]) -> Read:
    def read(raw: Any) -> S:
        if isinstance(raw, kind):
            return raw
        if not isinstance(raw, Mapping):
            raise SettingError(f"is a table, got {raw!r}")
        for key in raw:
            if key not in kind.names():
                raise UnknownError("is no setting", str(key))
        for declared in fields(kind):  # type: ignore[arg-type]
            if declared.name not in raw and declared.default is MISSING and declared.default_factory is MISSING:
                raise MissingError("is missing", declared.name)
        return kind(**raw)

    return read


def optional(read: Read) -> Read:
    return lambda raw: None if raw is None else read(raw)


def whole(least: int, most: int) -> Read:
    def read(raw: Any) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
            raise SettingError(f"is a whole number in {least} … {most}, got {raw!r}")
        return raw

    return read


def share(raw: Any) -> float:
    if not isinstance(raw, (int, float)) or isinstance(raw, bool) or not 0 <= raw <= 1:
        raise SettingError(f"is a number in 0 … 1, got {raw!r}")
    return float(raw)


def text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise SettingError(f"is a word, got {raw!r}")
    return raw


def switch(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise SettingError(f"is true or false, got {raw!r}")
    return raw


def one_of(kind: str, known: Iterable[str]) -> Read:
    def read(raw: Any) -> str:
        word = text(raw)
        if word not in known:
            told = f"{word} is no {kind}, there are {', '.join(known)}{did_you_mean(word, known)}"
            raise SettingError(told, sentence=True)
        return word

    return read


def several(read: Read) -> Read:
    def read_all(raw: Any) -> list[Any]:
        if not isinstance(raw, list):
            raise SettingError(f"is a list, got {raw!r}")
        return [read(each) for each in raw]

    return read_all


def table(raw: Any) -> dict[str, Any]:
    """Of settings that are read where what they depend on is known."""
    if not isinstance(raw, Mapping):
        raise SettingError(f"is a table, got {raw!r}")
    return dict(raw)


def arms_of(raw: Any) -> dict[str, dict[str, Any]]:
    found = {}
    for name, each in table(raw).items():
        with placed(name):
            found[name] = table(each)
    return found
