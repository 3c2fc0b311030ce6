"""The command line's flags for a table of one's own: each abbreviates a setting of the study file's ``[data]``."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class TableFlags:
    """What was given, each under its flag's name.

    Args:
        data: A table of one's own: churn.csv (also Parquet, Feather), openml:credit-g, packaged:german, or a function package.module:function.
        target: Its column that holds the class.
        drop: A column to leave out; may be repeated.
        keep: A column to keep that would be left out as an identifier; may be repeated.
        na: A word that stands for a gap, such as "?"; may be repeated.
        group: A column whose equal values stay in one part, such as a patient or a household.
        time: A column of dates or numbers: earlier rows train, later ones test.
        positive: The class to find; of several, all others become one.
        sep: The sign that separates fields, where the guess is wrong.
    """

    data: str | None = None
    target: str | None = None
    drop: Sequence[str] = ()
    keep: Sequence[str] = ()
    na: Sequence[str] = ()
    group: str | None = None
    time: str | None = None
    positive: str | None = None
    sep: str | None = None

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
