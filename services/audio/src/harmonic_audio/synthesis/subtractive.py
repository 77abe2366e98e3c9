"""Subtractive voices: band-limited waveforms, mixed and detuned, through a filter that an envelope opens."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.noise import uniform
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.resonances import Resonance, Resonances
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_audio.synthesis.wavetables import Waveshape, waveform
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
MODES = {"low": 0, "band": 1, "high": 2, "notch": 3}


class Subtractive(Expressive):
    """Two waveforms and their mix, unison copies, a state-variable filter with its own envelope, fixed resonances.

    No harmonic lies above 0.46 of the sample rate, at any pitch and while it glides.
    """

    kind: Literal["subtractive"] = "subtractive"
    waveform: Waveshape = Field(default="saw", description="The waveform at mix 0")
    second: Waveshape = Field(default="square", description="The waveform at the other end of the mix")
    waveform_mix: float = Field(default=0.0, ge=0.0, le=1.0, description="0 the first waveform, 1 the second")
    pulse_width: float = Field(default=0.5, ge=0.02, le=0.98, description="Part of the cycle that a pulse is high")
    pulse_swing: float = Field(default=0.0, ge=0.0, le=0.45, description="How far the width moves to each side")
    pulse_rate_hz: float = Field(default=0.4, ge=0.0, le=50.0, description="How often the width swings [Hz]")
    unison: int = Field(default=1, ge=1, le=9, description="Copies of the waveform")
    unison_cents: float = Field(
        default=12.0, ge=0.0, le=200.0, description="From the lowest copy to the highest [cents]"
    )
    sub: float = Field(default=0.0, ge=0.0, le=1.0, description="Level of a sine an octave below")
    breath: float = Field(default=0.0, ge=0.0, le=1.0, description="Level of noise before the filter")
    filter: Literal["none", "low", "band", "high", "notch"] = Field(default="low", description="What it lets pass")
    steep: bool = Field(default=False, description="Two filters in a row: 24 dB an octave instead of 12")
    cutoff_hz: float = Field(
        default=4000.0, gt=0.0, lt=24_000.0, description="At brightness 0.5 and a note of 261.6 Hz [Hz]"
    )
    resonance: float = Field(default=0.1, ge=0.0, le=1.0, description="Q from 0.5 to 20, in equal ratios")
    key_follow: float = Field(default=0.5, ge=0.0, le=1.0, description="How far the cutoff follows the pitch")
    cutoff_cents: float = Field(
        default=0.0, ge=-9600.0, le=9600.0, description="How far the filter's envelope moves the cutoff [cents]"
    )
    cutoff_attack_s: float = Field(
        default=0.01, ge=0.0, le=60.0, description="Time in which the filter's envelope is at 95 % [s]"
    )
    cutoff_decay_s: float = Field(default=0.3, gt=0.0, le=60.0, description="Time constant of its way back [s]")
    body: tuple[Resonance, ...] = Field(
        default=(), max_length=16, description="Fixed resonances: the formants of a voice, the body of a violin"
    )

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note; notes above the band give none."""
        made: list[Source] = []
        for number, note in enumerate(notes):
            controls = Controls(self, note, hearing, number)
            if controls.span_hz[0] < 0.46 * hearing.sample_rate:
                made.append(ToneSource(controls, partial(_Running, self, controls)))
        return made


