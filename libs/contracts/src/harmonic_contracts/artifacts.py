"""References to artifacts: immutable blobs named by their SHA-256."""

from typing import Annotated

from pydantic import Field

from harmonic_contracts.base import Contract, Sha256

MediaType = Annotated[str, Field(pattern=r"^[a-z]+/[A-Za-z0-9.+_-]+$", max_length=100)]


class ArtifactRef(Contract):
    """Where the bytes are: any service may GET them from the producer's ``/v1/artifacts/{sha256}``."""

    sha256: Sha256
    media_type: MediaType
    size_bytes: int = Field(ge=0)
    producer: str = Field(description="Name of the service that holds it, e.g. `physics`")


class NamedArtifact(Contract):
    """An artifact under the file name that it carries for the user."""

    name: str = Field(min_length=1, max_length=200)
    artifact: ArtifactRef
