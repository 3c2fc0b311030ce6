"""``dropstep restore``: the backup in the place of a damaged file."""

from study.commands.options import Name, Storage


def restore(*, name: Name = None, storage: Storage = None) -> int:
    """Put the backup of a study's file in its place, as it was at the last resume or end; the file itself is kept."""
    from study.kept.runs import chosen

    place = chosen(name, storage)
    from study.shelf import restored

    print("\n".join(restored(place)))
    return 0
