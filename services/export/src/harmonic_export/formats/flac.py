"""FLAC: the master's samples, losslessly compressed. An integer master comes back sample for sample."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harmonic_export.formats.base import Format
from harmonic_export.performance import Performance

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import soundfile

BLOCK_FRAMES = 1 << 17
SUBTYPES = {"PCM_S8": "PCM_S8", "PCM_U8": "PCM_S8", "PCM_16": "PCM_16", "PCM_24": "PCM_24"}
"""FLAC holds integers of at most 24 bits here; what is wider or a float is rounded to 24 bits (-144 dB)."""
FLOATS = {"FLOAT", "DOUBLE"}
MOST_CHANNELS = 8
"""RFC 9639, section 9.1.3. An ambiX master has more from the second order on."""


def holds(performance: Performance) -> bool:
    """Whether FLAC has enough channels for the master."""
    import soundfile

    return int(soundfile.info(performance.master).channels) <= MOST_CHANNELS


def write(performance: Performance, folder: Path) -> Iterator[float]:
    """Encode in blocks of a few seconds. The bytes depend on the samples and the encoder's version alone."""
    import soundfile

    with soundfile.SoundFile(performance.master) as source:
        subtype = SUBTYPES.get(source.subtype, "PCM_24")
        frames = max(1, source.frames)
        with soundfile.SoundFile(
            folder / FLAC.filename, "w", source.samplerate, source.channels, subtype, format="FLAC"
        ) as target:
            while len(block := _integers(source)):
                target.write(block)
                yield min(1.0, source.tell() / frames)


def _integers(source: "soundfile.SoundFile") -> "npt.NDArray[np.int32]":
    """The next block as integers that fill 32 bits. libsndfile does not scale floats to integers, so we do."""
    import numpy as np

    block: npt.NDArray[np.int32]
    if source.subtype not in FLOATS:
        block = source.read(BLOCK_FRAMES, dtype="int32", always_2d=True)
        return block
    floats = source.read(BLOCK_FRAMES, dtype="float64", always_2d=True)
    steps = np.clip(np.rint(floats * 2.0**23), -(2.0**23), 2.0**23 - 1)
    block = (steps * 256.0).astype(np.int32)
    return block


FLAC = Format(
    "flac",
    "master.flac",
    "audio/flac",
    write,
    holds,
    f"FLAC holds at most {MOST_CHANNELS} channels, and the master has more: the WAV has them all",
)
