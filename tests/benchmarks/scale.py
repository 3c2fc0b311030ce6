"""How much is measured: the full form, and a quick one that shows the same tables sooner."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Numbers of repetitions; names of what the training-step table holds unless it is asked for otherwise."""

    workloads: tuple[str, ...]
    variants: tuple[str, ...]
    optimisers: tuple[str, ...]
    slow_compilers: bool
    step_rounds: int
    breakdown_epochs: int
    trial_rounds: int
    process_rounds: int
    process_window: float  # seconds of wall time
    configurations: int
    search_seeds: int
    replicates: int
    engine_rounds: int
    engine_trials: int
    engine_tasks: int
    growth_rounds: int
    growth_every: int  # n-th point of an axis
    pruned_searches: int
    pruned_trials: int
    pretend_workers: int
    pretend_rounds: int


FULL = Scale(
    workloads=("W1", "W2", "W3", "W4"),
    variants=("plain", "+l2", "+dropout", "+bn", "+all"),
    optimisers=("adam", "sgd"),
    slow_compilers=True,
    step_rounds=7,
    breakdown_epochs=20,
    trial_rounds=5,
    process_rounds=5,
    process_window=1.0,
    configurations=20,
    search_seeds=2,
    replicates=8,
    engine_rounds=3,
    engine_trials=200,
    engine_tasks=500,
    growth_rounds=5,
    growth_every=1,
    pruned_searches=10,
    pruned_trials=40,
    pretend_workers=1000,
    pretend_rounds=4,
)

QUICK = Scale(
    workloads=("W1", "W3"),
    variants=("plain", "+all"),
    optimisers=("adam",),
    slow_compilers=False,
    step_rounds=5,
    breakdown_epochs=5,
    trial_rounds=1,
    process_rounds=3,
    process_window=0.3,
    configurations=3,
    search_seeds=1,
    replicates=3,
    engine_rounds=1,
    engine_trials=40,
    engine_tasks=100,
    growth_rounds=3,
    growth_every=2,
    pruned_searches=2,
    pruned_trials=12,
    pretend_workers=50,
    pretend_rounds=4,
)
