"""What clients read and write."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from harmonic_audio.soundscape import Soundscape
from harmonic_audio.store.tables import RenderingRow, SoundscapeRevisionRow, SoundscapeRow
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.base import Identifier
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem
from harmonic_contracts.score import LegendEntry


class SoundscapeView(BaseModel):
    """A soundscape at its newest revision."""

    soundscape_id: str
    universe_id: str
    organization_id: str
    revision: int
    document: Soundscape
    created_at: datetime
    updated_at: datetime


class RevisionView(BaseModel):
    """A revision of a soundscape."""

    soundscape_id: str
    revision: int
    document: Soundscape
    author_id: str | None
    created_at: datetime


class RenderingInput(BaseModel):
    """A rendering to be made."""

    model_config = ConfigDict(extra="forbid")

    simulation_id: Identifier = Field(description="A completed simulation of a universe")
    soundscape_revision: Annotated[int, Field(ge=1)] | None = Field(default=None, description="The newest without it")
    stems: bool | Literal["none", "groups", "voices", "bodies"] = Field(
        default=False,
        description="Files beside the master that sum to the mix: `groups` one for each instrument, `voices` (or true) "
        "one for each voice, `bodies` one for each body; `none` or false: the master alone",
    )

    @property
    def stems_by(self) -> Literal["groups", "voices", "bodies"] | None:
        """What a stem is; None where none are wanted."""
        if isinstance(self.stems, bool):
            return "voices" if self.stems else None
        return None if self.stems == "none" else self.stems


class RenderingView(BaseModel):
    """A rendering. Artifacts and measurements are there once its state is succeeded."""

    rendering_id: str
    operation_id: str
    universe_id: str
    simulation_id: str
    organization_id: str
    soundscape_id: str
    soundscape_revision: int
    state: OperationState
    digest: str
    score: ArtifactRef | None = None
    midi: ArtifactRef | None = None
    master: ArtifactRef | None = None
    stems: list[NamedArtifact] = []
    notes: int | None = None
    key: str | None = None
    duration_s: float | None = None
    integrated_loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    engine_version: str | None = None
    problem: Problem | None = None
    created_at: datetime
    ended_at: datetime | None = None


class Legend(BaseModel):
    """What sounds like what, in plain words and for programs."""

    lines: list[str]
    entries: list[LegendEntry] = Field(
        default=[], description="The same lines with limits, ranges and units; empty where the score was cleaned up"
    )


class Analysis(BaseModel):
    """What a master measures: BS.1770 loudness, EBU range and true peak."""

    duration_s: float
    integrated_loudness_lufs: float | None = Field(description="Null for silence")
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None
    gain_db: float = Field(description="Level change from the mix to the master, before the limiter")


class InstrumentView(BaseModel):
    """An instrument that a soundscape may name."""

    name: str
    family: str = Field(description="struck: rings by itself; held: sounds as long as its note")
    description: str
    midi_program: int = Field(ge=0, le=127)
    reverb_send: float = Field(ge=0.0, le=1.0, description="Share that is sent to the room")
    model: dict[str, JsonValue] = Field(
        description="Its voice model, by `kind`, and that model's fields, which a voice's patch may change. Units, "
        "ranges and meanings are in `/v1/instruments/schema`"
    )


class ScaleView(BaseModel):
    """A scale that a key may name."""

    name: str
    semitones: list[int]
    description: str


class StyleView(BaseModel):
    """A style or mood: fields of a soundscape, to be laid over a document record into record."""

    name: str
    kind: Literal["style", "mood"]
    description: str
    fields: dict[str, JsonValue]
    instruments: list[str] | None = Field(description="Instead of those of every rule; none: they stay")


class ProbeInput(BaseModel):
    """A soundscape, and the trajectory to hear through it: its file in base64, or where it lies."""

    model_config = ConfigDict(extra="forbid")

    soundscape: Soundscape
    trajectory_base64: str | None = None
    trajectory: ArtifactRef | None = None
    organization_id: Identifier | None = Field(default=None, description="Whose artifact it is; the token's without it")


def soundscape(row: SoundscapeRow) -> SoundscapeView:
    """The view of a soundscape."""
    return SoundscapeView.model_validate(row, from_attributes=True)


def revision(row: SoundscapeRevisionRow) -> RevisionView:
    """The view of a revision."""
    return RevisionView.model_validate(row, from_attributes=True)


def rendering(row: RenderingRow) -> RenderingView:
    """The view of a rendering."""
    told: dict[str, JsonValue] = {
        name: value for name, value in (row.result or {}).items() if name in RenderingView.model_fields
    }
    own: dict[str, Any] = {
        name: getattr(row, name) for name in RenderingView.model_fields if hasattr(row, name) and name not in told
    }
    return RenderingView.model_validate({**told, **own, "operation_id": row.rendering_id})
