"""Seconds and ticks: a tempo map as a file can hold it, in whole microseconds a beat and whole ticks."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_contracts.score import TempoMark

LARGEST_TEMPO: Final = 0xFFFFFF
SAMPLE_TICKS_PER_BEAT: Final = 24_000
SAMPLE_BPM: Final = 120.0
"""24,000 ticks a beat at 120 beats a minute: a tick is one sample of 48 kHz."""


@dataclass(frozen=True)
class TickClock:
    """Tempo changes at whole ticks; arrays of shape (changes,). ``seconds`` are where the file really has them."""

    ticks: NDArray[np.int64]
    seconds: NDArray[np.float64]
    microseconds: NDArray[np.int64]
    """Of a beat, from each change on."""
    ticks_per_beat: int

    def tick_of(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """The nearest tick of times; same shape."""
        if len(self.ticks) == 1:
            return np.rint(np.asarray(seconds) * (self.ticks_per_beat * 1e6 / int(self.microseconds[0]))).astype(
                np.int64
            )
        at = np.clip(np.searchsorted(self.seconds, seconds, side="right") - 1, 0, None)
        rate = self.ticks_per_beat * 1e6 / self.microseconds
        return np.rint(self.ticks[at] + (np.asarray(seconds) - self.seconds[at]) * rate[at]).astype(np.int64)

    def second_of(self, ticks: NDArray[np.int64]) -> NDArray[np.float64]:
        """Times of ticks; same shape."""
        at = np.clip(np.searchsorted(self.ticks, ticks, side="right") - 1, 0, None)
        step = self.microseconds / (self.ticks_per_beat * 1e6)
        return np.asarray(self.seconds[at] + (np.asarray(ticks) - self.ticks[at]) * step[at])


def clock_of(changes: list[tuple[int, int]], ticks_per_beat: int) -> TickClock:
    """A clock from changes as (tick, microseconds a beat) in order of tick; the first holds from the start."""
    seconds = [0.0]
    for (before, tempo), (after, _) in pairwise(changes):
        seconds.append(seconds[-1] + (after - before) * tempo / (ticks_per_beat * 1e6))
    ticks, tempi = (np.array(column, dtype=np.int64) for column in zip(*changes, strict=True))
    return TickClock(ticks, np.array(seconds), tempi, ticks_per_beat)


def clock_of_score(marks: list[TempoMark], ticks_per_beat: int) -> TickClock:
    """The clock of a score's tempo map; each change lies on the tick nearest to its time, and no error adds up."""
    changes = [(0, _microseconds(marks[0].bpm))]
    for mark in marks[1:]:
        clock = clock_of(changes, ticks_per_beat)
        tick = int(clock.tick_of(np.array([mark.time_s]))[0])
        if tick > changes[-1][0]:
            changes.append((tick, _microseconds(mark.bpm)))
        else:
            changes[-1] = (changes[-1][0], _microseconds(mark.bpm))
    return clock_of(changes, ticks_per_beat)


def _microseconds(bpm: float) -> int:
    return min(round(60e6 / bpm), LARGEST_TEMPO)
