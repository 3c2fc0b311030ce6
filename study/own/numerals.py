"""Numbers and dates as people and programs write them: plain, with commas for thousands, with a decimal comma, in local order."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
AFFIXES = re.compile(r"^[$€£¥]\s?|\s?[%$€£¥]$")  # of an amount of money, or a percentage
COMMA_IS_DECIMAL = re.compile(r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+)")  # and cannot group thousands
COMMA_GROUPS = re.compile(r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})")  # and cannot be a decimal mark
EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
GAPS = ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "<NA>")  # as programs write them


@dataclass(frozen=True)
class Marks:
    """The decimal mark, and what groups thousands: each ``""`` where there is none."""

    decimal: str = "."
    thousands: str = ""

    def number(self, word: str) -> float | None:
        """``None`` for what is no number."""
        bare = AFFIXES.sub("", word)
        if self.thousands and self.thousands in bare:
            if not self._grouped.fullmatch(bare):
                return None
            bare = bare.replace(self.thousands, "")
        if self.decimal != ".":
            if "." in bare:
                return None
            bare = bare.replace(self.decimal, ".")
        return float(bare) if PLAIN.fullmatch(bare) else None

    @property
    def _grouped(self) -> re.Pattern[str]:
        sign, decimal = re.escape(self.thousands), re.escape(self.decimal)
        return re.compile(rf"[+-]?\d{{1,3}}({sign}\d{{3}})+({decimal}\d+)?")

    def __str__(self) -> str:
        grouped = f", {WORDS.get(self.thousands, self.thousands)} for thousands" if self.thousands else ""
        return f"{WORDS.get(self.decimal, self.decimal)} as the decimal mark{grouped}"


WORDS = {",": "a comma", ".": "a point", " ": "a space", "'": "an apostrophe", "": "nothing"}
COMMA, GROUPING = Marks(",", "."), Marks(".", ",")


def share(words: Iterable[str], fits: Callable[[str], object]) -> float:
    """Of the words for which ``fits`` gives something."""
    found = [fits(word) is not None for word in words]
    return sum(found) / len(found) if found else 0.0


def marks(columns: Iterable[Iterable[str]], sep: str | None) -> Marks:
    """Those of a whole file, from the different words of its columns of text. Raises ``ValueError`` where they contradict each other, or fit two readings."""
    decimal, grouping, either = set(), set(), set()
    for column in columns:
        words = [word for word in column if word not in GAPS]
        numbers = [AFFIXES.sub("", word) for word in words]
        if share(words, COMMA.number) > 0.8:
            decimal |= {word for word in numbers if COMMA_IS_DECIMAL.fullmatch(word)}
        if share(words, GROUPING.number) > 0.8:
            grouping |= {word for word in numbers if COMMA_GROUPS.fullmatch(word)}
            either |= {word for word in numbers if EITHER.fullmatch(word)}
    if decimal and grouping:
        raise ValueError(
            f"commas are decimal marks in {min(decimal)} and group thousands in {min(grouping)}: write all numbers one way"
        )
    if either and not decimal and not grouping and sep != ",":
        raise ValueError(
            f'{min(either)} may be a number above a thousand or one with decimals: say --set data.thousands="," or --set data.decimal=","'
        )
    if decimal:
        return COMMA
    return GROUPING if grouping or either else Marks()


def date_format(words: Iterable[str], *, day_first: bool | None) -> str | None:
    """pandas' format of dates all written one way; ``None`` where they are no dates. Raises ``ValueError`` where day and month cannot be told apart."""
    listed = list(words)
    if not listed:
        return None
    for pattern, form in DATES.items():
        found = [re.fullmatch(pattern, word) for word in listed[:50]]
        if all(found) and all(re.fullmatch(pattern, word) for word in listed):
            return form if "/" not in pattern else _of_slashes(listed, day_first)
    return None


def is_date(word: str) -> bool:
    """Written as one, whichever day it is."""
    return any(re.fullmatch(pattern, word) for pattern in DATES)


def _of_slashes(words: Iterable[str], day_first: bool | None) -> str | None:  # noqa: FBT001  # as pandas says it
    parts = [list(map(int, word.split("/")[:2])) for word in words]
    firsts, seconds = max(first for first, _ in parts), max(second for _, second in parts)
    if max(firsts, seconds) > 31 or min(firsts, seconds) > 12:
        return None
    if day_first is None and max(firsts, seconds) <= 12:
        raise ValueError("dates such as 03/04/2026 have day or month first: say --set data.day_first=true, or false")
    if day_first is None:
        day_first = firsts > 12
    return "%d/%m/%Y" if day_first else "%m/%d/%Y"


TIME = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
DATES = {
    r"\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{TIME}": "ISO8601",
    r"\d{4}/\d{1,2}/\d{1,2}": "%Y/%m/%d",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"\d{1,2}\.\d{1,2}\.\d{2}": "%d.%m.%y",
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",  # or the month first
    r"\d{1,2}-[A-Z][a-z]{2}-\d{4}": "%d-%b-%Y",
    r"\d{1,2} [A-Z][a-z]{2} \d{4}": "%d %b %Y",
}
