"""``dropstep status``: how far the studies are."""

from typing import Annotated

from cyclopts import Parameter

from study.commands.options import Storage


def status(
    *,
    name: Annotated[str | None, Parameter(help="Folder under runs/; by default each one there.")] = None,
    storage: Storage = None,
    every: Annotated[bool, Parameter(name="--all")] = False,
) -> int:
    """Tell how far a study is, also while it runs: networks, failures, the best trial, speed. Without --name, of every run.

    Args:
        every: Of each search too: what its refits scored, and why it ended.
    """
    from study.errors import StudyError
    from study.kept.runs import chosen, existing_runs

    places = existing_runs(storage) if name is None else []
    if len(places) < 2:
        places = [chosen(name, storage)]
    from study.standing import standing

    code = 0
    for place in places:
        try:
            print("\n".join(standing(place, every=every)))
        except StudyError as error:  # the others are told all the same
            if len(places) == 1:
                raise
            print(f"{place.name}: {error}")
            code = error.exit_code
    return code