class _Running:
    """The oscillators and filters of one note."""

    latency = 0

    def __init__(self, model: Subtractive, controls: Controls) -> None:
        self._model, self._controls = model, controls
        self._states = np.zeros((2, 2))
        self._noise_at = 0
        self._body = Resonances(model.body, controls.rate) if model.body else None
        copies = np.linspace(-0.5, 0.5, model.unison) * model.unison_cents if model.unison > 1 else np.zeros(1)
        self._ratios = 2.0 ** (copies / 1200.0)
        # One copy begins at its zero crossing; several begin spread, so that they do not start as a pulse.
        self._phases = uniform(controls.seed, model.unison) if model.unison > 1 else np.zeros(1)

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono."""
        sound = self._waves(moment)
        if self._model.breath:
            begin, self._noise_at = self._noise_at, self._noise_at + len(sound)
            sound += self._model.breath * (2.0 * uniform(self._controls.seed, len(sound), begin) - 1.0)
        if self._model.filter != "none":
            sound = self._filtered(sound, moment)
        return (self._body(sound) if self._body else sound) * moment.level

    def _waves(self, moment: Moment) -> Floats:
        model, rate = self._model, float(self._controls.rate)
        mix = self._mix(moment)
        width = model.pulse_width + model.pulse_swing * np.sin(2.0 * np.pi * model.pulse_rate_hz * moment.since)
        width = np.clip(width, 0.02, 0.98)
        sound = np.zeros(len(moment.since))
        for ratio, phase in zip(self._ratios, self._phases, strict=True):
            cycles, hertz = moment.cycles * ratio + phase, moment.hertz * ratio
            if mix is None:
                sound += waveform(model.waveform, cycles, hertz, width, rate)
            else:
                sound += (1.0 - mix) * waveform(model.waveform, cycles, hertz, width, rate)
                sound += mix * waveform(model.second, cycles, hertz, width, rate)
        sound /= np.sqrt(model.unison)
        if model.sub:
            sound += model.sub * np.sin(np.pi * moment.cycles)
        return sound

    def _mix(self, moment: Moment) -> Floats | None:
        """The mix at each sample; None where only the first waveform sounds."""
        mix = self._controls.value("waveform_mix", self._model.waveform_mix, moment)
        if (swing := self._controls.lfo("waveform_mix", moment.since)) is not None:
            mix = mix + swing
        return np.clip(mix, 0.0, 1.0) if np.any(mix > 0.0) else None

    def _filtered(self, sound: Floats, moment: Moment) -> Floats:
        from harmonic_audio.kernels.filters import state_variable

        model, rate = self._model, float(self._controls.rate)
        cutoff, mode = self._cutoff(moment), MODES[model.filter]
        damping = damping_of(self._controls.value("resonance", model.resonance, moment))
        if model.steep:
            even = np.full(len(sound), np.sqrt(2.0))
            sound = state_variable(sound, cutoff, even, mode, rate, self._states[1])
        return state_variable(sound, cutoff, damping, mode, rate, self._states[0])

    def _cutoff(self, moment: Moment) -> Floats:
        model, controls = self._model, self._controls
        if controls.evolves("cutoff_hz") or (controls.note.sound and controls.note.sound.cutoff_hz is not None):
            # Told in hertz: neither pitch nor brightness move it.
            cutoff = controls.value("cutoff_hz", model.cutoff_hz, moment)
        else:
            octaves = 4.0 * (controls.brightness(moment) - 0.5)
            cutoff = model.cutoff_hz * 2.0**octaves * (moment.hertz / 261.6256) ** model.key_follow
        cents: Floats | float = 0.0
        if model.cutoff_cents:
            cents = model.cutoff_cents * swell(moment.since, model.cutoff_attack_s, model.cutoff_decay_s)
        if (slow := controls.lfo("cutoff", moment.since)) is not None:
            cents = cents + slow
        return np.asarray(cutoff * 2.0 ** (cents / 1200.0))


def damping_of(resonance: Floats) -> Floats:
    """1/Q of a resonance 0..1: Q = 0.5 * 40**resonance, from 0.5 to 20."""
    return np.asarray(2.0 * 40.0 ** -np.clip(resonance, 0.0, 1.0))


def swell(since: Floats, attack_s: float, decay_s: float) -> Floats:
    """0 at the onset, towards 1, and back: (1 - exp(-3 t / attack)) exp(-t / decay); without attack from 1 on."""
    rise = -np.expm1(-3.0 * since / attack_s) if attack_s > 0.0 else 1.0
    return np.asarray(rise * np.exp(-since / decay_s))
