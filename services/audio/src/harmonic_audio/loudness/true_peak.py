"""True peak: the highest level between the samples too, by four times oversampling (ITU-R BS.1770-5 annex 2).

The interpolator is a windowed sinc of 49 taps, whose phase 0 is the signal itself.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Samples = NDArray[np.floating]
FACTOR: Final = 4
TAPS: Final = 12
"""Samples that a point between two of them depends on, half of them on either side."""
BEFORE: Final = TAPS // 2 - 1
BLOCK: Final = 65_536


def _interpolator() -> Floats:
    """Taps of the points 1/4, 1/2 and 3/4 after a sample, the oldest sample's first; shape (3, TAPS)."""
    place = np.arange(FACTOR * TAPS + 1) - FACTOR * TAPS // 2
    taps = np.sinc(place / FACTOR) * (0.5 + 0.5 * np.cos(2.0 * np.pi * place / (FACTOR * TAPS)))
    return np.stack([taps[phase::FACTOR][::-1] for phase in range(1, FACTOR)])


_PHASES: Final = _interpolator()


def true_peaks(samples: Samples) -> Floats:
    """For each sample the highest absolute value of it and of the points between it and the next; shape (n,).

    Before and after the samples there is silence.
    """
    from harmonic_audio.kernels.metering import levels

    kind = np.float32 if samples.dtype == np.float32 else np.float64
    out = np.empty(len(samples))
    levels(np.pad(samples.astype(kind, copy=False), (BEFORE, TAPS - BEFORE - 1)), _PHASES, out)
    return out


def true_peak(samples: Samples) -> float:
    """The highest true peak of samples of shape (channels, n), linear; 0.0 for silence or nothing."""
    shaped = np.atleast_2d(samples)
    meter = TruePeakMeter(len(shaped))
    meter.feed(shaped)
    return meter.peak()


class TruePeakMeter:
    """Feed it samples in order, in pieces of any size; ask it at any time. The pieces change nothing, not a bit."""

    def __init__(self, channels: int = 2) -> None:
        self._recent: list[Samples] = [np.zeros(TAPS - 1)] * channels
        self._peaks = np.zeros(channels)

    def feed(self, samples: Samples) -> None:
        """Add samples of shape (channels, n), float32 or float64. Raises ValueError for another number of channels."""
        if samples.ndim != 2 or len(samples) != len(self._recent):
            raise ValueError(f"the meter takes samples of shape ({len(self._recent)}, n), not {samples.shape}")
        for channel, row in enumerate(samples):
            for start in range(0, len(row), BLOCK):
                piece = np.concatenate([self._recent[channel].astype(row.dtype), row[start : start + BLOCK]])
                self._peaks[channel] = max(self._peaks[channel], _highest(piece))
                self._recent[channel] = piece[1 - TAPS :]

    def peaks(self) -> Floats:
        """The highest true peak of each channel so far, linear, as if silence followed; shape (channels,)."""
        after = [_highest(np.concatenate([recent, np.zeros(TAPS - 1)])) for recent in self._recent]
        return np.maximum(self._peaks, after)

    def peak(self) -> float:
        """The highest of all channels."""
        return float(self.peaks().max(initial=0.0))


def _highest(padded: Samples) -> float:
    """The highest level at or after each sample but those at the ends, which are context; 0.0 where all are."""
    from harmonic_audio.kernels.metering import levels

    kind = np.float32 if padded.dtype == np.float32 else np.float64
    out = np.empty(len(padded) - TAPS + 1)
    levels(padded.astype(kind, copy=False), _PHASES, out)
    return float(out.max(initial=0.0))


def decibels(value: float) -> float | None:
    """20 lg of a linear level; None for silence."""
    return 20.0 * float(np.log10(value)) if value > 0.0 else None
