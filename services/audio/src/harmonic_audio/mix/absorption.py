"""How a feedback delay network fades: lengths of its lines, and the absorption in each, for decays in three bands.

Jot and Chaigne (1991): a line of d samples with an absorption of -60 d / (T60 rate) decibels makes every mode fade in
T60. The absorption of each line is a gain and two first-order shelves, solved so that the lows (at 0 Hz), the middle
(the geometric mean of both corners) and the highs (at the Nyquist frequency) fade exactly in their times.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.effect import Floats
from harmonic_audio.soundscape.effects import Reverb

LINES: Final = 16
SPEED_OF_SOUND: Final = 343.0
SHORTEST, LONGEST = 0.45, 1.8
"""Lengths of the lines, in mean ways between two walls: a geometric series, on prime numbers of samples."""
SABINE: Final = 13.8
REACH: Final = 4.0
LEAST: Final = 1e-3
"""No line absorbs more than 60 dB at once: what is left of it nobody hears."""


def line_lengths(settings: Reverb, sample_rate: int) -> NDArray[np.int64]:
    """Lengths of the lines in samples: distinct primes, so that their echoes rarely meet; shape (16,).

    By Sabine a room whose walls absorb everything fades in 13.8 mean ways: a shorter decay makes the room smaller.
    """
    mean = min(settings.room_size_m / SPEED_OF_SOUND, settings.decay_s / SABINE) * sample_rate
    wanted = mean * SHORTEST * (LONGEST / SHORTEST) ** (np.arange(LINES) / (LINES - 1))
    lengths: list[int] = []
    for target in wanted:
        length = max(int(target), lengths[-1] + 1 if lengths else 2)
        while not _prime(length):
            length += 1
        lengths.append(length)
    return np.array(lengths)


def absorption(settings: Reverb, lengths: NDArray[np.int64], sample_rate: int) -> Floats:
    """Biquads b0 b1 b2 a1 a2 of the lines; shape (5, lines)."""
    low, middle, high = wanted = [_absorbed(lengths, settings.decay_s * s, sample_rate) for s in shares(settings)]
    low_corner, high_corner = (_warped(hertz, sample_rate) for hertz in (settings.low_hz, settings.damping_hz))
    between = _z(float(np.sqrt(settings.low_hz * settings.damping_hz)), sample_rate)
    # Bisection in decibels for the gain that puts the middle where it is wanted: the shelves reach into it.
    least, most = np.log(np.min(wanted, axis=0) / REACH), np.log(np.max(wanted, axis=0) * REACH)
    for _ in range(60):
        gain = np.exp(0.5 * (least + most))
        shelves = _shelf(low / gain, low_corner, False), _shelf(high / gain, high_corner, True)
        above = gain * np.abs(_response(shelves[0], between) * _response(shelves[1], between)) > middle
        least, most = np.where(above, least, np.log(gain)), np.where(above, np.log(gain), most)
    first, second = shelves
    # Corners close together bend the curve above the slowest decay that was asked for: held under it, so it is stable.
    grid = _z(np.append(0.0, np.geomspace(1.0, 0.5 * sample_rate, 400)), sample_rate)[:, None]
    peak = gain * np.abs(_response(first, grid) * _response(second, grid)).max(axis=0)
    gain = gain * np.minimum(1.0, np.max(wanted, axis=0) / peak)
    b = np.stack([first[0] * second[0], first[0] * second[1] + first[1] * second[0], first[1] * second[1]])
    return np.concatenate([gain * b, np.stack([first[2] + second[2], first[2] * second[2]])])


def decay_times(settings: Reverb, hertz: Floats, sample_rate: int) -> Floats:
    """T60 of the design at frequencies, by the line of middle length; seconds, shape as the frequencies."""
    lengths = line_lengths(settings, sample_rate)
    b0, b1, b2, a1, a2 = absorption(settings, lengths, sample_rate)[:, LINES // 2]
    z = _z(hertz, sample_rate)
    level = np.abs((b0 + b1 / z + b2 / z**2) / (1.0 + a1 / z + a2 / z**2))
    return np.asarray(-60.0 * lengths[LINES // 2] / sample_rate / (20.0 * np.log10(level)))


def shares(settings: Reverb) -> tuple[float, float, float]:
    """Decay of lows, middle and highs, in the settings' decay."""
    return settings.low_decay, 1.0, settings.high_decay


def _absorbed(lengths: NDArray[np.int64], decay_s: float, sample_rate: int) -> Floats:
    return np.asarray(np.maximum(10.0 ** (-3.0 * lengths / (decay_s * sample_rate)), LEAST))


def _warped(hertz: float, sample_rate: int) -> float:
    return float(np.tan(np.pi * hertz / sample_rate))


def _z(hertz: Floats | float, sample_rate: int) -> NDArray[np.complex128]:
    return np.asarray(np.exp(2j * np.pi * np.asarray(hertz) / sample_rate))


def _shelf(gain: Floats, corner: float, high: bool) -> tuple[Floats, Floats, Floats]:
    """b0, b1, a1 of (s + w sqrt g) / (s + w / sqrt g); of g (s + w / sqrt g) / (s + w sqrt g) for the highs.

    Half the decibels at the corner w; bilinear transform.
    """
    root = np.sqrt(gain)
    zero, pole, scale = (corner / root, corner * root, gain) if high else (corner * root, corner / root, 1.0)
    return scale * (1.0 + zero) / (1.0 + pole), scale * (zero - 1.0) / (1.0 + pole), (pole - 1.0) / (1.0 + pole)


def _response(shelf: tuple[Floats, Floats, Floats], z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    b0, b1, a1 = shelf
    return np.asarray((b0 + b1 / z) / (1.0 + a1 / z))


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))
