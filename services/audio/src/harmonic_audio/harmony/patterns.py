"""Orders in which the tones of a chord are played one after another."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Order = Literal["up", "down", "up_down", "outside_in", "random"]


def arpeggio(order: Order, tones: int, strokes: int, seed: int = 0) -> NDArray[np.int64]:
    """Numbers 0..tones-1 of the tones of so many strokes, shape (strokes,).

    ``up_down`` plays its ends once a turn; ``random`` never repeats a tone at once, and is the seed's alone.
    """
    if tones <= 1:
        return np.zeros(strokes, dtype=np.int64)
    if order == "random":
        return _wandering(tones, strokes, seed)
    up = list(range(tones))
    cycles = {
        "up": up,
        "down": up[::-1],
        "up_down": up + up[-2:0:-1],
        "outside_in": [up[n // 2] if n % 2 == 0 else up[-1 - n // 2] for n in range(tones)],
    }
    return np.resize(np.array(cycles[order], dtype=np.int64), strokes)


def _wandering(tones: int, strokes: int, seed: int) -> NDArray[np.int64]:
    """A first tone, then steps of 1..tones-1 round the circle of tones: never the same tone twice."""
    random = np.random.Generator(np.random.PCG64(seed))
    steps = np.r_[random.integers(0, tones, 1), random.integers(1, tones, max(strokes - 1, 0))]
    return np.asarray(np.cumsum(steps)[:strokes] % tones, dtype=np.int64)
