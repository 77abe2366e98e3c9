"""RIFF WAVE files with bytes that depend on the samples alone: no dates, no names of programs."""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

MEDIA_TYPE: Final = "audio/wav"
_PCM, _FLOAT = 1, 3
FULL_SCALE_24: Final = 2**23


def header(channels: int, sample_rate: int, frames: int, *, float32: bool = False) -> bytes:
    """The bytes before the samples: 24-bit integer PCM, or 32-bit float with the `fact` chunk that it asks for."""
    width = 4 if float32 else 3
    size = frames * channels * width
    fmt = struct.pack(
        "<HHIIHH",
        _FLOAT if float32 else _PCM,
        channels,
        sample_rate,
        sample_rate * channels * width,
        channels * width,
        8 * width,
    )
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt
    if float32:
        chunks += b"fact" + struct.pack("<II", 4, frames)
    riff = 4 + len(chunks) + 8 + size + size % 2
    if riff >= 2**32:
        raise ValueError("the sound is too long for a WAV file: 4 GiB is its limit")
    return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + chunks + b"data" + struct.pack("<I", size)


def pcm24(samples: NDArray[np.floating]) -> bytes:
    """Samples (channels, n) in -1..1 as interleaved little-endian 24-bit integers: nearest, held at the ends."""
    scaled = np.clip(
        np.rint(np.asarray(samples, dtype=np.float64).T * FULL_SCALE_24), -FULL_SCALE_24, FULL_SCALE_24 - 1
    )
    return scaled.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def float32(samples: NDArray[np.floating]) -> bytes:
    """Samples (channels, n) as interleaved little-endian 32-bit floats."""
    return np.asarray(samples).T.astype("<f4").tobytes()


def padding(channels: int, frames: int) -> bytes:
    """The byte that keeps an odd data chunk even (24-bit alone can be odd)."""
    return b"\x00" if channels * frames * 3 % 2 else b""
