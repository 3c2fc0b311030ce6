"""Instruments on a training run, each a module of its own.

``Hyper.probes`` names those to take, joined by "+"; what they measure is in ``Outcome.measures`` under "probe.quantity".
A probe works on copies: it changes nothing of the training run, and a network that diverged has no measures.

    name | axes | unit | meaning
    saturation.step | checkpoints | steps | optimiser steps made at the start, 0, and at each checkpoint
    saturation.share | checkpoints × layers | share | units × rows with f'/max f' < 0.1; for ReLU: inactive
    saturation.dead | checkpoints × layers | share | units that are so on every row
"""

from nets.probes import saturation
from nets.probes.probe import Probe

PROBES: dict[str, Probe] = {"saturation": saturation.PROBE}
