"""The commands of ``dropstep``; what is slow to import is imported by the command that needs it."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from study.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

Name = Annotated[str | None, Parameter(help="Folder under runs/; by default the only one there (status: every one).")]


def run(  # noqa: PLR0913  # an argument is an option of the command line
    study: str = "default",
    /,
    *,
    name: str | None = None,
    trials: int | None = None,
    workers: int | None = None,
    only: Annotated[Sequence[str], Parameter(negative="", show_default=False)] = (),
    settings: Annotated[Sequence[str], Parameter(name="--set", negative="", show_default=False)] = (),
) -> int:
    """Carry a study out, or on: train what is missing, then write results and report.

    What is recorded is never trained again, so the same command resumes a study that was stopped or killed,
    and raising --trials extends it. The results do not depend on the number of workers.

    Args:
        study: A preset (quick, default, full, claims) or a TOML file.
        name: Folder under runs/. By default the name of the preset or file.
        trials: Trials of the search in all: short for --set search.trials=T.
        workers: Processes that train. By default the number of available cores.
        only: A claim, such as B4: with claims, carries out its designs alone, as a run of its own; may be repeated.
        settings: key=value, one setting of the study, such as data.label_noise=0 or hyper.activation=tanh; may be repeated.
    """
    from study.executors import available_cores
    from study.runs import Run
    from study.session import carry_out
    from study.study_file import find, read_study

    if workers is not None and workers < 1:
        raise UsageError(f"--workers is at least 1, got {workers}")
    overrides = [*settings, *([] if trials is None else [f"search.trials={trials}"])]
    overrides += [f"design.claims={list(only)}"] if only else []
    place = Run("-".join([find(study).stem, *only]) if name is None else name)
    config = read_study(study, overrides, claimed=_claimed)
    command = _command(study, name, trials, only, settings)
    carry_out(place, config, command=command, workers=workers or available_cores(), render=_render)
    return 0


def status(*, name: Name = None) -> int:
    """Tell how far a study is, also while it runs: networks, failures, the best trial so far. Without --name, of every run."""
    from study.runs import chosen, existing_runs
    from study.session import status as lines_of

    places = existing_runs() if name is None else []
    for place in places or [chosen(name)]:
        print("\n".join(lines_of(place)))
    return 0


def report(*, name: Name = None) -> int:
    """Write the results and the report anew from what is recorded."""
    from study.runs import chosen
    from study.session import open_ledger, publish

    place = chosen(name)
    with closing(open_ledger(place)) as ledger:
        print(publish(place, ledger, _render))
    return 0


def export(*, name: Name = None, to: Path | None = None) -> int:
    """Write results.parquet and results.csv from what is recorded.

    Args:
        name: Folder under runs/; by default the only one there.
        to: Where to write them. By default the folder of the run.
    """
    from study.results import write_results
    from study.runs import chosen
    from study.session import open_ledger, table_of

    place = chosen(name)
    with closing(open_ledger(place)) as ledger:
        for path in write_results(table_of(ledger), to or place.folder):
            print(path)
    return 0


def _render(table: "pd.DataFrame", folder: Path) -> Path:
    import reports

    page: Path = reports.render(reports.CLAIMS, table, folder)
    return page


def _claimed() -> dict[str, Mapping[str, Any]]:
    import reports

    return {claim.slug: claim.arms for claim in reports.CLAIMS if claim.design}


def _command(study: str, name: str | None, trials: int | None, only: Sequence[str], settings: Sequence[str]) -> str:
    """What reproduces the study, in one spelling."""
    words = ["python", "-m", "study", "run", study]
    words += [] if name is None else ["--name", name]
    words += [] if trials is None else ["--trials", str(trials)]
    words += [word for slug in only for word in ("--only", slug)]
    words += [word for setting in settings for word in ("--set", setting)]
    return shlex.join(words)
