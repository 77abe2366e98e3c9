"""The HTTP edge of the audio service."""

from fastapi import APIRouter

from harmonic_audio.api import (
    analyses,
    catalogue,
    conversions,
    internal,
    previews,
    renderings,
    scores,
    soundscapes,
    tables,
)


def router() -> APIRouter:
    """All routes."""
    whole = APIRouter()
    for part in (catalogue, soundscapes, renderings, tables, scores, previews, analyses, conversions, internal):
        whole.include_router(part.router)
    return whole
