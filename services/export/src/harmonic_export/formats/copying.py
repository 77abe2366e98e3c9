"""Files that are packaged as they are: copied in short steps."""

from collections.abc import Iterator
from pathlib import Path

CHUNK_BYTES = 4 * 1024 * 1024


def copy(source: Path, target: Path) -> Iterator[float]:
    """Copy a file chunk by chunk; yields the share that is copied."""
    size = max(1, source.stat().st_size)
    copied = 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK_BYTES):
            writer.write(chunk)
            copied += len(chunk)
            yield min(1.0, copied / size)
