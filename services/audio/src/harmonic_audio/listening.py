"""Sound in, figures or another format out: the work of analyses and conversions, in short steps."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import Field

from harmonic_audio import sound_files
from harmonic_audio.sound_files import MEDIA_TYPES, Sound, SoundRefused
from harmonic_contracts.base import Contract

Format = Literal["wav16", "wav24", "wav_float", "flac", "ogg", "mp3"]
WAYS: Final = {
    "wav16": ("WAV", "PCM_16"),
    "wav24": ("WAV", "PCM_24"),
    "wav_float": ("WAV", "FLOAT"),
    "flac": ("FLAC", "PCM_24"),
    "ogg": ("OGG", "VORBIS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
MP3_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
PIECE: Final = 16_384
_HALF: Final = 0.7071067811865476
PLACES: Final = {
    3: ("L", "R", "C"),
    4: ("L", "R", "SL", "SR"),
    5: ("L", "R", "C", "SL", "SR"),
    6: ("L", "R", "C", "LFE", "SL", "SR"),
    7: ("L", "R", "C", "LFE", "SC", "SL", "SR"),
    8: ("L", "R", "C", "LFE", "SL", "SR", "SL", "SR"),
}
"""Channels in the order of a WAV file's mask."""
TO_STEREO: Final = {
    "L": (1.0, 0.0),
    "R": (0.0, 1.0),
    "C": (_HALF, _HALF),
    "LFE": (0.0, 0.0),
    "SL": (_HALF, 0.0),
    "SR": (0.0, _HALF),
    "SC": (0.5, 0.5),
}
"""ITU-R BS.775-4 table 2."""


class Wanted(Contract):
    """What a conversion makes."""

    format: Format = Field(description="wav16, wav24, wav_float, flac (24 bit), ogg (Vorbis) or mp3")
    sample_rate_hz: int | None = Field(
        default=None, ge=8000, le=192_000, description="In hertz; the source's without it. Resampled by soxr, VHQ"
    )
    channels: Literal[1, 2] | None = Field(
        default=None, description="1: the mean of all channels; 2: stereo by ITU-R BS.775; the source's without it"
    )


def promising(wanted: Wanted, sound: Sound) -> tuple[int, int]:
    """Sample rate and channels of the result. Raises SoundRefused for what the format cannot hold."""
    rate, channels = wanted.sample_rate_hz or sound.sample_rate, wanted.channels or sound.channels
    if wanted.format == "mp3" and (rate not in MP3_RATES or channels > 2):
        raise SoundRefused(
            f"MP3 cannot hold {channels} channels at {rate} Hz",
            f"at most 2 channels at one of {', '.join(map(str, MP3_RATES))} Hz",
        )
    return rate, channels


