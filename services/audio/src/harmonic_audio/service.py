"""The composition of audio: settings, routes, handlers, jobs and tables as one Service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonic_audio.handlers import handlers
from harmonic_audio.settings import AudioSettings
from harmonic_audio.store.tables import Base
from harmonic_chassis.jobs import JobKind
from harmonic_chassis.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter

PROBE_BODY_BYTES = 96 * 1024 * 1024
"""A trajectory of 64 MiB in base64, and a soundscape."""


def _router() -> "APIRouter":
    from harmonic_audio.api import router

    return router()


def _jobs() -> Sequence[JobKind[Any, Any]]:
    from harmonic_audio.jobs import kinds

    return kinds()


service = Service(
    name="audio",
    version="0.1.0",
    settings=AudioSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_audio.migrations",
    metadata=Base.metadata,
    prefixes=("/v1/soundscapes", "/v1/renderings", "/v1/instruments", "/v1/scales"),
    body_limits={"/internal/probe": PROBE_BODY_BYTES},
)
