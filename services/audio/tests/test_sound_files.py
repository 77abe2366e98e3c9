"""Sound files of unknown origin: told by content, refused with a reason, never read whole; and their conversion."""

import io
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from harmonic_audio.listening import AnalysisWork, ConversionWork, Wanted, downmix
from harmonic_audio.sound_files import SoundRefused, kind_of, open_sound

RATE = 48_000


def sound(kind: str = "WAV", subtype: str = "PCM_16", seconds: float = 0.5) -> bytes:
    """A tone as a file."""
    wave = 0.25 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)
    file = io.BytesIO()
    soundfile.write(file, np.tile(wave[:, None], (1, 2)), RATE, format=kind, subtype=subtype)
    return file.getvalue()


def _silent_bomb() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros((8000 * 4000, 1), dtype=np.int16), 8000, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _not_finite() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.full(5000, np.nan, dtype=np.float32), RATE, format="WAV", subtype="FLOAT")
    return file.getvalue()


def _with(data: bytes, at: int, value: int, size: int) -> bytes:
    return data[:at] + value.to_bytes(size, "little") + data[at + size :]


HOSTILE = {
    "cut off wav": lambda: sound()[:5000],
    "cut off flac": lambda: sound("FLAC", "PCM_24")[:5000],
    "header alone": lambda: sound()[:44],
    "flac of an hour of nothing": _silent_bomb,
    "not a number": _not_finite,
    "no channels": lambda: _with(sound(), 22, 0, 2),
    "many channels": lambda: _with(sound(), 22, 4000, 2),
    "absurd rate": lambda: _with(sound(), 24, 2**31 - 1, 4),
    "rate of zero": lambda: _with(sound(), 24, 0, 4),
    "flac in name alone": lambda: b"fLaC" + bytes(4000),
    "ogg in name alone": lambda: b"OggS" + bytes(4000),
    "mp3 in name alone": lambda: b"ID3" + bytes(4000),
    "noise behind a wav header": lambda: b"RIFF\xff\xff\xff\x7fWAVE" + bytes(range(256)) * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    """By the check of the header or while they are read: a reason, what is allowed, and no path."""
    path = tmp_path / "sound"
    path.write_bytes(HOSTILE[name]())
    with pytest.raises(SoundRefused) as refused:
        for _ in open_sound(path, 3600.0).blocks(3600 * RATE):
            pass
    assert refused.value.allowed and str(tmp_path) not in str(refused.value)


def test_a_stream_that_promises_little_and_holds_much_is_stopped(tmp_path: Path) -> None:
    """The limit counts what is read, whatever the header says; memory stays bounded."""
    path = tmp_path / "sound"
    path.write_bytes(_silent_bomb())
    sound_ = open_sound(path, 10_000.0)
    tracemalloc.start()
    with pytest.raises(SoundRefused, match="too long"):
        for _ in sound_.blocks(1_000_000):
            pass
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF\0\0\0\0WAVE", "WAV"),
        (b"RF64\xff\xff\xff\xffWAVE", "WAV"),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"fLaC\0\0\0\x22", "FLAC"),
        (b"OggS\0\x02", "OGG"),
        (b"ID3\x04\0", "MP3"),
        (b"\xff\xfb\x90\x64", "MP3"),
        (b"\xff\xff\xff\xff", None),
        (b"", None),
    ],
)
def test_kinds_are_told_by_content(head: bytes, kind: str | None) -> None:
    """The first bytes decide."""
    assert kind_of(head.ljust(12, b"\0") if head else head) == kind


def test_surround_becomes_stereo_as_the_recommendation_says() -> None:
    """ITU-R BS.775: centre and surrounds at -3 dB, no low frequencies; mono is the mean."""
    half = np.sqrt(0.5)
    assert downmix(6, 2) == pytest.approx(np.array([[1, 0, half, 0, half, 0], [0, 1, half, 0, 0, half]]))
    assert downmix(4, 1) == pytest.approx(np.full((1, 4), 0.25))
    assert downmix(1, 2) == pytest.approx(np.ones((2, 1))) and downmix(3, 3) == pytest.approx(np.eye(3))


def _converted(tmp_path: Path, samples: Any, **wanted: Any) -> Any:
    soundfile.write(tmp_path / "in", samples, RATE, format="WAV", subtype="FLOAT")
    work = ConversionWork(tmp_path / "in", Wanted.model_validate(wanted), tmp_path, 100.0)
    while work.tick() < 1.0:
        pass
    return soundfile.read(work.path, always_2d=True)[0]


def test_resampling_leaves_nothing_but_the_tone(tmp_path: Path) -> None:
    """48 to 44.1 kHz, 15 kHz tone: what is left beside it is 140 dB below; without a change, every sample."""
    n = np.arange(3 * RATE)
    tone = 0.5 * np.sin(2 * np.pi * 15_000 * n / RATE)
    made = _converted(tmp_path, tone, format="wav_float", sample_rate_hz=44_100)[:, 0]
    assert len(made) == pytest.approx(3 * 44_100, abs=1)
    middle = made[30_000:100_000]
    t = 2 * np.pi * 15_000 * np.arange(len(middle)) / 44_100
    basis = np.stack([np.sin(t), np.cos(t)], axis=1)
    rest = middle - basis @ np.linalg.lstsq(basis, middle, rcond=None)[0]
    assert 20 * np.log10(rest.std() / 0.5) < -140.0
    same = _converted(tmp_path, tone, format="wav_float")[:, 0]
    assert np.array_equal(same, tone.astype(np.float32))


def test_an_analysis_is_the_same_to_the_bit_and_bounded(tmp_path: Path) -> None:
    """Twice the same report and arrays, over several segments of the listener; onsets and pitch where they are."""
    n = np.arange(30 * 16_000)
    pulse = np.exp(-(n % 8_000) / 1500.0) * (n >= 8_000)
    soundfile.write(tmp_path / "in", 0.5 * pulse * np.sin(2 * np.pi * 220 * n / 16_000), 16_000, format="FLAC")
    works = [AnalysisWork(tmp_path / "in", 100.0) for _ in range(2)]
    for work in works:
        while work.tick() < 1.0:
            pass
    first, second = works
    assert first.result is not None and first.result == second.result
    assert all(np.array_equal(first.arrays[name], second.arrays[name], equal_nan=True) for name in first.arrays)
    report = first.result["report"]
    # A whole number of cycles in each pulse: it begins at its first sample.
    assert report["onset_times_s"] == pytest.approx(np.arange(1, 60) * 0.5, abs=1e-3)
    assert report["pitch_hz"] == pytest.approx(220.0, abs=0.05)
    assert report["tempo_bpm"] == pytest.approx(120.0, rel=0.01)