def downmix(channels: int, wanted: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """How 1 to 8 channels become fewer or more: (wanted, channels). 1: the mean. Surround to 2: ITU-R BS.775-4."""
    if wanted == channels:
        return np.eye(channels)
    if wanted == 1:
        return np.full((1, channels), 1.0 / channels)
    if channels == 1:
        return np.ones((2, 1))
    names = PLACES[channels]
    return np.array([TO_STEREO[name] for name in names]).T


class AnalysisWork:
    """Analyses a file; ``result`` and the archive's arrays are there at the end."""

    def __init__(self, path: Path, most_seconds: float) -> None:
        self._path, self._most_seconds = path, most_seconds
        self._steps = self._run()
        self.result: dict[str, Any] | None = None
        self.arrays: dict[str, Any] = {}

    def tick(self) -> float:
        """One step; raises SoundRefused."""
        return next(self._steps, 1.0)

    def checkpoint(self) -> None:
        """Nothing: a minute of sound is analysed in about a second, so it begins again."""
        return

    def _run(self) -> Iterator[float]:
        from harmonic_audio.analysis.pyramid import Pyramid
        from harmonic_audio.analysis.report import Listener

        yield 0.0  # in a cold process each of these takes a good part of a second, and a cancel is to be heard
        import harmonic_audio.kernels.metering  # noqa: F401  the compiler and its cache

        yield 0.0
        from harmonic_audio.loudness import LoudnessMeter, TruePeakMeter
        from harmonic_audio.loudness.true_peak import decibels

        sound = sound_files.open_sound(self._path, self._most_seconds)
        meter = LoudnessMeter(sound.channels, sound.sample_rate)
        peaks, listener = TruePeakMeter(sound.channels), Listener(sound.sample_rate)
        pyramid, heard = Pyramid(sound.channels), 0
        for block in sound.blocks(int(self._most_seconds * sound.sample_rate)):
            for start in range(0, block.shape[1], PIECE):
                piece = block[:, start : start + PIECE]
                meter.feed(piece)
                peaks.feed(piece)
                pyramid.feed(piece)
                listener.feed(piece.mean(axis=0, dtype=np.float64))
                heard += piece.shape[1]
                yield 0.95 * min(1.0, heard / sound.frames) if sound.frames else 0.5
        report, tracks = listener.report()
        yield 0.97
        loudness, (momentary, short) = meter.loudness(), meter.course()
        self.result = {
            "media_type": MEDIA_TYPES[sound.kind],
            "sample_rate_hz": sound.sample_rate,
            "channels": sound.channels,
            "duration_s": heard / sound.sample_rate,
            "integrated_loudness_lufs": loudness.integrated_lufs,
            "momentary_max_lufs": loudness.momentary_max_lufs,
            "short_term_max_lufs": loudness.short_term_max_lufs,
            "loudness_range_lu": loudness.range_lu,
            "true_peak_dbtp": decibels(peaks.peak()),
            "report": report.model_dump(mode="json"),
        }
        quiet = {"momentary_lufs": momentary, "short_term_lufs": short}
        self.arrays = {
            **tracks.arrays,
            **{name: np.maximum(course, -200.0).astype(np.float32) for name, course in quiet.items()},
        }
        for level in pyramid.levels():
            for name in ("lowest", "highest", "rms"):
                self.arrays[f"waveform/{level.stretch}/{name}"] = getattr(level, name)
        yield 0.99


class ConversionWork:
    """Converts a file into another below a folder; then ``path`` is whole and ``result`` tells of it."""

    def __init__(self, path: Path, wanted: Wanted, folder: Path, most_seconds: float) -> None:
        self._source, self._wanted, self._most_seconds = path, wanted, most_seconds
        self.path = folder / f"sound.{WAYS[wanted.format][0].lower()}"
        self._steps = self._run()
        self.result: dict[str, Any] | None = None

    def tick(self) -> float:
        """One step; raises SoundRefused."""
        return next(self._steps, 1.0)

    def checkpoint(self) -> None:
        """Nothing: an hour is converted in seconds, so it begins again."""
        return

    @property
    def media_type(self) -> str:
        """Of the result."""
        return MEDIA_TYPES[WAYS[self._wanted.format][0]]

    def _run(self) -> Iterator[float]:
        import soundfile
        import soxr

        sound = sound_files.open_sound(self._source, self._most_seconds)
        rate, channels = promising(self._wanted, sound)
        mix = downmix(sound.channels, channels).astype(np.float32)
        same = rate == sound.sample_rate
        stream = None if same else soxr.ResampleStream(sound.sample_rate, rate, channels, "float32", "VHQ")
        kind, subtype = WAYS[self._wanted.format]
        read = written = 0
        with soundfile.SoundFile(self.path, "w", rate, channels, subtype, format=kind) as out:
            for block in sound.blocks(int(self._most_seconds * sound.sample_rate)):
                read += block.shape[1]
                mixed = np.ascontiguousarray((block if same and channels == sound.channels else mix @ block).T)
                made = mixed if stream is None else stream.resample_chunk(mixed)
                out.write(made)
                written += len(made)
                yield 0.98 * min(1.0, read / sound.frames) if sound.frames else 0.5
            if stream is not None:
                rest = stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)
                out.write(rest)
                written += len(rest)
        self.result = {
            "media_type": self.media_type,
            "sample_rate_hz": rate,
            "channels": channels,
            "duration_s": written / rate,
            "source_media_type": MEDIA_TYPES[sound.kind],
        }
        yield 0.99


def text_of(document: dict[str, Any]) -> bytes:
    """A document as bytes that depend on its content alone."""
    return json.dumps(document, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()
