"""Musical time: a tempo map between seconds and beats, the rhythmic grid with swing, and the metre's weights."""

from dataclasses import dataclass

import numpy as np

from harmonic_audio.mapping.motion import Floats, MappingError, Motion, SoundClock
from harmonic_audio.mapping.quantising import Quantised
from harmonic_audio.mapping.sources import reading_of
from harmonic_audio.mapping.transforms import between
from harmonic_audio.mapping.values import fraction
from harmonic_audio.soundscape.time import Grid, Tempo
from harmonic_contracts.score import TempoMark


@dataclass(frozen=True)
class TempoMap:
    """A tempo that is constant between its marks: seconds and beats are piecewise linear, increasing in each other."""

    seconds: Floats
    """(marks + 1,) ascending from 0; the last tempo goes on beyond the end."""
    bpm: Floats
    """(marks,) beats a minute from each mark on."""

    @property
    def beats(self) -> Floats:
        """Beats at the marks' seconds."""
        return np.concatenate([[0.0], np.cumsum(np.diff(self.seconds) * self.bpm / 60.0)])

    def beat_of(self, seconds: Floats) -> Floats:
        """Beats since the start at times of the sound."""
        at = np.clip(np.searchsorted(self.seconds, seconds, side="right") - 1, 0, len(self.bpm) - 1)
        return np.asarray(self.beats[at] + (np.asarray(seconds) - self.seconds[at]) * self.bpm[at] / 60.0)

    def second_of(self, beats: Floats) -> Floats:
        """Times of the sound of beats."""
        marks = self.beats
        at = np.clip(np.searchsorted(marks, beats, side="right") - 1, 0, len(self.bpm) - 1)
        return np.asarray(self.seconds[at] + (np.asarray(beats) - marks[at]) * 60.0 / self.bpm[at])

    def marks(self, beats_per_bar: int) -> list[TempoMark]:
        """As a score has it, equal neighbours told once."""
        keep = np.flatnonzero(np.concatenate([[True], np.diff(self.bpm) != 0.0]))
        return [
            TempoMark(time_s=float(self.seconds[row]), bpm=float(self.bpm[row]), beats_per_bar=beats_per_bar)
            for row in keep
        ]


def tempo_map(tempo_bpm: float, tempo: Tempo | None, motion: Motion, clock: SoundClock) -> TempoMap:
    """The tempo of a sound: one for all, or by an observable in steps. Raises MappingError where it has none."""
    if tempo is None:
        return TempoMap(np.array([0.0, clock.length_s]), np.array([tempo_bpm]))
    steps = max(1, round(clock.length_s / tempo.step_s))
    share = (np.arange(steps) + 0.5) / steps
    reading = reading_of(tempo.source, motion, clock, tempo.period)
    if reading.bodies != [None] and len(reading.bodies) > 1:
        raise MappingError("a tempo follows one number: name one body, or take the mean, min, max, sum or range of all")
    data = reading.at(clock.start + share * (clock.end - clock.start))[:, 0]
    bpm = between(tempo.low, tempo.high, fraction(data, tempo, universe=reading.everything()), tempo.spacing)
    bpm = np.clip(bpm, 5.0, 1000.0)
    if tempo.timing == "true":
        return TempoMap(np.linspace(0.0, clock.length_s, steps + 1), bpm)
    # Equal stretches of the universe take equally many beats; the length of the sound stays what it is.
    seconds = np.concatenate([[0.0], np.cumsum(1.0 / bpm)])
    return TempoMap(seconds * (clock.length_s / seconds[-1]), bpm)


def musical_clock(clock: SoundClock, tempo: TempoMap) -> SoundClock:
    """The clock on which equal stretches of the universe take equally many beats of the tempo map."""
    universe = np.linspace(clock.start, clock.end, len(tempo.seconds))
    return SoundClock(clock.start, clock.end, clock.length_s, universe, tempo.seconds)


def on_grid(onset_s: Floats, grid: Grid, tempo: TempoMap) -> Quantised:
    """Onsets pulled towards the nearest place of the grid, with the greatest distance moved in seconds.

    Of each pair of steps the second one comes late by the swing: at 2 * swing steps. No onset is moved by more than
    ``swing`` steps, half the longest gap; half a step where it is straight.
    """
    steps = tempo.beat_of(onset_s) * grid.per_beat
    pair = 2.0 * np.floor(steps / 2.0)
    places = pair[:, np.newaxis] + np.array([0.0, 2.0 * grid.swing, 2.0])
    nearest = np.argmin(np.abs(places - steps[:, np.newaxis]), axis=1)
    wanted = tempo.second_of(places[np.arange(len(steps)), nearest] / grid.per_beat)
    moved = onset_s + grid.strength * (wanted - onset_s)
    return Quantised(moved, float(np.max(np.abs(moved - onset_s), initial=0.0)))


def largest_error_s(grid: Grid, tempo: TempoMap) -> float:
    """The greatest distance that the grid can move an onset by [s]: half its longest gap at the slowest tempo."""
    return float(grid.strength * grid.swing / grid.per_beat * 60.0 / tempo.bpm.min())


def metric_weight(onset_s: Floats, tempo: TempoMap, beats_per_bar: int) -> Floats:
    """1 on the first beat of a bar, 2/3 on the others, 1/3 halfway between, falling to 0 away from them."""
    beat = tempo.beat_of(onset_s)
    near = np.zeros(len(beat))
    for every, weight in ((float(beats_per_bar), 1.0), (1.0, 2.0 / 3.0), (0.5, 1.0 / 3.0)):
        distance = np.abs(beat - np.rint(beat / every) * every)
        near = np.maximum(near, weight * np.clip(1.0 - distance / 0.125, 0.0, 1.0))
    return near
