"""Lines of a large file of text, told by counting separators: in a gigabyte of numbers nothing is quoted, and parsing it takes minutes."""

import numpy as np
from numpy.typing import NDArray

NEWLINE, RETURN = b"\n\r"
BLOCK = 2**24  # bytes at once


def counted_lines(data: bytes, sep: str, fields: int) -> NDArray[np.int64] | None:
    """Of each row, from 1, the header and blank lines aside.

    ``None`` where that takes a parser: with quotation marks, other ends of lines, another number of fields in one, or no rows.
    """
    sign = sep.encode()
    if len(sign) > 1 or b'"' in data or data.startswith(b"sep=") or data.count(b"\r") != data.count(b"\r\n"):
        return None
    found, begin, before = list[NDArray[np.int64]](), 0, 0
    while begin < len(data):
        end = data.rfind(b"\n", begin, begin + BLOCK) + 1 or data.find(b"\n", begin) + 1 or len(data)
        block = np.frombuffer(data, np.uint8, end - begin, begin)
        starts = np.concatenate([[0], np.flatnonzero(block[:-1] == NEWLINE) + 1])
        blank = (block[starts] == NEWLINE) | (block[starts] == RETURN)
        counts = 1 + np.add.reduceat(block == sign[0], starts, dtype=np.int64)
        if (counts[~blank] != fields).any():
            return None
        found.append(before + 1 + np.flatnonzero(~blank))
        begin, before = end, before + len(starts)
    rows = np.concatenate(found)[1:] if found else np.empty(0, np.int64)
    return rows if len(rows) else None
