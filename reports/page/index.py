"""The index of all runs: what each found, which configuration did best when trained again, and where its page is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.page.templates import environment


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A run in a line; ``page`` is the address of its report from the index, empty where there is none."""

    name: str
    state: str
    table: str
    begun: str
    answer: str
    best: str
    page: str


def index(runs: Sequence[Listed], path: Path) -> Path:
    """Writes the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(environment().get_template("index.html.jinja").render({"runs": runs}), encoding="utf-8")
    return path
