"""Renderings in bounded memory, with the same bytes whatever cuts them off and however many threads there are."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from harmonic_audio.rendering import Rendering, render
from harmonic_audio.rendering.sound_file import SoundFile
from harmonic_audio.soundscape import Mix
from harmonic_audio.testing.scores import score_of
from harmonic_contracts.score import ControlCurve, ControlPoint, MixCurve

EVERYTHING = Mix.model_validate(
    {
        "reverb": {"kind": "fdn"},
        "delay": {},
        "chorus": {},
        "voices": [
            {"voice": "voice 0", "delay_send": 0.4, "inserts": [{"kind": "compressor"}]},
            {"voice": "*", "chorus_send": 0.3, "gain_db": -3.0},
        ],
        "master": [{"kind": "equaliser", "bands": [{"frequency_hz": 300.0, "gain_db": 3.0}]}, {"kind": "compressor"}],
    }
)
MEASURE = """
import resource, sys, tempfile
from pathlib import Path
from harmonic_audio.rendering import render
from harmonic_audio.soundscape import Mix
from harmonic_audio.testing.scores import score_of
with tempfile.TemporaryDirectory() as folder:
    render(score_of(float(sys.argv[1]), 3, step_s=4.0), Mix(), Path(folder))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
DIGEST = """
import hashlib, sys, tempfile
from pathlib import Path
from harmonic_audio.rendering import render
from harmonic_audio.soundscape import Mix
from harmonic_audio.testing.scores import score_of
with tempfile.TemporaryDirectory() as folder:
    print(hashlib.sha256(render(score_of(3.0), Mix(), Path(folder)).master_path.read_bytes()).hexdigest())
"""


def _ramp(low: float, high: float, until: float = 4.0) -> list[ControlPoint]:
    return [ControlPoint(time_s=0.0, value=low), ControlPoint(time_s=until, value=high)]


def _digests(rendering: Rendering) -> list[str]:
    paths = [rendering.master_path, *rendering.stem_paths.values()]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]


def _run(code: str, *arguments: str, threads: int = 1) -> str:
    pinned = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), str(threads))
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=os.environ | pinned
    )
    return done.stdout.strip()


@pytest.mark.parametrize("stage", ["mixing", "mastering"])
def test_with_every_effect_a_rendering_cut_off_goes_on_to_the_same_bytes(tmp_path: Path, stage: str) -> None:
    """Feedback network, delay, chorus, compressors, moving voices, the Doppler effect, swelling sends.

    From the files and states of a checkpoint alone, cut to their lengths, the master and every stem end as in the
    undisturbed run."""
    curves = [
        ControlCurve(voice=1, target="azimuth_deg", points=_ramp(-170.0, 170.0)),
        ControlCurve(voice=1, target="loudness", points=_ramp(0.2, 1.0)),
        ControlCurve(voice=2, target="reverb_send", points=_ramp(0.0, 1.0)),
        ControlCurve(voice=3, target="distance_m", points=_ramp(40.0, 2.0)),
    ]
    score = score_of(4.0, curves=curves, mix_curves=[MixCurve(target="gain_db", points=_ramp(-6.0, 0.0))])
    folders = [tmp_path / name for name in ("whole", "cut", "resumed")]
    for folder in folders:
        folder.mkdir()
    mix = EVERYTHING.model_copy(update={"target_lufs": -9.0})
    whole = render(score, mix, folders[0], stems="groups")
    cut = Rendering(score, mix, folders[1], stems="groups")
    steps = cut._steps
    until = 0.3 if stage == "mixing" else 0.75
    while next(steps) < until:
        pass
    saved = cut.checkpoint()
    assert saved is not None
    state, files = saved
    next(steps)
    for name, length in files.items():
        (folders[2] / name).write_bytes((folders[1] / name).read_bytes()[:length])
    resumed = Rendering(score, mix, folders[2], stems="groups", checkpoint=state)
    while resumed.tick() < 1.0:
        pass
    assert _digests(resumed) == _digests(whole)
    assert resumed.analysis == whole.analysis


def test_one_thread_or_two_make_no_difference() -> None:
    """The master of a fresh process with one BLAS thread and of one with two have the same digest."""
    assert _run(DIGEST, threads=1) == _run(DIGEST, threads=2)


def test_memory_does_not_grow_with_length() -> None:
    """Five more minutes cost a fresh process less than 24 MiB; their mix alone would be 115 MiB in memory."""
    short, long = (int(_run(MEASURE, seconds)) / 1024 for seconds in ("30", "330"))
    assert long - short < 24.0, f"{short:.0f} MiB for half a minute, {long:.0f} MiB for five and a half"


def test_a_tick_is_short(tmp_path: Path) -> None:
    """Progress is told, and a cancel heard, within a second: no step of the work takes a quarter of one."""
    (tmp_path / "before").mkdir()
    render(score_of(1.0, 8), EVERYTHING, tmp_path / "before")  # so that kernels are loaded
    rendering, longest, done = Rendering(score_of(8.0, 8), EVERYTHING, tmp_path), 0.0, 0.0
    while done < 1.0:
        began = time.process_time()
        done = rendering.tick()
        longest = max(longest, time.process_time() - began)
    assert longest < 0.25


def test_a_sound_file_is_what_was_put_in(tmp_path: Path) -> None:
    """Any run of frames can be read while it grows; reopened shorter it goes on from there; too short it is refused."""
    samples = np.random.default_rng(3).standard_normal((3, 1000)).astype(np.float32)
    sound = SoundFile(tmp_path / "s", 3)
    for start in range(0, 1000, 300):
        sound.append(samples[:, start : start + 300])
    np.testing.assert_array_equal(sound[:, 250:777], samples[:, 250:777])
    again = SoundFile(tmp_path / "s", 3, 500)
    assert again.shape == (3, 500)
    np.testing.assert_array_equal(again[:, 400:2000], samples[:, 400:500])
    with pytest.raises(ValueError, match="fewer"):
        SoundFile(tmp_path / "s", 3, 501)


@pytest.mark.parametrize("layout", ["5.1", "ambix2", "binaural"])
def test_every_layout_gives_a_master_of_its_channels_and_of_the_score_s_length(tmp_path: Path, layout: str) -> None:
    """libsndfile finds the channels, frames and samples; loudness is at the target."""
    mix = Mix.model_validate({"layout": layout})
    rendering = render(score_of(3.0), mix, tmp_path)
    samples, rate = soundfile.read(rendering.master_path, always_2d=True)
    assert rate == 48_000 and samples.shape == (144_000, rendering.layout.channels)
    assert rendering.analysis is not None
    assert rendering.analysis.loudness.integrated_lufs == pytest.approx(-16.0, abs=0.05)
