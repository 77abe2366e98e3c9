"""How a note of an expressive voice moves: pitch, level and every control at each sample, over what its model says.

For each control the voice's curve goes before the note's own sound, and that before the model's field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.curves import Curve
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.families import Sustained
from harmonic_audio.synthesis.lfo import Lfo, grown, motion
from harmonic_audio.synthesis.source import Hearing
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
PANS = np.linspace(-1.0, 1.0, 65)


class Expressive(Sustained):
    """What all held voices with moving controls have in common."""

    vibrato_rate_hz: float = Field(default=5.2, ge=0.0, le=50.0, description="How often the pitch swings [Hz]")
    vibrato_depth_cents: float = Field(default=0.0, ge=0.0, le=1200.0, description="To each side of the pitch [cents]")
    vibrato_delay_s: float = Field(
        default=0.25, ge=0.0, le=60.0, description="From the onset; then as long to grow [s]"
    )
    tremolo_rate_hz: float = Field(default=5.0, ge=0.0, le=50.0, description="How often the level swings [Hz]")
    tremolo_depth: float = Field(default=0.0, ge=0.0, le=1.0, description="Part of the level taken away at the deepest")
    lfos: tuple[Lfo, ...] = Field(default=(), max_length=2, description="Further slow motions")
    level_db: float = Field(
        default=0.0, ge=-60.0, le=40.0, description="What makes equal notes of all instruments equally loud [dB]"
    )

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for lfo in self.lfos:
            if lfo.target == "loudness" and lfo.depth > 1.0:
                raise ValueError(f"a motion of the loudness has a depth of at most 1, not {lfo.depth:g}")
        return self


@dataclass
class Progress:
    """What a note's phase has come to; carried from chunk to chunk."""

    cycles: float = 0.0
    hertz: float = 0.0
    begun: bool = False


@dataclass(frozen=True)
class Moment:
    """A stretch of a note; every array has one value a sample."""

    seconds: Floats
    """Of the score."""
    since: Floats
    """Seconds after the onset."""
    hertz: Floats
    cycles: Floats
    """Phase since the onset: the integral of the frequency."""
    level: Floats
    """Envelope, tremolo, loudness and the model's level."""


