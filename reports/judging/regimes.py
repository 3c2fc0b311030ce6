"""A regime: where an estimate holds, as a value."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, order=True)
class Regime:
    """``words`` are what it is called within a table of data; ``table`` is what sentences call that, empty where one alone is judged.

    Where the words are a ``noun`` and a ``number``, both stand by themselves as well, so that several are said as one.
    """

    words: str
    table: str = ""
    noun: str = ""
    number: str = ""

    def __str__(self) -> str:
        return f"{self.words} on {self.table}" if self.table else self.words

    def on(self, table: str) -> "Regime":
        return replace(self, table=table)

    def under(self, condition: str) -> "Regime":
        """The part of it where a condition holds, which is named first."""
        return Regime(f"{condition}, {self.words}" if self.words else condition, self.table)


EVERYWHERE = Regime("")


def numbered(noun: str, number: object) -> Regime:
    """Such as width 12."""
    return Regime(f"{noun} {number}", noun=noun, number=str(number))
