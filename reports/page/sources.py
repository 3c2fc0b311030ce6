"""Where the page comes from, and how to take it away: files beside it, a citation, the study file, the limits of the answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from reports.judging import text

LINKS = {
    "findings.csv": "every number of the claims, a row each",
    "findings.json": "the same as JSON",
    "study.toml": "the whole study file: dropstep run study.toml begins the same study",
    "citation.bib": "the citation for BibTeX",
}
FURTHER = {
    "results.csv": "every network that was trained, a row each",
    "columns.csv": "what each of its columns means, its unit, type and default",
    "results.parquet": "the same with types, units and provenance",
    "baselines.csv": "the other methods beside the networks",
}
MOST_LISTED = 6


def write_sources(folder: Path, attrs: Mapping[Any, Any], headline: str) -> None:
    """The study file and the citation."""
    provenance = attrs["provenance"]
    (folder / "study.toml").write_text(study_file(provenance["config"]), encoding="utf-8")
    citation = bibtex(provenance, attrs.get("record", {}), headline)
    (folder / "citation.bib").write_text(f"{citation}\n", encoding="utf-8")


def links(attrs: Mapping[Any, Any], *, judged: bool) -> list[tuple[str, str, str]]:
    """Address from the page, name, what it is; the findings where a claim was ``judged``, the tables of results where the study put them beside the report."""
    record = attrs.get("record", {})
    beside = [(str(record["files"][name]), name, FURTHER[name]) for name in FURTHER if name in record.get("files", {})]
    own = [(name, name, words) for name, words in LINKS.items() if judged or not name.startswith("findings")]
    return [*own, *beside]


def bibtex(provenance: Mapping[str, Any], record: Mapping[str, Any], headline: str) -> str:
    """Of the study, dated by its record."""
    version = provenance["versions"].get("dropstep", "")
    begun = str(record.get("begun", ""))
    fields = {
        "title": f"{{{headline}}}",
        "howpublished": f"dropstep {version}, study {provenance['name']}".strip(),
        **({"year": begun[:4], "month": begun[5:7]} if begun else {}),
        "note": f"data {provenance['data']['name']}, fingerprint {provenance['data']['fingerprint']}"
        + (f", commit {record['commit']}" if record.get("commit") else ""),
    }
    lines = ",\n".join(f"  {name} = {{{_tex(value)}}}" for name, value in fields.items())
    return f"@misc{{dropstep-{provenance['name']}-{provenance['data']['fingerprint'][:8]},\n{lines}\n}}"


def _tex(value: str) -> str:
    return "".join(f"\\{sign}" if sign in "%&#_$" else sign for sign in value)


def study_file(config: Mapping[str, Any]) -> str:
    """The configuration as TOML: a section for each part, what is nested deeper in a line."""
    plain = [f"{_key(name)} = {_value(each)}" for name, each in config.items() if _is_plain(each)]
    sections = [_section(name, each) for name, each in config.items() if isinstance(each, Mapping)]
    return "\n\n".join(["\n".join(plain), *sections]).strip() + "\n"


def _section(name: str, part: Mapping[str, Any]) -> str:
    arms = part.get("arms")
    rest = {key: each for key, each in part.items() if key != "arms" and each is not None}
    lines = [f"[{_key(name)}]", *(f"{_key(key)} = {_value(each)}" for key, each in rest.items())]
    if isinstance(arms, Mapping) and arms:
        lines += ["", f"[{_key(name)}.arms]", *(f"{_key(key)} = {_value(each)}" for key, each in arms.items())]
    return "\n".join(lines)


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, Mapping)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("-", "_").isidentifier() else json.dumps(name)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {_value(each)}" for key, each in value.items() if each is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_value(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


BY_TIME = (
    "The split is by time, and all seeds have the same rows: their intervals are those of initial weights and of the order of rows,"
    " so that a method without either has none."
)


def limits(results: pd.DataFrame, provenance: Mapping[str, Any]) -> list[str]:
    """What the answer does not reach to."""
    by_time = (provenance["config"].get("data") or {}).get("time") is not None
    return [*_limits(results, provenance["data"]), *([BY_TIME] if by_time else [])]


def _limits(results: pd.DataFrame, data: Mapping[str, Any]) -> Iterator[str]:
    table = text.table_name(data["name"])
    yield (
        f"One table of data, {table}, with one test part of {data['test']} rows: the intervals are over seeds, and say nothing of other "
        "tables or of other test rows."
    )
    if len(results):
        yield f"Small networks: {_settings(results)}."
    if data["label_noise"]:
        yield (
            f"{data['label_noise']:.0%} of the training labels were drawn at random from the {data['classes']} classes, so that about "
            f"{data['label_noise'] * (1 - 1 / data['classes']):.0%} are wrong; regularisation is worth more than on clean labels."
        )
    yield "What is too small to be of interest was set by us, 0.02 nat and 1 point; who sets it elsewhere may come to other verdicts."
    yield "The best of what was tried is not the best that there is: an open end of an interval marks where the best lay at the edge."


def _settings(results: pd.DataFrame) -> str:
    """What all networks of the designs have, or between which ends it lies."""
    named = {"depth": "hidden layer", "width": "unit", "steps": "step"}
    known = [
        _range(results[column].dropna().unique().tolist(), noun)
        for column, noun in named.items()
        if column in results and results[column].notna().any()
    ]
    return ", ".join(known)


def _range(values: Sequence[Any], noun: str) -> str:
    low, high = int(min(values)), int(max(values))
    return text.count(high, noun) if low == high else f"{low} to {text.count(high, noun)}"
