"""The waveform pyramid: lowest, highest and root mean square of each stretch of samples, at every zoom level.

Level 0 has one stretch per ``base`` samples; each further level joins four stretches, until at most 256 are left.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.floating]
Single = NDArray[np.float32]
BASE: Final = 256
FACTOR: Final = 4
COARSEST: Final = 256


@dataclass(frozen=True)
class Level:
    """One zoom level: ``stretch`` samples a column; lowest, highest, rms each of shape (channels, columns)."""

    stretch: int
    lowest: Single
    highest: Single
    rms: Single


class Pyramid:
    """Feed it samples in order, in pieces of any size; the pieces change nothing."""

    def __init__(self, channels: int, base: int = BASE) -> None:
        self._base = base
        self._waiting = np.zeros((channels, 0), dtype=np.float32)
        self._columns: list[tuple[Samples, Samples, Samples]] = []
        self._frames = 0

    def feed(self, samples: Samples) -> None:
        """Add samples of shape (channels, n)."""
        self._frames += samples.shape[1]
        waiting = np.concatenate([self._waiting, samples.astype(np.float32, copy=False)], axis=1)
        whole = waiting.shape[1] // self._base * self._base
        self._add(waiting[:, :whole])
        self._waiting = waiting[:, whole:].copy()

    def _add(self, samples: Single) -> None:
        if samples.shape[1]:
            self._columns.append(_columns(samples.reshape(len(samples), -1, min(self._base, samples.shape[1]))))

    def levels(self) -> list[Level]:
        """All levels, the finest first; the last column of each may cover fewer samples. Call it once, at the end."""
        self._add(self._waiting)
        self._waiting = self._waiting[:, :0]
        if not self._columns:
            return []
        low, high, squares = (np.concatenate(parts, axis=1) for parts in zip(*self._columns, strict=True))
        stretch, found = self._base, []
        while True:
            counts = np.minimum(stretch, self._frames - stretch * np.arange(low.shape[1]))
            rms = np.sqrt(squares / counts).astype(np.float32)
            found.append(Level(stretch, low.astype(np.float32), high.astype(np.float32), rms))
            if low.shape[1] <= COARSEST:
                return found
            starts = np.arange(0, low.shape[1], FACTOR)
            low, high = np.minimum.reduceat(low, starts, axis=1), np.maximum.reduceat(high, starts, axis=1)
            squares, stretch = np.add.reduceat(squares, starts, axis=1), stretch * FACTOR


def _columns(stretches: Single) -> tuple[Samples, Samples, Samples]:
    """Lowest, highest and sum of squares (float64) along the last axis."""
    wide = stretches.astype(np.float64)
    return stretches.min(axis=2), stretches.max(axis=2), np.einsum("ijk,ijk->ij", wide, wide)
