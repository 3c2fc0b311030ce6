"""The command line's flags for a table of one's own: each abbreviates a setting of the study file's ``[data]``."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from study.own.sources import is_file, is_meant


@dataclass(frozen=True, kw_only=True)
class TableFlags:
    """What was given, each under its flag's name."""

    data: str | None
    target: str | None
    drop: Sequence[str]
    keep: Sequence[str]
    na: Sequence[str]
    group: str | None
    time: str | None
    positive: str | None
    sep: str | None

    def _given(self) -> Iterator[tuple[str, str | Sequence[str]]]:
        for each in fields(self):
            value = getattr(self, each.name)
            if value:
                yield each.name, value

    @property
    def overrides(self) -> list[str]:
        """As ``--set`` takes them: words of TOML, so that a column called 3 stays a word."""
        return [
            f"data.{'name' if flag == 'data' else flag}={json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)}"
            for flag, value in self._given()
        ]

    @property
    def words(self) -> list[str]:
        """The flags as they are typed."""
        return [
            word
            for flag, value in self._given()
            for each in ([value] if isinstance(value, str) else value)
            for word in (f"--{flag}", each)
        ]


def run_name(data: str) -> str:
    """The folder of a run on this table: the file's stem, OpenML's name, the function's."""
    coded = is_meant(data) and not is_file(data)
    stem = data.replace(":", "-") if coded else Path(data).name.partition(".")[0]
    return re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("_.-")[:64] or "table"
