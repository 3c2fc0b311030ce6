"""What a network costs, told from its shape: seconds on one core, at speeds that were measured; no decision reads it."""

from nets.hyper import Hyper

# Of each step, on one core of 2026's cloud machines, fitted to what two runs recorded (tests/study/recorded/seconds.csv)
STACK = 108e-6  # s for each hidden layer of a stack of any size
NETWORK = 6.6e-6  # s for each hidden layer of each of its networks
UNIT = 20e-9  # s for each row of a batch in each unit
NORMED = 9.6e-9  # s more where the unit is normalised
GHOSTS = 3.3  # times as much where it is so over a few rows at a time
WEIGHT = 0.12e-9  # s for each row in each of a unit's weights beyond the usual ones
USUAL = 64  # inputs of a unit, whose time is in its own
BATCHES = 6  # of an epoch of a few hundred rows
PREPARED = 20e-9  # s for each cell of a table of one's own, whose numbers are scaled for each seed of a stack anew
PROBES = {  # s for each probe that costs more than its checkpoints, in layers of 32 to 50 units
    "averaging": 0.2,
    "coupling": 0.1,
    "curvature": 0.08,
    "moments": 0.05,
    "deletion": 0.03,
    "shift": 0.03,
    "curves": 0.02,
    "saturation": 0.01,
    "variance": 0.01,
    "identities": 0.01,
}


def cost(hyper: Hyper, networks: int, inputs: int, prepared: int = 0) -> float:
    """Seconds for each network of a stack of so many; ``prepared`` are the cells of its seed's rows, if they are prepared for it."""
    steps, rows = hyper.steps or BATCHES * hyper.epochs, hyper.batch_size
    units = hyper.depth * hyper.width
    weights = hyper.width * (max(inputs - USUAL, 0) + (hyper.depth - 1) * max(hyper.width - USUAL, 0))
    step = hyper.depth * (STACK / networks + NETWORK) + rows * (units * (UNIT + _normed(hyper)) + WEIGHT * weights)
    probes = sum(PROBES.get(name, 0.0) for name in hyper.probes.split("+"))
    return PREPARED * prepared + steps * step + probes


def _normed(hyper: Hyper) -> float:
    if hyper.batch_norm == "none":
        return 0.0
    return NORMED * (GHOSTS if hyper.ghost_rows else 1.0)
