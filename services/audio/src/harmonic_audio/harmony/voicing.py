"""Voices that move as little as they can from chord to chord.

For two sets of as many pitches the least total movement pairs them in order of height, so that a voicing is judged by
the sum of distances of its sorted voices. All voicings of the range are compared: the choice is the least, not a guess.
"""

from functools import cache
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.harmony.chords import Chord, pitches_of
from harmonic_audio.tuning.temperament import Floats, Tuning

MOST_VOICES: Final = 6
MOST_VOICINGS: Final = 20_000


def voiced(chord: Chord, tuning: Tuning, voices: int, low_hz: float, high_hz: float, before: Floats | None) -> Floats:
    """Pitches of a chord's voices in hertz, ascending, shape (at most voices,).

    Among those that hold as many of the chord's tones as the voices can, the one that moves least from ``before``
    (the last voicing; the evenly spread range without one, or where it had another number of voices). Where the range
    holds fewer pitches than there are voices, all of them sound. Equal movement: the lowest voices decide.
    """
    ladder = _near(pitches_of(chord, tuning, low_hz, high_hz), voices, before, low_hz, high_hz)
    count = min(voices, len(ladder))
    rows = _rows(len(ladder), count)
    tone = _tone_numbers(ladder, chord, tuning)
    present = np.zeros((len(rows), len(chord.tones)), dtype=bool)
    np.put_along_axis(present, tone[rows], True, axis=1)
    held = present.sum(axis=1)
    rows = rows[held == held.max()]
    wanted = _wanted(before, count, low_hz, high_hz)
    movement = np.abs(np.log2(ladder)[rows] - np.log2(wanted)).sum(axis=1)
    return np.asarray(ladder[rows[int(np.argmin(np.round(movement, 9)))]])


def _wanted(before: Floats | None, count: int, low_hz: float, high_hz: float) -> Floats:
    if before is not None and len(before) == count:
        return before
    share = (np.arange(count) + 0.5) / count
    return np.asarray(low_hz * (high_hz / low_hz) ** share)


def _near(ladder: Floats, voices: int, before: Floats | None, low_hz: float, high_hz: float) -> Floats:
    """The ladder, without the rungs furthest from the voices wanted where it has too many to try all voicings."""
    count = min(voices, len(ladder))
    distance = np.abs(np.log2(ladder)[:, None] - np.log2(_wanted(before, count, low_hz, high_hz))[None]).min(axis=1)
    keep = len(ladder)
    while keep > count and comb(keep, count) > MOST_VOICINGS:
        keep -= 1
    return ladder[np.sort(np.argsort(distance, kind="stable")[:keep])]


@cache
def _rows(pitches: int, voices: int) -> NDArray[np.int64]:
    return np.array(list(combinations(range(pitches), voices)), dtype=np.int64)


def _tone_numbers(ladder: Floats, chord: Chord, tuning: Tuning) -> NDArray[np.int64]:
    """Which of the chord's tones each pitch is, by its place within the period."""
    period = np.log2(chord.period)
    place = np.log2(ladder / tuning.tonic_hz(4))[:, None] - np.log2(np.array(chord.tones))[None]
    return np.asarray(np.argmin(np.abs(place / period - np.rint(place / period)), axis=1), dtype=np.int64)
