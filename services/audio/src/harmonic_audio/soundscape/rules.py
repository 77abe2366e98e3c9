"""The declared rules of a soundscape: which event or observable becomes which note or curve, and how."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

EventSource = Literal[
    "strength",
    "position_x",
    "position_y",
    "position_z",
    "body_index",
    "body_rate",
    "body_mass",
    "body_radius",
    "time",
]
Transform = Literal["linear", "log", "sqrt", "square"]
Quantise = Literal["scale", "semitone", "none"]
Component = Literal["value", "norm", "x", "y", "z"]
Unit = Annotated[float, Field(ge=0.0, le=1.0)]
Hertz = Annotated[float, Field(ge=16.0, le=16_000.0)]
RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_ -]*$", max_length=60)]


class Limits(Contract):
    """The stretch of the data that spans the whole output range; what lies outside is held at its ends."""

    kind: Literal["absolute", "percentile"] = Field(
        default="percentile", description="Whether low and high are values in the data's unit, or percentiles of it"
    )
    low: float = 0.0
    high: float = 100.0

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high}); use polarity to turn the range round")
        if self.kind == "percentile" and not (self.low >= 0.0 and self.high <= 100.0):
            raise ValueError("percentile limits lie between 0 and 100")
        return self


class Scaling(Contract):
    """How data becomes a fraction 0..1: transform, then limits, then polarity."""

    transform: Transform = Field(default="linear", description="Applied to data and limits; log needs positive data")
    limits: Limits = Limits()
    polarity: Literal["up", "down"] = Field(default="up", description="down: the largest value gives the low end")


class ValueRule(Scaling):
    """A number that follows a field of the event: the scaled field runs from `low` to `high`."""

    source: EventSource = Field(description="Field of the event, or of its first body")
    low: float = Field(description="Output at fraction 0")
    high: float = Field(description="Output at fraction 1")
    spacing: Literal["linear", "geometric"] = Field(
        default="linear", description="geometric: equal steps are equal ratios (durations, frequencies)"
    )

    @model_validator(mode="after")
    def _geometric_is_positive(self) -> Self:
        if self.spacing == "geometric" and (self.low <= 0.0 or self.high <= 0.0):
            raise ValueError("geometric spacing needs low and high above 0")
        return self


class RatePitch(Contract):
    """Each body sounds at its own mean event rate, scaled into the audible: ratios of rates are heard as intervals."""

    kind: Literal["rate"] = "rate"
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


class ScalePitch(Scaling):
    """A field of the event over a range of pitches, moved to the nearest degree of the key."""

    kind: Literal["scale"] = "scale"
    source: EventSource = "strength"
    low_hz: Hertz = Field(default=130.8127826502993, description="Lowest pitch [Hz]")
    high_hz: Hertz = Field(default=1046.5022612023945, description="Highest pitch [Hz]")
    quantise: Quantise = Field(default="scale", description="none: the exact frequency is kept")


class BodyPitch(Contract):
    """Each body has its own degree of the scale, by its number."""

    kind: Literal["body"] = "body"
    octave: int = Field(default=3, ge=0, le=7)
    first_degree: int = Field(default=0, ge=-21, le=21, description="Degree of body 0; 0 is the tonic")
    step: int = Field(default=1, ge=-7, le=7, description="Degrees from one body to the next")
    span: int = Field(default=15, ge=1, le=50, description="After so many bodies the degrees begin again")


class ChordPitch(Contract):
    """Notes of the chord that the progression has at the time of the event."""

    kind: Literal["chord"] = "chord"
    octave: int = Field(default=2, ge=0, le=7)
    tones: list[Annotated[int, Field(ge=-21, le=21)]] = Field(
        default=[0], min_length=1, max_length=8, description="Degrees above the chord's root, e.g. 0, 2, 4 for a triad"
    )


PitchRule = Annotated[RatePitch | ScalePitch | BodyPitch | ChordPitch, Field(discriminator="kind")]


class Entries(Contract):
    """Bodies come in one after another and leave so: a curve of loudness that is shifted from body to body."""

    order: Literal["slowest_first", "fastest_first", "by_index"] = "slowest_first"
    first: Unit = Field(default=0.0, description="When the first body enters, as a fraction of the length")
    last: Unit = Field(default=0.5, description="When the last body enters")
    fade: float = Field(
        default=0.08, gt=0.0, le=1.0, description="How long an entry takes, as a fraction of the length"
    )
    leave: Unit = Field(default=0.9, description="When the last body to enter begins to leave; the others follow")
    floor: Unit = Field(default=0.1, description="Factor of loudness before the entry and after the leaving")


class Coincidence(Contract):
    """Events of different bodies that fall together sound louder."""

    window_s: float = Field(default=0.06, gt=0.0, le=1.0, description="How near together [s of sound]")
    gain_db: float = Field(default=3.0, ge=0.0, le=12.0, description="Gain of a note that falls together with one more")


class EventRule(Contract):
    """Events of the named kinds become notes at their exact times."""

    name: RuleName = Field(description="Name of the part; of its voice too where all bodies share one")
    kinds: list[str] = Field(min_length=1, max_length=16, description="Event kinds, e.g. transit or collision")
    bodies: list[str] | Literal["all", "slowest", "fastest"] = Field(
        default="all", description="Whose events: named bodies, all, or the one with the smallest or largest rate"
    )
    every: int = Field(default=1, ge=1, le=1000, description="Take each n-th event of a body")
    voices: Literal["body", "shared"] = Field(default="body", description="One voice a body, or one for all")
    instruments: list[str] = Field(
        min_length=1, max_length=64, description="Spread over the bodies from the fastest to the slowest"
    )
    pitch: PitchRule
    loudness: Unit | ValueRule = Field(default=0.7, description="Linear amplitude 0..1")
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] | ValueRule = Field(default=0.0, description="-1 left, +1 right")
    duration_s: Annotated[float, Field(gt=0.0, le=60.0)] | ValueRule | None = Field(
        default=None, description="Seconds; struck instruments fade by 60 dB in it. Left out: as the instrument rings"
    )
    brightness: Unit | ValueRule = 0.5
    gain_db: float = Field(default=0.0, ge=-48.0, le=12.0, description="Level of the part in the mix [dB]")
    entries: Entries | None = None
    coincidence: Coincidence | None = None
    smallest_gap_s: float = Field(
        default=0.0, ge=0.0, le=10.0, description="A body's note sooner after its last is left out"
    )


class ObservableSource(Scaling):
    """Which number of the trajectory, of which bodies."""

    observable: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name of an observable of the trajectory")
    component: Component = Field(default="value", description="Of a vector: a component, or its norm")


class CurveRule(ObservableSource):
    """An observable becomes a control curve of a voice that the event rules or notes made."""

    kind: Literal["curve"] = "curve"
    voice: str = Field(description="Name of the voice; `*`: of every body, by that body's own value")
    target: Literal["loudness", "pan", "brightness"]
    low: float = Field(default=0.0, ge=-1.0, le=1.0)
    high: float = Field(default=1.0, ge=-1.0, le=1.0)
    resolution_s: float = Field(
        default=0.1, ge=0.01, le=10.0, description="Distance of the curve's points [s of sound]"
    )


class SampledNotes(ObservableSource):
    """An observable is sampled on the beat grid and played as a line of notes."""

    kind: Literal["notes"] = "notes"
    name: RuleName
    bodies: list[str] | Literal["all"] = "all"
    beats: float = Field(default=1.0, ge=0.0625, le=64.0, description="Beats from one note to the next")
    instruments: list[str] = Field(min_length=1, max_length=64)
    low_hz: Hertz = 130.8127826502993
    high_hz: Hertz = 1046.5022612023945
    quantise: Quantise = "scale"
    glide: bool = Field(default=False, description="One long note whose pitch follows the observable without steps")
    loudness: Unit = 0.5
    pan: float = Field(default=0.0, ge=-1.0, le=1.0)
    brightness: Unit = 0.5
    legato: float = Field(default=0.9, gt=0.0, le=4.0, description="Length of a note as a fraction of the distance")
    gain_db: float = Field(default=0.0, ge=-48.0, le=12.0)


ObservableRule = Annotated[CurveRule | SampledNotes, Field(discriminator="kind")]
