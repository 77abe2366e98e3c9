"""The workloads of the sound engine: a minute in stereo at 48 kHz of 64 voices, each panned and with a stem of its own.

Voice v has f0 = 55 * 2^(v/16) Hz and is struck each 4 s from v/16 s on: 960 strikes.
modal: 16 damped modes a voice, f0 k sqrt(1 + 0.0005 k^2), T60 4 / (1 + 0.3 (k - 1)) s, amplitude 1 / (64 k).
string: a Karplus-Strong loop a voice. additive: 16 harmonics a voice under a vibrato of 5 Hz and 1 %.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.kernels import additive, strings
from harmonic_audio.kernels.summing import lay
from harmonic_audio.synthesis.bank import CHUNK, Bank, Poles, Strike
from harmonic_audio.synthesis.noise import uniform
from harmonic_audio.synthesis.partials import LN1000, Partials
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.string import String
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
RATE: Final = 48_000
SECONDS: Final = 60
FRAMES: Final = RATE * SECONDS
VOICES: Final = 64
MODES: Final = 16
EVERY_S: Final = 4
NUMBER: Final = np.arange(1, MODES + 1)
F0: Final = 55.0 * 2.0 ** (np.arange(VOICES) / 16)
THETA: Final = np.arange(VOICES) / (VOICES - 1) * np.pi / 2
GAINS: Final = np.stack([np.cos(THETA), np.sin(THETA)], axis=1)
FREQUENCY: Final = F0[:, None] * NUMBER * np.sqrt(1.0 + 0.0005 * NUMBER**2)
T60: Final = np.asarray(4.0 / (1.0 + 0.3 * (NUMBER - 1)), dtype=np.float64)
VIBRATO_HZ, VIBRATO = 5.0, 0.01


def strikes(voice: int) -> NDArray[np.int64]:
    """Samples at which a voice is struck."""
    return np.arange(voice * RATE // 16, FRAMES, EVERY_S * RATE)


class Desk:
    """A stem a voice, and what they sum to: the mix of the last chunk laid in a minute's float32 stereo."""

    def __init__(self) -> None:
        self.stems = np.zeros((VOICES, CHUNK), dtype=np.float32)
        self.mix = np.empty((2, -(-FRAMES // CHUNK) * CHUNK), dtype=np.float32)
        self._bus = np.zeros((2, CHUNK))

    def sum(self, start: int) -> None:
        """Lay the stems on the mix."""
        self._bus[:] = 0.0
        lay(self.stems, GAINS, self._bus)
        self.mix[:, start : start + CHUNK] = self._bus


def modal() -> Samples:
    """1,024 modes; shape (2, FRAMES)."""
    banks, desk = [_bank(voice) for voice in range(VOICES)], Desk()
    for start in range(0, FRAMES, CHUNK):
        desk.stems[:] = 0.0
        for voice, bank in enumerate(banks):
            bank.add_to(desk.stems[voice : voice + 1], start)
        desk.sum(start)
    return desk.mix[:, :FRAMES]


def _bank(voice: int) -> Bank:
    silence = np.zeros(MODES)
    partials = Partials(FREQUENCY[voice], FREQUENCY[voice] / F0[voice], LN1000 / T60, silence, 1.0 / NUMBER, 0.0)
    struck = [Strike(float(at), 1.0 / NUMBER / VOICES, FRAMES) for at in strikes(voice)]
    return Bank(Poles(partials, RATE), struck, np.ones(1))


def modal_exact(first: int, end: int) -> Floats:
    """The same from its closed form, a stretch of it; shape (2, end - first)."""
    at, out = np.arange(first, end), np.zeros((2, end - first))
    for voice in range(VOICES):
        mono = np.zeros(end - first)
        for struck in strikes(voice):
            since = np.maximum(at - struck, 0) / RATE
            for k in range(MODES):
                wave = np.sin(2.0 * np.pi * FREQUENCY[voice, k] * since) * np.exp(-LN1000 / T60[k] * since)
                mono += wave * (at >= struck) / (NUMBER[k] * VOICES)
        out += GAINS[voice][:, None] * mono
    return out


def plain_strings() -> Samples:
    """64 loops y[n] = x[n] + 0.498 (y[n-N] + y[n-N-1]) of whole periods, each plucked by a burst of noise."""
    periods = [round(RATE / hertz - 0.5) for hertz in F0]
    bursts = [(uniform(voice, period) - 0.5) * 0.03 for voice, period in enumerate(periods)]
    histories, desk, out = [np.zeros(period + 1) for period in periods], Desk(), np.empty(CHUNK)
    for start in range(0, FRAMES, CHUNK):
        for voice, period in enumerate(periods):
            strings.plain(_plucked(bursts[voice], voice, period, start), 0.498, histories[voice], out)
            desk.stems[voice] = out
        desk.sum(start)
    return desk.mix[:, :FRAMES]


def _plucked(burst: Floats, voice: int, period: int, start: int) -> Floats:
    """The burst's part in a chunk, empty where the voice is not plucked."""
    last = (start + CHUNK - 1 - voice * RATE // 16) // (EVERY_S * RATE) * EVERY_S * RATE + voice * RATE // 16
    if last < voice * RATE // 16 or last + period <= start:
        return burst[:0]
    if last <= start:
        return burst[start - last : period]
    return np.concatenate([np.zeros(last - start), burst])[: min(last - start + period, CHUNK)]


def tuned_strings() -> Samples:
    """960 notes on 64 voices, each a tuned string of its own that rings until the next pluck."""
    model, hearing, desk = String(), Hearing(RATE, lambda note: np.ones(1)), Desk()
    voices: list[list[Source]] = []
    for voice, hertz in enumerate(F0.tolist()):
        onsets = [float(at) / RATE for at in strikes(voice)]
        notes = [Note(onset_s=at, duration_s=2.0, frequency_hz=hertz, loudness=0.02, voice=0) for at in onsets]
        voices.append(model.sources(notes, hearing))
    for start in range(0, FRAMES, CHUNK):
        desk.stems[:] = 0.0
        for voice, sources in enumerate(voices):
            for source in sources:
                if source.first < start + CHUNK and source.end > start:
                    source.add_to(desk.stems[voice : voice + 1], start)
        desk.sum(start)
    return desk.mix[:, :FRAMES]


def sines() -> Samples:
    """1,024 partials under vibrato."""
    desk, amplitudes = Desk(), 1.0 / NUMBER / VOICES
    for start in range(0, FRAMES, CHUNK):
        for voice in range(VOICES):
            turn = (voice / (2.0 * np.pi)) % 1.0
            additive.vibrating(
                float(start), float(RATE), F0[voice], VIBRATO_HZ, VIBRATO, turn, amplitudes, desk.stems[voice]
            )
        desk.sum(start)
    return desk.mix[:, :FRAMES]


def sines_exact(first: int, end: int) -> Floats:
    """The same from its closed form, a stretch of it; shape (2, end - first)."""
    t, out = np.arange(first, end) / RATE, np.zeros((2, end - first))
    for voice in range(VOICES):
        swung = (np.cos(2.0 * np.pi * VIBRATO_HZ * t + voice) - np.cos(voice)) * VIBRATO / (2.0 * np.pi * VIBRATO_HZ)
        phase = 2.0 * np.pi * F0[voice] * (t - swung)
        out += GAINS[voice][:, None] * sum(np.sin(k * phase) / (k * VOICES) for k in range(1, MODES + 1))
    return out
