"""One word for a table of one's own and how it is read: what travels with a task, and stands in the results."""

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from study.own.options import Options
from study.own.raw import SUFFIXES

if TYPE_CHECKING:
    from study.own.table import OwnTable

SEVERAL = ("drop", "keep", "na")
OPTIONS = {each.name for each in fields(Options)}


def address(name: str, options: Options) -> str:
    """``churn.csv?target=churned&drop=customer``; the name alone where nothing is asked for."""
    asked = {each.name: _spelt(getattr(options, each.name)) for each in fields(options)}
    query = urlencode({option: value for option, value in asked.items() if value}, doseq=True)
    return f"{quote(name, safe='/:.~+ ()[]')}?{query}" if query else name


def _spelt(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def parted(word: str) -> tuple[str, Options]:
    """Name and options of an address, or of ``people.csv:income``, where the column income holds the class."""
    name, asked, query = word.partition("?")
    if asked and set(parse_qs(query, keep_blank_values=True)) <= OPTIONS:
        return unquote(name), _options(query)
    path, colon, target = word.rpartition(":")
    if colon and path.lower().endswith(SUFFIXES):
        return path, Options(target=target)
    return word, Options()


def _options(query: str) -> Options:
    found: dict[str, Any] = {}
    for option, values in parse_qs(query, keep_blank_values=True, strict_parsing=True).items():
        found[option] = tuple(values) if option in SEVERAL else values[0]
    if "day_first" in found:
        found["day_first"] = found["day_first"] == "true"
    if "rows" in found:
        found["rows"] = int(found["rows"])
    return Options(**found)


def is_own(word: str) -> bool:
    """Whether a table of one's own may be meant, wherever it comes from."""
    from study.own.sources import is_meant

    name, _ = parted(word)
    return is_meant(name)


def named(word: str) -> "OwnTable":
    """The table at an address. Raises ``ValueError`` for what cannot be read or learnt from."""
    name, options = parted(word)
    return read(name, options)


@cache
def read(name: str, options: Options) -> "OwnTable":
    """Raises ``ValueError``."""
    import pyarrow as pa

    from study.own.sources import raw
    from study.own.table import own_table

    found = raw(name, options)
    if options.target is None and found.target is not None:
        options = Options(**{**vars(options), "target": found.target})
    table = own_table(found, options)
    del found
    pa.default_memory_pool().release_unused()  # of 70,000 images it keeps half a gigabyte
    return table
