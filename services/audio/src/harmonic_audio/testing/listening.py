"""Measures of a piece as music: density, masking, roughness, loudness course, colour, silence and sameness.

They hear what a listener is given, the master and the stems, and know nothing of the universe behind it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.analysis.bands import band_powers
from harmonic_audio.analysis.shape import centroid
from harmonic_audio.analysis.stft import frequencies, powers
from harmonic_contracts.score import Score

Floats = NDArray[np.float64]
RATE: Final = 48_000.0
WINDOW, HOP = 8192, 4096
WINDOW_S: Final = 5.0
HEARD_S: Final = 0.15
BURIED_DB: Final = 6.0
SAME_DB: Final = 3.0
FLOOR_DB: Final = 45.0
SILENT_LUFS: Final = -50.0


def density(score: Score, window_s: float = WINDOW_S) -> Floats:
    """Notes a second in each whole window of the score."""
    onsets = np.array([note.onset_s for note in score.notes])
    windows = max(int(score.duration_s / window_s), 1)
    return np.asarray(np.histogram(onsets, windows, (0.0, windows * window_s))[0] / window_s)


def buried(score: Score, stems: Mapping[str, Floats], voices: Sequence[str], seconds: float = HEARD_S) -> float:
    """Share of the voices' notes that cannot be picked out.

    A note counts as buried where, over its first ``seconds``, its voice lies more than BURIED_DB under all the other
    voices together in every third-octave band: a tone is heard in noise of its own critical band down to about that
    (Zwicker and Fastl, Psychoacoustics, ch. 4). ``stems``: by name of the voice, one channel at RATE.
    """
    whole = np.sum(list(stems.values()), axis=0)
    length = round(seconds * RATE)
    heard = lost = 0
    for note in score.notes:
        name = score.voices[note.voice].name
        if name not in voices:
            continue
        start = round(note.onset_s * RATE)
        own = stems[name][start : start + length]
        if len(own) < length:
            continue
        rest = whole[start : start + length] - own
        of_own, of_rest = (band_powers(_spectrum(piece), RATE)[0] for piece in (own, rest))
        audible = of_own > 1e-3 * of_own.max()
        over = of_own[audible] >= of_rest[audible] * 10.0 ** (-BURIED_DB / 10.0)
        lost += not bool(over.any())
        heard += 1
    return lost / heard if heard else 0.0


def _spectrum(piece: Floats) -> Floats:
    return np.asarray(np.abs(np.fft.rfft(piece * np.hanning(len(piece)), WINDOW)) ** 2)[None, :]


def pair_roughness(hertz: Floats, amplitudes: Floats) -> float:
    """Roughness of simultaneous partials: Sethares' curve of two (J. Acoust. Soc. Am. 94 (1993) 1218), summed over all
    pairs by the product of their amplitudes over the sum of squares (Hutchinson and Knopoff, Interface 7 (1978) 1)."""
    if len(hertz) < 2:
        return 0.0
    low, high = np.triu_indices(len(hertz), 1)
    first, second = np.minimum(hertz[low], hertz[high]), np.maximum(hertz[low], hertz[high])
    spread = 0.24 / (0.0207 * first + 18.96) * (second - first)
    both = amplitudes[low] * amplitudes[high]
    return float(np.sum(both * (np.exp(-3.51 * spread) - np.exp(-5.75 * spread))) / np.sum(amplitudes**2))


def semitone_roughness() -> float:
    """Of two tones of six partials (amplitudes 0.88^k) a semitone apart at middle C: the unit of ``roughness``."""
    number = np.arange(1, 7)
    hertz = 261.626 * np.concatenate([number, number * 2.0 ** (1.0 / 12.0)])
    return pair_roughness(hertz, np.tile(0.88**number, 2))


def roughness(samples: Floats, every_s: float = 0.5, most: int = 24) -> Floats:
    """Of the loudest partials of a frame every so many seconds, in roughnesses of a semitone; 0 in silence."""
    window = 16_384
    step = round(every_s * RATE)
    unit, found = semitone_roughness(), []
    for start in range(0, len(samples) - window, step):
        amplitude = np.abs(np.fft.rfft(samples[start : start + window] * np.hanning(window)))
        inner = amplitude[1:-1]
        peaks = np.flatnonzero((inner > amplitude[:-2]) & (inner >= amplitude[2:])) + 1
        peaks = peaks[amplitude[peaks] > 0.03 * amplitude.max()]
        peaks = peaks[np.argsort(-amplitude[peaks], kind="stable")][:most]
        found.append(pair_roughness(peaks * RATE / window, amplitude[peaks]) / unit if amplitude.max() > 1e-3 else 0.0)
    return np.array(found)


def colours(samples: Floats, window_s: float = WINDOW_S) -> Floats:
    """Spectral centroid of each whole window, weighted by power [Hz]."""
    power = powers(samples, WINDOW, HOP)
    each = int(window_s * RATE / HOP)
    whole = len(power) // each
    joined = power[: whole * each].reshape(whole, each, -1).sum(axis=1)
    return np.asarray(centroid(joined, frequencies(RATE, WINDOW)))


def silence(momentary_lufs: Floats) -> float:
    """Share of the 400 ms blocks below SILENT_LUFS."""
    return float(np.mean(np.asarray(momentary_lufs) < SILENT_LUFS))


def longest_same(samples: Floats, block_s: float = 2.0, step_s: float = 0.5) -> float:
    """The longest time over which nothing changes [s].

    The piece is heard in blocks of ``block_s``, as levels of third octaves from its loudest down to FLOOR_DB below; two
    blocks are the same where these differ by less than SAME_DB in the mean of the bands that sound in either. A stretch
    is the same as long as every block is the same as its first.
    """
    power = band_powers(powers(samples, WINDOW, HOP), RATE)
    each, hop = round(block_s * RATE / HOP), round(step_s * RATE / HOP)
    blocks = np.array([power[at : at + each].mean(axis=0) for at in range(0, len(power) - each + 1, hop)])
    level = 10.0 * np.log10(blocks + 1e-20)
    level = np.maximum(level, level.max() - FLOOR_DB)
    floor, longest = level.min() + 1e-9, 0
    for at in range(len(level)):
        there = (level[at:] > floor) | (level[at] > floor)
        differ = (np.abs(level[at:] - level[at]) * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        other = np.flatnonzero(differ > SAME_DB)
        longest = max(longest, int(other[0]) if len(other) else len(level) - at)
    return longest * hop * HOP / RATE


__all__ = ["buried", "colours", "density", "longest_same", "roughness", "silence"]
