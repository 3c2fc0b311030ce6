"""Text with separators: which sign separates, what the header names, and whether every line has as many fields."""

import csv
import io
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from study.own.counted import counted_lines
from study.own.numerals import CODE, LONG
from study.own.options import Options

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
SAMPLE = 200  # records from which the separator is guessed
OPEN_QUOTE = "has a quotation mark that is not closed"
LARGE = 2**26  # bytes
SEP_LINE = re.compile(rb"sep=([ -~\t])\r?\n")
NAMELESS = "Unnamed: "  # pandas' name for a column that has none


def separator(path: str, data: bytes, options: Options) -> str:
    """Given, or the one that cuts all lines into equally many fields. Raises ``ValueError``."""
    if options.sep is not None:
        sep = {"\\t": "\t", "tab": "\t"}.get(options.sep, options.sep)
        if len(sep) != 1:
            raise ValueError(f"a separator is one sign, or tab, got {options.sep!r}: set data.sep, or leave it out")
        return sep
    told = _told(data)
    if told is not None:
        return told
    scores = {sep: _score(data, sep) for sep in SEPARATORS}
    best = max(scores, key=lambda sep: scores[sep])
    if not scores[best][0]:
        first = data.split(b"\n", 1)[0].decode(errors="replace").strip()
        raise ValueError(
            f"{path} has one column, its first line is {first[:60]!r}: which sign separates? Name it by --sep, such as --sep '{_likely(first)}'"
        )
    return best


def _likely(line: str) -> str:
    """The sign that stands most often between letters and digits."""
    signs = Counter(sign for sign in line if not sign.isalnum() and sign not in "_.-'\"")
    return signs.most_common(1)[0][0] if signs else " "


def _told(data: bytes) -> str | None:
    """The separator that Excel's first line ``sep=;`` names."""
    found = SEP_LINE.match(data)
    return found[1].decode() if found else None


def _score(data: bytes, sep: str) -> tuple[float, bool, int]:
    """The share of records of the commonest length, whether the header has it too, and that length; nothing where it is 1.

    Numbers with decimal commas may have as many commas as there are semicolons: the header has none.
    """
    lengths = [len(record) for _, record in islice(records(data, sep), SAMPLE)]
    counts = Counter(lengths[1:] or lengths)
    fields, often = counts.most_common(1)[0] if counts else (1, 1)
    return (often / counts.total(), fields == lengths[0], fields) if fields > 1 else (0.0, False, 0)


