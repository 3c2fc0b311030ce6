"""Numbers as people and programs write them: plain, with commas for thousands, with a decimal comma, with a currency or a unit."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
CURRENCY = r"$¢£¥฿\u20a0-\u20cf"  # € and ₹ among the last
AFFIXES = re.compile(rf"(?<![^+-])[{CURRENCY}]\s?|\s?[%{CURRENCY}]$")  # of an amount of money, or a percentage
TYPEWRITTEN = str.maketrans(
    {"\u2212": "-", "\u00a0": " ", "\u202f": " ", "’": "'"}
)  # minus, blanks that do not break, apostrophe
LOSS = re.compile(r"\((.*)\)|([^+-].*)-")  # as accountants and SAP write what is below zero
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?: ?([AaPp])\.?[Mm]\.?)?")
COMMA_IS_DECIMAL = re.compile(
    r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+|\d+,\d+[eE][+-]?\d+)"
)  # and cannot group thousands
COMMA_GROUPS = re.compile(
    r"[+-]?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,}|\d{1,2}(,\d{2})+,\d{3})"
)  # and cannot be a decimal mark
EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
POINTS = re.compile(r"[+-]?(0|[1-9]\d{0,2}(\.\d{3})*)")
MOST, SOME = 0.8, 1000  # share of words, words that are looked at
CODE = re.compile(r"0\d+")  # of a post code, which as a number would be another
LONG = re.compile(r"[+-]?\d{16,}")  # may have more digits than a number holds
GAPS = (
    *("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NaT", "NULL", "null", "(null)", "\\N", "None", "<NA>"),
    *("#DIV/0!", "#VALUE!", "#NUM!", "#REF!", "#NAME?"),
)  # as programs write them
CURRENCIES = "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HUF|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|TRY|USD|ZAR"
DIGITS = r"[+-]?\(?\d[\d.,'’ \u00a0\u202f]*\)?"
UNITS = {  # of numbers such as 5.1 mg, EUR 5, US$5
    "behind": re.compile(rf"{DIGITS}\s*(?P<unit>([^\W\d_]|[/°²³‰])+)"),
    "before": re.compile(rf"(?P<unit>{CURRENCIES}|[A-Z]{{1,2}}\$|Rs\.?|kr\.?) ?{DIGITS}"),
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
            hours, minutes, seconds = (int(part or 0) for part in clock.groups()[:3])
            hours = hours % 12 + 12 * (clock[4] in "Pp") if clock[4] else hours
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


def common_unit(counts: Mapping[Any, int]) -> str | None:
    """The one unit of nearly all words, by how often each is there; where there are two, what is a number in one is another in the next."""
    units = {word: unit for word in counts if (unit := unit_of(word))}
    often = sum(counts[word] for word in units) > MOST * sum(counts.values())
    return next(iter(units.values())) if often and len(set(units.values())) == 1 else None


def share(words: Iterable[str], fits: Callable[[str], object]) -> float:
    """Of the words for which ``fits`` gives something."""
    found = [fits(word) is not None for word in words]
    return sum(found) / len(found) if found else 0.0


def marks(columns: Iterable[Iterable[str]], sep: str | None, *, pointed: bool = False) -> Marks:
    """Those of a whole file, from the different words of its columns of text; ``pointed`` says that others have decimals behind points. Raises ``ValueError`` where they contradict each other, or fit two readings."""
    decimal, grouping, either = set(), set(), set()
    written = [_bare([word for word in column if word not in GAPS]) for column in columns]
    spaced = next((sign for sign in SPACED if any(_is_grouped_by(sign, words) for words in written)), "")
    for words in written:
        numbers = [word.replace(spaced, "") for word in words] if spaced and _is_grouped_by(spaced, words) else words
        words = numbers
        if share(words, COMMA.number) > 0.8:
            decimal |= {word for word in numbers if COMMA_IS_DECIMAL.fullmatch(word)}
        if share(words, GROUPING.number) > 0.8:
            grouping |= {word for word in numbers if COMMA_GROUPS.fullmatch(word)}
            either |= {word for word in numbers if EITHER.fullmatch(word)}
    grouped = [words for words in written if _is_grouped_by_points(words, sep)]
    certain = {word for words in grouped for word in words if word.count(".") > 1}
    if grouped and sep != "," and not pointed and not any(map(_has_decimal_points, written)):
        if not decimal and not certain:
            raise ValueError(_either(min(word for word in grouped[0] if "." in word), "."))
        decimal |= certain
    if decimal and grouping:
        raise ValueError(
            f"commas are decimal marks in {min(decimal)} and group thousands in {min(grouping)}: write all numbers one way"
        )
    if either and not decimal and not grouping and sep != ",":
        raise ValueError(_either(min(either), ","))
    if spaced and not grouping:
        return Marks("," if decimal else ".", spaced)
    if decimal:
        return COMMA
    return GROUPING if grouping or either else Marks()


def _either(word: str, sign: str) -> str:
    return f'{word} may be a number above a thousand or one with decimals: say --set data.thousands="{sign}" or --set data.decimal="{sign}"'


def _bare(words: Sequence[str]) -> list[str]:
    """As a typewriter has them, without a unit that nearly all have."""
    unit = common_unit(Counter(words)) if any(map(unit_of, words[:SOME])) else None
    return [typed(without_unit(word, unit) if unit else word) for word in words]


def _is_grouped_by_points(words: Sequence[str], sep: str | None) -> bool:
    """Whether a column holds numbers such as 1.169 alone, which may be above a thousand, with others such as 950 where fields are not separated by semicolons."""
    mixed = sep == ";" or any(word.isdecimal() and word != "0" for word in words)
    return mixed and any("." in word for word in words) and all(POINTS.fullmatch(word) for word in words)


def _has_decimal_points(words: Sequence[str]) -> bool:
    return any("." in word and not POINTS.fullmatch(word) for word in words) and share(words, Marks().number) > MOST


def _is_grouped_by(sign: str, words: list[str]) -> bool:
    """Whether a column's numbers have this sign between thousands, whatever their decimal mark is."""
    grouped = SPACED[sign]
    pointed = [word.replace(",", ".") if word.count(",") == 1 else word for word in words]
    return share(pointed, grouped.number) > 0.8 and any(sign in word for word in words)
