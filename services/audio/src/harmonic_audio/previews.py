"""The preview of a rendering: what is mixed so far, in pieces that a reader can stream while the job goes on.

A piece is a blob of the service's store, so that it travels from any worker to any server. The first holds a second and
the header of a WAV file of the whole length; each is a function of the mix alone, so whoever goes on with the job after
a crash goes on with the pieces. A broadcast tells of each; it may be lost, readers look by themselves too.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from harmonic_audio import wav
from harmonic_audio.preview_cleanup import FOLDER
from harmonic_audio.rendering import SAMPLE_RATE, Rendering
from harmonic_audio.rendering.downmix import to_stereo
from harmonic_chassis.artifacts import BlobStore
from harmonic_chassis.service import Chassis

TOPIC: Final = "audio.rendering.preview"
LEVEL_DB: Final = -12.0
"""Below the mix's own level, which may pass full scale."""
CHANNELS: Final = 2
BYTES: Final = 2
LONGEST_PIECE_S: Final = 16
log = logging.getLogger(__name__)


def key_of(rendering_id: str, number: int) -> str:
    """Where a piece lies."""
    return f"{FOLDER}/{rendering_id}/{number:05d}"


def topic_of(rendering_id: str) -> str:
    """What is broadcast when there is another piece."""
    return f"{TOPIC}.{rendering_id}"


def ends(frames: int) -> Iterator[int]:
    """Frame at which each piece ends: after 1, 2, 4, 8, ... seconds, later every 16."""
    at, length = 0, 1
    while at < frames:
        at = min(at + length * SAMPLE_RATE, frames)
        yield at
        length = min(max(at // SAMPLE_RATE, 1), LONGEST_PIECE_S)


def size_of(frames: int) -> int:
    """Bytes of a whole preview."""
    return len(wav.header(CHANNELS, SAMPLE_RATE, frames, bits=16)) + frames * CHANNELS * BYTES


async def pieces_there(blobs: BlobStore, rendering_id: str) -> int:
    """How many pieces there are."""
    return len([blob async for blob in blobs.list(f"{FOLDER}/{rendering_id}/")])


@dataclass
class Previewer:
    """Publishes a running job's pieces. `publish` is called from the job's thread, the rest from the event loop."""

    chassis: Chassis
    rendering_id: str
    number: int
    """Of the next piece."""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _sent: list["Future[None]"] = field(default_factory=list)

    def publish(self, rendering: Rendering) -> None:
        """Send off the pieces that are mixed by now and were not sent before."""
        mixed, bounds = rendering.mix.frames, [0, *ends(rendering.frames)]
        while self.number < len(bounds) - 1 and bounds[self.number + 1] <= mixed:
            piece = piece_of(rendering, bounds[self.number], bounds[self.number + 1])
            self._sent.append(asyncio.run_coroutine_threadsafe(self._put(self.number, piece), self.loop))
            self.number += 1

    async def settle(self) -> None:
        """Wait until all are stored. A preview that cannot be stored is no reason for a job to fail."""
        sent = [asyncio.wrap_future(each) for each in self._sent]
        for result in await asyncio.gather(*sent, return_exceptions=True):
            if isinstance(result, Exception):
                log.warning("the preview of rendering %s has a gap: %s", self.rendering_id, result)

    async def _put(self, number: int, piece: bytes) -> None:
        await self.chassis.artifacts.blobs.put(key_of(self.rendering_id, number), piece)
        told: dict[str, Any] = {"rendering_id": self.rendering_id, "pieces": number + 1}
        await self.chassis.transport.broadcast(topic_of(self.rendering_id), told)


def piece_of(rendering: Rendering, low: int, high: int) -> bytes:
    """The frames low to high of the mix in two channels of 16 bits; before the first one the header."""
    head = wav.header(CHANNELS, SAMPLE_RATE, rendering.frames, bits=16) if low == 0 else b""
    gains = 10.0 ** (LEVEL_DB / 20.0) * to_stereo(rendering.layout)
    return head + wav.pcm16(gains @ rendering.mix[:, low:high])
