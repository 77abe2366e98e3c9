"""The bundle: manifest, documents, the table of notes and the formats made before it, in one ZIP.

Equal content gives equal bytes.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from harmonic_export.bundles.archive import member
from harmonic_export.bundles.manifest import MANIFEST, SOUNDSCAPE, UNIVERSE, BundledFile, Manifest
from harmonic_export.canonical import canonical_json
from harmonic_export.formats import notes
from harmonic_export.formats.base import Format
from harmonic_export.formats.flac import FLAC
from harmonic_export.formats.midi import MIDI
from harmonic_export.formats.picture import PICTURE
from harmonic_export.formats.score import SCORE
from harmonic_export.formats.trajectory_npz import TRAJECTORY_NPZ
from harmonic_export.formats.wav import WAV
from harmonic_export.performance import Performance
from harmonic_export.version import VERSION

CONTENTS = (FLAC, MIDI, SCORE, TRAJECTORY_NPZ, PICTURE)
"""WAV and the trajectory's CSV are left out: FLAC and NPZ hold the same numbers. `notes.csv` comes with the bundle."""
DEFLATED = (".json", ".mid", ".csv")
CHUNK_BYTES = 4 * 1024 * 1024
JSON = "application/json"


def contents(performance: Performance) -> tuple[Format, ...]:
    """The formats in the bundle of a performance: the WAV stands in for a FLAC that cannot hold the master."""
    return CONTENTS if FLAC.holds(performance) else (WAV, *CONTENTS[1:])


def write(performance: Performance, folder: Path) -> Iterator[float]:
    """Write the bundle from the files of `contents`, which must lie in the folder already."""
    held = contents(performance)
    documents = {
        UNIVERSE: canonical_json(performance.universe),
        SOUNDSCAPE: canonical_json(performance.soundscape),
    }
    for _ in notes.write(performance, folder):
        yield 0.0
    media_types = {one.filename: one.media_type for one in held} | {notes.FILENAME: notes.MEDIA_TYPE}
    files = {name: folder / name for name in media_types}
    manifest = _manifest(performance, documents, files, media_types)
    documents[MANIFEST] = canonical_json(manifest.model_dump(mode="json"))
    total = sum(map(len, documents.values())) + sum(path.stat().st_size for path in files.values())
    written = 0
    with zipfile.ZipFile(folder / BUNDLE.filename, "w") as archive:
        for name in sorted({*documents, *files}):
            chunks = iter((documents[name],)) if name in documents else _chunks(files[name])
            with archive.open(member(name, deflated=name.endswith(DEFLATED)), "w") as entry:
                for chunk in chunks:
                    entry.write(chunk)
                    written += len(chunk)
                    yield min(1.0, written / total)


def _manifest(
    performance: Performance, documents: dict[str, bytes], files: dict[str, Path], media_types: dict[str, str]
) -> Manifest:
    header = performance.trajectory.header
    listed = [_listed(name, JSON, len(data), hashlib.sha256(data).hexdigest()) for name, data in documents.items()]
    listed += [_listed(name, media_types[name], path.stat().st_size, sha256_of(path)) for name, path in files.items()]
    return Manifest(
        title=performance.title,
        system=header.system,
        licence=performance.licence,
        export_version=VERSION,
        facts=performance.facts,
        units={"time": header.time_unit, **{o.name: o.unit for o in header.observables}},
        master_sha256=sha256_of(performance.master),
        files=sorted(listed, key=lambda file: file.name),
    )


def _listed(name: str, media_type: str, size: int, digest: str) -> BundledFile:
    return BundledFile(name=name, media_type=media_type, size_bytes=size, sha256=digest)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


BUNDLE = Format("bundle", "bundle.zip", "application/zip", write)
