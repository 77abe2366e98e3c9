"""Messages of the export service."""

from typing import Literal

from pydantic import Field

from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.base import Identifier, MessageData
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_contracts.registry import command, event

ExportFormat = Literal["wav", "flac", "midi", "score", "trajectory_npz", "trajectory_csv", "picture", "bundle"]
ALL_FORMATS: tuple[ExportFormat, ...] = (
    "wav", "flac", "midi", "score", "trajectory_npz", "trajectory_csv", "picture", "bundle",
)  # fmt: skip


@command("export.package.v1", subject="export/{export_id}")
class Package(MessageData):
    """Package a performance in the formats named. The export's id is its operation's id."""

    export_id: Identifier
    universe_id: Identifier
    universe_revision: int = Field(ge=1)
    simulation: SimulationCompleted
    rendering: RenderingCompleted
    formats: list[ExportFormat] = list(ALL_FORMATS)
    visualization_id: Identifier | None = None


@event("export.export.completed.v1", subject="export/{export_id}")
class ExportCompleted(MessageData):
    """An export has its files."""

    export_id: Identifier
    universe_id: Identifier
    organization_id: Identifier
    files: list[NamedArtifact]


@event("export.export.failed.v1", subject="export/{export_id}")
class ExportFailed(MessageData):
    """An export stopped without files."""

    export_id: Identifier
    organization_id: Identifier
    reason: str
    cancelled: bool = False


@event("export.import.completed.v1", subject="import/{import_id}")
class ImportCompleted(MessageData):
    """A bundle was imported: a new universe and soundscape with the same content."""

    import_id: Identifier
    organization_id: Identifier
    universe_id: Identifier
    soundscape_id: Identifier


@event("export.import.failed.v1", subject="import/{import_id}")
class ImportFailed(MessageData):
    """A bundle was not imported; nothing was made."""

    import_id: Identifier
    organization_id: Identifier
    reason: str
    cancelled: bool = False
