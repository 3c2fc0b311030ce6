"""``dropstep model``: the chosen network as a file."""

import shlex
from pathlib import Path

from study.commands.options import Name, Storage


def model(
    *,
    to: Path,
    name: Name = None,
    storage: Storage = None,
    arm: str | None = None,
    refit_all: bool = False,
    onnx: bool = False,
) -> int:
    """Train the chosen configuration again and write it as scikit-learn pipelines, with a card that says how good it is.

    Args:
        to: The file to write, such as churn.skops; its card is churn.md.
        name: Folder under runs/; by default the only one there.
        arm: The arm to take. By default the one of lowest validation loss on fresh seeds.
        refit_all: Train on all rows of the table, validation and test rows too; the scores on the card are of the networks before.
        onnx: Write it as ONNX too, such as churn.onnx, an input for each column; its probabilities are compared by onnxruntime.
    """
    from study.commands.pages import said_of
    from study.kept.runs import chosen
    from study.model.making import make

    words = ["dropstep", "model", *([] if name is None else ["--name", name]), "--to", str(to)]
    words += ([] if arm is None else ["--arm", arm]) + (["--refit-all"] if refit_all else [])
    words += ["--onnx"] if onnx else []
    place = chosen(name, storage)
    choice, others = said_of(place)
    told = make(
        place, to, arm=arm, all_rows=refit_all, onnx=onnx, command=shlex.join(words), choice=choice, others=others
    )
    print("\n".join([*told, f"predict dropstep predict {shlex.quote(str(to))} new.csv --to out.csv"]))
    return 0
