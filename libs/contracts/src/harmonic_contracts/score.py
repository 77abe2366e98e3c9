"""The score: the one form between physics and every output.

Seconds and hertz in double precision; quantising to scale, tuning and grid happened before, in the mapping.
"""

from typing import Literal, Self

from pydantic import Field, JsonValue, model_validator

from harmonic_contracts.base import Passed
from harmonic_contracts.trajectory import Mode

SCORE_MEDIA_TYPE = "application/vnd.harmonic.score+json"


class Cause(Passed):
    """Why a note is there: the event or observable, the body and the universe's own time."""

    kind: str = Field(description="Event kind, or `observable:<name>`")
    bodies: list[str] = []
    time: float


class Sound(Passed):
    """How a note differs from what its instrument would do by itself; what is left out is the instrument's own."""

    detune_cents: float | None = Field(default=None, ge=-1200.0, le=1200.0)
    azimuth_deg: float | None = Field(default=None, description="0 front, +90 left; it wraps around")
    elevation_deg: float | None = Field(default=None, ge=-90.0, le=90.0)
    distance_m: float | None = Field(
        default=None, gt=0.0, description="From the listener; 1 m is the voice's own level"
    )
    harmonicity: float | None = Field(default=None, ge=0.0, le=1.0, description="0 noise or clangour, 1 harmonic")
    waveform_mix: float | None = Field(
        default=None, ge=0.0, le=1.0, description="From the first waveform to the second"
    )
    modulation: float | None = Field(default=None, ge=0.0, le=1.0, description="Share of the greatest modulation index")
    cutoff_hz: float | None = Field(default=None, gt=0.0, lt=24_000.0)
    resonance: float | None = Field(default=None, ge=0.0, le=1.0)
    vibrato_rate_hz: float | None = Field(default=None, ge=0.0, le=50.0)
    vibrato_depth_cents: float | None = Field(default=None, ge=0.0, le=1200.0)
    tremolo_rate_hz: float | None = Field(default=None, ge=0.0, le=50.0)
    tremolo_depth: float | None = Field(default=None, ge=0.0, le=1.0)
    attack_s: float | None = Field(default=None, ge=0.0, le=60.0)
    decay_s: float | None = Field(default=None, ge=0.0, le=60.0)
    sustain: float | None = Field(default=None, ge=0.0, le=1.0)
    release_s: float | None = Field(default=None, ge=0.0, le=60.0)
    reverb_send: float | None = Field(default=None, ge=0.0, le=1.0)


class Note(Passed):
    """One sounding note."""

    onset_s: float = Field(ge=0.0)
    duration_s: float = Field(gt=0.0)
    frequency_hz: float = Field(gt=0.0, lt=24_000.0)
    loudness: float = Field(ge=0.0, le=1.0, description="Linear amplitude; 1 is the loudest of the voice")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")
    brightness: float = Field(default=0.5, ge=0.0, le=1.0)
    voice: int = Field(ge=0, description="Index into the score's voices")
    cause: Cause | None = None
    sound: Sound | None = None


class Waveform(Passed):
    """Samples that a voice plays as they are: an observable made audible, or a recording's grains."""

    sample_rate_hz: float = Field(gt=0.0, le=384_000.0)
    data: str = Field(max_length=2**25, description="Base64 of float32 samples, little endian")


class Voice(Passed):
    """A part: one instrument, usually one body."""

    name: str
    instrument: str
    gain_db: float = 0.0
    patch: dict[str, JsonValue] | None = Field(
        default=None, description="Fields of the instrument that are other than the catalogue's"
    )
    modes: list[Mode] = Field(
        default=[], max_length=4096, description="Modes of the vibrating body that sounds here, as physics found them"
    )
    waveform: Waveform | None = None


class ControlPoint(Passed):
    time_s: float = Field(ge=0.0)
    value: float


Interpolation = Literal["linear", "step", "exponential", "smooth"]
Evolving = Literal[
    "frequency_hz",
    "loudness",
    "pan",
    "brightness",
    "detune_cents",
    "azimuth_deg",
    "elevation_deg",
    "distance_m",
    "harmonicity",
    "waveform_mix",
    "modulation",
    "cutoff_hz",
    "resonance",
    "vibrato_rate_hz",
    "vibrato_depth_cents",
    "tremolo_rate_hz",
    "tremolo_depth",
    "reverb_send",
]
"""What may change while a voice sounds."""


class ControlCurve(Passed):
    """A parameter of a voice that evolves sample by sample; it holds for the whole voice, over what its notes say."""

    voice: int = Field(ge=0)
    target: Evolving
    points: list[ControlPoint] = Field(min_length=1)
    interpolation: Interpolation = Field(
        default="linear", description="Between points; exponential needs values of one sign, smooth has level ends"
    )


class MixCurve(Passed):
    """A parameter of the whole mix that evolves."""

    target: Literal["gain_db", "reverb_db", "width"]
    points: list[ControlPoint] = Field(min_length=1)
    interpolation: Interpolation = "linear"


class TempoMark(Passed):
    time_s: float = Field(ge=0.0)
    bpm: float = Field(gt=0.0, le=1000.0)
    beats_per_bar: int = Field(default=4, ge=1, le=64)


class KeyMark(Passed):
    time_s: float = Field(ge=0.0)
    tonic: str = Field(description="Pitch class, e.g. `C#`")
    scale: str
    tonic_hz: float = Field(gt=0.0)


class SceneMark(Passed):
    """Where a scene begins."""

    time_s: float = Field(ge=0.0)
    name: str
    cross_fade_s: float = Field(default=0.0, ge=0.0, description="How long it takes over from the scene before [s]")


class LegendEntry(Passed):
    """One line of the legend for programs: which number is heard as what, over which ranges."""

    rule: str = Field(description="Name of the soundscape's rule")
    channel: str = Field(description="What is heard: `pitch`, `loudness`, `pan`, ...")
    source: str = Field(description="Event field or observable, e.g. `collision.strength` or `observable:energy`")
    data_unit: str = ""
    data_low: float | None = None
    data_high: float | None = None
    sound_unit: str = ""
    sound_low: float | None = None
    sound_high: float | None = None
    transform: str = "linear"
    error: float | None = Field(
        default=None,
        description="By how much quantising moved a value at most, in error_unit; none where it moves none",
    )
    error_unit: str = ""
    left_out: int | None = Field(default=None, description="How many events or notes are not heard, where some are not")
    text: str = Field(description="The same in plain words")


class Score(Passed):
    """Notes in order of onset (then voice, then frequency), control curves, tempo and key map."""

    format_version: Literal[1] = 1
    title: str
    duration_s: float = Field(gt=0.0, le=86_400.0)
    voices: list[Voice]
    notes: list[Note]
    curves: list[ControlCurve] = []
    mix_curves: list[MixCurve] = []
    scenes: list[SceneMark] = []
    tempo_map: list[TempoMark]
    key_map: list[KeyMark]
    legend: list[str] = Field(default=[], description="What sounds like what, in plain words")
    legend_entries: list[LegendEntry] = Field(default=[], description="The same for programs")
    time_unit: str | None = Field(default=None, description="Unit of the times of causes: the universe's own")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        used = {note.voice for note in self.notes} | {curve.voice for curve in self.curves}
        if used and max(used) >= len(self.voices):
            raise ValueError(f"voice {max(used)} does not exist: the score has {len(self.voices)} voices")
        onsets = [(n.onset_s, n.voice, n.frequency_hz) for n in self.notes]
        if onsets != sorted(onsets):
            raise ValueError("notes must be sorted by onset, voice and frequency")
        return self
