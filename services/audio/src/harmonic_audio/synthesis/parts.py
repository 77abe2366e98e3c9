"""A voice of the score made ready to sound: its notes as banks and held tones, its curves, its gains."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.pan import constant_power
from harmonic_audio.synthesis.bank import CHUNK, Bank, Strike
from harmonic_audio.synthesis.envelope import Envelope, envelope_of
from harmonic_audio.synthesis.glide import FrequencyCurve
from harmonic_audio.synthesis.instruments import INSTRUMENTS, Instrument
from harmonic_audio.synthesis.partials import partials_of, taper
from harmonic_contracts.score import ControlCurve, Note, Score

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
LOUDEST_PAN = 2.0**0.5


@dataclass(frozen=True)
class StruckPitch:
    """All strikes of one pitch and duration; ``weights`` (strikes, 2) are their gains left and right."""

    bank: Bank
    weights: Floats

    @cached_property
    def one_place(self) -> bool:
        """Whether all strikes have the same gains."""
        return bool(np.all(self.weights == self.weights[0]))

    def add_to(self, stem: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a stem of shape (2, CHUNK)."""
        if not self.bank.active(start):
            self.bank.forget()
            return
        if self.one_place:
            mono = self.bank.render(start, np.ones((len(self.weights), 1)))
            stem += mono * self.weights[0][:, None].astype(np.float32)
        else:
            stem += self.bank.render(start, self.weights)


@dataclass(frozen=True)
class HeldNote:
    """One note under an envelope, at a fixed pitch."""

    bank: Bank
    envelope: Envelope
    onset: float
    gains: Floats
    sample_rate: int

    def add_to(self, stem: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a stem of shape (2, CHUNK)."""
        if not self.bank.active(start):
            self.bank.forget()
            return
        seconds = (np.arange(start, start + CHUNK) - self.onset) / self.sample_rate
        level = self.envelope.at(np.maximum(seconds, 0.0)).astype(np.float32)
        stem += self.bank.render(start, np.ones((1, 1))) * level * self.gains[:, None].astype(np.float32)


@dataclass(frozen=True)
class GlidingNote:
    """One note whose pitch follows a curve; its partials fade before the Nyquist frequency as it rises."""

    instrument: Instrument
    note: Note
    curve: FrequencyCurve
    envelope: Envelope
    gains: Floats
    sample_rate: int

    def add_to(self, stem: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a stem of shape (2, CHUNK)."""
        times = np.arange(start, start + CHUNK) / self.sample_rate
        since = times - self.note.onset_s
        if since[-1] < 0.0 or since[0] > self.envelope.total_s:
            return
        hertz, cycles = self.curve.at(times)
        steady = partials_of(self.instrument, 100.0, 1.0, 48_000)
        tone = np.zeros(CHUNK)
        for ratio, amplitude, phase in zip(
            steady.ratio, steady.amplitudes(self.note.brightness, self.note.loudness), steady.phase, strict=True
        ):
            tone += amplitude * taper(hertz * ratio, self.sample_rate) * np.sin(2.0 * np.pi * ratio * cycles + phase)
        level = np.where(since >= 0.0, self.envelope.at(np.maximum(since, 0.0)), 0.0)
        stem += (self.gains[:, None] * (tone * level)).astype(np.float32)


class Part:
    """A voice: renders its stem, chunk by chunk."""

    def __init__(self, score: Score, voice: int, *, width: float, sample_rate: int) -> None:
        self.name = score.voices[voice].name
        self.instrument = INSTRUMENTS[score.voices[voice].instrument]
        self._rate = sample_rate
        self._gain = 10.0 ** (score.voices[voice].gain_db / 20.0)
        self._width = width
        self._curves = {curve.target: curve for curve in score.curves if curve.voice == voice}
        notes = [self._bright(note) for note in score.notes if note.voice == voice]
        self._sources = self._sounding(notes)

    def stem(self, start: int) -> Samples:
        """The chunk that begins at a sample; shape (2, CHUNK)."""
        out = np.zeros((2, CHUNK), dtype=np.float32)
        for source in self._sources:
            source.add_to(out, start)
        return self._under_curves(out, start)

    def _under_curves(self, stem: Samples, start: int) -> Samples:
        if not self._curves:
            return stem
        times = np.arange(start, start + CHUNK) / self._rate
        if curve := self._curves.get("loudness"):
            stem *= _value(curve, times).astype(np.float32)
        if curve := self._curves.get("pan"):
            # Notes of a voice whose position moves are made in the middle; its gains are laid on here.
            stem *= (LOUDEST_PAN * constant_power(self._width * _value(curve, times))).astype(np.float32)
        return stem

    def _bright(self, note: Note) -> Note:
        curve = self._curves.get("brightness")
        if curve is None:
            return note
        value = float(np.clip(_value(curve, np.array([note.onset_s]))[0], 0.0, 1.0))
        return note.model_copy(update={"brightness": value})

    def _gains(self, note: Note) -> Floats:
        return np.asarray(self._gain * constant_power(0.0 if "pan" in self._curves else note.pan * self._width))

    def _sounding(self, notes: list[Note]) -> list[StruckPitch | HeldNote | GlidingNote]:
        if glide := self._curves.get("frequency_hz"):
            curve = FrequencyCurve.of(glide)
            enveloped = [(note, envelope_of(self.instrument, note.duration_s)) for note in notes]
            return [GlidingNote(self.instrument, n, curve, e, self._gains(n), self._rate) for n, e in enveloped]
        if self.instrument.family == "held":
            return [held for note in notes if (held := self._held(note)) is not None]
        groups: dict[tuple[float, float], list[Note]] = {}
        for note in notes:
            groups.setdefault((note.frequency_hz, note.duration_s), []).append(note)
        return [struck for pitch, group in groups.items() if (struck := self._struck(*pitch, group)) is not None]

    def _struck(self, frequency_hz: float, duration_s: float, notes: list[Note]) -> StruckPitch | None:
        partials = partials_of(self.instrument, frequency_hz, duration_s, self._rate)
        if not len(partials.ratio):
            return None
        length = int(np.ceil(partials.longest_s * self._rate))
        onsets = [note.onset_s * self._rate for note in notes]
        strikes = [
            Strike(onset, partials.amplitudes(note.brightness, note.loudness), int(np.ceil(onset)) + length)
            for onset, note in zip(onsets, notes, strict=True)
        ]
        return StruckPitch(Bank(partials, strikes, self._rate), np.stack([self._gains(note) for note in notes]))

    def _held(self, note: Note) -> HeldNote | None:
        partials = partials_of(self.instrument, note.frequency_hz, note.duration_s, self._rate)
        if not len(partials.ratio):
            return None
        envelope = envelope_of(self.instrument, note.duration_s)
        onset = note.onset_s * self._rate
        strike = Strike(
            onset,
            partials.amplitudes(note.brightness, note.loudness),
            int(np.ceil(onset + envelope.total_s * self._rate)) + 1,
        )
        return HeldNote(Bank(partials, [strike], self._rate), envelope, onset, self._gains(note), self._rate)


def _value(curve: ControlCurve, seconds: Floats) -> Floats:
    """The curve's value at times: linear between its points, level outside."""
    points = curve.points
    assert all(a.time_s <= b.time_s for a, b in pairwise(points)), "a curve's points are in order of time"
    return np.interp(seconds, [p.time_s for p in points], [p.value for p in points])


def chunks_of(duration_s: float, sample_rate: int) -> int:
    """Chunks that cover a duration."""
    return -(-round(duration_s * sample_rate) // CHUNK)
