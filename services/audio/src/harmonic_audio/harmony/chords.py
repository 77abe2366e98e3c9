"""Chords as they sound: frequency ratios above the tonic of a key, in its own tuning."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from harmonic_audio.harmony.roman import parse_roman
from harmonic_audio.harmony.symbols import ChordShape, parse_symbol
from harmonic_audio.tuning.pitch import pitch_class
from harmonic_audio.tuning.scales import SCALES
from harmonic_audio.tuning.temperament import Floats, Tuning

TRIAD: Final = (0, 2, 4)
_GENERIC: Final = {0: (1,), 1: (2, 9), 2: (3,), 3: (4, 11), 4: (5,), 5: (6, 13), 6: (7,)}
_PLAIN: Final = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True)
class Chord:
    """``tones`` are ratios above the tonic, from the root up; ``steps`` those of the degrees 0..n-1 above the root,
    which repeat by ``period``; ``bass`` is the ratio of the lowest voice."""

    name: str
    tones: tuple[float, ...]
    steps: tuple[float, ...]
    bass: float
    period: float = 2.0
    octave: int | None = None

    @property
    def root(self) -> float:
        """Ratio of the root above the tonic."""
        return self.tones[0]

    def step(self, degree: int) -> float:
        """Ratio above the tonic of a degree above (or below) the root: 0, 2 and 4 are a triad."""
        periods, place = divmod(degree, len(self.steps))
        return self.steps[place] * self.period**periods


def chord_of_degree(degree: int, tuning: Tuning) -> Chord:
    """The triad of the key's scale on a degree (0 the tonic): every second degree of the scale."""
    tonic, count = tuning.tonic_hz(4), len(tuning.degrees)
    steps = tuple(tuning.degree_hz(degree + n) / tonic for n in range(count))
    tones = tuple(dict.fromkeys(tuning.degree_hz(degree + n) / tonic for n in TRIAD))
    return Chord(f"degree {degree}", tones, steps, steps[0], tuning.ladder.period)


def chord_of_symbol(symbol: str, tuning: Tuning) -> Chord:
    """The chord of a symbol in a key: its tones are the tuning's. Raises ValueError as `parse_symbol` does."""
    shape = parse_symbol(symbol)
    tonic = pitch_class(tuning.tonic)
    return _sounding(shape, (shape.root - tonic) % 12, (shape.bass - tonic) % 12, tuning)


def chord_of_roman(numeral: str, tuning: Tuning) -> Chord:
    """The chord of a Roman numeral in a key. Raises ValueError as `parse_roman` does."""
    shape = parse_roman(numeral, tuning.scale)
    return _sounding(shape, shape.root, shape.bass, tuning)


def _sounding(shape: ChordShape, root: int, bass: int, tuning: Tuning) -> Chord:
    tones = tuple(tuning.ratio(root + semitones) for semitones in shape.semitones)
    own = dict(shape.tones)
    scale = SCALES[tuning.scale].semitones
    steps = []
    for place, plain in enumerate(_PLAIN):
        found = [own[number] % 12 for number in _GENERIC[place] if number in own]
        steps.append(found[0] if found else _of_scale(plain, root, scale))
    ratios = tuple(tuning.ratio(root + step) for step in steps)
    return Chord(shape.name, tones, ratios, tuning.ratio(bass), tuning.ratio(12), shape.octave)


def _of_scale(plain: int, root: int, scale: tuple[int, ...]) -> int:
    """The scale's note nearest to so many semitones above the root, within a semitone; else the plain one."""
    near = [offset for offset in (0, -1, 1) if (root + plain + offset) % 12 in scale]
    return plain + near[0] if near else plain


def pitches_of(chord: Chord, tuning: Tuning, low_hz: float, high_hz: float) -> Floats:
    """Every pitch of the chord in [low_hz, high_hz], ascending, in hertz; shape (n,), at least the nearest one."""
    tonic, period = tuning.tonic_hz(4), chord.period
    lowest = math.floor(math.log(low_hz / tonic / max(chord.tones)) / math.log(period))
    highest = math.ceil(math.log(high_hz / tonic / min(chord.tones)) / math.log(period))
    powers = period ** np.arange(lowest, highest + 1.0)
    ladder = np.sort((np.outer(powers, chord.tones) * tonic).ravel())
    ladder = ladder[np.r_[True, np.diff(np.log(ladder)) > 1e-9]]
    inside = ladder[(ladder >= low_hz * (1 - 1e-9)) & (ladder <= high_hz * (1 + 1e-9))]
    if inside.size:
        return inside
    return ladder[[int(np.argmin(np.abs(np.log(ladder / math.sqrt(low_hz * high_hz)))))]]
