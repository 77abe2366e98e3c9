"""The facts of a performance: what is known of how it came to be, and under which licence it stands."""

from pydantic import BaseModel, ConfigDict, Field

from harmonic_contracts.base import Sha256
from harmonic_contracts.quantities import TimeUnit

ALL_RIGHTS_RESERVED = "LicenseRef-All-Rights-Reserved"
"""The licence of content whose owner names none."""


class Facts(BaseModel):
    """What is known of how a performance came to be. Equal content gives equal facts."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seed: int = Field(ge=0)
    physics_engine: str
    audio_engine: str
    simulation_digest: Sha256
    rendering_digest: Sha256
    frames: int
    events: int
    duration: float
    time_unit: TimeUnit
    energy_error: float | None = Field(default=None, description="Largest relative drift of the energy")
    notes: int
    key: str
    duration_s: float
    integrated_loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