class Controls:
    """The controls of one note; pure but for the phase, which is the caller's to carry."""

    def __init__(self, model: Expressive, note: Note, hearing: Hearing, number: int) -> None:
        self.model, self.note, self.hearing = model, note, hearing
        self.rate = hearing.sample_rate
        self.seed = (hearing.seed * 1_000_003 + number) & 0x7FFFFFFF
        self.onset = note.onset_s * self.rate
        sound = note.sound.model_dump(exclude_none=True) if note.sound else {}
        self._sound: Mapping[str, float] = sound
        self._curves = {name: Curve.of(curve) for name, curve in hearing.curves.items()}
        self.envelope: Envelope = model.envelope(note.duration_s, sound)
        self.first = int(np.ceil(self.onset))
        self.end = int(np.ceil(self.onset + self.envelope.total_s * self.rate)) + 1

    def steady(self, name: str, default: float) -> float:
        """The control's value at the onset."""
        curve = self._curves.get(name)
        return float(curve.at(np.array([self.note.onset_s]))[0]) if curve else float(self._sound.get(name, default))

    def steady_hz(self, since_s: float) -> float:
        """The frequency, without vibrato, at seconds after the onset."""
        at = np.array([self.note.onset_s + since_s])
        curve, detune = self._curves.get("frequency_hz"), self._curves.get("detune_cents")
        hertz = float(curve.at(at)[0]) if curve else self.note.frequency_hz
        cents = float(detune.at(at)[0]) if detune else float(self._sound.get("detune_cents", 0.0))
        return float(hertz * 2.0 ** (cents / 1200.0))

    def evolves(self, name: str) -> bool:
        """Whether a curve moves the control."""
        return name in self._curves

    def value(self, name: str, default: float, moment: Moment) -> Floats:
        """The control at each sample."""
        if curve := self._curves.get(name):
            return curve.at(moment.seconds)
        return np.full(len(moment.seconds), float(self._sound.get(name, default)))

    def brightness(self, moment: Moment) -> Floats:
        """0..1; a louder note is brighter, as of struck voices."""
        own = self.value("brightness", self.note.brightness, moment)
        return np.clip(own + 0.3 * (self.note.loudness - 0.5), 0.0, 1.0)

    def lfo(self, target: str, since: Floats) -> Floats | None:
        """The sum of the motions of a target, each times its depth; None where there is none."""
        told = [
            lfo.depth * motion(lfo, since, self.seed + i)
            for i, lfo in enumerate(self.model.lfos)
            if lfo.target == target and lfo.depth
        ]
        return np.sum(told, axis=0) if told else None

    @property
    def span_hz(self) -> tuple[float, float]:
        """Lowest and highest frequency that the note may reach, vibrato and detune included."""
        curve = self._curves.get("frequency_hz")
        values = curve.value if curve else np.array([self.note.frequency_hz])
        cents = 0.0
        for name, depth in (("detune_cents", 0.0), ("vibrato_depth_cents", self.model.vibrato_depth_cents)):
            own = self._curves[name].value if name in self._curves else [self._sound.get(name, depth)]
            cents += float(np.max(np.abs(own)))
        cents += sum(lfo.depth for lfo in self.model.lfos if lfo.target == "pitch")
        return float(np.min(values)) * 2.0 ** (-cents / 1200.0), float(np.max(values)) * 2.0 ** (cents / 1200.0)

    def moment(self, first: int, end: int, progress: Progress) -> Moment:
        """The stretch of samples ``first`` to before ``end``, which must follow on what ``progress`` has seen."""
        seconds = np.arange(first, end) / self.rate
        since = np.maximum(seconds - self.note.onset_s, 0.0)
        level = self.envelope.at(since) * self._tremolo(seconds, since)
        level *= self.note.loudness * 10.0 ** (self.model.level_db / 20.0)
        bare = Moment(seconds, since, seconds, seconds, level)
        if (deep := self.lfo("loudness", since)) is not None:
            level *= np.clip(1.0 - 0.5 * (np.abs(deep) + deep), 0.0, 1.0)
        hertz, cycles = self._pitch(bare, progress)
        return Moment(seconds, since, hertz, cycles, level)

    def _pitch(self, moment: Moment, progress: Progress) -> tuple[Floats, Floats]:
        cents = self._cents(moment)
        curve = self._curves.get("frequency_hz")
        plain = curve.at(moment.seconds) if curve else np.full(len(moment.seconds), self.note.frequency_hz)
        if isinstance(cents, float):
            # In closed form: nothing accumulates.
            factor = 2.0 ** (cents / 1200.0)
            if curve:
                onset = curve.integral(np.array([self.note.onset_s]))
                return plain * factor, (curve.integral(moment.seconds) - onset) * factor
            return plain * factor, self.note.frequency_hz * factor * moment.since
        hertz = plain * 2.0 ** (cents / 1200.0)
        before = progress.hertz if progress.begun else float(hertz[0])
        step = 1.0 / self.rate if progress.begun else float(moment.since[0])
        # The trapezoid rule: at 50 Hz of vibrato it errs by less than 1e-6 of a cycle, and does not pile up.
        gained = 0.5 * (hertz + np.concatenate([[before], hertz[:-1]])) / self.rate
        gained[0] *= step * self.rate
        cycles = progress.cycles + np.cumsum(gained)
        progress.cycles, progress.hertz, progress.begun = float(cycles[-1]), float(hertz[-1]), True
        return hertz, cycles

    def _cents(self, moment: Moment) -> float | Floats:
        """How far the pitch is off the note's: a number where it does not move."""
        cents: float | Floats = (
            self.value("detune_cents", 0.0, moment)
            if self.evolves("detune_cents")
            else float(self._sound.get("detune_cents", 0.0))
        )
        if self.evolves("vibrato_depth_cents") or self.steady("vibrato_depth_cents", self.model.vibrato_depth_cents):
            depth = self.value("vibrato_depth_cents", self.model.vibrato_depth_cents, moment)
            growth = grown(self.model.vibrato_delay_s, self.model.vibrato_delay_s, moment.since)
            turn = self._turns("vibrato_rate_hz", self.model.vibrato_rate_hz, moment.seconds, moment.since)
            cents = cents + depth * growth * np.sin(2.0 * np.pi * turn)
        if (slow := self.lfo("pitch", moment.since)) is not None:
            cents = cents + slow
        return cents

    def _tremolo(self, seconds: Floats, since: Floats) -> Floats | float:
        depth = self.steady("tremolo_depth", self.model.tremolo_depth)
        if not depth and not self.evolves("tremolo_depth"):
            return 1.0
        curve = self._curves.get("tremolo_depth")
        deep = np.clip(curve.at(seconds), 0.0, 1.0) if curve else depth
        turn = self._turns("tremolo_rate_hz", self.model.tremolo_rate_hz, seconds, since)
        return np.asarray(1.0 - deep * (0.5 - 0.5 * np.cos(2.0 * np.pi * turn)))

    def _turns(self, name: str, default: float, seconds: Floats, since: Floats) -> Floats:
        """Cycles of a motion since the onset, exact for any curve of its rate."""
        if curve := self._curves.get(name):
            return np.asarray(curve.integral(seconds) - curve.integral(np.array([self.note.onset_s])))
        return np.asarray(float(self._sound.get(name, default)) * since)


