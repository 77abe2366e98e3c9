"""The chorus: copies whose delay swings as a sine, each from another phase, half of them on either side."""

from typing import Final

import numpy as np

from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.mix.fractional import read_at
from harmonic_audio.soundscape.effects import Chorus

TAPS: Final = 32


class ChorusEffect(Stateful):
    """One channel in, left and right out. The pitch of a copy swings by 2 pi rate depth, in parts of itself."""

    _carried = ("_past", "_now")

    def __init__(self, settings: Chorus, sample_rate: int) -> None:
        self.inputs, self.outputs = 1, 2
        copies = 2 * settings.voices
        self._middle, self._swing = settings.delay_s * sample_rate, settings.depth_s * sample_rate
        if self._middle - self._swing < TAPS // 2 + 1:
            raise ValueError(f"a chorus needs at least {TAPS // 2 + 1} samples of delay at the near end of its swing")
        self._turns = settings.rate_hz / sample_rate
        self._phases = np.arange(copies) / copies
        self._level = 10.0 ** (settings.level_db / 20.0) / settings.voices**0.5
        self._past = np.zeros(int(np.ceil(self._middle + self._swing)) + TAPS)
        self._now = np.zeros(1, dtype=np.int64)

    def _process(self, run: Floats) -> Floats:
        known = np.concatenate([self._past, run[0]])
        count, first = run.shape[1], int(self._now[0])
        here = np.arange(first, first + count)
        out = np.zeros((2, count))
        for copy, phase in enumerate(self._phases):
            delay = self._middle + self._swing * np.sin(2.0 * np.pi * np.mod(here * self._turns + phase, 1.0))
            whole = np.ceil(delay).astype(np.int64)
            out[copy % 2] += read_at(known, here - first + len(self._past) - whole, whole - delay, TAPS)
        self._past[:] = known[len(known) - len(self._past) :]
        self._now[0] += count
        out *= self._level
        return out
