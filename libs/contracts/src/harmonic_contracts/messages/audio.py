"""Messages of the audio service: soundscapes and renderings."""

from typing import Literal

from pydantic import Field

from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.base import Identifier, MessageData, Sha256
from harmonic_contracts.registry import command, event


class SoundscapeFacts(MessageData):
    soundscape_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    revision: int = Field(ge=1)


@event("audio.soundscape.created.v1", subject="soundscape/{soundscape_id}")
class SoundscapeCreated(SoundscapeFacts):
    """A universe has a soundscape."""


@event("audio.soundscape.revised.v1", subject="soundscape/{soundscape_id}")
class SoundscapeRevised(SoundscapeFacts):
    """A soundscape has a new revision."""


@event("audio.soundscape.deleted.v1", subject="soundscape/{soundscape_id}")
class SoundscapeDeleted(MessageData):
    """A soundscape is gone."""

    soundscape_id: Identifier
    universe_id: Identifier
    organization_id: Identifier


@command("audio.render.v1", subject="rendering/{rendering_id}")
class Render(MessageData):
    """Map a trajectory to a score by a soundscape's revision, and render it. The rendering's id is its operation's."""

    rendering_id: Identifier
    universe_id: Identifier
    simulation_id: Identifier
    trajectory: ArtifactRef
    trajectory_digest: Sha256
    soundscape_id: Identifier
    soundscape_revision: int = Field(ge=1)
    stems: bool = False
    stems_by: Literal["voices", "groups", "bodies"] = Field(
        default="voices", description="What a stem is: a voice, the voices of one instrument, or a body"
    )


@event("audio.rendering.completed.v1", subject="rendering/{rendering_id}")
class RenderingCompleted(MessageData):
    """A rendering has its score, MIDI and master."""

    rendering_id: Identifier
    universe_id: Identifier
    simulation_id: Identifier
    organization_id: Identifier
    soundscape_id: Identifier
    soundscape_revision: int
    engine_version: str
    digest: Sha256
    score: ArtifactRef
    midi: ArtifactRef
    master: ArtifactRef
    stems: list[NamedArtifact] = []
    notes: int
    key: str
    duration_s: float
    integrated_loudness_lufs: float | None
    true_peak_dbtp: float | None


@event("audio.rendering.failed.v1", subject="rendering/{rendering_id}")
class RenderingFailed(MessageData):
    """A rendering stopped without result."""

    rendering_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    reason: str
    cancelled: bool = False
