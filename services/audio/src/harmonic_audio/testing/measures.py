"""Measures of sound, finer than the bars they hold: pitch, decay, onset, clicks, aliases, error.

All take one channel as float64 and know nothing of how it was made. Windows are Kaiser's with side lobes below the
rounding of a double, so that partials more than ``MAIN_LOBE`` bins apart do not disturb each other.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.source import Hearing, VoiceModel
from harmonic_contracts.score import ControlCurve, Note, Waveform
from harmonic_contracts.trajectory import Mode

Floats = NDArray[np.float64]
RATE: Final = 48_000
BETA: Final = 30.0
MAIN_LOBE: Final = 20
"""Half width of the window's main lobe, in bins, rounded up: 2 sqrt(pi^2 + beta^2) / (2 pi) is 9.6."""
TINY: Final = 1e-30


def played(
    model: VoiceModel,
    notes: Sequence[Note],
    seconds: float,
    *,
    curves: Mapping[str, ControlCurve] | None = None,
    modes: Sequence[Mode] = (),
    waveform: Waveform | None = None,
    seed: int = 0,
    backwards: bool = False,
) -> Floats:
    """What a model sounds like, heard from the one place there is at gain 1; shape (samples,).

    ``backwards`` asks for the chunks from the last to the first, which must not change a bit.
    """
    hearing = Hearing(RATE, lambda note: np.ones(1), curves or {}, modes, waveform, seed)
    sources = model.sources(notes, hearing)
    chunks = -(-round(seconds * RATE) // CHUNK)
    out = np.zeros((1, chunks * CHUNK), dtype=np.float32)
    for chunk in reversed(range(chunks)) if backwards else range(chunks):
        for source in sources:
            source.add_to(out[:, chunk * CHUNK : (chunk + 1) * CHUNK], chunk * CHUNK)
    return out[0, : round(seconds * RATE)].astype(np.float64)


def error_db(found: Floats, exact: Floats) -> float:
    """Energy of the difference over the energy of what is exact."""
    return 10.0 * float(np.log10(np.sum((found - exact) ** 2) / np.sum(exact**2) + TINY))


def cents(found_hz: float, true_hz: float) -> float:
    """How much sharp."""
    return 1200.0 * float(np.log2(found_hz / true_hz))


def frequency_of(sound: Floats, near_hz: float, first: int, last: int) -> float:
    """Frequency of the partial nearest to a frequency, over samples ``first`` to ``last``.

    The advance of its phase between two windows of two thirds of the stretch: an exponential decay does not bias it.
    """
    one, two, apart = _pair(sound, near_hz, first, last)
    return near_hz + float(np.angle(two / one)) * RATE / (2.0 * np.pi * apart)


def t60_of(sound: Floats, near_hz: float, first: int, last: int) -> float:
    """Seconds in which the partial nearest to a frequency fades by 60 dB, from its levels in two windows."""
    one, two, apart = _pair(sound, near_hz, first, last)
    return float(3.0 * np.log(10.0) * apart / RATE / np.log(np.abs(one) / np.abs(two)))


def _pair(sound: Floats, near_hz: float, first: int, last: int) -> tuple[complex, complex, int]:
    """The partial's complex amplitude in two windows, turned to a common phase; their distance in samples."""
    size = 2 * (last - first) // 3
    apart = last - first - size
    turn = np.exp(-2j * np.pi * near_hz * np.arange(first, last) / RATE)
    base = sound[first:last] * turn
    window = np.kaiser(size, BETA)
    return complex(window @ base[:size]), complex(window @ base[apart:]), apart


def delay_between(early: Floats, late: Floats) -> float:
    """Samples by which one sound lags behind another of the same shape, when that is less than half a sample.

    Slope of the phase of their cross spectrum, weighted by its energy (least squares through 0).
    """
    size = 2 * max(len(early), len(late))
    cross = np.fft.rfft(late, size) * np.conj(np.fft.rfft(early, size))
    omega = 2.0 * np.pi * np.arange(len(cross)) / size
    weight = np.abs(cross)
    return float(-np.sum(weight * omega * np.angle(cross)) / np.sum(weight * omega**2))


def level_above(sound: Floats, at: int, hertz: float = 16_000.0) -> float:
    """Level in dBFS of what lies above a frequency in 20 ms round a sample (a full-scale sine there has -3 dB)."""
    size = RATE // 50
    piece = np.zeros(size)
    begin, end = max(at - size // 2, 0), min(at + size // 2, len(sound))
    piece[begin - at + size // 2 : end - at + size // 2] = sound[begin:end]
    window = np.kaiser(size, 12.0)
    spectrum = np.abs(np.fft.rfft(piece * window)[round(hertz * size / RATE) :]) ** 2
    return 10.0 * float(np.log10(2.0 * np.sum(spectrum) / (size * np.sum(window**2)) + TINY))


def click_excess(sound: Floats, edges: Sequence[int], steady: int) -> float:
    """Decibels by which the loudest note on or off exceeds what is allowed above 16 kHz; clean when 0 or less.

    Allowed: 6 dB over the steady state, or -80 dBFS, whichever is higher.
    """
    allowed = max(level_above(sound, steady) + 6.0, -80.0)
    around = [level_above(sound, edge + shift) for edge in edges for shift in range(-480, 481, 240)]
    return max(around) - allowed


def alias_db(sound: Floats, partials_hz: Floats, lines: float = MAIN_LOBE) -> float:
    """Energy that lies at none of the partials, over the whole energy.

    The sound must be steady. ``lines`` is the half width, in bins of the sound's length, that belongs to a partial.
    """
    spectrum = np.abs(np.fft.rfft(sound * np.kaiser(len(sound), BETA))) ** 2
    bins = np.arange(len(spectrum), dtype=np.float64)
    centres = np.sort(np.concatenate([[-np.inf], partials_hz * len(sound) / RATE, [np.inf]]))
    above = np.clip(np.searchsorted(centres, bins), 1, len(centres) - 1)
    near = np.minimum(centres[above] - bins, bins - centres[above - 1]) <= lines
    return 10.0 * float(np.log10(np.sum(spectrum[~near]) / np.sum(spectrum) + TINY))


def harmonics_below(frequency_hz: float, limit_hz: float = RATE / 2) -> Floats:
    """The harmonics of a note below a frequency."""
    return np.asarray(frequency_hz * np.arange(1.0, int(limit_hz / frequency_hz) + 1))
