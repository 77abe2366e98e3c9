"""The partial bank: many damped sinusoids at once, as one matrix product a chunk of time.

See `harmonic_audio.kernels.ringing` for the mathematics. A chunk is a function of the notes and of its place on a grid
that never changes: the state carried from the chunk before is the one that following the strikes from the first gives,
to the last bit. Single precision is enough for the product (error about -135 dB), because no error accumulates.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.partials import Partials

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
BLOCK: Final = 256
BLOCKS: Final = 48
CHUNK: Final = BLOCK * BLOCKS
"""Samples of a chunk, 0.256 s at 48 kHz. Part of the engine's definition: changing it changes the last bits."""


@dataclass(frozen=True)
class Strike:
    """One excitation of a bank."""

    onset: float
    """In samples; a fraction is honoured exactly."""
    amplitudes: Floats
    """(partials,)"""
    end: int
    """Sample after which it is silent."""


class Poles:
    """The poles of one pitch and their tables, which are made when they are needed and cost more than a strike."""

    def __init__(self, partials: Partials, sample_rate: int) -> None:
        self.count = len(partials.ratio)
        self.turn = np.exp(1j * partials.phase)
        damping, omega = partials.decay_per_s / sample_rate, 2.0 * np.pi * partials.frequency_hz / sample_rate
        if partials.attack_per_s:
            # (1 - exp(-a t)) exp(s t) = exp(s t) - exp((s - a) t): the onset is a second pole, no multiplication.
            damping = np.concatenate([damping, damping + partials.attack_per_s / sample_rate])
            omega = np.concatenate([omega, omega])
        self.table = np.zeros((6, len(omega)))
        self.table[0], self.table[1] = -damping, omega
        self._run: Samples | None = None

    def states(self, amplitudes: Floats) -> Floats:
        """Real and imaginary parts at the onset, from amplitudes (strikes, partials); shape (2, strikes, poles)."""
        plain = amplitudes * self.turn
        both = np.concatenate([plain, -plain], axis=1) if self.table.shape[1] > self.count else plain
        return np.stack([both.real, both.imag])

    def run(self) -> Samples:
        """The table of a block."""
        if self._run is None:
            from harmonic_audio.kernels.ringing import tabulate

            self._run = np.empty((2 * self.table.shape[1], BLOCK), dtype=np.float32)
            tabulate(self.table, self._run, self.count)
        return self._run

    def forget(self) -> None:
        """Drop the tables; they are made again when needed."""
        self._run = None


@cache
def _kernel() -> Callable[..., None]:
    from harmonic_audio.kernels.ringing import ring

    return ring


class Bank:
    """Strikes of one pitch that are heard from one place."""

    def __init__(self, poles: Poles, strikes: list[Strike], gains: Floats) -> None:
        """``gains`` (channels,): how the strikes are laid on a bus."""
        strikes = sorted(strikes, key=lambda strike: strike.onset)
        ends = np.maximum.accumulate([strike.end for strike in strikes])
        self.poles = poles
        self._strikes = np.array([[strike.onset for strike in strikes], ends], dtype=np.float64)
        self._firsts: list[int] = np.ceil(self._strikes[0]).astype(np.int64).tolist()
        self._ends: list[int] = ends.tolist()
        self._amplitudes = poles.states(np.stack([strike.amplitudes for strike in strikes]))
        self._gains = gains.astype(np.float32)
        self._state = np.zeros((2, poles.table.shape[1]))
        self._reached = np.array([-1])
        self.first, self.end = self._firsts[0], self._ends[-1]

    def active(self, start: int) -> bool:
        """Whether anything sounds in the chunk that begins at a sample."""
        if not (self.first < start + CHUNK and self.end > start):
            return False
        return self._ends[bisect_left(self._firsts, start + CHUNK) - 1] > start

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        if self.active(start):
            poles = self.poles
            _kernel()(start, self._reached, poles.table, poles.run(), self._strikes, self._amplitudes, self._state,
                      poles.count, self._gains, bus)  # fmt: skip

    def forget(self) -> None:
        """Start from the first strike when asked again."""
        self._reached[0] = -1
