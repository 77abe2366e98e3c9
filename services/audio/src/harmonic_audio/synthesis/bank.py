"""The partial bank: many damped sinusoids at once, as one matrix product a block of time.

A partial is a power of a complex pole, p^n, so a run of L samples is the imaginary part of S E, with S the states at
the starts of the blocks (double precision, in closed form) and E = p^0 .. p^(L-1). Strikes enter S at exact, even
fractional, sample offsets. Nothing is carried from chunk to chunk: a chunk is a pure function of the notes and of its
place on a grid that never changes, so any chunk can be made alone, with the same bits. Single precision is enough for
the product (error about -135 dB), because no error accumulates.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.partials import Partials

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
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


class Bank:
    """All strikes of one pitch of one voice. Made lazily: the tables of a bank cost more than a strike."""

    def __init__(self, partials: Partials, strikes: list[Strike], sample_rate: int) -> None:
        self._partials = partials
        self._rate = sample_rate
        self._onsets = np.array([strike.onset for strike in strikes])
        self._firsts = np.ceil(self._onsets).astype(np.int64)
        self._ends = np.array([strike.end for strike in strikes])
        self._amplitudes = np.stack([strike.amplitudes for strike in strikes])
        self.first, self.end = int(self._firsts.min()), int(self._ends.max())
        self._tables: tuple[Complexes, Samples, Complexes] | None = None

    def active(self, start: int) -> bool:
        """Whether anything sounds in the chunk that begins at a sample."""
        return self.first < start + CHUNK and self.end > start

    def render(self, start: int, weights: Floats) -> Samples:
        """One chunk for each column of weights; shape (columns, CHUNK).

        ``weights`` has shape (strikes, columns): the gain of each strike in each output, e.g. left and right.
        """
        _, run, powers = self._ready()
        columns = weights.shape[1]
        ringing = np.flatnonzero((self._firsts <= start) & (self._ends > start))
        entered = weights[ringing].T @ self._states(ringing, start - self._onsets[ringing])
        states = entered[:, np.newaxis] * powers
        heads: list[tuple[int, int, Complexes]] = []
        for row in np.flatnonzero((self._firsts > start) & (self._firsts < start + CHUNK)).tolist():
            at = int(self._firsts[row]) - start
            block = -(-at // BLOCK)
            since = np.array([start + at, start + block * BLOCK]) - self._onsets[row]
            begun, entering = self._states(np.array([row, row]), since)[:, np.newaxis] * weights[row][:, np.newaxis]
            if block < BLOCKS:
                states[:, block:] += entering[:, np.newaxis] * powers[: BLOCKS - block]
            if at < block * BLOCK:
                heads.append((at, block * BLOCK - at, begun))
        out = _product(states.reshape(columns * BLOCKS, -1), run).reshape(columns, CHUNK)
        for at, length, head in heads:
            out[:, at : at + length] += _product(head, run)[:, :length]
        return out

    def forget(self) -> None:
        """Drop the tables; they are made again when needed."""
        self._tables = None

    def _states(self, rows: NDArray[np.int64], since: Floats) -> Complexes:
        """States of the poles of strikes, so many samples after their onsets; shape (rows, poles).

        With an onset factor each partial has two poles, of opposite amplitudes.
        """
        log_pole = self._ready()[0]
        plain = self._amplitudes[rows] * np.exp(1j * self._partials.phase)
        both = np.concatenate([plain, -plain], axis=1) if self._partials.attack_per_s else plain
        return np.asarray(both * np.exp(log_pole * since[:, np.newaxis]))

    def _ready(self) -> tuple[Complexes, Samples, Complexes]:
        if self._tables is None:
            p = self._partials
            log_pole = (2j * np.pi * p.frequency_hz - p.decay_per_s) / self._rate
            if p.attack_per_s:
                # (1 - exp(-a t)) exp(s t) = exp(s t) - exp((s - a) t): the onset is a second pole, no multiplication.
                log_pole = np.concatenate([log_pole, log_pole - p.attack_per_s / self._rate])
            run = np.exp(np.outer(log_pole, np.arange(BLOCK)))
            powers: Complexes = np.exp(np.outer(np.arange(BLOCKS) * BLOCK, log_pole))
            self._tables = np.asarray(log_pole), np.concatenate([run.imag, run.real]).astype(np.float32), powers
        return self._tables


def _product(states: Complexes, run: Samples) -> Samples:
    """Im(S E) = Re(S) Im(E) + Im(S) Re(E), as one product in single precision."""
    both = np.concatenate([states.real, states.imag], axis=1).astype(np.float32)
    return both @ run
