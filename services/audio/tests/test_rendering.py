"""Renderings: same bytes always, at the target, resumable, with stems that sum to the mix."""

import hashlib
import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from harmonic_audio.loudness import LoudnessMeter, true_peak
from harmonic_audio.mapping import Motion, map_to_score
from harmonic_audio.rendering import MIX_SHARE, Rendering, render
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_contracts.score import Score


@pytest.fixture
def short(chain: Motion) -> tuple[Score, Soundscape]:
    """TRAPPIST-1 in eight seconds."""
    document = default_soundscape("orbits", "trappist-1").model_copy(update={"length_s": 8.0, "tail_s": 2.0})
    return map_to_score(document, chain), document


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_master_is_at_its_target_and_under_its_ceiling(short: tuple[Score, Soundscape], tmp_path: Path) -> None:
    """The file itself, read by libsndfile, measures -16 LUFS within 0.05 and at most -1 dBTP; its end is silent."""
    score, document = short
    rendering = render(score, document.mix, tmp_path)
    samples, rate = soundfile.read(rendering.master_path, always_2d=True)
    assert rate == 48_000 and samples.shape == (480_000, 2)
    assert soundfile.info(str(rendering.master_path)).subtype == "PCM_24"
    meter = LoudnessMeter()
    meter.feed(samples.T)
    assert meter.loudness().integrated_lufs == pytest.approx(-16.0, abs=0.05)
    assert 20 * np.log10(true_peak(samples.T)) <= -1.0
    assert np.abs(samples[-10:]).max() < 1e-4 and np.abs(samples.mean(axis=0)).max() < 1e-3
    assert rendering.analysis is not None
    assert rendering.analysis.loudness.integrated_lufs == pytest.approx(-16.0, abs=0.05)


def test_the_same_score_gives_the_same_bytes(short: tuple[Score, Soundscape], tmp_path: Path) -> None:
    """Two renderings are equal to the byte."""
    score, document = short
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(render(score, document.mix, tmp_path / name).master_path)
    assert _digest(paths[0]) == _digest(paths[1])


@pytest.mark.parametrize("stems", [False, True])
def test_a_rendering_cut_off_and_resumed_ends_with_the_same_bytes(
    short: tuple[Score, Soundscape], tmp_path: Path, stems: bool
) -> None:
    """Resumed from its checkpoint in another folder that holds the named files alone, cut to the named lengths."""
    score, document = short
    (tmp_path / "whole").mkdir()
    (tmp_path / "cut").mkdir()
    (tmp_path / "resumed").mkdir()
    whole = render(score, document.mix, tmp_path / "whole", stems=stems)
    cut = Rendering(score, document.mix, tmp_path / "cut", stems=stems)
    while (progress := next(cut._steps)) < 0.5 * MIX_SHARE:
        saved = cut.checkpoint()
    assert saved is not None and progress < MIX_SHARE
    state, files = saved
    for name, length in files.items():
        (tmp_path / "resumed" / name).write_bytes((tmp_path / "cut" / name).read_bytes()[:length])
    resumed = Rendering(score, document.mix, tmp_path / "resumed", stems=stems, checkpoint=state)
    assert resumed.tick() > 0.2
    while resumed.tick() < 1.0:
        pass
    assert _digest(resumed.master_path) == _digest(whole.master_path)
    for name, path in whole.stem_paths.items():
        assert _digest(resumed.stem_paths[name]) == _digest(path)


def test_a_checkpoint_of_another_score_is_ignored(short: tuple[Score, Soundscape], tmp_path: Path) -> None:
    """It starts from the beginning, and does not read what is not its own."""
    score, document = short
    (tmp_path / "a").mkdir()
    fresh = render(score, document.mix, tmp_path / "a").master_path
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mix.f32").write_bytes(b"\x01" * 1000)
    other = Rendering(score, document.mix, tmp_path / "b", checkpoint=b"\x00" * 40)
    while other.tick() < 1.0:
        pass
    assert _digest(other.master_path) == _digest(fresh)


def test_stems_sum_to_the_mix(short: tuple[Score, Soundscape], tmp_path: Path) -> None:
    """With a low target no limiting happens: the stems' sum is the master to the last bits of 24."""
    score, document = short
    quiet = document.mix.model_copy(update={"target_lufs": -30.0})
    rendering = render(score, quiet, tmp_path, stems=True)
    assert set(rendering.stem_paths) == {voice.name for voice in score.voices} | {"room"}
    total = sum(soundfile.read(path, always_2d=True)[0] for path in rendering.stem_paths.values())
    master, _ = soundfile.read(rendering.master_path, always_2d=True)
    assert np.abs(total - master).max() < 2.0**-22


def test_nothing_drones_and_nothing_clips(chain: Motion, tmp_path: Path) -> None:
    """TRAPPIST-1's minute: loudness moves, no band holds more than half of the energy, no sample is at full scale."""
    document = default_soundscape("orbits", "trappist-1")
    rendering = render(map_to_score(document, chain), document.mix, tmp_path)
    samples, _ = soundfile.read(rendering.master_path, always_2d=True)
    assert np.abs(samples).max() < 0.9
    assert rendering.analysis is not None and rendering.analysis.loudness.range_lu is not None
    assert rendering.analysis.loudness.range_lu > 2.0
    power = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 48_000)
    edges = 50.0 * 2.0 ** np.arange(0, 9, 0.5)
    bands = [power[(hertz >= a) & (hertz < b)].sum() for a, b in pairwise(edges)]
    assert max(bands) < 0.5 * power.sum()


def test_an_empty_score_renders_to_silence(tmp_path: Path, short: tuple[Score, Soundscape]) -> None:
    """No notes: a silent file of the right length, without loudness."""
    score = short[0].model_copy(update={"notes": []})
    rendering = render(score, short[1].mix, tmp_path)
    samples, _ = soundfile.read(io.BytesIO(rendering.master_path.read_bytes()), always_2d=True)
    assert samples.shape == (480_000, 2) and not samples.any()
    assert rendering.analysis is not None and rendering.analysis.loudness.integrated_lufs is None
