"""Dates as people and programs write them, each way as pandas' format."""

import re
from collections.abc import Iterable, Sequence

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
LONGEST = 40  # letters
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
WEEKDAY, DAY = (f"(?i:{'|'.join(names)})" for names in (WEEKDAYS, [name[:3] for name in WEEKDAYS]))
MONTH, SHORT = (f"(?i:{'|'.join(names)})" for names in (MONTHS, [name[:3] for name in MONTHS]))
OFFSET = r"(Z| ?[+-]\d{2}(:?\d{2})?)"
TIME = rf"\d{{1,2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?{OFFSET}?"
CLOCKS = {
    "": "",
    r" \d{1,2}:\d{2}": " %H:%M",
    r" \d{1,2}:\d{2}:\d{2}": " %H:%M:%S",
    r" \d{1,2}:\d{2} (?i:am|pm)": " %I:%M %p",
    r" \d{1,2}:\d{2}:\d{2} (?i:am|pm)": " %I:%M:%S %p",
}
DAYS = {
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"\d{1,2}\.\d{1,2}\.\d{2}": "%d.%m.%y",
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",  # or the month first
    r"\d{1,2}/\d{1,2}/\d{2}": "%d/%m/%y",
    r"\d{1,2}-\d{1,2}-\d{4}": "%d-%m-%Y",
    r"\d{4}/\d{1,2}/\d{1,2}": "%Y/%m/%d",
    r"\d{4}\.\d{1,2}\.\d{1,2}": "%Y.%m.%d",
    rf"\d{{1,2}}-{SHORT}-\d{{4}}": "%d-%b-%Y",
    rf"\d{{1,2}}-{SHORT}-\d{{2}}": "%d-%b-%y",
    rf"\d{{1,2}} {SHORT} \d{{4}}": "%d %b %Y",
    rf"\d{{1,2}} {MONTH} \d{{4}}": "%d %B %Y",
    rf"{SHORT} \d{{1,2}}, \d{{4}}": "%b %d, %Y",
    rf"{MONTH} \d{{1,2}}, \d{{4}}": "%B %d, %Y",
}
DATES = {
    r"\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{TIME}": "ISO8601",
    **{
        rf"\d{{4}}-\d{{1,2}}-\d{{1,2}} \d{{1,2}}:\d{{2}}:\d{{2}} {zone}": f"%Y-%m-%d %H:%M:%S {zone}"
        for zone in ("UTC", "GMT")
    },
    r"(19|20)\d{2}-(0[1-9]|1[0-2])": "%Y-%m",
    r"(0[1-9]|1[0-2])/(19|20)\d{2}": "%m/%Y",
    rf"{SHORT}-(19|20)\d{{2}}": "%b-%Y",
    rf"{SHORT} (19|20)\d{{2}}": "%b %Y",
    rf"{MONTH} (19|20)\d{{2}}": "%B %Y",
    r"\d{4}-W\d{2}-[1-7]": "%G-W%V-%u",
    r"\d{4}\.\d{1,2}\.\d{1,2}\.": "%Y.%m.%d.",
    rf"\d{{1,2}}{SHORT}\d{{4}}": "%d%b%Y",  # as SAS writes them
    rf"\d{{1,2}}{SHORT}\d{{4}}:\d{{2}}:\d{{2}}:\d{{2}}": "%d%b%Y:%H:%M:%S",
    rf"{WEEKDAY}, \d{{1,2}} {MONTH} \d{{4}}": "%A, %d %B %Y",
    rf"{WEEKDAY}, {MONTH} \d{{1,2}}, \d{{4}}": "%A, %B %d, %Y",
    rf"{DAY}, \d{{1,2}} {SHORT} \d{{4}}": "%a, %d %b %Y",
    rf"{DAY}, \d{{1,2}} {SHORT} \d{{4}} \d{{2}}:\d{{2}}:\d{{2}} GMT": "%a, %d %b %Y %H:%M:%S GMT",
    rf"{DAY}, \d{{1,2}} {SHORT} \d{{4}} \d{{2}}:\d{{2}}:\d{{2}} [+-]\d{{4}}": "%a, %d %b %Y %H:%M:%S %z",
    rf"{DAY} {SHORT} \d{{1,2}} \d{{2}}:\d{{2}}:\d{{2}} \d{{4}}": "%a %b %d %H:%M:%S %Y",
    **{
        rf"{day}{comma}{clock}": f"{form}{comma}{hours}"
        for comma in ("", ",")
        for clock, hours in CLOCKS.items()
        for day, form in DAYS.items()
        if clock or not comma
    },
}
ANY = re.compile("|".join(f"(?:{pattern})" for pattern in DATES))
FOREIGN = re.compile(  # beside digits and marks one name of a month, and a zone
    r"(?=.*(?:19|20)\d{2})(?=\D*\d+\D+\d)[\d\s.,:/T+-]*([^\W\d_]{3,12}\.?)?[\d\s.,:/T+-]*(\[?[^\W\d_]{1,12}(/\w+)?\]?)?"
)


def date_format(words: Iterable[str], *, day_first: bool | None) -> str | None:
    """pandas' format of dates; ``None`` where they are none. Raises ``ValueError`` where they are written in several ways, or day and month cannot be told apart."""
    listed = list(words)
    if not listed:
        return None
    for pattern, form in DATES.items():
        found = [re.fullmatch(pattern, word) for word in listed[:50]]
        if all(found) and all(re.fullmatch(pattern, word) for word in listed):
            return _of_slashes(listed, form, day_first) if form.startswith(("%d/%m", "%d-%m")) else form
    ways: dict[str, str] = {}
    for word in listed:
        ways.setdefault(next((form for pattern, form in DATES.items() if re.fullmatch(pattern, word)), ""), word)
    if "" in ways:
        return None
    raise ValueError(f"dates are written in {len(ways)} ways, such as {', '.join(ways.values())}: write them one way")


def is_date(word: str) -> bool:
    """Written as one, whichever day it is."""
    return ANY.fullmatch(word) is not None


def may_be_date(word: str) -> bool:
    """Whether it seems to be one that is written in another way, such as 3. Oktober 2026."""
    return len(word) <= LONGEST and FOREIGN.fullmatch(word) is not None


def _of_slashes(words: Sequence[str], form: str, day_first: bool | None) -> str | None:  # noqa: FBT001  # as pandas says it
    parts = [list(map(int, re.split("[/-]", word)[:2])) for word in words]
    firsts, seconds = max(first for first, _ in parts), max(second for _, second in parts)
    if max(firsts, seconds) > 31:
        return None
    if min(firsts, seconds) > 12:
        raise ValueError("some dates have the day first, others the month: write them one way")
    if day_first is None and max(firsts, seconds) <= 12:
        raise ValueError(f"dates such as {words[0]} have day or month first: say --set data.day_first=true, or false")
    if day_first is None:
        day_first = firsts > 12
    return form if day_first else form.replace("%d/%m", "%m/%d").replace("%d-%m", "%m-%d")
