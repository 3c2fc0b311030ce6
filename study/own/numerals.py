"""Numbers and dates as people and programs write them: plain, with commas for thousands, with a decimal comma, in local order."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
AFFIXES = re.compile(r"(?<![^+-])[$€£¥]\s?|\s?[%$€£¥]$")  # of an amount of money, or a percentage
TYPEWRITTEN = str.maketrans(
    {"\u2212": "-", "\u00a0": " ", "\u202f": " ", "’": "'"}
)  # minus, blanks that do not break, apostrophe
LOSS = re.compile(r"\((.*)\)|([^+-].*)-")  # as accountants and SAP write what is below zero
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
COMMA_IS_DECIMAL = re.compile(
    r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+|\d+,\d+[eE][+-]?\d+)"
)  # and cannot group thousands
COMMA_GROUPS = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d{1,2}(,\d{2})+,\d{3})"
)  # and cannot be a decimal mark
EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
CODE = re.compile(r"0\d+")  # of a post code, which as a number would be another
LONG = re.compile(r"[+-]?\d{16,}")  # may have more digits than a number holds
GAPS = ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "<NA>")  # as programs write them
CURRENCIES = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|TRY|USD|ZAR"
UNITS = {  # of numbers such as 5.1 mg, EUR 5, US$5
    "behind": re.compile(r"[+-]?\d[\d.,]*\s*(?P<unit>[A-Za-z/°µμ²³]+)"),
    "before": re.compile(rf"(?P<unit>{CURRENCIES}|[A-Z]{{1,2}}\$|Rs\.?) ?[+-]?\d[\d.,]*"),
}


@dataclass(frozen=True)
class Marks:
    """The decimal mark, and what groups thousands: each ``""`` where there is none."""

    decimal: str = "."
    thousands: str = ""

    def number(self, word: str) -> float | None:
        """Of a time of day its hours; ``None`` for what is no number."""
        clock = CLOCK.fullmatch(word)
        if clock:
            hours, minutes, seconds = (int(part or 0) for part in clock.groups())
            return hours + minutes / 60 + seconds / 3600
        bare = typed(word)
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
        indian = r"|\d{1,2}(,\d{2})+,\d{3}" if self.thousands == "," else ""
        return re.compile(rf"[+-]?(\d{{1,3}}({sign}\d{{3}})+{indian})({decimal}\d+)?")

    def __str__(self) -> str:
        grouped = f", {WORDS.get(self.thousands, self.thousands)} for thousands" if self.thousands else ""
        return f"{WORDS.get(self.decimal, self.decimal)} as the decimal mark{grouped}"


WORDS = {",": "a comma", ".": "a point", " ": "a space", "'": "an apostrophe", "": "nothing"}
COMMA, GROUPING = Marks(",", "."), Marks(".", ",")
SPACED = {" ": Marks(".", " "), "'": Marks(".", "'")}


def typed(word: str) -> str:
    """The number in a word as a typewriter has it: without currency or per cent, (12) and 12- for a loss as -12."""
    plain = word.translate(TYPEWRITTEN)
    loss = LOSS.fullmatch(plain)
    return f"-{AFFIXES.sub('', loss[1] or loss[2])}" if loss else AFFIXES.sub("", plain)


def unit_of(word: str) -> str | None:
    """What stands behind its number, or before."""
    found = next((found for form in UNITS.values() if (found := form.fullmatch(word))), None)
    return found["unit"] if found else None


def without_unit(word: str, unit: str) -> str:
    return word.removesuffix(unit).removeprefix(unit).strip()


def share(words: Iterable[str], fits: Callable[[str], object]) -> float:
    """Of the words for which ``fits`` gives something."""
    found = [fits(word) is not None for word in words]
    return sum(found) / len(found) if found else 0.0


def marks(columns: Iterable[Iterable[str]], sep: str | None) -> Marks:
    """Those of a whole file, from the different words of its columns of text. Raises ``ValueError`` where they contradict each other, or fit two readings."""
    decimal, grouping, either = set(), set(), set()
    written = [[typed(word) for word in column if word not in GAPS] for column in columns]
    spaced = next((sign for sign in SPACED if any(_is_grouped_by(sign, words) for words in written)), "")
    for words in written:
        numbers = [word.replace(spaced, "") for word in words] if spaced and _is_grouped_by(spaced, words) else words
        words = numbers
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
    if spaced and not grouping:
        return Marks("," if decimal else ".", spaced)
    if decimal:
        return COMMA
    return GROUPING if grouping or either else Marks()


def _is_grouped_by(sign: str, words: list[str]) -> bool:
    """Whether a column's numbers have this sign between thousands, whatever their decimal mark is."""
    grouped = SPACED[sign]
    pointed = [word.replace(",", ".") if word.count(",") == 1 else word for word in words]
    return share(pointed, grouped.number) > 0.8 and any(sign in word for word in words)


