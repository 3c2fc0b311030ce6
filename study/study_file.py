"""Where a study's configuration comes from: a preset or a TOML file, and the command line's overrides."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from study.config import Config, read_config
from study.errors import UsageError, did_you_mean

PRESETS = {path.stem: path for path in sorted((Path(__file__).parent / "presets").glob("*.toml"))}


def read_study(study: str, overrides: Iterable[str]) -> Config:
    """``overrides`` are ``key=value``, the key dotted, the value as TOML has it (a bare word is a string).

    Raises ``UsageError``.
    """
    document = _read_toml(find(study))
    for override in overrides:
        _override(document, override)
    return read_config(document)


def find(study: str) -> Path:
    """The file that ``study`` names. Raises ``UsageError``."""
    if study in PRESETS:
        return PRESETS[study]
    path = Path(study)
    if path.suffix != ".toml" and not path.is_file():
        raise UsageError(
            f"{study!r} is neither a preset ({', '.join(PRESETS)}) nor a file{did_you_mean(study, PRESETS)}"
        )
    return path


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: name a preset ({', '.join(PRESETS)}) or a TOML file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8, and so no TOML file") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"{path} is no TOML file: {error}") from error


def _override(document: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    names = [name.strip() for name in key.split(".")]
    if not equals or not all(names):
        raise UsageError(f"--set takes key=value, such as --set search.trials=20, got {override!r}")
    table = document
    for name in names[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise UsageError(f"--set {key}: {name} is a value and holds no {names[-1]}")
    table[names[-1]] = _toml_value(text.strip())


def _toml_value(text: str) -> Any:
    """``text`` as TOML reads it; a string where TOML cannot."""
    try:
        document = tomllib.loads(f"value = {text}")
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
    return document["value"] if len(document) == 1 else text
