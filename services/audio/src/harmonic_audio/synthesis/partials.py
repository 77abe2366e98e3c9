"""From a spectrum and a note to partials: frequencies, amplitudes, decays and phases, none above hearing."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

Floats = NDArray[np.float64]
LN1000: Final = float(np.log(1000.0))
TAPER_FROM, TAPER_TO = 0.40, 0.46
"""Fractions of the sample rate between which partials fade out: nothing reaches the Nyquist frequency."""
MOST_PARTIALS: Final = 512


class Spectrum(Contract):
    """Partials relative to a note: the renderer brings every spectrum to the same loudness."""

    ratios: tuple[float, ...] = Field(
        min_length=1, max_length=MOST_PARTIALS, description="Frequencies of the partials over the note's"
    )
    amplitudes: tuple[float, ...] = Field(
        min_length=1, max_length=MOST_PARTIALS, description="Amplitudes of the partials at brightness 0.5"
    )

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if len(self.ratios) != len(self.amplitudes):
            raise ValueError(f"{len(self.ratios)} ratios need as many amplitudes, not {len(self.amplitudes)}")
        if min(self.ratios) <= 0.0:
            raise ValueError("ratios must be positive")
        if not any(self.amplitudes):
            raise ValueError("at least one amplitude must differ from 0")
        return self


@dataclass(frozen=True)
class Partials:
    """Partials of one pitch; every array has shape (partials,)."""

    frequency_hz: Floats
    ratio: Floats
    decay_per_s: Floats
    """Decay rate: the amplitude falls as exp(-decay t). Zero for held voices."""
    phase: Floats
    share: Floats
    """Amplitude before brightness."""
    attack_per_s: float
    """Rate of the onset factor 1 - exp(-rate t) of struck voices; 0 for held ones, which have an envelope."""

    def amplitudes(self, brightness: float, loudness: float) -> Floats:
        """Amplitudes of one strike. Brightness tilts by up to 6 dB an octave; louder is brighter, as on real bodies."""
        tilt = 2.0 * (float(np.clip(brightness + 0.3 * (loudness - 0.5), 0.0, 1.0)) - 0.5)
        weights = self.share * self.ratio**tilt
        return np.asarray(loudness * weights / np.sqrt(np.sum(self.share**2)))

    @property
    def longest_s(self) -> float:
        """Time in which the slowest partial fades by 120 dB; infinite for held voices."""
        slowest = float(np.min(self.decay_per_s, initial=np.inf))
        return 2.0 * LN1000 / slowest if slowest > 0.0 else float("inf")

    def audible(self, sample_rate: int) -> "Partials":
        """Those in the band, the highest of them fading; there may be none left near the Nyquist frequency."""
        weight = taper(self.frequency_hz, sample_rate)
        kept = weight > 0.0
        return Partials(
            frequency_hz=self.frequency_hz[kept],
            ratio=self.ratio[kept],
            decay_per_s=self.decay_per_s[kept],
            phase=self.phase[kept],
            share=(self.share * weight)[kept],
            attack_per_s=self.attack_per_s,
        )


def taper(frequency_hz: Floats, sample_rate: int) -> Floats:
    """1 below the taper, 0 above it, a raised cosine between: what keeps a voice band-limited."""
    at = np.clip((frequency_hz / sample_rate - TAPER_FROM) / (TAPER_TO - TAPER_FROM), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * at))
