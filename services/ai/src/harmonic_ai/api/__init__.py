"""The HTTP edge of the ai service."""

from fastapi import APIRouter

from harmonic_ai.api import descriptors, suggestions

router = APIRouter()
router.include_router(descriptors.router)
router.include_router(suggestions.router)

__all__ = ["router"]