def records(data: bytes, sep: str) -> Iterator[tuple[int, list[str]]]:
    """Every record that is not blank, with the line it ends in, from 1."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(
        io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""), delimiter=sep, skipinitialspace=True
    )
    told = _told(data) is not None
    for record in reader:
        if record and not (told and reader.line_num == 1):
            yield reader.line_num, record


def _is_nameless(name: str, read: pd.DataFrame) -> bool:
    """Whether a column that was given its name here holds something."""
    return name.startswith(NAMELESS) and bool(read[name].notna().any())


def header(path: str, data: bytes, sep: str) -> list[str]:
    """The names of the columns. Raises ``ValueError`` where two are the same."""
    first = next((record for _, record in records(data, sep)), [])
    names = [name.strip() or f"{NAMELESS}{place}" for place, name in enumerate(first)]
    again = [name for name, times in Counter(names).items() if times > 1]
    if again:
        places = [place + 1 for place, name in enumerate(names) if name == again[0]]
        raise ValueError(
            f"{path} has {len(places)} columns called {again[0]}, the {' and '.join(map(_ordinal, places))}: rename one in line 1"
        )
    return names


def lines(path: str, data: bytes, sep: str, names: Sequence[str]) -> NDArray[np.int64]:
    """The line of each row. Raises ``ValueError`` at the first that has more or fewer fields than the header has names."""
    plain = counted_lines(data, sep, len(names))
    if plain is not None:
        return plain
    found: list[int] = []
    every = records(data, sep)
    before = next(every, (0, []))[0]
    for line, record in every:
        if len(record) != len(names):
            if line > before + 1 and any("\n" in field for field in record):
                raise ValueError(
                    f"{path} {OPEN_QUOTE}, in line {before + 1}: close it, or double it where it is a sign"
                )
            raise ValueError(
                f"{path} has {_counted(len(names), 'name')} in its header ({_shortened(names)}) and {_counted(len(record), 'field')}"
                f" in line {line}{_reason(len(record), len(names), first=not found)}"
            )
        found.append(line)
        before = line
    if not found:
        raise ValueError(f"{path} has a header and no rows")
    return np.array(found)


def _reason(fields: int, names: int, *, first: bool) -> str:
    if names == 1:
        return ": the names stand in line 1, is that a title or a comment? Take it out"
    if first and fields > names:
        return ": a name is missing, or a field holds the separator and has no quotes"
    return (
        ": give this line as many fields"
        if not first
        else ": is the header in line 1, and the separator right (--sep)?"
    )


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _shortened(names: Sequence[str]) -> str:
    text = ", ".join(names)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number // 10 % 10 != 1 else 0, "th")
    return f"{number}{ending}"


def _coded(data: bytes, sep: str) -> set[int]:
    """The places of columns of which a field is a number that begins with 0, or has very many digits: as a number it would be another word."""
    if not re.search(rb'(?:^|["\r\n' + re.escape(sep).encode() + rb"])[ \t]*(?:0\d|[+-]?\d{16,}(?![\d.]))", data):
        return set()
    return {
        place
        for _, record in records(data, sep)
        for place, field in enumerate(record)
        if CODE.fullmatch(field.strip()) or LONG.fullmatch(field.strip())
    }


def frame(path: str, data: bytes, options: Options, *, text: bool) -> tuple[pd.DataFrame, NDArray[np.int64], list[str]]:
    """The table as pandas reads it, nothing but blanks and ``options.na`` a gap; each row's line; what was guessed.

    Columns whose every value is a plain number, none a code such as 01067, have numbers, all others text as it stands; with
    ``text`` all have that.
    """
    sep = separator(path, data, options)
    names = header(path, data, sep)
    numbered = lines(path, data, sep, names)
    is_plain = options.decimal in {None, "."} and options.thousands in {None, ""}
    try:
        read = _parsed(
            SEP_LINE.sub(b"", data, count=1) if _told(data) is not None else data,
            sep=sep,
            header=0,
            names=names,
            index_col=False,
            keep_default_na=False,
            na_values=["", *options.na],
            skipinitialspace=True,
            encoding="utf-8",
            dtype={names[place]: str for place in _coded(data, sep)} if is_plain and not text else str,
        )
    except (ValueError, OverflowError) as error:  # pandas' own are ValueErrors
        told = str(error).splitlines()[0]
        raise ValueError(f"{path} {OPEN_QUOTE if 'inside string' in told else f'cannot be read: {told}'}") from error
    if len(read) != len(numbered):
        raise ValueError(f"{path} {OPEN_QUOTE}: {len(numbered)} rows became {len(read)}")
    again = _header_again(read)
    if again is not None:
        raise ValueError(
            f"{path} has its header again in line {numbered[again]}: were several files joined? Take that line out"
        )
    said = [] if options.sep or sep == "," else [f"fields separated by {SEPARATORS.get(sep, sep)}"]
    said += [
        f"column {place + 1} has no name, it is called {name}"
        for place, name in enumerate(names)
        if _is_nameless(name, read)
    ]
    return read, numbered, said


def _header_again(read: pd.DataFrame) -> int | None:
    """The first row that is the header once more."""
    if any(pd.api.types.is_numeric_dtype(dtype) for dtype in read.dtypes):
        return None
    alike = np.logical_and.reduce([(read[name] == name).to_numpy(bool, na_value=False) for name in read])
    return int(np.argmax(alike)) if alike.any() else None


def _parsed(data: bytes, **how: Any) -> pd.DataFrame:
    """Large ones piece by piece, in a third of the memory: unless a column has numbers in one piece and words in another."""
    read: pd.DataFrame
    for in_pieces in (True, False) if len(data) >= LARGE else (False,):
        with warnings.catch_warnings(), suppress(pd.errors.DtypeWarning):
            warnings.simplefilter("error", pd.errors.DtypeWarning)  # what a column holds is told from all of it
            read = pd.read_csv(io.BytesIO(data), low_memory=in_pieces, **how)
            break
    return read