def date_format(words: Iterable[str], *, day_first: bool | None) -> str | None:
    """pandas' format of dates; ``None`` where they are none. Raises ``ValueError`` where they are written in several ways, or day and month cannot be told apart."""
    listed = list(words)
    if not listed:
        return None
    for pattern, form in DATES.items():
        found = [re.fullmatch(pattern, word) for word in listed[:50]]
        if all(found) and all(re.fullmatch(pattern, word) for word in listed):
            return _of_slashes(listed, form, day_first) if form.startswith("%d/%m") else form
    ways: dict[str, str] = {}
    for word in listed:
        ways.setdefault(next((form for pattern, form in DATES.items() if re.fullmatch(pattern, word)), ""), word)
    if "" in ways:
        return None
    raise ValueError(f"dates are written in {len(ways)} ways, such as {', '.join(ways.values())}: write them one way")


def is_date(word: str) -> bool:
    """Written as one, whichever day it is."""
    return any(re.fullmatch(pattern, word) for pattern in DATES)


def _of_slashes(words: Sequence[str], form: str, day_first: bool | None) -> str | None:  # noqa: FBT001  # as pandas says it
    parts = [list(map(int, word.split("/")[:2])) for word in words]
    firsts, seconds = max(first for first, _ in parts), max(second for _, second in parts)
    if max(firsts, seconds) > 31:
        return None
    if min(firsts, seconds) > 12:
        raise ValueError("some dates have the day first, others the month: write them one way")
    if day_first is None and max(firsts, seconds) <= 12:
        raise ValueError(f"dates such as {words[0]} have day or month first: say --set data.day_first=true, or false")
    if day_first is None:
        day_first = firsts > 12
    return form if day_first else form.replace("%d/%m", "%m/%d")


MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAY, DAY = (f"(?i:{'|'.join(names)})" for names in (WEEKDAYS, [name[:3] for name in WEEKDAYS]))
MONTH, SHORT = (f"(?i:{'|'.join(names)})" for names in (MONTHS, [name[:3] for name in MONTHS]))
TIME = r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?"
CLOCKS = {
    "": "",
    r" \d{1,2}:\d{2}": " %H:%M",
    r" \d{1,2}:\d{2}:\d{2}": " %H:%M:%S",
    r" \d{1,2}:\d{2} (?i:am|pm)": " %I:%M %p",
}
DATES = {
    r"\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{TIME}": "ISO8601",
    r"\d{4}/\d{1,2}/\d{1,2}": "%Y/%m/%d",
    r"(19|20)\d{2}-(0[1-9]|1[0-2])": "%Y-%m",
    r"\d{4}-W\d{2}-[1-7]": "%G-W%V-%u",
    rf"{WEEKDAY}, \d{{1,2}} {MONTH} \d{{4}}": "%A, %d %B %Y",
    rf"{WEEKDAY}, {MONTH} \d{{1,2}}, \d{{4}}": "%A, %B %d, %Y",
    rf"{DAY}, \d{{1,2}} {SHORT} \d{{4}}": "%a, %d %b %Y",
    **{
        rf"{day}{clock}": f"{form}{hours}"
        for clock, hours in CLOCKS.items()
        for day, form in {
            r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
            r"\d{1,2}\.\d{1,2}\.\d{2}": "%d.%m.%y",
            r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",  # or the month first
            r"\d{1,2}/\d{1,2}/\d{2}": "%d/%m/%y",
            rf"\d{{1,2}}-{SHORT}-\d{{4}}": "%d-%b-%Y",
            rf"\d{{1,2}}-{SHORT}-\d{{2}}": "%d-%b-%y",
            rf"\d{{1,2}} {SHORT} \d{{4}}": "%d %b %Y",
            rf"\d{{1,2}} {MONTH} \d{{4}}": "%d %B %Y",
            rf"{SHORT} \d{{1,2}}, \d{{4}}": "%b %d, %Y",
            rf"{MONTH} \d{{1,2}}, \d{{4}}": "%B %d, %Y",
        }.items()
    },
}
