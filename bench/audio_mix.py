"""Effects and layouts of the mix: how much faster than real time one core runs each, fed chunks of 12,288 samples.

Noise through each for 10 s at 48 kHz; processor time of the fastest chunk, so that a busy machine disturbs it least.
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.result import Figure, Measurement

RATE, CHUNK, CHUNKS = 48_000, 12_288, 40
NETWORK_BAR = 100.0


def _effects() -> dict[str, tuple[Callable[[], Any], float | None]]:
    from harmonic_audio.mix.chorus import ChorusEffect
    from harmonic_audio.mix.compressor import CompressorEffect
    from harmonic_audio.mix.echo import EchoEffect
    from harmonic_audio.mix.equaliser import EqualiserEffect
    from harmonic_audio.mix.graph import reverb_of
    from harmonic_audio.mix.layouts import layout_named
    from harmonic_audio.mix.motion import Path
    from harmonic_audio.mix.moving import MovingEffect
    from harmonic_audio.soundscape.effects import Band, Chorus, Compressor, Delay, Equaliser, Reverb

    stereo, binaural = layout_named("stereo"), layout_named("binaural")
    path = Path.of([0.0, 60.0], [[5.0, 1.0], [50.0, 2.0]])
    return {
        "feedback delay network, stereo": (
            lambda: reverb_of(Reverb(kind="fdn"), stereo, RATE), NETWORK_BAR
        ),
        "feedback delay network, 7.1": (lambda: reverb_of(Reverb(kind="fdn"), layout_named("7.1"), RATE), None),
        "diffuse room of 2.2 s, stereo": (lambda: reverb_of(Reverb(), stereo, RATE), None),
        "image sources of order 8, stereo": (lambda: reverb_of(Reverb(kind="image_source"), stereo, RATE), None),
        "delay": (lambda: EchoEffect(Delay(), 120.0, RATE), None),
        "chorus of 3 copies a side": (lambda: ChorusEffect(Chorus(), RATE), None),
        "equaliser of 4 bands, stereo": (lambda: EqualiserEffect(Equaliser(bands=[Band()] * 4), 2, RATE), None),
        "compressor, stereo": (lambda: CompressorEffect(Compressor(), 2, RATE), None),
        "a moving voice: distance, air, Doppler": (lambda: MovingEffect(path.distance_m, 80.0, RATE), None),
        "decoding 36 ambisonic channels to two ears": (lambda: binaural.decoder(RATE), None),
    }  # fmt: skip


def figures() -> list[Figure]:
    """One for each effect."""
    noise = np.random.default_rng(0).standard_normal((36, CHUNK * CHUNKS)).astype(np.float32)
    return [
        Figure(name, _speed(make(), noise), "x real time", bar, more_is_better=True)
        for name, (make, bar) in _effects().items()
    ]


def measure() -> Measurement:
    """As a benchmark of its own."""
    return Measurement("audio_mix", "python -m bench.audio_mix", figures(), [__doc__ or ""])


def _speed(effect: Any, noise: np.ndarray) -> float:
    spent = []
    for at in range(0, noise.shape[1], CHUNK):
        run = noise[: effect.inputs, at : at + CHUNK]
        began = time.process_time()
        effect(run)
        spent.append(time.process_time() - began)
    return CHUNK / RATE / min(spent)


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.value:8.0f} {figure.unit}  {figure.name}")
