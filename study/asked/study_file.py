"""Where a study's configuration comes from: a preset or a TOML file, and the command line's overrides."""

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study.asked.config import Config, read_config
from study.asked.over import sources
from study.data.tables import OwnRows, is_installed, table
from study.errors import UsageError, did_you_mean

# Of each claim that has some, the arms by name, on further tables as well
Claimed = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]
FOR_A_TABLE = "table"  # the preset of --data
SCHEDULES = (
    (2_000, 50, 900),
    (20_000, 128, 1_500),
    (inf, 256, 1_500),
)  # training rows at most, rows of a batch, steps at least
PASSES = 10  # over the training rows, at least, but for a last batch that is not full
MOST_ROWS = 200_000  # that a study of one table uses unless it says another number
UNEVEN = 0.5  # of a class's even share of the rows
PRESETS = {path.stem: path for path in sorted((Path(__file__).parents[1] / "presets").glob("*.toml"))}


def read_study(study: str, overrides: Sequence[str], *, claimed: Claimed, only: Sequence[str] = ()) -> Config:
    """``overrides`` are ``key=value``, the key dotted, the value as TOML has it (a bare word is a string).

    The designs of the claims that ``design.claims`` names are added to the arms, on those of ``design.tables`` that are
    installed as well; ``only`` of those claims, if it names some. ``design.seeds`` are the replicates of some of these designs, by name.
    Raises ``UsageError``.
    """
    document = _read_toml(find(study))
    for override in overrides:
        _override(document, override)
    design = document.get("design")
    if isinstance(design, dict) and any(each.partition("=")[0].strip() == "design.replicates" for each in overrides):
        design.pop("seeds", None)  # who asks for a number of seeds means all designs
    if only:
        if not (isinstance(design, dict) and design.get("claims")):
            raise UsageError(
                f"--only chooses among the claims of a study, {study} has none: run claims --only {only[0]}"
            )
        design["claims"] = list(only)
    if isinstance(design, dict) and design.get("claims"):
        _add_arms(design, claimed)
    if isinstance(design, dict) and "over" in design:
        design["data"] = sources(design.pop("over"))
        document.setdefault("data", dict(design["data"][0]))  # a study has a table, whatever its designs have
    if study == FOR_A_TABLE:
        _fit_to_its_table(document)
    config = read_config(document)
    config.check_here()
    return config


def _fit_to_its_table(document: dict[str, Any]) -> None:
    """Batches and steps for the rows that train, where neither is set."""
    data, hyper = document.setdefault("data", {}), document.setdefault("hyper", {})
    if not (isinstance(data, dict) and isinstance(hyper, dict) and "name" in data):
        raise UsageError(
            "the preset table is for a table of one's own: pass --data, such as --data churn.csv --target churned"
        )
    config = read_config(document)
    config.check_here()
    held = table(config.data.address)
    if isinstance(held, OwnRows) and len(held.y) > MOST_ROWS and "rows" not in data:
        data["rows"] = MOST_ROWS
        config = read_config(document)
    batch, steps = fitting(config.data.task.train_rows)
    document["hyper"] = {"batch_size": batch, "steps": steps, **hyper}  # who says epochs says steps = 0
    _weigh_uneven(document, table(config.data.address).y)


def fitting(rows: int) -> tuple[int, int]:
    """Rows of a batch and steps, for so many training rows."""
    batch, least = next((batch, steps) for most, batch, steps in SCHEDULES if rows <= most)
    return batch, max(least, PASSES * rows // batch)


def _weigh_uneven(document: dict[str, Any], y: NDArray[np.int64]) -> None:
    """Where classes are uneven an arm beside L2's in which rare ones count as much as the others."""
    counts = np.bincount(y)
    arms = document.get("search", {}).get("arms", {})
    if counts.min() < UNEVEN * counts.sum() / len(counts) and "l2" in arms:
        arms.setdefault("l2_weighted", {**arms["l2"], "class_weights": "balanced"})


def _add_arms(design: dict[str, Any], claimed: Claimed) -> None:
    slugs = _words(design["claims"], 'design.claims is a list of claims such as ["B4"], or ["all"]')
    tables = _words(design.get("tables", []), 'design.tables is a list of tables such as ["wine"]')
    design["tables"] = [name for name in tables if is_installed(name)]
    design["absent"] = [name for name in tables if not is_installed(name)]
    known = claimed(design["tables"])
    for slug in slugs:
        if slug not in known and slug != "all":
            told = f"{slug} is no claim with a design, there are {', '.join(known)}; those of Q and R are tested by the preset default"
            raise UsageError(told + did_you_mean(slug, known))
    design["claims"] = [slug for slug in known if slug in slugs or "all" in slugs]
    seeds = _seeds(design.pop("seeds", {}), {arm.partition("_")[0] for arms in known.values() for arm in arms})
    arms = {
        arm: {**seeds.get(arm.partition("_")[0], {}), **settings}
        for slug in design["claims"]
        for arm, settings in known[slug].items()
    }
    design["designs"] = sorted({arm.partition("_")[0] for arm in arms})
    design["arms"] = {**design.get("arms", {}), **arms}


def _seeds(raw: Any, designs: Collection[str]) -> dict[str, dict[str, Any]]:
    """What is said of each design's arms."""
    if not isinstance(raw, dict):
        raise UsageError(f"design.seeds is a table of designs such as {{ speed = 12 }}, got {raw!r}")
    for name in raw:
        if name not in designs:
            told = f"design.seeds: {name} is no design of a claim, there are {', '.join(sorted(designs))}"
            raise UsageError(told + did_you_mean(name, designs))
    return {name: {"replicates": number} for name, number in raw.items()}


def _words(raw: Any, rule: str) -> list[str]:
    if not (isinstance(raw, list) and all(isinstance(word, str) for word in raw)):
        raise UsageError(f"{rule}, got {raw!r}")
    return raw


def find(study: str) -> Path:
    """The file that ``study`` names. Raises ``UsageError``."""
    if study in PRESETS:
        return PRESETS[study]
    path = Path(study)
    if path.suffix != ".toml" and not path.is_file():
        raise UsageError(
            f"{study!r} is neither a preset ({', '.join(PRESETS)}) nor a file{did_you_mean(study, PRESETS)}"
        )
    return path


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: name a preset ({', '.join(PRESETS)}) or a TOML file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text in UTF-8, and so no TOML file") from error
    except (ValueError, RecursionError) as error:  # a whole number may have too many digits
        raise UsageError(f"{path} is no TOML file: {error}") from error


def _override(document: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    names = [name.strip() for name in key.split(".")]
    if not equals or not all(names):
        raise UsageError(f"--set takes key=value, such as --set search.trials=20, got {override!r}")
    table = document
    for name in names[:-1]:
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise UsageError(f"--set {key}: {name} is a value and holds no {names[-1]}")
    table[names[-1]] = _toml_value(text.strip())


def _toml_value(text: str) -> Any:
    """``text`` as TOML reads it; a string where TOML cannot."""
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return document["value"] if len(document) == 1 else text
