"""Band-limited waveforms as tables: each with a quarter of an octave more harmonics than the one before.

A table holds at least 16 points for a cycle of its highest harmonic, where six-point Lagrange interpolation errs by
less than 2e-5 of that harmonic, and that is at most 1/K of the first: the whole error stays 100 dB below the sound.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
LEVELS: Final = 42
"""Tables; the richest has the harmonics up to 1024: the whole band from 21.6 Hz up at 48 kHz."""
POINTS: Final = 16
"""Of a table for each cycle of its highest harmonic."""
Waveshape = Literal["sine", "triangle", "saw", "square", "pulse"]


@dataclass(frozen=True)
class Tables:
    """All tables of one waveform, one after the other, each with two points before and three after its cycle."""

    flat: Floats
    begins: Integers
    sizes: Integers


def harmonics_of(level: int) -> int:
    """Highest harmonic in table ``level``; none in table 0."""
    return int(2.0 ** ((level - 1) / 4.0) + 1e-9) if level else 0


@lru_cache(maxsize=8)
def tables_of(shape: Literal["sine", "triangle", "saw"]) -> Tables:
    """The tables of a waveform of peak about 1. They take some milliseconds and 3 MB, once."""
    cycles, begins, sizes, at = [], [], [], 0
    for level in range(LEVELS):
        count = harmonics_of(level)
        size = max(64, 1 << int(np.ceil(np.log2(POINTS * max(count, 1)))))
        spectrum = np.zeros(size // 2 + 1, dtype=np.complex128)
        if count:
            k = np.arange(1, count + 1)
            spectrum[1 : count + 1] = -0.5j * size * weights_of(shape, k)
        cycle = np.fft.irfft(spectrum, size)
        cycles.append(np.concatenate([cycle[-2:], cycle, cycle[:3]]))
        begins.append(at)
        sizes.append(size)
        at += size + 5
    return Tables(np.concatenate(cycles), np.array(begins), np.array(sizes))


def weights_of(shape: Literal["sine", "triangle", "saw"], k: Integers) -> Floats:
    """Amplitudes of the sines k of a waveform of peak 1 (Fourier)."""
    if shape == "saw":
        return np.asarray(2.0 / np.pi / k)
    if shape == "triangle":
        return np.where(k % 2 == 1, 8.0 / np.pi**2 / k**2 * np.where(k % 4 == 1, 1.0, -1.0), 0.0)
    return np.where(k == 1, 1.0, 0.0)


def gain_of(harmonic: int, hertz: Floats, sample_rate: float) -> Floats:
    """What band-limiting leaves of a harmonic at a fundamental: 1, falling to 0 over its last quarter octave.

    The closed form of what the tables do; the reference of tests.
    """
    level = np.minimum(4.0 * np.log2(np.maximum(0.46 * sample_rate / hertz, 2.0**-0.25)) + 1.0, LEVELS - 1e-9)
    below = np.floor(level).astype(int)
    counts = np.array([harmonics_of(j) for j in range(LEVELS)])
    rich, poor = counts[below] >= harmonic, counts[np.maximum(below - 1, 0)] >= harmonic
    return np.asarray(poor + (level - below) * (rich.astype(float) - poor))


def waveform(shape: Waveshape, cycles: Floats, hertz: Floats, width: Floats, sample_rate: float) -> Floats:
    """A waveform at a phase in cycles (n,), band-limited for frequencies in hertz (n,).

    ``width`` (n,) is the pulse's duty, 0..1: a pulse is the difference of two saws, so its edges are band-limited
    however its width moves. Square is a pulse of 0.5.
    """
    from harmonic_audio.kernels.waves import oscillate

    if shape in ("square", "pulse"):
        saw = tables_of("saw")
        duty = width if shape == "pulse" else 0.5
        # Both edges move, so that a swinging width leaves the first harmonic's phase, the pitch, alone.
        begun = oscillate(saw.flat, saw.begins, saw.sizes, cycles + 0.5 * duty, hertz, sample_rate)
        return np.asarray(begun - oscillate(saw.flat, saw.begins, saw.sizes, cycles - 0.5 * duty, hertz, sample_rate))
    t = tables_of(shape)
    return np.asarray(oscillate(t.flat, t.begins, t.sizes, cycles, hertz, sample_rate))
