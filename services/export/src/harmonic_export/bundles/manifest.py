"""The manifest: what a bundle holds, how it was made, in which units, and under which licence."""

from typing import Annotated, Final, Literal

from pydantic import Field

from harmonic_contracts.artifacts import MediaType
from harmonic_contracts.base import Contract, Sha256
from harmonic_export.facts import Facts

MANIFEST = "manifest.json"
UNIVERSE = "universe.json"
SOUNDSCAPE = "soundscape.json"
FORMAT: Final = "harmonic-universe-bundle"
FORMAT_VERSION: Final = 1
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9_-]+)*$"

Licence = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9.+() -]+$", description="SPDX licence expression")
]


class BundledFile(Contract):
    """A file of the bundle."""

    name: str = Field(pattern=NAME_PATTERN, max_length=100)
    media_type: MediaType
    size_bytes: int = Field(ge=0)
    sha256: Sha256


class Manifest(Contract):
    """Names every file of the bundle but itself. `units` gives the unit of each observable and of time."""

    format: Literal["harmonic-universe-bundle"] = FORMAT
    format_version: Literal[1] = FORMAT_VERSION
    title: str = Field(max_length=200)
    system: str
    licence: Licence
    export_version: str
    facts: Facts
    units: dict[str, str]
    master_sha256: Sha256
    """The WAV master: bundled only where it has more channels than `master.flac`, which else holds its samples."""
    files: list[BundledFile]
