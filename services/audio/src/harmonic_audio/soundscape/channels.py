"""What else of a note may follow the data beside pitch, loudness, place, length and brightness; all optional."""

from typing import Annotated, Final

from pydantic import Field

from harmonic_audio.soundscape.scaling import ValueRule
from harmonic_contracts.base import Contract

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0, le=60.0)]


class Channels(Contract):
    """A fixed value or a rule for each; what is left out is the instrument's own."""

    detune_cents: Annotated[float, Field(ge=-1200.0, le=1200.0)] | ValueRule | None = Field(
        default=None, description="Shift of the pitch, after quantising [cents]"
    )
    azimuth_deg: Annotated[float, Field(ge=-36_000.0, le=36_000.0)] | ValueRule | None = Field(
        default=None, description="Direction: 0 front, +90 left; it wraps around [deg]"
    )
    elevation_deg: Annotated[float, Field(ge=-90.0, le=90.0)] | ValueRule | None = Field(
        default=None, description="Direction above (+) or below the ears [deg]"
    )
    distance_m: Annotated[float, Field(gt=0.0, le=10_000.0)] | ValueRule | None = Field(
        default=None, description="From the listener; 1 m is the voice's own level [m]"
    )
    harmonicity: Unit | ValueRule | None = Field(default=None, description="0 noise or clangour, 1 harmonic [0..1]")
    waveform_mix: Unit | ValueRule | None = Field(
        default=None, description="From the instrument's first waveform to its second [0..1]"
    )
    modulation: Unit | ValueRule | None = Field(
        default=None, description="Share of the greatest modulation index [0..1]"
    )
    cutoff_hz: Annotated[float, Field(gt=0.0, lt=24_000.0)] | ValueRule | None = Field(
        default=None, description="Corner of the voice's filter [Hz]"
    )
    resonance: Unit | ValueRule | None = Field(default=None, description="Of the voice's filter [0..1]")
    vibrato_rate_hz: Annotated[float, Field(ge=0.0, le=50.0)] | ValueRule | None = Field(
        default=None, description="Swings of the pitch a second [Hz]"
    )
    vibrato_depth_cents: Annotated[float, Field(ge=0.0, le=1200.0)] | ValueRule | None = Field(
        default=None, description="Greatest deviation of the pitch [cents]"
    )
    tremolo_rate_hz: Annotated[float, Field(ge=0.0, le=50.0)] | ValueRule | None = Field(
        default=None, description="Swings of the loudness a second [Hz]"
    )
    tremolo_depth: Unit | ValueRule | None = Field(default=None, description="Share of the loudness that swings [0..1]")
    attack_s: Seconds | ValueRule | None = Field(default=None, description="From silence to full level [s]")
    decay_s: Seconds | ValueRule | None = Field(default=None, description="From full level to the sustained one [s]")
    sustain: Unit | ValueRule | None = Field(default=None, description="Level while held, against the full one [0..1]")
    release_s: Seconds | ValueRule | None = Field(default=None, description="From the end of the note to silence [s]")
    reverb_send: Unit | ValueRule | None = Field(default=None, description="Share that goes to the room [0..1]")


BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "detune_cents": (-1200.0, 1200.0),
    "azimuth_deg": (-1e9, 1e9),
    "elevation_deg": (-90.0, 90.0),
    "distance_m": (1e-3, 10_000.0),
    "harmonicity": (0.0, 1.0),
    "waveform_mix": (0.0, 1.0),
    "modulation": (0.0, 1.0),
    "cutoff_hz": (1.0, 23_999.0),
    "resonance": (0.0, 1.0),
    "vibrato_rate_hz": (0.0, 50.0),
    "vibrato_depth_cents": (0.0, 1200.0),
    "tremolo_rate_hz": (0.0, 50.0),
    "tremolo_depth": (0.0, 1.0),
    "attack_s": (0.0, 60.0),
    "decay_s": (0.0, 60.0),
    "sustain": (0.0, 1.0),
    "release_s": (0.0, 60.0),
    "reverb_send": (0.0, 1.0),
    "loudness": (0.0, 1.0),
    "pan": (-1.0, 1.0),
    "brightness": (0.0, 1.0),
    "frequency_hz": (16.0, 16_000.0),
}
"""The range of each target; what a rule gives beyond it is held at its ends."""


class Taps(Contract):
    """A note repeats: so many strokes, at a rate, each softer than the last by a factor."""

    count: Annotated[int, Field(ge=1, le=64)] | ValueRule = Field(
        default=1, description="Strokes of a note, the first counted; a rule's value is rounded"
    )
    rate_hz: Annotated[float, Field(gt=0.0, le=100.0)] | ValueRule = Field(
        default=4.0, description="Strokes a second [Hz]"
    )
    fade: float = Field(default=0.8, gt=0.0, le=1.0, description="Loudness of each stroke against the one before")
