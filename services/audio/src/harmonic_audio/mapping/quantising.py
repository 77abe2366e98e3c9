"""Moving pitches to a ladder of pitches, and telling how far at most."""

from dataclasses import dataclass

import numpy as np

from harmonic_audio.mapping.motion import Floats
from harmonic_audio.tuning import pitch_class
from harmonic_audio.tuning.pitch import hz_of_midi


@dataclass(frozen=True)
class Quantised:
    """What was moved, and the greatest distance that anything was moved by."""

    values: Floats
    largest_error: float
    """In cents for pitches, in seconds for onsets."""


def to_ladder(frequency_hz: Floats, ladder_hz: Floats) -> Quantised:
    """Each frequency moved to the rung nearest in cents, of two equally near ones to the higher. Ladder ascending."""
    wanted = np.log2(np.asarray(frequency_hz, dtype=np.float64))
    rungs = np.log2(np.asarray(ladder_hz, dtype=np.float64))
    if len(rungs) == 1:
        chosen = np.zeros(wanted.shape, dtype=np.int64)
    else:
        above = np.clip(np.searchsorted(rungs, wanted), 1, len(rungs) - 1)
        nearer_below = wanted - rungs[above - 1] < rungs[above] - wanted
        chosen = np.where(nearer_below, above - 1, above)
    moved = np.abs(rungs[chosen] - wanted)
    return Quantised(np.asarray(ladder_hz)[chosen], 1200.0 * float(moved.max(initial=0.0)))


def ladder(semitones: tuple[float, ...], tonic_midi: float, low_midi: float, high_midi: float) -> Floats:
    """All pitches of a scale between two MIDI note numbers, as MIDI note numbers, fractions kept; ascending.

    ``semitones`` above the tonic may be any numbers in [0, 12): a detuned scale is not rounded.
    """
    octaves = np.arange(np.floor((low_midi - tonic_midi) / 12.0) - 1.0, np.ceil((high_midi - tonic_midi) / 12.0) + 1.0)
    found = np.sort((tonic_midi + 12.0 * octaves[:, np.newaxis] + np.asarray(semitones, dtype=np.float64)).ravel())
    return found[(found >= low_midi - 1e-9) & (found <= high_midi + 1e-9)]


def along(fraction: Floats, rungs: Floats) -> Floats:
    """The rung at each fraction, rungs equally far apart: equal steps of data are equal steps of the scale."""
    return np.asarray(rungs)[np.floor(np.asarray(fraction) * (len(rungs) - 1) + 0.5).astype(np.int64)]


def binned(data: Floats, fraction: Floats, rungs: Floats, *, adaptive: bool) -> Floats:
    """The rung of each datum: bins of equal width, or of equally many data (STRAUSS); NaN counts by its fraction."""
    count = len(rungs)
    if adaptive:
        known = np.where(np.isfinite(data), data, np.nanmedian(data) if np.isfinite(data).any() else 0.0)
        # Equal data sound alike: each takes the place of the first of them.
        place = np.searchsorted(np.sort(known), known)
        return np.asarray(rungs)[np.minimum(place * count // max(len(known), 1), count - 1)]
    return np.asarray(rungs)[np.minimum((np.asarray(fraction) * count).astype(np.int64), count - 1)]


def note_hz(name: str, reference_hz: float = 440.0) -> float:
    """Frequency of a note such as C4 (middle C), f#3 or Bb-1, or of a number of hertz. Raises ValueError.

    Cb4 lies below C4, B#3 above B3: the octave belongs to the letter.
    """
    if name[:1].isdigit():
        return float(name)
    letters = name.rstrip("0123456789").rstrip("-")
    octave, letters = name[len(letters) :], letters[:1].upper() + letters[1:]
    if not octave.lstrip("-").isdigit():
        raise ValueError(f"{name!r} is not a note: write a letter, # or b, and an octave, as in F#3")
    turn = {"Cb": -12, "B#": 12}.get(letters, 0)
    return hz_of_midi(12 * (int(octave) + 1) + pitch_class(letters) + turn, reference_hz)
