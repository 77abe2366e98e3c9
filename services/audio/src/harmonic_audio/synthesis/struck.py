"""Struck voices: partials that ring by themselves, every strike of a pitch in one bank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.bank import Bank, Poles, Strike
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.families import Ringing
from harmonic_audio.synthesis.glide import glides
from harmonic_audio.synthesis.partials import LN1000, Partials, Spectrum
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.tones import detuned
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
GLIDE_RELEASE_S = 0.1


class Struck(Spectrum, Ringing):
    """Damped partials, each with a soft onset of its own."""

    kind: Literal["struck"] = "struck"
    damping: float = Field(
        default=0.5, ge=0.0, le=4.0, description="T60 of a partial of ratio r is the first one's over r**damping"
    )
    attack_s: float = Field(default=0.002, gt=0.0, le=1.0, description="Time in which a strike is at 95 %")

    def partials(self, frequency_hz: float, duration_s: float, sample_rate: int) -> Partials:
        """The partials of a note that lie in the band."""
        ratio = np.array(self.ratios)
        return Partials(
            frequency_hz=frequency_hz * ratio,
            ratio=ratio,
            decay_per_s=LN1000 / duration_s * ratio**self.damping,
            phase=np.zeros_like(ratio),
            share=np.array(self.amplitudes),
            attack_per_s=3.0 / self.attack_s,
        ).audible(sample_rate)

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One bank for each pitch and duration."""
        if "frequency_hz" in hearing.curves:
            # Under a gliding pitch the notes are held: a curve has no strikes of its own.
            envelopes = [Envelope(self.attack_s, 0.1, 1.0, note.duration_s, GLIDE_RELEASE_S) for note in notes]
            return glides(self.partials(100.0, 1.0, hearing.sample_rate), notes, envelopes, hearing)
        groups: dict[tuple[float, float], list[Note]] = {}
        for note in notes:
            groups.setdefault((detuned(note), note.duration_s), []).append(note)
        made = (self._pitch(*pitch, group, hearing) for pitch, group in groups.items())
        return [source for source in made if source is not None]

    def _pitch(
        self, frequency_hz: float, duration_s: float, notes: list[Note], hearing: Hearing
    ) -> "StruckPitch | None":
        partials = self.partials(frequency_hz, duration_s, hearing.sample_rate)
        if not len(partials.ratio):
            return None
        length = int(np.ceil(partials.longest_s * hearing.sample_rate))
        return struck_pitch(partials, notes, length, hearing, self.level_db)


def struck_pitch(
    partials: Partials, notes: Sequence[Note], length: int, hearing: Hearing, level_db: float = 0.0
) -> "StruckPitch":
    """Notes that strike the same partials, each heard for so many samples."""
    poles = Poles(partials, hearing.sample_rate)
    places: dict[bytes, tuple[Floats, list[Strike]]] = {}
    for note in notes:
        onset = note.onset_s * hearing.sample_rate
        amplitudes = 10.0 ** (level_db / 20.0) * partials.amplitudes(note.brightness, note.loudness)
        strike = Strike(onset, amplitudes, int(np.ceil(onset)) + length)
        gains = hearing.place(note)
        places.setdefault(gains.tobytes(), (gains, []))[1].append(strike)
    channels = len(next(iter(places.values()))[0])
    if len(places) <= channels:
        return StruckPitch(poles, [Bank(poles, strikes, gains) for gains, strikes in places.values()])
    # More places than channels: a bank for each channel, every strike as strong as it is heard there.
    banks = []
    for channel, one in enumerate(np.eye(channels)):
        heard = [replace(s, amplitudes=g[channel] * s.amplitudes) for g, strikes in places.values() for s in strikes]
        banks.append(Bank(poles, heard, one))
    return StruckPitch(poles, banks)


@dataclass
class StruckPitch:
    """All strikes of one pitch and duration: a bank for each place."""

    poles: Poles
    banks: list[Bank]

    def __post_init__(self) -> None:
        self.first, self.end = min(bank.first for bank in self.banks), max(bank.end for bank in self.banks)

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        for bank in self.banks:
            bank.add_to(bus, start)

    def forget(self) -> None:
        """Drop tables and states."""
        self.poles.forget()
        for bank in self.banks:
            bank.forget()
