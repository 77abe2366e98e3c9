"""The HTTP edge of the export service."""

from fastapi import APIRouter

from harmonic_export.api import exports, imports, visualizations

router = APIRouter()
router.include_router(exports.router)
router.include_router(imports.router)
router.include_router(visualizations.router)

__all__ = ["router"]
