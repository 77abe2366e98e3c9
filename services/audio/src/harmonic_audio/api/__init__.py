"""The HTTP edge of the audio service."""

from fastapi import APIRouter

from harmonic_audio.api import catalogue, internal, renderings, soundscapes


def router() -> APIRouter:
    """All routes."""
    whole = APIRouter()
    for part in (catalogue, soundscapes, renderings, internal):
        whole.include_router(part.router)
    return whole
