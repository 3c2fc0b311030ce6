"""From a study to a model: the chosen arm's networks again, as pipelines, measured on the test part, with a card."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from study.asked.config import Config, read_config
from study.baselines.training import noted_baselines
from study.data.tables import OwnRows, table
from study.errors import UsageError
from study.kept.current import current
from study.kept.ledger import Ledger, digest_of
from study.kept.numerics import version_of
from study.kept.runs import Run
from study.measures import measures
from study.model.asking import Form
from study.model.card import Card
from study.model.files import asked, save
from study.model.onnx_file import packages, save_onnx
from study.model.pipelines import soft_vote
from study.model.retrained import chosen, complete, trained, trained_on_all_rows
from study.opened import open_ledger
from study.own.address import parted
from study.own.parts import Sizes, parts
from study.records import Record

READ_BY = ("dropstep", "scikit-learn", "skops")


def make(  # noqa: PLR0913  # options of the command line
    place: Run,
    to: Path,
    *,
    arm: str | None,
    all_rows: bool,
    onnx: bool,
    command: str,
    choice: str,
    others: Sequence[str],
) -> list[str]:
    """Writes model and card, with what is to be said of the choice and of other methods: what to say of them. Raises ``UsageError``."""
    if to.suffix != ".skops":
        raise UsageError(f"--to is a file whose name ends in .skops, got {to}")
    if onnx:
        packages()  # or all would be trained before it is told that they are missing
    with closing(open_ledger(place)) as ledger:
        noted, recorded, origin = ledger.note("provenance"), ledger.records, made_of(ledger)
    config = read_config(noted["config"])
    records, whole = current(config, recorded), _table_of(config, noted["data"]["fingerprint"])
    picked, form = chosen(records, arm), Form.of(whole.own, parted(config.data.address)[1])
    with threadpool_limits(1):  # another number has other bits
        found = trained(picked, config.kernels)
        kept = trained_on_all_rows(picked, config.kernels) if all_rows else found
    scored, test = soft_vote(found, all_rows=False), _test_rows(whole, picked[0])
    measured = measures(
        asked(scored, whole.own.frame.iloc[test]), whole.y[test], whole.own.labels.names, config.data.positive
    )
    to.parent.mkdir(parents=True, exist_ok=True)
    model = soft_vote(kept, all_rows=True) if all_rows else scored
    if onnx:
        save_onnx(model, whole.own.rows(test), form.words(), to.with_suffix(".onnx"))
    card = Card(
        file=to.name,
        command=command,
        read=noted["data"]["read"],
        inputs=noted["data"]["columns"],
        form=form,
        classes=whole.own.labels.names,
        arm=picked[0].key.arm,
        refits=complete(records),
        measured=measured,
        choice=choice,
        baselines=others,
        differing=found.differing,
        all_rows=all_rows,
        by_time=config.data.time is not None,
    )
    written = to.with_suffix(".md")
    written.write_text(card.text, encoding="utf-8")
    save(model, form, origin, to)  # last: one that is there is whole, with its card
    return [*_said(card, to, written), *([f"onnx    {to.with_suffix('.onnx')}"] if onnx else [])]


def made_of(ledger: Ledger) -> str:
    """A digest of what a study's model and its card follow from: networks on fresh seeds, other methods, the table, and by what the file is read."""
    noted = ledger.note("provenance")
    config = read_config(noted["config"])
    fresh = [record.row for record in current(config, ledger.records) if record.key.is_tested]
    return digest_of([fresh, noted_baselines(config, ledger), noted["data"], [*map(version_of, READ_BY)]])


def _table_of(config: Config, fingerprint: str) -> OwnRows:
    """The study's own. Raises ``UsageError`` for one of dropstep's, and for one that has changed, or is there no more."""
    try:
        whole = table(config.data.address)
    except ValueError as error:
        raise UsageError(f"{error}: a model is trained on its study's own table, put it back") from error
    if not isinstance(whole, OwnRows):
        raise UsageError(
            f"{config.data.name} comes with dropstep: a model is made of a table of one's own, run --data churn.csv"
        )
    if whole.fingerprint != fingerprint:
        raise UsageError(
            f"{config.data.name} is another table than the study's: its fingerprint is {whole.fingerprint}, not {fingerprint}"
            ": put the file back"
        )
    return whole


def _test_rows(whole: OwnRows, record: Record) -> NDArray[np.int64]:
    """Those of every seed."""
    task = record.network.task
    sizes = Sizes(task.train_rows, task.valid_rows, task.test_rows)
    return parts(whole.own, sizes, record.network.hyper.seed)[2]


def _said(card: Card, to: Path, written: Path) -> list[str]:
    n = len(card.refits[card.arm])
    again = f"{n - card.differing} of {n} networks trained again are equal to the record, bit by bit"
    scores = [
        f"{each.name} {each.value:.4f} [{each.low:.4f}, {each.high:.4f}]"
        for each in card.measured
        if each.value is not None
    ]
    return [
        f"{card.arm}: {again}",
        f"test    {', '.join(scores[:3])}",
        f"model   {to}",
        f"card    {written}",
    ]
