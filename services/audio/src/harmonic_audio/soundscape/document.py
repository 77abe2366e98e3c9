"""The soundscape document. Its JSON Schema, with descriptions, units and defaults, is what a form is made from."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from harmonic_audio.soundscape.rules import EventRule, ObservableRule, SampledNotes
from harmonic_audio.synthesis.instruments import INSTRUMENTS
from harmonic_audio.tuning.pitch import PITCH_CLASS_PATTERN
from harmonic_audio.tuning.scales import SCALES
from harmonic_audio.tuning.temperament import Tuning, TuningName
from harmonic_contracts.base import Contract

LONGEST_S = 600.0
MOST_NOTES = 20_000


class Key(Contract):
    """Tonic, scale and tuning."""

    tonic: str = Field(default="C", pattern=PITCH_CLASS_PATTERN, description="Pitch class, e.g. `F#` or `Bb`")
    scale: str = Field(default="major", description="Name of a scale", json_schema_extra={"enum": [*sorted(SCALES)]})
    tuning: TuningName = Field(default="equal", description="Twelve equal steps, or pure ratios above the tonic")
    reference_hz: float = Field(default=440.0, ge=400.0, le=480.0, description="Frequency of A4 [Hz]")

    @field_validator("scale")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in SCALES:
            raise ValueError(f"there is no scale {name!r}: choose one of {', '.join(sorted(SCALES))}")
        return name

    def tuned(self) -> Tuning:
        """The key, ready to be asked for frequencies."""
        return Tuning(self.tonic, self.scale, self.tuning, self.reference_hz)


class Grid(Contract):
    """Pulls onsets to a rhythmic grid. Without one, every note stays at its exact time."""

    per_beat: int = Field(default=4, ge=1, le=24, description="Grid steps in a beat")
    strength: float = Field(default=1.0, ge=0.0, le=1.0, description="0 leaves the time as it is, 1 is on the grid")


class Chord(Contract):
    """A chord of the progression, from a time on."""

    at: float = Field(ge=0.0, lt=1.0, description="Fraction of the length")
    degree: int = Field(ge=-14, le=14, description="Degree of its root; 0 is the tonic")


class Density(Contract):
    """How many notes a listener can follow. What is too much is thinned, the quietest first, and the legend says so."""

    notes_per_s: float = Field(
        default=24.0, ge=0.5, le=200.0, description="Most notes in any second, all rules together"
    )
    total: int = Field(default=MOST_NOTES, ge=1, le=MOST_NOTES, description="Most notes in all")


class Reverb(Contract):
    """The room: a diffuse tail, darker as it fades."""

    level_db: float = Field(default=-16.0, ge=-60.0, le=0.0, description="Level of the tail against the dry sound [dB]")
    decay_s: float = Field(default=2.2, ge=0.1, le=8.0, description="Time to fade by 60 dB [s]")
    predelay_s: float = Field(default=0.02, ge=0.0, le=0.2, description="Gap before the tail begins [s]")
    damping_hz: float = Field(default=5000.0, ge=500.0, le=16_000.0, description="Above it the tail is darkened [Hz]")


class Mix(Contract):
    """From voices to the master."""

    target_lufs: float = Field(
        default=-16.0, ge=-40.0, le=-9.0, description="Integrated loudness, ITU-R BS.1770 [LUFS]"
    )
    ceiling_dbtp: float = Field(default=-1.0, ge=-12.0, le=-0.1, description="Highest true peak [dBTP]")
    width: float = Field(default=1.0, ge=0.0, le=1.0, description="Factor of every pan position")
    reverb: Reverb | None = Reverb()


class Soundscape(Contract):
    """How a universe sounds. The trajectory's whole span maps linearly onto `length_s`."""

    format_version: Literal[1] = 1
    title: str = Field(default="Untitled", min_length=1, max_length=120)
    key: Key = Key()
    tempo_bpm: float = Field(
        default=120.0, ge=20.0, le=300.0, description="Beats a minute; grid and sampled notes use it"
    )
    beats_per_bar: int = Field(default=4, ge=1, le=16)
    length_s: float = Field(default=60.0, ge=1.0, le=LONGEST_S, description="Length of the mapped span [s]")
    tail_s: float = Field(default=3.0, ge=0.0, le=20.0, description="Time to ring out after it [s]")
    grid: Grid | None = None
    progression: Annotated[list[Chord], Field(max_length=256)] = [Chord(at=0.0, degree=0)]
    events: Annotated[list[EventRule], Field(max_length=16)] = []
    observables: Annotated[list[ObservableRule], Field(max_length=16)] = []
    density: Density = Density()
    mix: Mix = Mix()

    @field_validator("progression")
    @classmethod
    def _in_order(cls, chords: list[Chord]) -> list[Chord]:
        if not chords or chords[0].at != 0.0:
            raise ValueError("the progression begins with a chord at 0")
        if any(b.at <= a.at for a, b in pairwise(chords)):
            raise ValueError("the chords' times must increase")
        return chords

    @model_validator(mode="after")
    def _instruments_exist(self) -> Self:
        named: list[EventRule | SampledNotes] = [*self.events]
        named += [rule for rule in self.observables if isinstance(rule, SampledNotes)]
        for rule in named:
            for instrument in rule.instruments:
                if instrument not in INSTRUMENTS:
                    raise ValueError(
                        f"there is no instrument {instrument!r}: choose one of {', '.join(sorted(INSTRUMENTS))}"
                    )
        names = [rule.name for rule in named]
        if len(set(names)) != len(names):
            raise ValueError("every rule needs a name of its own")
        return self
