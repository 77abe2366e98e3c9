"""A score rendered to a master: mixed chunk by chunk, brought to its level, written; in files, so in bounded memory."""

from harmonic_audio.rendering.grouping import Stems, stems_of
from harmonic_audio.rendering.rendering import (
    MIX_FILE,
    MIX_SHARE,
    SAMPLE_RATE,
    TICK_S,
    Analysis,
    Rendering,
    render,
)

__all__ = [
    "MIX_FILE",
    "MIX_SHARE",
    "SAMPLE_RATE",
    "TICK_S",
    "Analysis",
    "Rendering",
    "Stems",
    "render",
    "stems_of",
]
