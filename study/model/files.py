"""Models as files: written with their card, loaded without trust, asked for predictions."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import VotingClassifier

from study.errors import StudyError, UsageError
from study.model.asking import Form
from study.own.columns import in_doubles

FORM = "dropstep_form_"  # under which a model keeps how rows are read, as JSON
ORIGIN = "dropstep_origin_"  # and a digest of what it was made of
ROWS = 4096  # at once
PREDICTED, PROBABILITY = "{} (predicted)", "P({})"


def save(model: VotingClassifier, form: Form, origin: str, path: Path) -> None:
    """Whole or not at all. Raises ``StudyError`` where the file would need trust to be loaded."""
    import skops.io

    setattr(model, FORM, form.text)
    setattr(model, ORIGIN, origin)
    unfinished = path.with_name(f".{path.name}")
    skops.io.dump(model, unfinished)
    strange = skops.io.get_untrusted_types(file=unfinished)
    if strange:
        unfinished.unlink()
        raise StudyError(f"the model would hold {', '.join(strange)}, which skops does not load by itself: report this")
    unfinished.replace(path)


def load(path: Path) -> tuple[VotingClassifier, Form]:
    """Raises ``UsageError`` for what is no model of dropstep's."""
    import skops.io

    if not path.is_file():
        raise UsageError(f"there is no file {path}: make one by dropstep model --to {path}")
    try:
        model: Any = skops.io.load(path)
        return model, Form.read(getattr(model, FORM))
    except (BadZipFile, AttributeError, KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} is no model that dropstep model wrote: {str(error).splitlines()[0]}") from error


def asked(model: VotingClassifier, rows: pd.DataFrame) -> NDArray[np.float64]:
    """Probabilities (rows, classes), of some rows after others: pipelines hold copies of all that they are given."""
    parts = [model.predict_proba(in_doubles(rows.iloc[start : start + ROWS])) for start in range(0, len(rows), ROWS)]
    return np.concatenate(parts)


def predictions(model: VotingClassifier, form: Form, name: str) -> pd.DataFrame:
    """The rows of a file with the predicted class and the probability of each. Raises ``UsageError``."""
    try:
        found, rows = form.rows(name)
    except ValueError as error:
        raise UsageError(str(error)) from error
    probabilities = asked(model, rows)
    classes: Sequence[str] = model.classes_
    guessed = np.asarray(classes)[probabilities.argmax(axis=1)]
    told = {PREDICTED.format(form.target): guessed}
    told |= {PROBABILITY.format(each): probabilities[:, place] for place, each in enumerate(classes)}
    return found.reset_index(drop=True).assign(**told)
