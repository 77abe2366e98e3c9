"""RIFF WAVE files with bytes that depend on the samples alone: no dates, no names of programs.

More than two channels are told by WAVE_FORMAT_EXTENSIBLE and its channel mask; 4 GiB and more by RF64 (EBU Tech 3306).
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

MEDIA_TYPE: Final = "audio/wav"
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_TAIL: Final = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the format's number in a KSDATAFORMAT_SUBTYPE."""
_IN_DS64: Final = 0xFFFF_FFFF
FULL_SCALE_24: Final = 2**23
FULL_SCALE_16: Final = 2**15


def header(
    channels: int, sample_rate: int, frames: int, *, float32: bool = False, mask: int = 0, bits: int = 0
) -> bytes:
    """The bytes before the samples: integer PCM of 24 bits (or ``bits``), or 32-bit float with its `fact` chunk.

    ``mask`` says which loudspeaker each channel of more than two belongs to; 0 says none, as for ambisonics.
    """
    width = 4 if float32 else (bits or 24) // 8
    size = frames * channels * width
    chunks = _chunk(b"fmt ", _format(channels, sample_rate, width, _FLOAT if float32 else _PCM, mask))
    if float32:
        chunks += _chunk(b"fact", struct.pack("<I", min(frames, _IN_DS64)))
    riff = 4 + len(chunks) + 8 + size + size % 2
    if riff < 2**32:
        return b"RIFF" + struct.pack("<I", riff) + b"WAVE" + chunks + b"data" + struct.pack("<I", size)
    ds64 = _chunk(b"ds64", struct.pack("<QQQI", riff + 36, size, frames, 0))
    return b"RF64" + struct.pack("<I", _IN_DS64) + b"WAVE" + ds64 + chunks + b"data" + struct.pack("<I", _IN_DS64)


def _format(channels: int, sample_rate: int, width: int, kind: int, mask: int) -> bytes:
    frame = channels * width
    tag = kind if channels <= 2 else _EXTENSIBLE
    plain = struct.pack("<HHIIHH", tag, channels, sample_rate, sample_rate * frame, frame, 8 * width)
    if channels <= 2:
        return plain
    return plain + struct.pack("<HHIH", 22, 8 * width, mask, kind) + _GUID_TAIL


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def pcm24(samples: NDArray[np.floating]) -> bytes:
    """Samples (channels, n) in -1..1 as interleaved little-endian 24-bit integers: nearest, held at the ends."""
    scaled = np.multiply(np.asarray(samples).T, FULL_SCALE_24, dtype=np.float64, order="C")
    np.rint(scaled, out=scaled)
    np.clip(scaled, -FULL_SCALE_24, FULL_SCALE_24 - 1, out=scaled)
    return scaled.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def pcm16(samples: NDArray[np.floating]) -> bytes:
    """The same in 16 bits."""
    scaled = np.rint(np.asarray(samples, dtype=np.float64).T * FULL_SCALE_16)
    return np.clip(scaled, -FULL_SCALE_16, FULL_SCALE_16 - 1).astype("<i2").tobytes()


def float32(samples: NDArray[np.floating]) -> bytes:
    """Samples (channels, n) as interleaved little-endian 32-bit floats."""
    return np.asarray(samples).T.astype("<f4").tobytes()


def padding(channels: int, frames: int) -> bytes:
    """The byte that keeps an odd data chunk even (24-bit alone can be odd)."""
    return b"\x00" if channels * frames * 3 % 2 else b""
