"""The loudness meter: integrated, momentary, short-term and range. ITU-R BS.1770-5, EBU Tech 3341 and 3342.

L = -0.691 + 10 lg sum over channels of the mean square of the K-weighted signal (stereo: all channel weights are 1).
"""

from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.loudness.weighting import RUN, KWeighting

Floats = NDArray[np.float64]
OFFSET: Final = -0.691
ABSOLUTE_GATE: Final = -70.0


@dataclass(frozen=True)
class Loudness:
    """What a programme measures. None where all of it lies below the absolute gate, or it is too short."""

    integrated_lufs: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    range_lu: float | None


class LoudnessMeter:
    """Feed it samples in order, in pieces of any size; ask it at any time. Momentary and short-term slide by 10 ms."""

    def __init__(self, channels: int = 2, sample_rate: int = 48_000) -> None:
        if sample_rate % 100:
            raise ValueError(
                f"the meter steps by 10 ms, so the sample rate must be a multiple of 100, not {sample_rate}"
            )
        self._step = sample_rate // 100
        # Pieces that are whole for the filter's blocks and for the meter's steps.
        self._piece = RUN * self._step // gcd(RUN, self._step)
        self._filter = KWeighting(channels, sample_rate)
        self._waiting = np.zeros((channels, 0))
        self._energy: list[Floats] = []

    def feed(self, samples: Floats) -> None:
        """Add samples of shape (channels, n)."""
        waiting = np.concatenate([self._waiting, np.asarray(samples, dtype=np.float64)], axis=1)
        whole = waiting.shape[1] // self._piece * self._piece
        if whole:
            weighted = self._filter(waiting[:, :whole])
            self._energy.append(np.sum((weighted * weighted).reshape(len(weighted), -1, self._step), axis=(0, 2)))
        self._waiting = waiting[:, whole:]

    def energies(self) -> Floats:
        """Sum over channels of the K-weighted squares of each whole 10 ms so far."""
        rest = self._waiting
        tail: list[Floats] = []
        if rest.shape[1] >= self._step:
            kept = self._filter._state.copy()
            padded = np.pad(rest, ((0, 0), (0, -rest.shape[1] % RUN)))
            weighted = self._filter(padded)[:, : rest.shape[1] // self._step * self._step]
            self._filter._state = kept
            tail = [np.sum((weighted * weighted).reshape(len(weighted), -1, self._step), axis=(0, 2))]
        return np.concatenate([np.zeros(0), *self._energy, *tail])

    def loudness(self, gain: float = 1.0) -> Loudness:
        """The measurements so far, as if the signal had been multiplied by a gain."""
        return measured(self.energies() * gain * gain, self._step)


def measured(energies: Floats, step: int) -> Loudness:
    """The measurements of a programme from the K-weighted energies of its steps of 10 ms of ``step`` samples."""
    momentary = _windows(energies, 40) / (40 * step)
    short = _windows(energies, 300) / (300 * step)
    return Loudness(
        integrated_lufs=_gated(momentary[::10]),
        momentary_max_lufs=_lufs(float(momentary.max(initial=0.0))),
        short_term_max_lufs=_lufs(float(short.max(initial=0.0))),
        range_lu=_range(short[::100]),
    )


def _windows(energies: Floats, steps: int) -> Floats:
    """Sums over every run of ``steps``; exact sums, not differences of running totals, which would lose quiet parts."""
    if len(energies) < steps:
        return np.zeros(0)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(energies, steps).sum(axis=1))


def _lufs(power: float) -> float | None:
    return OFFSET + 10.0 * float(np.log10(power)) if power > 0.0 else None


def _power(lufs: float) -> float:
    return float(10.0 ** ((lufs - OFFSET) / 10.0))


def _gated(blocks: Floats) -> float | None:
    """Integrated loudness of 400 ms blocks that overlap by 75 %: absolute gate, then 10 LU under what passes it."""
    loud = blocks[blocks > _power(ABSOLUTE_GATE)]
    if not loud.size:
        return None
    return _lufs(float(loud[loud > 0.1 * loud.mean()].mean()))


def _range(short: Floats) -> float | None:
    """Loudness range, EBU Tech 3342: from the 10th to the 95th percentile of what lies over a gate 20 LU down.

    Blocks of 3 s, a new one each second: the overlap of two thirds that the recommendation asks for.
    """
    loud = short[short >= _power(ABSOLUTE_GATE)]
    if not loud.size:
        return None
    kept = np.sort(loud[loud >= 0.01 * loud.mean()])
    low, high = (kept[int((len(kept) - 1) * share + 0.5)] for share in (0.10, 0.95))
    return 10.0 * float(np.log10(high / low))
