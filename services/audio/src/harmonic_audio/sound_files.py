"""Sound files from outside: told by their content, checked, and read in blocks, never whole in memory."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
BLOCK: Final = 65_536
LOWEST_RATE: Final = 8_000
HIGHEST_RATE: Final = 192_000
MOST_CHANNELS: Final = 8
MEDIA_TYPES: Final = {"WAV": "audio/wav", "FLAC": "audio/flac", "OGG": "audio/ogg", "MP3": "audio/mpeg"}
_READ_AS: Final = {
    "WAV": "WAV",
    "WAVEX": "WAV",
    "RF64": "WAV",
    "FLAC": "FLAC",
    "OGG": "OGG",
    "MP3": "MP3",
    "MPEG": "MP3",
}
_UNKNOWN_SIZE: Final = 0xFFFFFFFF


class SoundRefused(ValueError):
    """The file cannot be used; the message says why, `allowed` what is."""

    def __init__(self, reason: str, allowed: str) -> None:
        super().__init__(reason)
        self.allowed = allowed


def kind_of(head: bytes) -> str | None:
    """WAV, FLAC, OGG or MP3 by a file's first 12 bytes; None for anything else."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] == b"fLaC":
        return "FLAC"
    if head[:4] == b"OggS":
        return "OGG"
    # A tag, or the sync word of an MPEG audio frame with a layer, a bit rate and a sample rate that exist.
    framed = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 15 and head[2] & 12 != 12
    return "MP3" if head[:3] == b"ID3" or framed else None


@dataclass(frozen=True)
class Sound:
    """A checked file: what it is, and how to read it."""

    path: Path
    kind: str
    sample_rate: int
    channels: int
    frames: int
    """As its header claims; a stream may not know."""

    def blocks(self, most_frames: int) -> Iterator[Samples]:
        """The samples in order, (channels, up to BLOCK). Raises SoundRefused where they are not what was promised."""
        import soundfile

        read = 0
        try:
            with soundfile.SoundFile(self.path) as file:
                while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
                    read += len(block)
                    if read > most_frames:
                        raise _too_long(most_frames, self.sample_rate)
                    if not np.isfinite(block).all():
                        raise SoundRefused("The sound has samples that are no numbers or infinite", "finite samples")
                    yield np.ascontiguousarray(block.T)
        except soundfile.SoundFileError as error:
            raise SoundRefused(f"The {self.kind} file is damaged: {_said(error)}", "a whole file") from error
        if not read or (self.kind in ("FLAC", "WAV") and read < self.frames):
            raise SoundRefused(
                f"The {self.kind} file is cut off: it promises {self.frames} samples and has {read}", "a whole file"
            )


def open_sound(path: Path, most_seconds: float) -> Sound:
    """Check a file's content and header. Raises SoundRefused."""
    import soundfile

    with path.open("rb") as file:
        kind = kind_of(head := file.read(12))
    if kind is None:
        raise SoundRefused("The content is no sound file that is known here", "WAV, FLAC, OGG or MP3")
    if kind == "WAV" and head[:4] == b"RIFF":
        _whole_wav(path)
    try:
        with soundfile.SoundFile(path) as sound:
            found: Any = sound
            rate, channels, frames, format_ = found.samplerate, found.channels, found.frames, found.format
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise SoundRefused(f"The {kind} file cannot be read: {_said(error)}", "a whole file") from error
    if _READ_AS.get(format_) != kind:
        raise SoundRefused(f"The file looks like {kind}, but reads as {format_}", "WAV, FLAC, OGG or MP3")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise SoundRefused(f"Its sample rate is {rate} Hz", f"{LOWEST_RATE} to {HIGHEST_RATE} Hz")
    if not 1 <= channels <= MOST_CHANNELS:
        raise SoundRefused(f"It has {channels} channels", f"1 to {MOST_CHANNELS}")
    # The header of a damaged stream may claim anything; only a claim that is kept counts, block by block.
    if kind in ("WAV", "FLAC") and 0 < frames < 2**62 and frames > most_seconds * rate:
        raise _too_long(int(most_seconds * rate), rate)
    return Sound(path, kind, rate, channels, frames if 0 < frames < 2**62 else 0)


def _whole_wav(path: Path) -> None:
    """Walk the chunks of a RIFF file: a data chunk that reaches past the end was cut off."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data" and length != _UNKNOWN_SIZE and file.tell() + length > size:
                there = size - file.tell()
                raise SoundRefused(f"The WAV file is cut off: {there} bytes of {length} are there", "a whole file")
            file.seek(length + length % 2, os.SEEK_CUR)


def _too_long(most_frames: int, rate: int) -> SoundRefused:
    return SoundRefused("The sound is too long", f"at most {most_frames / rate:g} s")


def _said(error: Exception) -> str:
    """What the library says, without the path that it names."""
    return str(getattr(error, "error_string", "it is damaged")).strip().rstrip(".")
