"""The declared rules of a soundscape: which event or observable becomes which note or curve, and how."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from harmonic_audio.soundscape.channels import Channels, Taps
from harmonic_audio.soundscape.pitches import (
    BodyPitch,
    ChordPitch,
    DegreePitch,
    ListPitch,
    PitchRule,
    Quantise,
    RatePitch,
    ScalePitch,
)
from harmonic_audio.soundscape.scaling import (
    Component,
    Condition,
    EventSource,
    Hertz,
    Limits,
    Observed,
    Scaled,
    Scaling,
    Smoothing,
    Transform,
    Unit,
    ValueRule,
    Zero,
)
from harmonic_contracts.base import Contract
from harmonic_contracts.score import Evolving

__all__ = [
    "AudifiedRule",
    "BodyPitch",
    "Channels",
    "ChordPitch",
    "Coincidence",
    "Component",
    "Condition",
    "CurveRule",
    "DegreePitch",
    "Entries",
    "EventRule",
    "EventSource",
    "Limits",
    "ListPitch",
    "ObservableRule",
    "ObservableSource",
    "Observed",
    "PitchRule",
    "Quantise",
    "RatePitch",
    "SampledNotes",
    "ScalePitch",
    "Scaled",
    "Scaling",
    "Smoothing",
    "Taps",
    "Transform",
    "ValueRule",
    "Zero",
]

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_ -]*$", max_length=60)]
Conditions = Annotated[list[Condition], Field(max_length=8)]


class Entries(Contract):
    """Bodies come in one after another and leave so: a curve of loudness that is shifted from body to body."""

    order: Literal["slowest_first", "fastest_first", "by_index"] = Field(
        default="slowest_first", description="Who enters first"
    )
    first: Unit = Field(default=0.0, description="When the first body enters, as a fraction of the length")
    last: Unit = Field(default=0.5, description="When the last body enters")
    fade: float = Field(
        default=0.08, gt=0.0, le=1.0, description="How long an entry takes, as a fraction of the length"
    )
    leave: Unit = Field(default=0.9, description="When the last body to enter begins to leave; the others follow")
    floor: Unit = Field(default=0.1, description="Factor of loudness before the entry and after the leaving")


class Coincidence(Contract):
    """Events of different bodies that fall together sound louder."""

    window_s: float = Field(default=0.06, gt=0.0, le=1.0, description="How near together, in the sound [s]")
    gain_db: float = Field(
        default=3.0, ge=0.0, le=12.0, description="Gain of a note that falls together with one more [dB]"
    )


class EventRule(Contract):
    """Events of the named kinds become notes at their exact times."""

    name: RuleName = Field(description="Name of the part; of its voice too where all bodies share one")
    kinds: list[str] = Field(min_length=1, max_length=64, description="Event kinds, e.g. transit or collision")
    bodies: list[str] | Literal["all", "slowest", "fastest"] = Field(
        default="all", description="Whose events: named bodies, all, or the one with the smallest or largest rate"
    )
    every: int = Field(default=1, ge=1, le=1000, description="Take each n-th event of a body")
    only_while: Conditions = Field(default=[], description="Conditions that must all hold for an event to sound")
    mute: bool = Field(default=False, description="Leave the whole rule out")
    onset_s: ValueRule | None = Field(
        default=None,
        description="Time from the start of the sound by a field instead of the event's own time [s]; held to the"
        " length",
    )
    delay_s: Annotated[float, Field(ge=0.0, le=60.0)] | ValueRule = Field(
        default=0.0, description="Added to the onset [s]"
    )
    voices: Literal["body", "shared"] = Field(default="body", description="One voice a body, or one for all")
    instruments: list[str] = Field(
        min_length=1, max_length=64, description="Spread over the bodies from the fastest to the slowest"
    )
    patch: dict[str, JsonValue] | None = Field(
        default=None, description="Fields of the instrument's model that are other than the catalogue's, for each voice"
    )
    instrument_by: Scaled | None = Field(
        default=None, description="A field or an observable chooses among the instruments instead, first to last"
    )
    pitch: PitchRule = Field(description="How the notes get their pitches")
    loudness: Unit | ValueRule = Field(default=0.7, description="Linear amplitude [0..1]")
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] | ValueRule = Field(default=0.0, description="-1 left, +1 right")
    duration_s: Annotated[float, Field(gt=0.0, le=60.0)] | ValueRule | None = Field(
        default=None,
        description="Length; struck instruments fade by 60 dB in it [s]. Left out: as the instrument rings",
    )
    brightness: Unit | ValueRule = Field(default=0.5, description="From dull to bright [0..1]")
    sound: Channels = Field(default=Channels(), description="Further channels: place, filter, swings, envelope, room")
    taps: Taps | None = Field(default=None, description="Repeats each note; none by default")
    gain_db: float = Field(default=0.0, ge=-48.0, le=12.0, description="Level of the part in the mix [dB]")
    entries: Entries | None = Field(default=None, description="Bodies enter and leave one after another")
    coincidence: Coincidence | None = Field(default=None, description="What falls together sounds louder")
    smallest_gap_s: float = Field(
        default=0.0, ge=0.0, le=10.0, description="A body's note sooner after its last is left out [s]"
    )


class ObservableSource(Scaling, Observed):
    """Which number of the trajectory, of which bodies, and how it is scaled."""


class CurveRule(ObservableSource):
    """An observable becomes a control curve of a voice that the event rules or notes made."""

    kind: Literal["curve"] = Field(default="curve", description="A control curve")
    voice: str = Field(
        description="Name of a voice, or of a rule for all of its voices; `*`: every body's voices. A voice of a body"
        " follows that body's own value"
    )
    target: Evolving = Field(description="What evolves, sample by sample")
    low: float = Field(default=0.0, description="Value at fraction 0, in the target's unit")
    high: float = Field(default=1.0, description="Value at fraction 1, in the target's unit")
    spacing: Literal["linear", "geometric"] = Field(
        default="linear", description="geometric: equal steps are equal ratios (frequencies)"
    )
    only_while: Conditions = Field(default=[], description="Elsewhere the curve stays at its low end")
    resolution_s: float = Field(
        default=0.1, ge=0.01, le=10.0, description="Largest distance of the curve's points, in the sound [s]"
    )
    tolerance: float = Field(
        default=0.002,
        ge=1e-6,
        le=1.0,
        description="Points are added until straight lines between them miss the observable by at most this share of"
        " low to high; the legend states what was reached",
    )


class SampledNotes(ObservableSource):
    """An observable is sampled on the beat grid and played as a line of notes."""

    kind: Literal["notes"] = Field(default="notes", description="A line of notes")
    name: RuleName = Field(description="Name of the part and of its voices")
    beats: float = Field(default=1.0, ge=0.0625, le=64.0, description="Beats from one note to the next")
    only_while: Conditions = Field(default=[], description="Conditions that must all hold for a note to sound")
    mute: bool = Field(default=False, description="Leave the whole rule out")
    instruments: list[str] = Field(min_length=1, max_length=64, description="Spread over the bodies in their order")
    patch: dict[str, JsonValue] | None = Field(
        default=None, description="Fields of the instrument's model that are other than the catalogue's, for each voice"
    )
    low_hz: Hertz = Field(default=130.8127826502993, description="Lowest pitch [Hz]")
    high_hz: Hertz = Field(default=1046.5022612023945, description="Highest pitch [Hz]")
    quantise: Quantise = Field(default="scale", description="none: the exact frequency is kept")
    glide: bool = Field(default=False, description="One long note whose pitch follows the observable without steps")
    loudness: Unit | ValueRule = Field(default=0.5, description="Linear amplitude [0..1]")
    pan: Annotated[float, Field(ge=-1.0, le=1.0)] | ValueRule = Field(default=0.0, description="-1 left, +1 right")
    brightness: Unit | ValueRule = Field(default=0.5, description="From dull to bright [0..1]")
    sound: Channels = Field(default=Channels(), description="Further channels: place, filter, swings, envelope, room")
    taps: Taps | None = Field(default=None, description="Repeats each note; none by default")
    legato: float = Field(default=0.9, gt=0.0, le=4.0, description="Length of a note as a fraction of the distance")
    gain_db: float = Field(default=0.0, ge=-48.0, le=12.0, description="Level of the part in the mix [dB]")


class AudifiedRule(Observed):
    """The frames of an observable are the samples of a sound: the motion itself is heard, sped up."""

    kind: Literal["audified"] = Field(default="audified", description="The observable itself as sound")
    name: RuleName = Field(description="Name of the part and of its voices")
    frames_per_s: float = Field(
        default=12_000.0, ge=100.0, le=384_000.0, description="Frames of the trajectory heard in a second [1/s]"
    )
    start: Unit = Field(default=0.0, description="When it begins, as a fraction of the length")
    mute: bool = Field(default=False, description="Leave the whole rule out")
    instruments: list[str] = Field(
        default=["audification"], min_length=1, max_length=64, description="Instruments that play a waveform"
    )
    patch: dict[str, JsonValue] | None = Field(
        default=None, description="Fields of the instrument's model that are other than the catalogue's, for each voice"
    )
    loudness: Unit = Field(default=0.7, description="Linear amplitude [0..1]")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")
    gain_db: float = Field(default=0.0, ge=-48.0, le=12.0, description="Level of the part in the mix [dB]")


ObservableRule = Annotated[CurveRule | SampledNotes | AudifiedRule, Field(discriminator="kind")]
