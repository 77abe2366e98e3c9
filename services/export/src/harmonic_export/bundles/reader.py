"""The bundle reader: trusts nothing that a file says of itself, and reads it in short steps.

Container first, then the manifest, then every file against its listed size and hash; only then the two documents.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

from pydantic import ValidationError

from harmonic_export.bundles.container import Limits, opened
from harmonic_export.bundles.manifest import (
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    SOUNDSCAPE,
    UNIVERSE,
    BundledFile,
    Manifest,
)
from harmonic_export.bundles.refusal import BundleRefused

CHUNK_BYTES = 1024 * 1024
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises at damaged entries, besides its own error."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that kept every promise of its manifest."""

    manifest: Manifest
    universe: dict[str, Any]
    soundscape: dict[str, Any]


def read_bundle(path: Path, limits: Limits | None = None) -> Bundle:
    """Check and read a bundle at once. Raises BundleRefused."""
    steps = reading(path, limits or Limits())
    while True:
        try:
            next(steps)
        except StopIteration as end:
            bundle: Bundle = end.value
            return bundle


def reading(path: Path, limits: Limits) -> Generator[float, None, Bundle]:
    """Check and read a bundle in short steps: yields the progress, returns the bundle. Raises BundleRefused."""
    with opened(path, limits) as archive:
        manifest = _manifest(archive, limits)
        _check_listing(archive, manifest)
        total = max(1, sum(file.size_bytes for file in manifest.files))
        done = 0
        for file in manifest.files:
            for count in _checked(archive, file):
                done += count
                yield min(1.0, done / total)
        universe = _document(archive, UNIVERSE, limits)
        soundscape = _document(archive, SOUNDSCAPE, limits)
    return Bundle(manifest, universe, soundscape)


def _manifest(archive: zipfile.ZipFile, limits: Limits) -> Manifest:
    document = _document(archive, MANIFEST, limits)
    if document.get("format") != FORMAT:
        raise BundleRefused(MANIFEST, f"`format` is {document.get('format')!r}"[:200], FORMAT)
    if document.get("format_version") != FORMAT_VERSION:
        found = f"{document.get('format_version')!r}"[:40]
        raise BundleRefused(MANIFEST, f"format version {found} is not known here", f"version {FORMAT_VERSION}")
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BundleRefused(MANIFEST, f"{where}: {first['msg']}") from error


def _check_listing(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """The archive holds exactly what the manifest lists, each once, and both documents are among it."""
    listed = [file.name for file in manifest.files]
    if len(set(listed)) != len(listed) or MANIFEST in listed:
        raise BundleRefused(MANIFEST, "lists a file twice, or itself")
    held = {entry.filename for entry in archive.infolist()} - {MANIFEST}
    for name in sorted(held ^ set(listed)):
        raise BundleRefused(name, "is not listed in the manifest" if name in held else "is listed but not there")
    for name in (UNIVERSE, SOUNDSCAPE):
        if name not in held:
            raise BundleRefused(name, "is missing: a bundle needs it")


def _checked(archive: zipfile.ZipFile, file: BundledFile) -> Iterator[int]:
    """Read a file to its end against its listed size and hash; yields the bytes of each chunk."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(archive, file.name):
        digest.update(chunk)
        size += len(chunk)
        if size > file.size_bytes:
            break
        yield len(chunk)
    if size != file.size_bytes:
        raise BundleRefused(file.name, f"is not {file.size_bytes} bytes long, as the manifest says")
    if digest.hexdigest() != file.sha256:
        raise BundleRefused(file.name, "does not have the SHA-256 that the manifest says: it was changed or damaged")


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The unpacked entry. It ends at its declared size at the latest; a wrong checksum is a damaged entry."""
    try:
        with archive.open(name) as entry:
            while chunk := entry.read(CHUNK_BYTES):
                yield chunk
    except UNREADABLE as error:
        raise BundleRefused(name, f"cannot be unpacked: {error}") from error


def _document(archive: zipfile.ZipFile, name: str, limits: Limits) -> dict[str, Any]:
    try:
        declared = archive.getinfo(name).file_size
    except KeyError:
        raise BundleRefused(name, "is missing: a bundle needs it") from None
    if declared > limits.document_bytes:
        raise BundleRefused(name, f"has {declared} bytes", f"at most {limits.document_bytes}")
    try:
        value = json.loads(b"".join(_chunks(archive, name)), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BundleRefused(name, f"is no JSON document: {error}"[:300]) from error
    if not isinstance(value, dict):
        raise BundleRefused(name, "is no JSON object")
    return value


def _no_constant(name: str) -> Never:
    raise ValueError(f"{name} is no JSON number")
