"""``dropstep advise``: what a run advises, and what is known of other tables."""

from contextlib import closing

from study.commands.options import Name, Storage


def advise(*, name: Name = None, storage: Storage = None) -> int:
    """Say what a run advises for its data and widths: which regulariser, searched on which axis, how many trials, and how often that ends near the best."""
    from study.errors import StudyError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    import reports
    from study.opened import open_ledger
    from study.reported import table_of

    with closing(open_ledger(place)) as ledger:
        results = table_of(ledger)
        rows = results.attrs["provenance"]["data"]["train"]
        try:
            print("\n".join(reports.spoken(results)))
        except ValueError as error:
            if not reports.prior(rows):
                raise StudyError(f"{place.folder}: {error}") from error
            print(f"{place.folder}: {error}; until then:")
        print("\n".join(reports.prior(rows)))
    return 0
