"""The soundscape document. Its JSON Schema, with descriptions, units and defaults, is what a form is made from."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from harmonic_audio.soundscape.automation import Automation, VoiceAutomation
from harmonic_audio.soundscape.effects import Reverb as Reverb
from harmonic_audio.soundscape.harmony import Chord as Chord
from harmonic_audio.soundscape.harmony import HarmonyRule, in_order
from harmonic_audio.soundscape.marks import Marks
from harmonic_audio.soundscape.mix import Mix as Mix
from harmonic_audio.soundscape.rules import AudifiedRule, EventRule, ObservableRule, SampledNotes
from harmonic_audio.soundscape.scenes import Stage, overridden
from harmonic_audio.soundscape.time import MOST_NOTES as MOST_NOTES
from harmonic_audio.soundscape.time import Density, Grid, Tempo
from harmonic_audio.synthesis.instruments import INSTRUMENTS, instrument_of
from harmonic_audio.tuning.documents import TuningDocument, TuningName
from harmonic_audio.tuning.pitch import PITCH_CLASS_PATTERN
from harmonic_audio.tuning.scales import SCALES
from harmonic_audio.tuning.temperament import Tuning
from harmonic_contracts.base import Contract
from harmonic_contracts.score import Voice

LONGEST_S = 3600.0


class Key(Contract):
    """Tonic, scale and tuning."""

    tonic: str = Field(default="C", pattern=PITCH_CLASS_PATTERN, description="Pitch class, e.g. `F#` or `Bb`")
    scale: str = Field(default="major", description="Name of a scale", json_schema_extra={"enum": [*sorted(SCALES)]})
    tuning: TuningName | TuningDocument = Field(
        default="equal", description="Twelve equal steps, pure ratios above the tonic, or any tuning as a document"
    )
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


class Scene(Stage):
    """A stretch of the piece in which stated fields are other, until the next scene begins."""

    key: Key | None = Field(default=None, description="Key of this scene")
    grid: Grid | None = Field(default=None, description="Rhythmic grid of this scene")
    progression: Annotated[list[Chord], Field(max_length=256)] | None = Field(
        default=None, description="Chords of this scene; their times are still fractions of the whole length"
    )


IN_SCENES = ("key", "grid", "progression", "tempo_bpm", "beats_per_bar")
"""Fields of the document that a scene may replace."""


class Soundscape(Contract):
    """How a universe sounds. The trajectory's whole span maps linearly onto `length_s`."""

    format_version: Literal[1] = Field(default=1, description="Version of this form")
    title: str = Field(default="Untitled", min_length=1, max_length=120, description="Name of the piece")
    key: Key = Field(default=Key(), description="Tonic, scale and tuning")
    tempo_bpm: float = Field(
        default=120.0, ge=20.0, le=300.0, description="Beats a minute; grid and sampled notes use it [1/min]"
    )
    tempo: Tempo | None = Field(default=None, description="Tempo by an observable instead; none by default")
    beats_per_bar: int = Field(default=4, ge=1, le=16, description="Beats of a bar: the metre")
    length_s: float = Field(default=60.0, ge=1.0, le=LONGEST_S, description="Length of the mapped span [s]")
    tail_s: float = Field(default=3.0, ge=0.0, le=20.0, description="Time to ring out after it [s]")
    grid: Grid | None = Field(default=None, description="Rhythmic grid; none: every note at its exact time")
    progression: Annotated[list[Chord], Field(max_length=256)] = Field(
        default=[Chord(at=0.0, degree=0)],
        description="Chords in order of time, the first at 0; or each with a length in bars, and they repeat",
    )
    harmony: Annotated[list[HarmonyRule], Field(max_length=8)] = Field(
        default=[], description="Voices that play the chords whatever the universe does: drone, bass, pad, arpeggio"
    )
    events: Annotated[list[EventRule], Field(max_length=16)] = Field(default=[], description="What events sound like")
    observables: Annotated[list[ObservableRule], Field(max_length=16)] = Field(
        default=[], description="What observables sound like: lines of notes and control curves"
    )
    density: Density = Field(default=Density(), description="How many notes a listener is asked to follow")
    scenes: Annotated[list[Scene], Field(max_length=16)] = Field(
        default=[], description="From stated moments on, stated fields are other; before the first, all is as above"
    )
    automation: Annotated[list[Automation], Field(max_length=64)] = Field(
        default=[], description="Drawn curves of voices and of the mix"
    )
    marks: Marks = Field(default=Marks(), description="Ticks, reference tones and the scale legend; none by default")
    mix: Mix = Field(default=Mix(), description="From voices to the master")

    @field_validator("progression")
    @classmethod
    def _in_order(cls, chords: list[Chord]) -> list[Chord]:
        return in_order(chords)

    @model_validator(mode="after")
    def _bars_are_known(self) -> Self:
        if self.tempo is not None and self.progression[0].bars is not None:
            raise ValueError("chords in bars need one tempo: where it follows an observable, give them times (at)")
        return self

    @model_validator(mode="after")
    def _instruments_exist(self) -> Self:
        named: list[EventRule | SampledNotes | AudifiedRule] = [*self.events]
        named += [rule for rule in self.observables if isinstance(rule, SampledNotes | AudifiedRule)]
        for rule in named:
            for instrument in rule.instruments:
                instrument_of(Voice(name=rule.name, instrument=instrument, patch=rule.patch))
        for part in self.harmony:
            if part.instrument not in INSTRUMENTS:
                known = ", ".join(sorted(INSTRUMENTS))
                raise ValueError(f"there is no instrument {part.instrument!r}: choose one of {known}")
        names = [rule.name for rule in [*named, *self.harmony]]
        if len(set(names)) != len(names):
            raise ValueError("every rule needs a name of its own")
        return self

    @model_validator(mode="after")
    def _marks_can_be_played(self) -> Self:
        named = {tick.instrument for tick in self.marks.ticks} | {tone.instrument for tone in self.marks.references}
        if unknown := sorted(named - set(INSTRUMENTS)):
            raise ValueError(f"there is no instrument {unknown[0]!r}: choose one of {', '.join(sorted(INSTRUMENTS))}")
        return self

    @model_validator(mode="after")
    def _scenes_can_be_played(self) -> Self:
        if len({scene.name for scene in self.scenes}) != len(self.scenes):
            raise ValueError("every scene needs a name of its own")
        for number in range(len(self.scenes)):
            self.within(number)
        drawn = [(one.kind, getattr(one, "voice", ""), one.target) for one in self.automation]
        if len(set(drawn)) != len(drawn):
            raise ValueError("a voice's target has one automation curve: join those of the same voice and target")
        return self

    def within(self, scene: int) -> "Soundscape":
        """The document as it is inside a scene, without scenes of its own. Raises ValueError where it cannot be."""
        stage = self.scenes[scene]
        data = overridden(self.model_dump(), stage.model_dump(), stage, IN_SCENES)
        return Soundscape.model_validate(data)

    def automates(self, voice: str) -> list[VoiceAutomation]:
        """The drawn curves of a voice."""
        return [one for one in self.automation if isinstance(one, VoiceAutomation) and one.voice in ("*", voice)]
