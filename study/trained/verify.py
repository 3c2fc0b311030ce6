"""Whether recorded networks come out the same when they are trained again, to the bit."""

from collections.abc import Collection, Sequence
from contextlib import closing
from random import Random

from threadpoolctl import threadpool_limits

from study.asked.config import read_config
from study.data.tables import check_installed, table
from study.errors import aligned
from study.kept.provenance import difference_table, elsewhere
from study.kept.runs import Run
from study.opened import open_ledger
from study.records import Record
from study.trained.training import train_stack

OF_THE_NETWORK = ("completed", "diverged")  # how training ends by itself: a crash may be the machine's


def verified(place: Run, size: int) -> tuple[list[str], bool]:
    """Trains a sample of the networks again: what to say of it, and whether all came out the same."""
    with closing(open_ledger(place)) as ledger:
        noted, records, stored = ledger.note("provenance"), ledger.records, ledger.columns
    tables = {read_config(noted["config"]).data.address: noted["data"]["fingerprint"], **noted["data"]["tables"]}
    names = {record.network.task.data for record in records}
    lost = {name: why for name in names if (why := trouble(name, tables.get(name)))}
    present = [record for record in records if record.network.task.data not in lost]
    sample = sample_of(present, size, seed=noted["seed"])
    with threadpool_limits(1):  # another number has other bits
        kernels = noted["config"].get("kernels", "numpy")
        found = [deviation for record in sample for deviation in deviations(record, stored, kernels)]
    lines = [
        f"{len(sample)} of {len(records)} networks trained again: {len(found)} fields differ from what is recorded"
    ]
    lines += [aligned([("network", "field", "recorded", "now"), *found])] if found else []
    lines += [f"left out what learns from {name}: {why}" for name, why in sorted(lost.items())]
    others = elsewhere(noted)
    if others:
        lines += ["recorded by other code or on another machine, so that equal bits are not promised:"]
        lines += [difference_table(others)]
    return lines, not found


def sample_of(records: Sequence[Record], size: int, *, seed: int) -> list[Record]:
    """At most ``size`` of the records that training alone decides, in their order."""
    candidates = [record for record in records if record.outcome.stopped in OF_THE_NETWORK]
    chosen = Random(seed).sample(range(len(candidates)), min(size, len(candidates)))  # noqa: S311 - no secret
    return [candidates[place] for place in sorted(chosen)]


def trouble(name: str, recorded: str | None) -> str:
    """Why what learns from the table ``name``, of the ``recorded`` fingerprint, cannot be trained as it was; nothing where it can."""
    try:
        check_installed(name)
        found = table(name).fingerprint
    except ValueError as error:
        return str(error)
    return "" if recorded in (None, found) else f"the table is another one, {found}, than was recorded, {recorded}"


def deviations(record: Record, stored: Collection[str], kernels: str) -> list[tuple[str, str, str, str]]:
    """Network, field, recorded and new value of each field that was ``stored`` and differs when the network is trained anew, and alone."""
    task, with_test = record.network.task, record.key.is_tested
    (outcome,), _ = train_stack(
        [record.network.hyper], task, fingerprint=table(task.data).fingerprint, kernels=kernels, with_test=with_test
    )
    network = " ".join(map(str, vars(record.key).values()))
    recorded, now = vars(record.outcome), vars(outcome)
    return [
        (network, field, str(recorded[field]), str(value))
        for field, value in now.items()
        if field in stored and recorded[field] != value
    ]
