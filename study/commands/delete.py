"""``dropstep delete``: a study thrown away."""

from study.commands.options import Storage


def delete(name: str, /, *, storage: Storage = None, yes: bool = False) -> int:
    """Throw a study away: what is recorded, its results, report, log and backup.

    Args:
        name: Folder under runs/.
        yes: Do not ask.
    """
    import sys

    from study.errors import UsageError
    from study.kept.runs import chosen

    place = chosen(name, storage)
    from study.shelf import delete as thrown_away
    from study.shelf import what_goes

    if not yes and not sys.stdin.isatty():
        raise UsageError("delete asks before it takes anything away, and nobody can answer here: pass --yes")
    if not yes and input(f"delete {what_goes(place)}? type yes: ").strip() != "yes":
        print("nothing is deleted")
        return 1
    thrown_away(place)
    print(f"{name} is deleted")
    return 0
