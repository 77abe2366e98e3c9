"""The score: the one form between physics and every output.

Seconds and hertz in double precision; quantising to scale, tuning and grid happened before, in the mapping.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract

SCORE_MEDIA_TYPE = "application/vnd.harmonic.score+json"


class Cause(Contract):
    """Why a note is there: the event or observable, the body and the universe's own time."""

    kind: str = Field(description="Event kind, or `observable:<name>`")
    bodies: list[str] = []
    time: float


class Note(Contract):
    """One sounding note."""

    onset_s: float = Field(ge=0.0)
    duration_s: float = Field(gt=0.0)
    frequency_hz: float = Field(gt=0.0, lt=24_000.0)
    loudness: float = Field(ge=0.0, le=1.0, description="Linear amplitude; 1 is the loudest of the voice")
    pan: float = Field(default=0.0, ge=-1.0, le=1.0, description="-1 left, +1 right")
    brightness: float = Field(default=0.5, ge=0.0, le=1.0)
    voice: int = Field(ge=0, description="Index into the score's voices")
    cause: Cause | None = None


class Voice(Contract):
    """A part: one instrument, usually one body."""

    name: str
    instrument: str
    gain_db: float = 0.0


class ControlPoint(Contract):
    time_s: float = Field(ge=0.0)
    value: float


class ControlCurve(Contract):
    """A parameter of a voice that evolves, linear between its points."""

    voice: int = Field(ge=0)
    target: Literal["frequency_hz", "loudness", "pan", "brightness"]
    points: list[ControlPoint] = Field(min_length=1)


class TempoMark(Contract):
    time_s: float = Field(ge=0.0)
    bpm: float = Field(gt=0.0, le=1000.0)
    beats_per_bar: int = Field(default=4, ge=1, le=64)


class KeyMark(Contract):
    time_s: float = Field(ge=0.0)
    tonic: str = Field(description="Pitch class, e.g. `C#`")
    scale: str
    tonic_hz: float = Field(gt=0.0)


class Score(Contract):
    """Notes in order of onset (then voice, then frequency), control curves, tempo and key map."""

    format_version: Literal[1] = 1
    title: str
    duration_s: float = Field(gt=0.0, le=86_400.0)
    voices: list[Voice]
    notes: list[Note]
    curves: list[ControlCurve] = []
    tempo_map: list[TempoMark]
    key_map: list[KeyMark]
    legend: list[str] = Field(default=[], description="What sounds like what, in plain words")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        used = {note.voice for note in self.notes} | {curve.voice for curve in self.curves}
        if used and max(used) >= len(self.voices):
            raise ValueError(f"voice {max(used)} does not exist: the score has {len(self.voices)} voices")
        onsets = [(n.onset_s, n.voice, n.frequency_hz) for n in self.notes]
        if onsets != sorted(onsets):
            raise ValueError("notes must be sorted by onset, voice and frequency")
        return self
