"""Settings of the export service."""

from typing import ClassVar

from pydantic import Field

from harmonic_chassis.settings import MEBIBYTE, ServiceSettings

IMPORT_LIMIT = 64 * MEBIBYTE
"""The edge lets no larger body in."""


class ExportSettings(ServiceSettings):
    service: ClassVar[str] = "export"

    max_bundle_bytes: int = Field(
        default=IMPORT_LIMIT, ge=1024, le=IMPORT_LIMIT, description="Largest bundle that may be imported, in bytes"
    )
