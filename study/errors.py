"""The mistakes that a person can put right: each is one line with the rule, the value and what to do."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

PASSWORD = re.compile(r"(://[^/\s:@]*:).*@")  # up to the last @: a password may hold one


class StudyError(Exception):
    """The command cannot be carried out as things stand (exit code 1)."""

    exit_code = 1

    def __init__(self, message: str, *, details: str = "") -> None:
        """``message`` is printed as one line, ``details`` below it as they are."""
        super().__init__(message)
        self.details = details


class UsageError(StudyError):
    """The command line or the study file asks for what does not exist (exit code 2)."""

    exit_code = 2


class DamagedError(StudyError):
    """What is stored is not as it was written: a backup can take its place."""


def without_passwords(text: str) -> str:
    """The text, with stars for the password of a URL that it holds."""
    return re.sub(r"(?<=[?&]password=)[^&\s]*|(?<=[?&]sslpassword=)[^&\s]*", "***", PASSWORD.sub(r"\1***@", text))


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of a line, "; did you mean …?" with the nearest of ``names``, or nothing where none is near.

    Dotted names are near too if they end in ``name``: ``l2`` is nearest to ``hyper.l2``.
    """
    known = list(names)
    tails = [each for each in known if each.rpartition(".")[2] == name]
    near = [*tails, *get_close_matches(name, known, n=1)]
    return f"; did you mean {near[0]}?" if near else ""


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A small table for a terminal, the first row its header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
