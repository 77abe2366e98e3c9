"""The envelope of held voices: attack, decay, sustain, release, in closed form at any sample and smooth throughout."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.instruments import Instrument

Floats = NDArray[np.float64]
FORGOTTEN: Final = 35.0
"""Decay times after which the decay is over to the last bit of a double."""


@dataclass(frozen=True)
class Envelope:
    """Raised-cosine attack, exponential decay to the sustain level, raised-cosine release from ``held_s`` on."""

    attack_s: float
    decay_s: float
    sustain: float
    held_s: float
    release_s: float

    @property
    def total_s(self) -> float:
        """From onset to silence."""
        return self.held_s + self.release_s

    def at(self, seconds: Floats) -> Floats:
        """Level at ascending times after the onset; zero after the release."""
        first, last = float(seconds[0]), float(seconds[-1])
        level = np.full(len(seconds), self.sustain)
        if self.sustain < 1.0 and first < self.attack_s + FORGOTTEN * self.decay_s:
            level += (1.0 - self.sustain) * np.exp(np.maximum(seconds - self.attack_s, 0.0) / -self.decay_s)
        if first < self.attack_s:
            level *= 0.5 - 0.5 * np.cos(np.pi * np.clip(seconds / self.attack_s, 0.0, 1.0))
        if last > self.held_s:
            level *= 0.5 + 0.5 * np.cos(np.pi * np.clip((seconds - self.held_s) / self.release_s, 0.0, 1.0))
        return level


def envelope_of(instrument: Instrument, duration_s: float) -> Envelope:
    """The instrument's envelope for a note; a short note shortens its attack to two thirds of itself."""
    return Envelope(
        attack_s=min(instrument.attack_s, duration_s * 2.0 / 3.0),
        decay_s=instrument.decay_s,
        sustain=instrument.sustain,
        held_s=duration_s,
        release_s=instrument.release_s,
    )
