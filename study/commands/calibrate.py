"""``dropstep calibrate``: the simulations behind the page's words."""

from pathlib import Path


def calibrate(*, to: Path | None = None, draws: int | None = None, workers: int = 2) -> int:
    """Simulate experiments whose truth is known, and write how the page reads them: the tables that it shows.

    Args:
        to: The CSV file of the index Q to write; those of the other estimates come beside it. By default those that the page reads.
        draws: Experiments for each row. By default as many as the committed tables have.
        workers: Processes; the tables do not depend on them.
    """
    from reports import calibration
    from study.errors import UsageError

    for flag, number in (("--draws", draws), ("--workers", workers)):
        if number is not None and number < 1:
            raise UsageError(f"{flag} is at least 1, got {number}")
    path = to or calibration.TABLE
    calibration.calibrate_anew(path, draws=draws, workers=workers)
    print(path)
    return 0
