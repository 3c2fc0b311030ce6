"""``dropstep best``: the configuration that a run chose."""

from contextlib import closing
from json import dumps

from study.commands.options import Name, Storage


def best(*, name: Name = None, storage: Storage = None, json: bool = False) -> int:
    """Say which configuration a run chose, how it did on fresh seeds beside no regularisation, and what cannot be told apart from it.

    Args:
        json: Print the same as JSON, for scripts.
    """
    from study.errors import StudyError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    import reports
    from study.opened import open_ledger
    from study.records import Key
    from study.reported import table_of
    from study.told.again import python_lines

    with closing(open_ledger(place)) as ledger:
        choice = reports.choose(table_of(ledger))
        if choice is None:
            raise StudyError(
                f"{place.folder}: no setting was trained again on fresh seeds yet: carry the study on to its end, or give it a [score] or a [refit]"
            )
        kernels = ledger.note("provenance")["config"].get("kernels", "numpy")
        again = python_lines(ledger.read([Key(*choice.best.key, replicate=0)])[0].network, kernels)
    if json:
        print(dumps({**reports.choice_as_data(choice), "python": again}, indent=2))
    else:
        print("\n".join([*reports.choice_lines(choice), "", "it is trained again by:", "", *again]))
    return 0
