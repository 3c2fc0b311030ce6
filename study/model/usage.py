"""The lines of Python that predict by a model without this project: cells become what they became where it was trained."""

from study.model.asking import Asked, Form
from study.own.numerals import AFFIXES, CLOCK, GAPS, LOSS, TYPEWRITTEN


def usage(file: str, form: Form) -> list[str]:
    """For the rows of new.csv, written as the model's table was; a table that was no text is taken for commas."""
    signed = [column.name for column in form.columns if column.is_signed]
    text = [column.name for column in form.columns if column.kind in {"words", "date"} or column.is_signed]
    sep = form.sep or ","
    known = [column.name for column in form.columns if column.kind != "words"]
    truths = [column.name for column in form.columns if column.kind == "switch" and not column.is_signed]
    return [
        *(["import re", ""] if signed else []),
        "import pandas as pd",
        "import skops.io",
        "",
        *(_number(form) if signed else []),
        f"model = skops.io.load({file!r})  # scikit-learn's own classes: nothing to trust",
        "new = pd.read_csv(",
        f'    "new.csv", sep={sep!r}, decimal={form.decimal!r}, thousands={form.thousands or None!r}, encoding={form.encoding!r},',
        f"    skipinitialspace=True, keep_default_na=False, na_values=dict.fromkeys({known!r}, {['', *GAPS, *form.na]!r}),",
        f"    dtype=dict.fromkeys({text!r}, str),",
        ")",
        *_words(form),
        *(_without_unit(column) for column in form.columns if column.unit),
        *([f"new[{signed!r}] = new[{signed!r}].map(number, na_action='ignore').astype(float)"] if signed else []),
        *([f"new[{truths!r}] = new[{truths!r}].astype(float)"] if truths else []),
        *(_days(column) for column in form.columns if column.kind == "date"),
        "print(model.predict(new), model.predict_proba(new))",
    ]


def _words(form: Form) -> list[str]:
    words = form.words()
    if not words:
        return []
    gaps = f".replace({list(form.na)!r}, '')" if form.na else ""
    return [f"new[{words!r}] = new[{words!r}].apply(lambda column: column.str.strip()){gaps}"]


def _without_unit(column: Asked) -> str:
    told = f"new[{column.name!r}]"
    return f"{told} = {told}.str.strip().str.removesuffix({column.unit!r}).str.removeprefix({column.unit!r})"


def _days(column: Asked) -> str:
    told = f"new[{column.name!r}]"
    days = f"pd.to_datetime({told}.str.strip(), format={column.form or None!r}, utc=True) - pd.Timestamp(0, tz='UTC')"
    return f"{told} = ({days}) / pd.Timedelta(days=1)"


def _number(form: Form) -> list[str]:
    """``study.own.numerals.Marks.number`` for those who have it not."""
    marks = f".replace({form.thousands!r}, '')" if form.thousands else ""
    marks += f".replace({form.decimal!r}, '.')" if form.decimal != "." else ""
    return [
        "",
        "def number(cell):  # $1,200.50 and 15 % without their signs, (12) and 12- as losses, times of day in hours",
        f"    word = cell.strip().translate({TYPEWRITTEN!r})",
        f"    clock = re.fullmatch({CLOCK.pattern!r}, word)",
        "    if clock:",
        "        hours, minutes, seconds = (int(part or 0) for part in clock.groups()[:3])",
        "        hours = hours % 12 + 12 * (clock[4] in 'Pp') if clock[4] else hours",
        "        return hours + minutes / 60 + seconds / 3600",
        f"    loss = re.fullmatch({LOSS.pattern!r}, word)",
        f"    bare = re.sub({AFFIXES.pattern!r}, '', loss[1] or loss[2] if loss else word){marks}",
        "    return -float(bare) if loss else float(bare)",
        "",
        "",
    ]
