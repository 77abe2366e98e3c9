"""The summing bus: the voices of a chunk, in double precision.

Single precision would leave the sum of 64 voices at -137 dB, so that the stems would not quite sum to the mix.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.parts import Heard

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]


class Rooms:
    """Places for the samples of some voices in a chunk, side by side, so that they are summed without a copy."""

    def __init__(self, count: int) -> None:
        self.samples = np.empty((count, CHUNK), dtype=np.float32)
        self.of = [self.samples[number : number + 1] for number in range(count)]
        """Each voice's own; shape (1, CHUNK)."""


def add(heard: Sequence[Heard], bus: Floats, rooms: Rooms | None = None) -> None:
    """Add voices of a chunk to the first rows of a bus (rows, CHUNK), those that stand still first.

    ``rooms``: where their samples may lie, from some room on in the order of the voices.
    """
    from harmonic_audio.kernels.summing import lay

    still = [each for each in heard if each.gains is not None and each.gains.ndim == 1]
    if still:
        gains = np.array([each.gains for each in still], dtype=np.float32)[:, : len(bus)]
        lay(_together(still, rooms), np.ascontiguousarray(gains), bus)
    if len(still) < len(heard):
        for each in heard:
            if each.gains is None or each.gains.ndim == 2:
                bus += each.rows(len(bus))


def _together(voices: Sequence[Heard], rooms: Rooms | None) -> Samples:
    """The samples (1, CHUNK) of the voices as one array (count, CHUNK)."""
    if rooms is not None:
        first = next((number for number, room in enumerate(rooms.of) if room is voices[0].samples), len(rooms.of))
        own = rooms.of[first : first + len(voices)]
        if len(own) == len(voices) and all(room is voice.samples for room, voice in zip(own, voices, strict=True)):
            return rooms.samples[first : first + len(voices)]
    return np.concatenate([voice.samples for voice in voices])
