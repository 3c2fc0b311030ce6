"""What a study is: everything that its results are a function of, and how to reproduce them."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from optuna.distributions import CategoricalDistribution

from study.asked.arms import Arm
from study.asked.axes import Axis
from study.asked.config import Config
from study.data.tables import OwnRows, table
from study.errors import UsageError, aligned
from study.kept import numerics
from study.own.parts import Sizes, ties
from study.records import Key, Record
from study.searched.sampling import PACKAGES as PACKAGES_OF_SAMPLERS

PACKAGES = ("dropstep", "numpy", "optuna", "scikit-learn")
NOT_IDENTITY = (
    "command",
    "data.read",  # the fingerprint says whether it is the same
    "search.trials",
    "config.search.trials",
    "search.repeats",
    "config.search.repeats",
    "versions.dropstep",
)  # a study may be extended, asked for in other words, and carried on by a version that trains the same
CODE = ("nets", "study")
WIDEST = 60  # letters of a value that a person is shown
HERE = ("versions", "machine")  # what decides bits and is no matter of what is asked


def describe(config: Config, *, name: str, command: str) -> dict[str, Any]:
    """JSON-able, without dates. Raises ``UsageError`` if the table is too small for its parts."""
    return {
        "name": name,
        "command": command,
        "seed": config.seed,
        "data": _data(config),
        **here(config.kernels),
        "config": json.loads(json.dumps(config.document)),
        "search": _search(config),
    }


def commit() -> str:
    """Of the checkout that the code lies in; empty where it was installed, or there is no git. It is for readers: bits are told by the code itself."""
    root, git = Path(__file__).parents[2], shutil.which("git")
    if git is None or not (root / ".git").exists():
        return ""
    words = [git, "-C", str(root), "rev-parse", "--verify", "HEAD"]
    told = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - no part comes from outside
    return told.stdout.strip()


def here(kernels: str) -> dict[str, Any]:
    """What decides bits on this machine, whatever else is asked."""
    return {"versions": _versions(kernels), "machine": numerics.processor()}


@dataclass(frozen=True)
class Difference:
    setting: str
    recorded: str
    now: str

    @property
    def is_of_the_machine(self) -> bool:
        return "versions" in self.setting.split(".") or self.setting == "machine"


def differences(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Where two descriptions are not of one study."""
    before, after = dict(_flat(recorded)), dict(_flat(now))
    names = [name for name in {**before, **after} if name not in NOT_IDENTITY]
    pairs = ((name, before.get(name, "-"), after.get(name, "-")) for name in names)
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def check_same(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raises ``UsageError`` with the differences, and how to go on, unless both describe one study."""
    found = differences(recorded, now)
    elsewhere = [each for each in found if each.is_of_the_machine]
    if elsewhere:
        raise UsageError(
            f"{now['name']} was begun by other code or on another machine, which trains other bits: begin a new one with"
            f" --name, or go on with {_exact(recorded, elsewhere)}; status, report, export and advise read it as it is",
            details=difference_table(found),
        )
    if found:
        raise UsageError(
            f"{now['name']} was begun as another study: begin a new one with --name, throw this one away by dropstep delete"
            f" {now['name']}, or take back what differs (--trials alone may grow)",
            details=difference_table(found),
        )


def elsewhere(recorded: Mapping[str, Any]) -> list[Difference]:
    """What decides bits and is not here as it was where a study was recorded; needs neither its data nor its configuration."""
    return differences({name: recorded.get(name) for name in HERE}, here(recorded["config"].get("kernels", "numpy")))


def _exact(recorded: Mapping[str, Any], found: Sequence[Difference]) -> str:
    """What a study was begun with, of that which differs; code by the version that it belongs to."""
    known = {each.setting.rpartition(".")[2]: each.recorded.strip('"') for each in found if each.recorded != "-"}
    codes = [f"{package} {known.pop(package)}" for package in CODE if package in known]
    ours = [f"dropstep {recorded['versions']['dropstep']} (code {', '.join(codes)})"] if codes else []
    return ", ".join([*ours, *(f"{name} {value}" for name, value in known.items())])


def difference_table(found: Sequence[Difference]) -> str:
    return aligned([("setting", "recorded", "now"), *((each.setting, *_shortened(each)) for each in found)])


def _shortened(found: Difference) -> tuple[str, str]:
    """Both values, long ones such as the names of a hundred columns from shortly before the place at which they part."""
    same = len([*takewhile(lambda pair: pair[0] == pair[1], zip(found.recorded, found.now, strict=False))])
    start = 0 if max(len(found.recorded), len(found.now)) <= WIDEST else max(0, same - WIDEST // 3)
    before, now = (
        ("…" if start else "") + value[start : start + WIDEST] + ("…" if len(value) > start + WIDEST else "")
        for value in (found.recorded, found.now)
    )
    return before, now


def check_extent(records: Sequence[Record], config: Config, name: str) -> None:
    """Raises ``UsageError`` if fewer trials are asked for than were begun."""
    if not config.search:
        return
    trials = config.search.trials
    beyond = [key.trial for key in _searched(records) if key.trial >= trials]
    if beyond:
        begun = max(beyond) + 1
        raise UsageError(
            f"--trials is the total and at least the {begun} that {name} has begun, got {trials}"
            f": pass --trials {begun} or more, or another --name"
        )


def check_repeats(records: Sequence[Record], config: Config, name: str) -> None:
    """Raises ``UsageError`` if fewer searches are asked for than were begun."""
    asked = {arm.name: arm.repeats for arm in config.arms}
    for key in _searched(records):
        if key.repeat >= asked.get(key.arm, 0):
            raise UsageError(
                f"{name} has begun repeat {key.repeat} of {key.arm}, and {asked.get(key.arm, 0)} are asked for, counted from 0"
                ": raise repeats, or pass another --name"
            )


def _searched(records: Sequence[Record]) -> Iterator[Key]:
    return (record.key for record in records if record.key.stage == "search")


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in document.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json.dumps(value)


def _data(config: Config) -> dict[str, Any]:
    """The table of the study, and the fingerprints of those that its designs take instead."""
    source = config.data
    try:
        train, valid, test = source.sizes()
    except ValueError as error:
        raise UsageError(str(error)) from error
    whole = table(source.address)
    rows, inputs = whole.shape
    return {
        "name": source.name,
        "rows": rows,
        "inputs": inputs,
        "classes": whole.classes,
        "fingerprint": whole.fingerprint,
        "train": train,
        "valid": valid,
        "test": test,
        "label_noise": source.label_noise,
        "tables": {name: table(name).fingerprint for name in sorted(config.tables - {source.address})},
        **(
            {"columns": list(whole.inputs), "read": _read(whole, Sizes(train, valid, test))}
            if isinstance(whole, OwnRows)
            else {}
        ),
    }


def _read(whole: OwnRows, sizes: Sizes) -> list[str]:
    """What was read, the warnings last."""
    return [*whole.own.described(), *(f"warning {line}" for line in ties(whole.own, sizes))]


def _search(config: Config) -> dict[str, Any] | None:
    if not config.search:
        return None
    opened = {field: _range(arm, field, axis) for arm in config.arms for field, axis in arm.axes.items()}
    packages = PACKAGES_OF_SAMPLERS.get(config.search.sampler, ())
    return {
        **{name: value for name, value in config.search.document.items() if name not in {"arms", "replicates"}},
        "open": opened,
        "axes": {arm.name: {field: axis.parameter for field, axis in arm.axes.items()} for arm in config.arms},
        "versions": {package: numerics.version_of(package) for package in packages},
    }


def _range(arm: Arm, field: str, axis: Axis) -> dict[str, Any]:
    """Of the field, on whatever axis it is searched."""
    if isinstance(axis.distribution, CategoricalDistribution):
        return {"choices": list(axis.distribution.choices)}
    low, high = sorted(arm.reach(field))
    return {"low": low, "high": high, "log": axis.parameter == field and vars(axis.distribution)["log"]}


def _versions(kernels: str) -> dict[str, str]:
    """Of all that decides bits, the code of the nets and the kernels they run on included."""
    packages = {package: numerics.version_of(package) for package in PACKAGES}
    return {"python": numerics.python(), **packages, **numerics.code(kernels)}
