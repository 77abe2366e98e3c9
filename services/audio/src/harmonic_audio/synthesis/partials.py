"""From an instrument and a note to its partials: frequencies, amplitudes, decays and phases, none above hearing."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.instruments import Instrument
from harmonic_audio.synthesis.noise import uniform

Floats = NDArray[np.float64]
LN1000: Final = float(np.log(1000.0))
TAPER_FROM, TAPER_TO = 0.40, 0.46
"""Fractions of the sample rate between which partials fade out: nothing reaches the Nyquist frequency."""
HELD_LEVEL: Final = 0.4
"""Level of a held voice against the start of a struck one, so that equal loudness sounds about equally loud."""


@dataclass(frozen=True)
class Partials:
    """Partials of one pitch of one instrument; every array has shape (partials,)."""

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


def taper(frequency_hz: Floats, sample_rate: int) -> Floats:
    """1 below the taper, 0 above it, a raised cosine between: what keeps a voice band-limited."""
    at = np.clip((frequency_hz / sample_rate - TAPER_FROM) / (TAPER_TO - TAPER_FROM), 0.0, 1.0)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * at))


def partials_of(instrument: Instrument, frequency_hz: float, duration_s: float, sample_rate: int) -> Partials:
    """The partials of a note that lie in the band; there may be none left for a note near the Nyquist frequency."""
    ratio, share, phase = _copies(instrument)
    decay = np.zeros_like(ratio)
    if instrument.family == "struck":
        decay = LN1000 / duration_s * ratio**instrument.damping
    frequencies = frequency_hz * ratio
    weight = taper(frequencies, sample_rate)
    audible = weight > 0.0
    return Partials(
        frequency_hz=frequencies[audible],
        ratio=ratio[audible],
        decay_per_s=decay[audible],
        phase=phase[audible],
        share=(share * weight)[audible],
        attack_per_s=3.0 / instrument.attack_s if instrument.family == "struck" else 0.0,
    )


def _copies(instrument: Instrument) -> tuple[Floats, Floats, Floats]:
    """Ratios, shares and phases: once for struck voices, thrice, detuned and out of phase, for broad held ones."""
    ratios, shares = np.array(instrument.ratios), np.array(instrument.amplitudes)
    if instrument.family == "struck":
        return ratios, shares, np.zeros_like(ratios)
    level = HELD_LEVEL / float(np.sqrt(np.sum(shares**2)))
    if instrument.detune_cents == 0.0:
        return ratios, shares * level, 2.0 * np.pi * uniform(1, len(ratios))
    shift = 2.0 ** (np.array([0.0, -1.0, 1.0]) * instrument.detune_cents / 1200.0)
    weights = np.array([0.7, 0.5, 0.5])
    all_ratios = np.concatenate([ratios * s for s in shift])
    all_shares = np.concatenate([shares * level * w for w in weights])
    return all_ratios, all_shares, 2.0 * np.pi * uniform(1, len(all_ratios))
