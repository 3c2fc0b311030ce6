"""``dropstep predict``: the classes of a table’s rows, by a file that ``dropstep model`` wrote."""

from pathlib import Path


def predict(model: Path, data: str, /, *, to: Path) -> int:
    """Predict the class of each row of a table.

    Args:
        model: A file that dropstep model wrote.
        data: The rows: a file with the columns that the model takes; others are passed over.
        to: The CSV file to write: the rows, the predicted class and the probability of each.
    """
    from study.model.files import load, predictions

    found, form = load(model)
    told = predictions(found, form, data)
    to.parent.mkdir(parents=True, exist_ok=True)
    told.to_csv(to, index=False, lineterminator="\n")
    print(f"{len(told)} rows, {told.columns[-len(found.classes_) - 1]} in {to}")
    return 0
