"""``dropstep predict``: the classes of a table’s rows, by the network that a run chose, or by a file that ``dropstep model`` wrote."""

from pathlib import Path
from typing import TYPE_CHECKING

from study.commands.options import Storage

if TYPE_CHECKING:
    from sklearn.ensemble import VotingClassifier

    from study.kept.runs import Run
    from study.model.asking import Form


def predict(model: str, data: str, /, *, to: Path, storage: Storage = None) -> int:
    """Predict the class of each row of a table.

    Args:
        model: A run's name, whose chosen network is trained again and kept in the run's folder, with its card; or a file that dropstep model wrote.
        data: The rows: a file with the columns that the model takes; others are passed over.
        to: The CSV file to write: the rows, the predicted class and the probability of each.
    """
    from study.kept.runs import file_or_run

    asked = file_or_run(model, storage)
    from study.model.files import load, predictions

    found, form = load(asked) if isinstance(asked, Path) else _of_run(asked, data)
    told = predictions(found, form, data)
    to.parent.mkdir(parents=True, exist_ok=True)
    told.to_csv(to, index=False, lineterminator="\n")
    print(f"{len(told)} rows, {told.columns[-len(found.classes_) - 1]} in {to}")
    return 0


def _of_run(place: "Run", data: str) -> "tuple[VotingClassifier, Form]":
    """That there are no rows to predict is told before anything is trained."""
    from study.commands.pages import said_of
    from study.errors import UsageError
    from study.model.keeping import kept
    from study.own.sources import check_there

    try:
        check_there(data)
    except ValueError as error:
        raise UsageError(str(error)) from error
    model, form, told = kept(place, said_of)
    print("\n".join(told))
    return model, form
