"""What clients read of analyses and conversions."""

from datetime import datetime

from pydantic import Field

from harmonic_audio.listening import Wanted
from harmonic_audio.store.tables import SoundWorkRow
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import Problem


class SoundMeasures(Contract):
    """What a sound measures: BS.1770 loudness, EBU range and true peak."""

    media_type: str = Field(description="Told by the content")
    sample_rate_hz: int
    channels: int
    duration_s: float
    integrated_loudness_lufs: float | None = Field(description="Null for silence")
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None


class Converted(Contract):
    """What a conversion made."""

    media_type: str
    source_media_type: str = Field(description="Told by the content")
    sample_rate_hz: int
    channels: int
    duration_s: float


class _Common(Contract):
    operation_id: Identifier
    organization_id: Identifier
    project_id: Identifier
    rendering_id: Identifier | None = Field(description="Whose master it is; null for an upload")
    state: OperationState
    source: ArtifactRef
    problem: Problem | None
    created_at: datetime
    ended_at: datetime | None


class AnalysisView(_Common):
    """An analysis. Measures and tracks are there once its state is succeeded."""

    analysis_id: Identifier
    measures: SoundMeasures | None
    tracks: ArtifactRef | None = Field(
        description="A .npz archive: the waveform pyramid as waveform/{samples}/{lowest, highest, rms}, and tracks of "
        "pitch, onsets, loudness and spectral shape"
    )


class ConversionView(_Common):
    """A conversion. Its file is there once its state is succeeded."""

    conversion_id: Identifier
    wanted: Wanted
    converted: Converted | None
    file: ArtifactRef | None


def _common(row: SoundWorkRow) -> dict[str, object]:
    same = {name: getattr(row, name) for name in _Common.model_fields if name != "operation_id"}
    return {**same, "operation_id": row.work_id}


def analysis(row: SoundWorkRow) -> AnalysisView:
    """The view of an analysis."""
    own = {"analysis_id": row.work_id, "measures": row.result, "tracks": row.artifact}
    return AnalysisView.model_validate({**_common(row), **own})


def conversion(row: SoundWorkRow) -> ConversionView:
    """The view of a conversion."""
    own = {"conversion_id": row.work_id, "wanted": row.wanted, "converted": row.result, "file": row.artifact}
    return ConversionView.model_validate({**_common(row), **own})
