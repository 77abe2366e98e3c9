"""WAVE files as libsndfile reads them: channels, masks, sizes past 4 GiB."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from harmonic_audio import wav


@pytest.mark.parametrize("channels", [1, 2, 6, 8, 36])
def test_another_reader_reads_the_same_samples(channels: int) -> None:
    """libsndfile finds every channel, in 24 bits to half a step and in 32-bit float exactly."""
    samples = np.random.default_rng(1).uniform(-0.9, 0.9, (channels, 101)).astype(np.float32)
    whole = wav.header(channels, 48_000, 101, mask=0) + wav.pcm24(samples) + wav.padding(channels, 101)
    found, rate = soundfile.read(io.BytesIO(whole), always_2d=True)
    assert rate == 48_000 and np.abs(found.T - samples).max() <= 0.5 / wav.FULL_SCALE_24 + 1e-12
    exact = wav.header(channels, 48_000, 101, float32=True) + wav.float32(samples)
    np.testing.assert_array_equal(soundfile.read(io.BytesIO(exact), always_2d=True, dtype="float32")[0].T, samples)


def test_the_channel_mask_is_where_the_standard_has_it() -> None:
    """WAVE_FORMAT_EXTENSIBLE: tag FFFE, mask 0x3F of 5.1 at byte 40, then the subtype that ends in ...aa00389b71."""
    head = wav.header(6, 48_000, 10, mask=0x3F)
    assert struct.unpack_from("<H", head, 20) == (0xFFFE,)
    assert struct.unpack_from("<I", head, 40) == (0x3F,)
    assert head[44:60] == bytes.fromhex("0100000000001000800000aa00389b71")


@pytest.mark.parametrize("float32", [False, True])
def test_past_four_gibibytes_the_file_is_rf64_and_its_end_is_found(tmp_path: Path, float32: bool) -> None:
    """A sparse file of 4 GiB and more: libsndfile tells RF64, all frames, and reads the last one."""
    frames = 2**32 // (8 if float32 else 6) + 1000
    head = wav.header(2, 48_000, frames, float32=float32)
    assert head[:4] == b"RF64"
    last = np.array([[0.25], [-0.5]])
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(head)
        file.seek((frames - 1) * (8 if float32 else 6), os.SEEK_CUR)
        file.write(wav.float32(last) if float32 else wav.pcm24(last))
    info = soundfile.info(str(path))
    assert info.format == "RF64" and info.frames == frames
    samples, _ = soundfile.read(path, start=frames - 1, always_2d=True)
    np.testing.assert_array_equal(samples, last.T)


def test_sixteen_bits_are_nearest_and_held_at_the_ends() -> None:
    """Full scale and beyond stay there."""
    assert np.frombuffer(wav.pcm16(np.array([[2.0, -2.0, 0.5]])), "<i2").tolist() == [32767, -32768, 16384]
