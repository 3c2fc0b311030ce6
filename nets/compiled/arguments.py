"""What the compiled functions are called with: numbers, and arrays or their addresses, under names."""

from typing import Any, NamedTuple

TRAINING, RUNNING, BATCH, COLLECTING = range(4)  # moments that a forward pass normalises with; the last collects them
RELU, TANH, SIGMOID, GELU, IDENTITY, NORM, JITTER, NOISE = range(8)  # stages between two products
NO_NOISE, WORDS, FACTORS = range(3)  # what a noise is drawn as


class Shape(NamedTuple):
    """What a stack's networks have in common; what begins where, in numbers from a network's first parameter or moment."""

    sizes: Any  # inputs, units of the hidden layers, classes
    columns: Any  # the same in whole vectors
    dense: Any  # start of each layer's panels
    affine: Any  # of each hidden layer's γ and β
    moments: Any
    stages: Any  # codes, in the order of a forward pass
    rule: int
    detached: int
    logit: int  # one for two classes, not one for each class
    lanes: int
    size: int  # bytes of a number


class Networks(NamedTuple):
    """Parameters, optimiser's memory and moments of K networks, and their knobs (K,)."""

    values: Any  # (K, P)
    first: Any
    second: Any
    mean: Any  # (K, M)
    variance: Any
    momentum: Any
    l1: Any
    l2: Any
    max_norm: Any  # 0: no bound
    bn_momentum: Any
    bn_noise: Any  # spread of the jitter
    beta2: Any  # (1,)
    bn_epsilon: Any  # (1,)


class Buffers(NamedTuple):
    """Addresses by layer, the inputs' being the first, and of what all layers share."""

    rows: Any  # addresses of the rows of y, (layers, rows)
    dy_rows: Any
    ones: Any  # (rows,): where a one stands
    y: Any
    dy: Any
    slope: Any  # of the activation
    centred: Any
    factor: Any  # of the noise
    inverse: Any  # 1/√(variance + ε)
    jitter: Any  # scales, then shifts
    transposed: int
    logits: int
    gradient: int
    packed: int  # slopes of a panel
    sums: int  # room for four vectors of units or rows
    capacity: int  # rows


class Pace(NamedTuple):
    """Of each step and network, each (steps, K)."""

    rate: Any  # the learning rate, with Adam's correction
    epsilon: Any  # Adam's ε with its
    decay: Any  # share of a weight that AdamW takes away


class Motion(NamedTuple):
    """How the parameters of one network move in one step: where they stand, by address, and the numbers of the rule.

    Numbers alone, since an array in a call costs as much as an update of a small tile.
    """

    values: int
    first: int
    second: int
    gradient: int
    size: int  # bytes of a number
    rule: int
    momentum: Any
    beta2: Any
    rate: Any
    epsilon: Any
    decay: Any
    l1: Any
    l2: Any


class Tape(NamedTuple):
    """The random draws of a run of steps, by layer, the inputs' noise first."""

    kind: Any
    start: Any  # address
    of_step: Any  # bytes from step to step
    of_draw: Any  # bytes from draw to draw
    draw: Any  # of each network, (layers, K)
    highest: Any  # of words that keep a unit, (layers, steps, K)
    scale: Any  # of what is kept, (layers, steps, K)
    shared: int  # one draw for the whole batch
    words: Any  # of the words' type
    jitter: Any  # (hidden layers, steps, K, units, 2)
