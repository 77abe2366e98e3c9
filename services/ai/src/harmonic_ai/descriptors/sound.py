"""Descriptors that only the sound can tell: brightness from its spectrum, loudness as the renderer measured it."""

from pathlib import Path

import numpy as np

from harmonic_ai.descriptors.values import Descriptor, Descriptors

WINDOW = 4096
WINDOWS = 256
"""Spectra are taken at this many places, evenly spread: enough for a mean, bounded for a long sound."""


def with_sound(described: Descriptors, master: Path, loudness_lufs: float | None) -> Descriptors:
    """The descriptors of a score, with brightness and loudness replaced by what its master sounds like."""
    better: dict[str, Descriptor] = {}
    centroid = spectral_centroid(master)
    if centroid is not None:
        better["brightness"] = Descriptor(value=centroid, unit="Hz", confidence=0.95)
    if loudness_lufs is not None:
        better["loudness"] = Descriptor(value=loudness_lufs, unit="LUFS", confidence=1.0)
    return described.model_copy(update=better)


def spectral_centroid(path: Path) -> float | None:
    """Power-weighted mean frequency of a sound file in hertz; None for silence."""
    import soundfile  # heavy: only jobs need it

    window = np.hanning(WINDOW)
    power = np.zeros(WINDOW // 2 + 1)
    with soundfile.SoundFile(path) as sound:
        rate = sound.samplerate
        for start in np.unique(np.linspace(0, max(sound.frames - WINDOW, 0), WINDOWS).astype(np.int64)):
            sound.seek(int(start))
            block = sound.read(WINDOW, dtype="float64", always_2d=True, fill_value=0.0).mean(axis=1)
            power += np.abs(np.fft.rfft(block * window)) ** 2
    frequency = np.fft.rfftfreq(WINDOW, 1.0 / rate)
    return float(np.average(frequency, weights=power)) if power.sum() > 1e-12 else None
