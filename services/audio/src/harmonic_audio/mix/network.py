"""The reverb as a feedback delay network: 16 lines, each with its absorption, mixed by a Hadamard matrix.

Without the absorption the loop is lossless: delays and an orthogonal matrix.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.absorption import LINES, absorption, line_lengths, shares
from harmonic_audio.mix.effect import Floats, Stateful
from harmonic_audio.soundscape.effects import Reverb

WARM_UP_S = 0.1


class Network:
    """The loop: lines of given lengths (16,) with biquads (5, 16) in them, at rest."""

    def __init__(self, lengths: NDArray[np.int64], sections: Floats) -> None:
        self._lengths, self._sections = lengths, np.ascontiguousarray(sections)
        size = 1 << int(lengths.max()).bit_length()
        self.lines, self.at = np.zeros((size, LINES)), np.zeros(1, dtype=np.int64)
        self.filters = np.zeros((2, LINES))
        self._inject = 0.25 * hadamard()[5]

    @classmethod
    def of(cls, settings: Reverb, sample_rate: int) -> "Network":
        """The loop of the settings."""
        lengths = line_lengths(settings, sample_rate)
        return cls(lengths, absorption(settings, lengths, sample_rate))

    def run(self, sent: Floats, collect: Floats) -> Floats:
        """Send samples (n,) into it; what ``collect`` (outputs, 16) picks up of the lines, shape (outputs, n)."""
        from harmonic_audio.kernels.network import reverberated

        out = np.empty((len(collect), len(sent)))
        reverberated(sent, self.lines, self.at, self._lengths, self._sections, self.filters, self._inject, collect, out)
        return out

    def energy(self) -> float:
        """Sum of squares of what is under way in the lines."""
        places = (self.at[0] - 1 - np.arange(int(self._lengths.max()))) & (len(self.lines) - 1)
        return float(sum(np.sum(self.lines[places[:d], i] ** 2) for i, d in enumerate(self._lengths)))


class NetworkEffect(Stateful):
    """One channel in, the tail out in the channels of a bus.

    ``returns`` (up to 16, outputs): where its decorrelated returns go. Each return of a click has energy one, as the
    room's, times the level.
    """

    _carried = ("_lines", "_at", "_filters", "_waiting")

    def __init__(self, settings: Reverb, returns: Floats, sample_rate: int) -> None:
        self.inputs, self.outputs = 1, returns.shape[1]
        self._network = Network.of(settings, sample_rate)
        self._lines, self._at, self._filters = self._network.lines, self._network.at, self._network.filters
        # Rows of a Hadamard matrix are orthogonal: every return hears all lines, with signs of its own.
        level = 10.0 ** (settings.level_db / 20.0) * _evened(settings, len(returns), sample_rate)
        self._collect = np.ascontiguousarray(level * (returns.T @ hadamard()[: len(returns)]))
        self._waiting = np.zeros(round(settings.predelay_s * sample_rate))

    def _process(self, run: Floats) -> Floats:
        known = np.concatenate([self._waiting, run[0]])
        self._waiting[:] = known[run.shape[1] :]
        return self._network.run(known[: run.shape[1]], self._collect)


def hadamard() -> Floats:
    """Sylvester's matrix of order 16, entries +-1."""
    matrix = np.ones((1, 1))
    while len(matrix) < LINES:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


@lru_cache(maxsize=32)
def _evened(settings: Reverb, returns: int, sample_rate: int) -> float:
    """The factor that gives each return of a click an energy of one, measured over the time in which it fades."""
    click = np.zeros(int((settings.decay_s * max(shares(settings)) + WARM_UP_S) * sample_rate))
    click[0] = 1.0
    tail = Network.of(settings, sample_rate).run(click, np.ascontiguousarray(hadamard()[:returns]))
    return float(1.0 / np.sqrt(np.mean(np.sum(tail * tail, axis=1))))
