"""Artifacts: immutable blobs named by their SHA-256, held by their producer, pinned by what needs them."""

from harmonic_chassis.artifacts.artifacts import Artifacts
from harmonic_chassis.artifacts.blobs import BlobMissing, BlobStore
from harmonic_chassis.artifacts.cache import ArtifactSource, FetchedArtifacts, WrongBytes
from harmonic_chassis.artifacts.pins import find, keep, readable, release

__all__ = [
    "ArtifactSource",
    "Artifacts",
    "BlobMissing",
    "BlobStore",
    "FetchedArtifacts",
    "WrongBytes",
    "find",
    "keep",
    "readable",
    "release",
]
