"""RESULTS.md from what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tests.benchmarks import accuracy, engine, machine, pruning, table, targets, trial
from tests.benchmarks.workloads import WORKLOADS

OPTIMISERS = {"adam": "Adam", "sgd": "SGD with momentum"}


@dataclass(frozen=True)
class Measured:
    """The sections that were run, ``None`` for the others; ``absent`` names packages that are not installed."""

    command: str
    absent: Sequence[str]
    steps: pd.DataFrame | None
    breakdown: pd.DataFrame | None
    trials: pd.DataFrame | None
    processes: pd.DataFrame | None
    accuracy: pd.DataFrame | None
    growth: pd.DataFrame | None
    engine: pd.DataFrame | None
    pruning: pd.DataFrame | None
    utilisation: pd.DataFrame | None


def page(measured: Measured) -> str:
    sections = [_head(measured), _targets(measured)]
    if measured.steps is not None:
        sections.append(_steps(measured.steps))
    if measured.breakdown is not None:
        sections.append(_breakdown(measured.breakdown))
    if measured.trials is not None:
        sections.append(_trials(measured.trials))
    if measured.accuracy is not None:
        sections.append(_accuracy(measured.accuracy))
    if measured.engine is not None:
        sections.append(_engine(measured.engine))
    if measured.growth is not None:
        sections.append(GROWTH)
    if measured.pruning is not None:
        sections.append(_pruning(measured.pruning))
    if measured.utilisation is not None:
        sections.append(f"## Workers and the window\n\n{UTILISATION}\n\n{table.of_frame(measured.utilisation)}")
    return "\n\n".join(sections) + "\n"


def _head(measured: Measured) -> str:
    lines = [f"* {name}: {value}" for name, value in machine.description().items()]
    if measured.absent:
        lines.append(f"* not installed, so not measured: {', '.join(measured.absent)}")
    return "\n".join([f"# Speed beside other libraries\n\nWritten by `{measured.command}`. {HOW}\n", *lines])


def _targets(measured: Measured) -> str:
    judges = (
        (targets.judged, measured.steps),
        (targets.judged_trials, measured.trials),
        (targets.judged_processes, measured.processes),
        (targets.judged_accuracy, measured.accuracy),
        (targets.judged_engine, measured.engine),
    )
    rows = pd.concat([judge(frame) for judge, frame in judges if frame is not None] or [pd.DataFrame()]).fillna("–")
    if rows.empty:
        return "No section that a target speaks of was run."
    measured_ones = int((rows.verdict != "not measured").sum())
    met = int((rows.verdict == "met").sum())
    return f"## Targets\n\n{met} of the {measured_ones} targets that were measured are met. {TARGETS}\n\n{table.of_frame(rows)}"


def _steps(steps: pd.DataFrame) -> str:
    parts = [f"## A training step\n\n{STEPS}"]
    for (workload, optimiser), case in steps.groupby(["workload", "optimiser"], sort=False):
        title = f"### {workload}: {WORKLOADS[workload]}, {OPTIMISERS[optimiser]}"
        parts.append(f"{title}\n\n{table.of_steps(case, workload)}")
    reasons = [f"* {reason}" for reason in table.reasons(steps)]
    return "\n\n".join([*parts, "\n".join(reasons)] if reasons else parts)


def _breakdown(breakdown: pd.DataFrame) -> str:
    named = breakdown.assign(
        case=breakdown.workload + " " + breakdown.variant + ", K = " + breakdown.networks.astype(str)
    )
    wide = named.pivot_table(index="part", columns="case", values="microseconds", sort=False)
    total = wide.sum()
    cells = wide.map("{:,.2f}".format).where(wide.notna(), "–") + wide.div(total).map(" · {:.0%}".format).where(
        wide.notna(), ""
    )
    rows = [[part, *cells.loc[part]] for part in wide.index] + [["all", *total.map("{:,.2f}".format)]]
    return f"## Where the time goes\n\n{BREAKDOWN}\n\n{table.markdown(['µs · share', *wide.columns], rows)}"


def _trials(trials: pd.DataFrame) -> str:
    summary = trials.groupby("competitor", sort=False).agg(seconds=("seconds", "median"), accuracy=("accuracy", "mean"))
    ours = summary.seconds.iloc[0]
    rows = [
        [name, f"{each.seconds:.3f}", f"{each.seconds / ours:.1f}×", f"{each.accuracy:.1%}"]
        for name, each in summary.iterrows()
    ]
    widths = ", ".join(map(str, dict.fromkeys(trials.width)))
    text = TRIALS.format(epochs=trial.EPOCHS, widths=widths)
    return f"## A whole trial\n\n{text}\n\n{table.markdown(['', 'CPU s a network', 'times ours', 'accuracy'], rows)}"


def _accuracy(frame: pd.DataFrame) -> str:
    rows = []
    for library, each in frame.groupby("library", sort=False):
        mean, low, high = accuracy.interval(each.accuracy)
        rows.append([library, f"{mean:.2%}", f"{low:.2%} … {high:.2%}", len(each), each.configuration.iloc[0]])
    wide = frame.pivot_table(index="seed", columns="library", values="accuracy")
    mean, low, high = accuracy.interval(wide["dropstep"] - wide["scikit-learn"])
    points = f"{100 * mean:+.2f} points (95 % interval {100 * low:+.2f} … {100 * high:+.2f}, n = {len(wide)})"
    header = ["", "test accuracy", "95 % interval", "n", "chosen configuration"]
    return f"## Tuned accuracy\n\n{ACCURACY}\n\n{table.markdown(header, rows)}\n\nPaired difference, ours minus scikit-learn: {points}."


def _engine(rates: pd.DataFrame) -> str:
    median = rates.pivot_table(index="loop", columns="work", values="rate", aggfunc="median", sort=False)
    header = ["", f"{engine.NO_OP} tasks/s", *(f"trials/s, {sampler}" for sampler in engine.SAMPLERS)]
    rows = [
        [loop, *("–" if pd.isna(each[work]) else f"{each[work]:,.0f}" for work in (engine.NO_OP, *engine.SAMPLERS))]
        for loop, each in median.iterrows()
    ]
    return f"## The engine\n\n{ENGINE}\n\n{table.markdown(header, rows)}"


def _pruning(told: pd.DataFrame) -> str:
    text = PRUNING.format(searches=told.repeat.nunique(), trials=told.trial.nunique(), slack=pruning.SLACK)
    return f"## Pruning\n\n{text}\n\n{table.of_frame(pruning.summary(told))}"


HOW = (
    "CPU time per network-step, one thread for every competitor. Competitors take turns in one process, an untimed "
    "epoch before each timed turn; a number is the median over the turns. Compare numbers within a table, not "
    "between runs: a busy or throttled machine slows everything, and only ratios last."
)
TARGETS = (
    "A ratio is the peer's time over ours; against the floor (the matrix products alone, same shapes, layout and K) "
    "ours over the floor's. Ours is K = 32 on W1 and W3, and the fastest K on W2 and W4; where a peer has several K, "
    "its fastest. Limits are by what ours runs on, NumPy or the compiled step (kernels); the products of the floor are NumPy's BLAS. "
    "They were set beside a prototype on a processor (Zen 5) where the products of W1 took 3.0 µs; at the floor is the "
    "ratio that the products alone would have here, with nothing around them. A trial takes the median "
    "over rounds, two processes the throughput of both over that of one in the same wall time; where they were given "
    "less than a whole core each, the machine had other work."
)
STEPS = (
    "A cell holds µs per network-step · that over ours (as in the targets) · training accuracy reached after the same "
    "number of steps, mean over the networks. All rows are scikit-learn's digits, enlarged to 28 x 28 for W4. A step "
    "is what `nets.train` does: gather the batch, forward, backward, optimiser. PyTorch eager has the fused optimisers; "
    "torch.compile compiles loss, gradient and optimiser into one graph; JAX scans over an epoch's steps."
)
BREAKDOWN = (
    "CPU time per network-step by part, Adam, medians over epochs. The products stand here without what the floor "
    "lacks too: what they cost more than the floor is the cache that the other parts take from them. Beside them, "
    "gathering, softmax and order cost the same for every width, and the optimiser makes a pass over all parameters for each operation "
    "of its formula: the narrower the network, the more they weigh, so W3 lies farthest above its floor. In NumPy an "
    "operation is a pass; the compiled step, of which this table does not tell, fuses them."
)
TRIALS = (
    "Build, train for {epochs} epochs, evaluate; each round another width ({widths}), so that compilers compile anew. "
    "W1 otherwise, plain, Adam. torch.compile is left out: it compiles for about 10 s a width."
)
ACCURACY = (
    "The best of equally many random configurations on plain digits (60/20/20, a split for each seed, shared by both), "
    "chosen by mean validation loss and trained again on fresh seeds."
)
ENGINE = (
    f"A trial computes for {1000 * engine.SECONDS:.0f} ms, and is recorded in sqlite; {engine.WORKERS} workers (serial: none), rates "
    "by wall time, medians over rounds. study.optimize runs in as many processes on one sqlite file, as Optuna's "
    "documentation has it; ours is the whole loop: ask, train, record in the ledger, tell, write Optuna's tables. "
    "Trials that come and go in random order would change study.optimize's results, and do not change ours."
)
PRUNING = (
    "The joint search of the default study, {searches} searches of {trials} trials with each rule, the same sampler seeds for all. "
    "The target is the median of what the searches without pruning come to, plus {slack} nat; numbers to the target "
    "are medians over the searches that reach it. The difference of the best losses is paired by sampler seed, with "
    "its 95 % interval."
)
UTILISATION = (
    "The share of their time in which pretend workers train, on a clock of their own under the real loop: trials last "
    "log-normally long, and the driver's own time is left out. Several searches share the workers."
)
GROWTH = (
    "## How the cost grows\n\n"
    "![CPU time per network-step against networks, width, depth, batch and training rows](growth.svg)\n\n"
    "Lines are medians over rounds, bands the middle half of the rounds."
)
