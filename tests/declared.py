"""What the READMEs take from the declarations: the study file's keys, Hyper's fields, the columns of findings. `make readme` writes them, a test compares."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from nets.hyper import Hyper
from reports.judging.findings import COLUMNS
from study.asked.config import Config
from study.asked.source import Source
from study.asked.stages import BaselineStage, DesignStage, RefitStage, ScoreStage, SearchStage

ROOT = Path(__file__).parent.parent
PARTS = {
    "data": Source,
    "design": DesignStage,
    "score": ScoreStage,
    "search": SearchStage,
    "refit": RefitStage,
    "baselines": BaselineStage,
}


def default(declared: Field[Any]) -> str:
    """As a study file writes it; a dash where leaving the key out is a value of its own."""
    if declared.default_factory is not MISSING:
        value = declared.default_factory()
    elif declared.default is MISSING:
        return "needed"
    else:
        value = declared.default
    if value is None:
        return "–"
    return f"`{value}`".replace("'", '"')


def keys() -> str:
    """The table of all keys of a study file."""
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *_keys()])


def _keys() -> Iterator[str]:
    for declared in fields(Config):
        part = PARTS.get(declared.name)
        name = f"**[{declared.name}]**" if part else declared.name
        yield f"| {name} | {'' if part else default(declared)} | {declared.metadata['meaning']} |"
        for key in fields(part) if part else ():
            yield f"| {declared.name}.{key.name} | {default(key)} | {key.metadata['meaning']} |"


def hyperparameters() -> str:
    """The table of all fields of Hyper."""
    return "\n".join(
        [
            "| field | default | values | meaning |",
            "|---|---|---|---|",
            *(
                f"| {each.name} | {default(each)} | {each.metadata['domain']} | {each.metadata['meaning']} |"
                for each in fields(Hyper)
            ),
        ]
    )


def columns() -> str:
    """The table of the columns of findings.csv."""
    return "\n".join(
        ["| column | meaning |", "|---|---|", *(f"| {name} | {words} |" for name, words in COLUMNS.items())]
    )


BLOCKS = {
    "keys": ("study/README.md", keys),
    "hyperparameters": ("nets/README.md", hyperparameters),
    "findings": ("reports/README.md", columns),
}


def renewed(name: str) -> str:
    """The text of a README with this table as the declarations have it."""
    page, table = BLOCKS[name]
    between = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)
    return between.sub(lambda _: f"{table()}\n", (ROOT / page).read_text(encoding="utf-8"))


def main() -> None:
    """Writes the tables."""
    for name, (page, _) in BLOCKS.items():
        (ROOT / page).write_text(renewed(name), encoding="utf-8")


if __name__ == "__main__":
    main()
