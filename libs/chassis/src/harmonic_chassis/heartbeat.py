"""Whether a process of a service is alive: its event loop touches a file, and `health` looks how old it is.

A worker answers no HTTP, and a stuck loop answers nothing at all: a file's age tells both. It lies in the system's
folder for temporary files, which each container has for itself.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

EVERY_S = 2.0
STALE_S = 20.0


def file_of(service: str, role: str) -> Path:
    """The file that the process touches."""
    return Path(tempfile.gettempdir()) / f"harmonic-{service}-{role}.alive"


@asynccontextmanager
async def beating(service: str, role: str) -> AsyncIterator[None]:
    """Touch the file as long as the block runs and the loop turns."""
    file = file_of(service, role)
    beat = asyncio.create_task(_beat(file))
    try:
        yield
    finally:
        beat.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beat
        file.unlink(missing_ok=True)


async def _beat(file: Path) -> None:
    while True:
        file.touch()
        await asyncio.sleep(EVERY_S)


def health(service: str) -> str | None:
    """None when the process of the service on this machine is alive; else what is wrong."""
    files = [file for role in ("serve", "work") if (file := file_of(service, role)).exists()]
    if not files:
        return f"no process of {service} runs here"
    age = min(time.time() - file.stat().st_mtime for file in files)
    return None if age < STALE_S else f"{service} has not been heard of for {age:.0f} s"


def main(service: str | None = None) -> int:
    """The answer of `health` as an exit code. Loads nothing else of the house: it is asked every few seconds."""
    service = service or os.environ.get("HARMONIC_SERVICE", "")
    fault = health(service) if service else "name the service, or set HARMONIC_SERVICE"
    if fault:
        print(fault, file=sys.stderr)  # noqa: T201  # the answer to whoever asks
    return 1 if fault else 0
