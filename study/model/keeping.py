"""The model that the folder of a run keeps: made when it is first asked for, and anew once it would come out as another."""

from collections.abc import Callable
from contextlib import closing, suppress

from sklearn.ensemble import VotingClassifier

from study.errors import UsageError
from study.kept.runs import Run
from study.model.asking import Form
from study.model.files import ORIGIN, load
from study.model.making import made_of, make
from study.opened import open_ledger

FILE = "model.skops"


def kept(place: Run, said_of: Callable[[Run], tuple[str, list[str]]]) -> tuple[VotingClassifier, Form, list[str]]:
    """The run's model, how rows are read for it, and what is to be said of it. Raises ``UsageError`` where nothing is chosen."""
    to = place.folder / FILE
    with closing(open_ledger(place)) as ledger:
        origin = made_of(ledger)
    with suppress(UsageError):  # there is none, or one of another version
        model, form = load(to)
        if getattr(model, ORIGIN, None) == origin:
            return model, form, [f"model   {to}, as it was made before"]
    choice, others = said_of(place)
    command = f"dropstep model --name {place.name} --to {to}"
    told = make(place, to, arm=None, all_rows=False, onnx=False, command=command, choice=choice, others=others)
    return *load(to), told
