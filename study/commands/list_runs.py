"""``dropstep list``: the studies that there are."""

from study.commands.options import Storage


def list_runs(*, storage: Storage = None) -> int:
    """List the studies that there are: how far each is, on which table, how large."""
    from study.kept.runs import existing_runs

    places = existing_runs(storage)
    from study.shelf import listed

    print(listed(places))
    return 0