class Tone(Protocol):
    """The running sound of one note: made at the onset, told one stretch after the other."""

    latency: int
    """Samples that it must know ahead. The first moment is longer by so many; it answers with as many samples as the
    moment has, less these at the first."""

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono, its level laid on; shape (samples,)."""


class ToneSource:
    """A note as a source: runs its tone chunk by chunk, and from the onset again where a chunk does not follow."""

    def __init__(self, controls: Controls, begin: Callable[[], Tone]) -> None:
        self._controls, self._begin = controls, begin
        self.first, self.end = controls.first, controls.end
        self._tone: Tone | None = None
        self._next = -1
        self._progress = Progress()

    def add_to(self, bus: Samples, start: int) -> None:
        """Add the chunk that begins at a sample to a bus of shape (channels, CHUNK)."""
        if start + CHUNK <= self.first or start >= self.end:
            if start >= self.end:
                self.forget()
            return
        if self._tone is None or self._next != start:
            self._tone, self._progress = self._begin(), Progress()
            for earlier in range(self.first // CHUNK * CHUNK, start, CHUNK):
                self._stretch(earlier, self._tone)
        sound = self._stretch(start, self._tone)
        self._next = start + CHUNK
        at = max(self.first - start, 0)
        bus[:, at : at + len(sound)] += (self._gains(start + at, len(sound)) * sound).astype(np.float32)

    def forget(self) -> None:
        """Drop the running sound."""
        self._tone = None

    def _stretch(self, start: int, tone: Tone) -> Floats:
        begin = self.first if self.first >= start else start + tone.latency
        end = min(self.end, start + CHUNK) + tone.latency
        return tone(self._controls.moment(begin, end, self._progress))

    def _gains(self, first: int, count: int) -> Floats:
        """Gain in each channel, (channels, 1) or (channels, samples) where the position swings."""
        since = np.maximum(np.arange(first, first + count) / self._controls.rate - self._controls.note.onset_s, 0.0)
        swing = self._controls.lfo("pan", since)
        if swing is None:
            return self._place[:, np.newaxis]
        pan = np.clip(self._controls.note.pan + swing, -1.0, 1.0)
        return np.stack([np.interp(pan, PANS, channel) for channel in self._swung.T])

    @cached_property
    def _place(self) -> Floats:
        return self._controls.hearing.place(self._controls.note)

    @cached_property
    def _swung(self) -> Floats:
        """Gains at each of the pans; shape (pans, channels)."""
        note, place = self._controls.note, self._controls.hearing.place
        return np.stack([place(note.model_copy(update={"pan": float(pan)})) for pan in PANS])
