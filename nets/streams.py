"""Named random streams: one for each (seed, purpose, index), none shared.

Switching one use of randomness on or off leaves the draws of all others as they were.
"""

import zlib

import numpy as np


def stream(seed: int, purpose: str, *index: int) -> np.random.Generator:
    """The generator of ``purpose`` ("initial weights", "order", …) for this seed and, say, layer."""
    key = (zlib.crc32(purpose.encode()), *index)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))
