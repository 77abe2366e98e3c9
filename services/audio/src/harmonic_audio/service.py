"""The composition of audio: settings, routes, handlers, jobs and tables as one Service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonic_audio.handlers import handlers
from harmonic_audio.preview_cleanup import SCHEDULES
from harmonic_audio.settings import SOUND_LIMIT, AudioSettings
from harmonic_audio.store.tables import Base, Simulation, Universe
from harmonic_chassis.jobs import JobKind
from harmonic_chassis.projections import Projection
from harmonic_chassis.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter

MIDI_BODY_BYTES = 4 * 1024 * 1024
PROBE_BODY_BYTES = 96 * 1024 * 1024
"""A trajectory of 64 MiB in base64, and a soundscape."""


def _router() -> "APIRouter":
    from harmonic_audio.api import router

    return router()


def _jobs() -> Sequence[JobKind[Any, Any]]:
    from harmonic_audio.jobs import kinds
    from harmonic_audio.sound_jobs import AnalyseJob, ConvertJob

    return [*kinds(), AnalyseJob(), ConvertJob()]


service = Service(
    name="audio",
    version="0.1.0",
    settings=AudioSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    schedules=SCHEDULES,
    migrations="harmonic_audio.migrations",
    metadata=Base.metadata,
    projections=[Projection.of(row) for row in (Universe, Simulation)],
    prefixes=(
        "/v1/soundscapes",
        "/v1/renderings",
        "/v1/analyses",
        "/v1/conversions",
        "/v1/instruments",
        "/v1/scales",
        "/v1/scores",
        "/v1/styles",
    ),
    body_limits={
        "/internal/probe": PROBE_BODY_BYTES,
        "/v1/analyses": SOUND_LIMIT,
        "/v1/conversions": SOUND_LIMIT,
        "/v1/scores": MIDI_BODY_BYTES,
    },
)
