"""Rules of pitch: from the body, its rate, a field, a list of notes, a degree or the chord of the time to hertz."""

from typing import Annotated, Literal

from pydantic import Field

from harmonic_audio.soundscape.scaling import EventField, Hertz, Observed, Scaled, ValueRule
from harmonic_contracts.base import Contract

Quantise = Literal["scale", "chord", "semitone", "none"]
NOTE_PATTERN = r"^([A-Ga-g](#|b)?-?[0-9]|[0-9]+(\.[0-9]+)?)$"


class RatePitch(Contract):
    """Each body sounds at its own mean event rate, scaled into the audible: ratios of rates are heard as intervals."""

    kind: Literal["rate"] = Field(default="rate", description="By the body's rate")
    octave: int = Field(default=3, ge=0, le=7, description="The slowest body sounds the key's tonic in this octave")
    snap_cents: float = Field(
        default=0.0,
        ge=0.0,
        le=50.0,
        description="A ratio of neighbouring rates this near to one of small whole numbers is tuned to it [cents]",
    )
    largest_number: int = Field(default=8, ge=2, le=16, description="Largest whole number in a ratio snapped to")
    highest_hz: Hertz = Field(default=4200.0, description="Highest pitch [Hz]")
    too_high: Literal["fold", "compress"] = Field(
        default="fold",
        description="fold: a body above the highest pitch comes down by octaves; compress: all intervals shrink alike",
    )
    quantise: Quantise = Field(default="none", description="Whether the pitch is then moved to the nearest of the key")


class ScalePitch(Scaled):
    """A field of the event or an observable over a range of pitches, moved to the nearest of the key."""

    kind: Literal["scale"] = Field(default="scale", description="By a field, over a range of pitches")
    source: EventField | Observed = Field(
        default="strength", description="Field of the event, or an observable at the event's time"
    )
    low_hz: Hertz = Field(default=130.8127826502993, description="Lowest pitch [Hz]")
    high_hz: Hertz = Field(default=1046.5022612023945, description="Highest pitch [Hz]")
    spacing: Literal["geometric", "linear"] = Field(
        default="geometric", description="geometric: equal steps of data are equal intervals; linear: equal hertz"
    )
    quantise: Quantise = Field(default="scale", description="none: the exact frequency is kept")


class BodyPitch(Contract):
    """Each body has its own degree of the scale, by its number."""

    kind: Literal["body"] = Field(default="body", description="By the body's number")
    octave: int = Field(default=3, ge=0, le=7, description="Octave of the tonic that degrees count from")
    first_degree: int = Field(default=0, ge=-21, le=21, description="Degree of body 0; 0 is the tonic")
    step: int = Field(default=1, ge=-7, le=7, description="Degrees from one body to the next")
    span: int = Field(default=15, ge=1, le=50, description="After so many bodies the degrees begin again")


class DegreePitch(Scaled):
    """A field or an observable walks over degrees of the scale: equal steps of data are equal steps of the scale."""

    kind: Literal["degree"] = Field(default="degree", description="By a field, over degrees of the scale")
    octave: int = Field(default=3, ge=0, le=7, description="Octave of the tonic that degrees count from")
    low: int = Field(default=0, ge=-70, le=70, description="Degree at fraction 0; 0 is the tonic")
    high: int = Field(default=14, ge=-70, le=70, description="Degree at fraction 1")


class ListPitch(Scaled):
    """A field or an observable chooses from a list of notes."""

    kind: Literal["list"] = Field(default="list", description="By a field, from a list of notes")
    notes: list[Annotated[str, Field(pattern=NOTE_PATTERN)]] = Field(
        min_length=1, max_length=128, description="From low to high: names such as C4 or F#3, or frequencies [Hz]"
    )
    binning: Literal["uniform", "adaptive"] = Field(
        default="uniform", description="uniform: equal stretches of data a note; adaptive: equally many data a note"
    )


class ChordPitch(Contract):
    """Notes of the chord that the progression has at the time of the event."""

    kind: Literal["chord"] = Field(default="chord", description="By the chord of the time")
    octave: int = Field(default=2, ge=0, le=7, description="Octave of the tonic that degrees count from")
    tones: list[Annotated[int, Field(ge=-21, le=21)]] = Field(
        default=[0], min_length=1, max_length=8, description="Degrees above the chord's root, e.g. 0, 2, 4 for a triad"
    )
    degree: ValueRule | None = Field(
        default=None, description="Degrees that data add to the chord's root, rounded: harmony by an observable"
    )


PitchRule = Annotated[
    RatePitch | ScalePitch | BodyPitch | ChordPitch | DegreePitch | ListPitch, Field(discriminator="kind")
]
