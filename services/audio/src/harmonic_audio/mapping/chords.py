"""The chords of a soundscape over the time of the sound."""

from dataclasses import dataclass

import numpy as np

from harmonic_audio.harmony import Chord, chord_of_degree, chord_of_roman, chord_of_symbol, pitches_of
from harmonic_audio.mapping.motion import Floats, Ints
from harmonic_audio.soundscape.document import Soundscape
from harmonic_audio.soundscape.harmony import Chord as ChordDocument
from harmonic_audio.tuning import Tuning, nearest_of

LADDER_HZ = (16.0, 20_000.0)


@dataclass(frozen=True)
class Timeline:
    """Which chord sounds when: chord ``chords[number[i]]`` from ``starts_s[i]`` on, until the next or the end."""

    starts_s: Floats
    number: Ints
    chords: tuple[Chord, ...]
    tuning: Tuning
    end_s: float

    @property
    def ends_s(self) -> Floats:
        """Where each stretch ends, shape as ``starts_s``."""
        return np.append(self.starts_s[1:], self.end_s)

    def at(self, onset_s: Floats) -> Ints:
        """Number of the chord at each time; same shape."""
        # An event at the very start of a chord belongs to it, whatever the last bit of its time says.
        row = np.searchsorted(self.starts_s, np.asarray(onset_s) + 1e-9, side="right") - 1
        return self.number[np.maximum(row, 0)]

    def quantised(self, frequency: Floats, onset_s: Floats) -> Floats:
        """Each frequency moved to the nearest tone, in any octave, of the chord of its time; same shape."""
        number, moved = self.at(onset_s), np.array(frequency, dtype=np.float64)
        for index in np.unique(number).tolist():
            rows = number == index
            moved[rows] = nearest_of(pitches_of(self.chords[index], self.tuning, *LADDER_HZ), moved[rows])
        return moved

    def degree_hz(self, number: int, degree: int, octave: int) -> float:
        """Frequency of a degree above the root of a chord: 0, 2 and 4 are its triad."""
        return self.tuning.tonic_hz(octave) * self.chords[number].step(degree)


def timeline(document: Soundscape) -> Timeline:
    """The progression laid over the length; one that is given in bars repeats until the end."""
    tuning = document.key.tuned()
    chords = tuple(_sounding(chord, tuning) for chord in document.progression)
    if document.progression[0].bars is None:
        starts = np.array([chord.at for chord in document.progression]) * document.length_s
        return Timeline(starts, np.arange(len(chords)), chords, tuning, document.length_s)
    bar_s = 60.0 / document.tempo_bpm * document.beats_per_bar
    bars = np.array([chord.bars or 0.0 for chord in document.progression])
    rounds = int(np.ceil(document.length_s / (bars.sum() * bar_s)))
    begins = np.concatenate([[0.0], np.cumsum(np.tile(bars, rounds))[:-1]]) * bar_s
    kept = begins < document.length_s - 1e-6
    return Timeline(begins[kept], np.tile(np.arange(len(chords)), rounds)[kept], chords, tuning, document.length_s)


def _sounding(chord: ChordDocument, tuning: Tuning) -> Chord:
    if chord.symbol is not None:
        return chord_of_symbol(chord.symbol, tuning)
    if chord.roman is not None:
        return chord_of_roman(chord.roman, tuning)
    return chord_of_degree(chord.degree, tuning)
