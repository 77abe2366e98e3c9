"""Struck voices whose pitch moves: the phase is the exact integral of the curve of the frequency."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.curves import Curve
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.partials import Partials
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]


@dataclass
class GlidingNote:
    """One note whose pitch follows a curve; its partials fade before the Nyquist frequency as it rises."""

    partials: Partials
    note: Note
    curve: Curve
    envelope: Envelope
    gains: Floats
    sample_rate: int

    def __post_init__(self) -> None:
        self.first = int(np.ceil(self.note.onset_s * self.sample_rate))
        self.end = int(np.ceil((self.note.onset_s + self.envelope.total_s) * self.sample_rate)) + 1

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        times = np.arange(start, start + CHUNK) / self.sample_rate
        since = times - self.note.onset_s
        if since[-1] < 0.0 or since[0] > self.envelope.total_s:
            return
        from harmonic_audio.kernels.additive import partials

        cycles, share = self.curve.integral(times), self.curve.at(times) / self.sample_rate
        tone, none = np.empty(CHUNK), np.zeros(len(self.partials.ratio))
        amplitudes = self.partials.amplitudes(self.note.brightness, self.note.loudness)
        turns = self.partials.phase / (2.0 * np.pi)
        partials(cycles, cycles, share, self.partials.ratio, none, amplitudes, turns, tone)
        level = np.where(since >= 0.0, self.envelope.at(np.maximum(since, 0.0)), 0.0)
        bus += (self.gains[:, None] * (tone * level)).astype(np.float32)

    def forget(self) -> None:
        """Nothing is kept."""


def glides(partials: Partials, notes: Sequence[Note], envelopes: Sequence[Envelope], hearing: Hearing) -> list[Source]:
    """Notes of a voice whose pitch follows its frequency curve."""
    curve = Curve.of(hearing.curves["frequency_hz"])
    return [
        GlidingNote(partials, note, curve, envelope, hearing.place(note), hearing.sample_rate)
        for note, envelope in zip(notes, envelopes, strict=True)
    ]
