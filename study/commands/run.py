"""``dropstep run``: a study is carried out, or on."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from cyclopts import Parameter

from study.asked.table_flags import TableFlags
from study.commands.options import Several, Storage

NO_TABLE = TableFlags()


def run(
    study: str | None = None,
    /,
    *,
    table: Annotated[TableFlags, Parameter(name="*", show_default=False)] = NO_TABLE,
    name: str | None = None,
    trials: int | None = None,
    workers: int | None = None,
    budget: float | None = None,
    only: Several = (),
    storage: Storage = None,
    executor: str | None = None,
    memory_limit: int | None = None,
    time_limit: float | None = None,
    settings: Annotated[Sequence[str], Parameter(name="--set", show_default=False)] = (),
) -> int:
    """Carry a study out, or on; what it does in general is said in ``study.command_line``.

    Args:
        study: A preset (quick, default, full, table, claims, claims_full, many, many_quick) or a TOML file. By default table with --data, default without.
        name: Folder under runs/. By default the name of the preset or file.
        trials: Trials of the search in all: short for --set search.trials=T.
        workers: Processes that train. By default the number of available cores.
        budget: Seconds after which the run ends and is published as far as it came; the same command resumes it.
        only: A claim, such as B4: with claims, carries out its designs alone, as a run of its own; may be repeated.
        executor: pool, serial, dask or dask://host:port. By default pool, or serial for one worker without limits.
        memory_limit: MiB that a stack of networks may take to train; what takes more is recorded as failed.
        time_limit: Seconds that a stack of networks may take to train; what takes longer is recorded as failed.
        settings: key=value, one setting of the study, such as data.label_noise=0 or hyper.activation=tanh; may be repeated.
    """
    from study.asked.study_file import find, read_study
    from study.commands.pages import render
    from study.errors import UsageError
    from study.kept.runs import Run, run_name
    from study.session import carry_out
    from study.trained.executors import choose
    from study.trained.guard import Limits

    crew = choose(executor, workers, Limits(memory=memory_limit, time=time_limit))
    if budget is not None and not budget > 0:
        raise UsageError(f"--budget is a number of seconds above 0, got {budget:g}")
    asked = study if study is not None else "default" if table.data is None else "table"
    overrides = [*table.overrides, *settings, *([] if trials is None else [f"search.trials={trials}"])]
    stem = find(asked).stem if table.data is None else run_name(table.data)
    place = Run("-".join([stem, *only]) if name is None else name, storage)
    config = read_study(asked, overrides, claimed=_claimed, only=only)
    command = _command(asked if table.data is None else study, name, trials, only, settings, table.words)
    carry_out(place, config, command=command, crew=crew, budget=budget, render=render)
    return 0


def _claimed(tables: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    import reports

    return {claim.slug: claim.arms(tables) for claim in reports.CLAIMS if claim.design}


def _command(  # noqa: PLR0917  # a run's own options
    study: str | None,
    name: str | None,
    trials: int | None,
    only: Sequence[str],
    settings: Sequence[str],
    table: Sequence[str],
) -> str:
    """What reproduces the study, in one spelling."""
    words = ["dropstep", "run", *([] if study is None else [study]), *table]
    words += [] if name is None else ["--name", name]
    words += [] if trials is None else ["--trials", str(trials)]
    words += [word for slug in only for word in ("--only", slug)]
    words += [word for setting in settings for word in ("--set", setting)]
    return shlex.join(words)
