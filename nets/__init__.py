"""K networks trained in lock-step, in NumPy. The shapes that all arrays keep to: ``nets.arrays``."""

from nets.data import Data, Part
from nets.hyper import Hyper
from nets.outcome import Outcome
from nets.train import train

__all__ = ["Data", "Hyper", "Outcome", "Part", "train"]
