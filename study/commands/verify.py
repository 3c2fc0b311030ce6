"""``dropstep verify``: recorded networks trained again."""

from study.commands.options import Name, Storage


def verify(*, name: Name = None, storage: Storage = None, sample: int = 20) -> int:
    """Train a sample of the recorded networks again and compare every bit; exit code 1 where one differs.

    Args:
        sample: How many networks; which ones follows from the study's seed.
    """
    from study.errors import UsageError
    from study.kept.runs import chosen

    if sample < 1:
        raise UsageError(f"--sample is at least 1, got {sample}")
    place = chosen(name, storage)
    from study.trained.verify import verified

    lines, sound = verified(place, sample)
    print("\n".join(lines))
    return 0 if sound else 1
