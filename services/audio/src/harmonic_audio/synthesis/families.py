"""The two families of voice models: those that ring by themselves, and those held as long as their note."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.envelope import Envelope
from harmonic_contracts.base import Contract

Floats = NDArray[np.float64]


class Ringing(Contract):
    """Struck or plucked: a note's duration is the time in which its lowest partial fades by 60 dB."""

    ring_s: float = Field(
        default=2.0,
        gt=0.0,
        le=60.0,
        description="T60 of the lowest partial at 440 Hz where a note has no duration; longer below, shorter above [s]",
    )
    level_db: float = Field(
        default=0.0, ge=-60.0, le=40.0, description="What makes equal notes of all instruments equally loud [dB]"
    )

    def natural_duration(self, frequency_hz: Floats) -> Floats:
        """Seconds in which the lowest partial fades by 60 dB: ring_s at 440 Hz, as 1/sqrt(f)."""
        return np.asarray(self.ring_s * np.sqrt(440.0 / frequency_hz))


class Sustained(Contract):
    """Sounds for the note's duration under an attack-decay-sustain-release envelope."""

    attack_s: float = Field(default=0.002, ge=0.0, le=60.0, description="Time of the rise [s]")
    decay_s: float = Field(
        default=0.1, ge=0.0, le=60.0, description="Time constant of the fall to the sustain level [s]"
    )
    sustain: float = Field(default=1.0, ge=0.0, le=1.0, description="Level held until the note ends")
    release_s: float = Field(default=0.1, ge=0.0, le=60.0, description="Time of the fall after the note's end [s]")
    attack_curve: float = Field(
        default=0.0, ge=-10.0, le=10.0, description="0 a raised cosine; above 0 hurried at first, below 0 at the end"
    )
    decay_curve: float = Field(
        default=0.0, ge=-10.0, le=10.0, description="0 exponential; above 0 a long tail, below 0 slow and then sudden"
    )
    release_curve: float = Field(default=0.0, ge=-10.0, le=10.0, description="As of the attack")

    def envelope(self, duration_s: float, changes: Mapping[str, float] | None = None) -> Envelope:
        """The envelope of a note; a short note shortens its attack to two thirds of itself.

        ``changes`` are a note's own ``attack_s``, ``decay_s``, ``sustain`` and ``release_s``.
        """
        own = {"attack_s": self.attack_s, "decay_s": self.decay_s, "sustain": self.sustain, "release_s": self.release_s}
        own |= {name: value for name, value in (changes or {}).items() if name in own}
        own["attack_s"] = min(own["attack_s"], duration_s * 2.0 / 3.0)
        curves = {"attack_curve": self.attack_curve, "decay_curve": self.decay_curve}
        return Envelope(held_s=duration_s, **own, **curves, release_curve=self.release_curve)
