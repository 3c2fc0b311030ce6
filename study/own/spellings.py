"""Words that may be one, written in several ways: in capitals or not, with a mark behind, yes beside true."""

from collections.abc import Iterable

MARKS = ".,;:!"
YES, NO = ("y", "yes", "t", "true", "1"), ("n", "no", "f", "false", "0")
MEANINGS = {**dict.fromkeys(YES, "yes"), **dict.fromkeys(NO, "no")}


def alike(words: Iterable[str]) -> list[list[str]]:
    """The words that seem to be one, sorted; truths are told from letters of a code by all words being some."""
    plain = {word: word.lower().rstrip(MARKS) or word for word in sorted(words)}
    if len(plain) > 2 and all(word in MEANINGS for word in plain.values()):
        plain = {word: MEANINGS[meant] for word, meant in plain.items()}
    found: dict[str, list[str]] = {}
    for word, meant in plain.items():
        found.setdefault(meant, []).append(word)
    return [several for several in found.values() if len(several) > 1]
