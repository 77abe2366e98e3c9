"""Voices under continuous excitation: a body simulated in step with its own pitch, then brought to the sample rate.

The body runs at a fixed number of samples a period, whatever the note: its rate is that number times the frequency.
Reading it at the phase of the note gives the score's pitch exactly, glides and vibrato too. A body
whose period is a whole number of samples keeps it to the last bit once it has settled, and folds back onto its own
harmonics alone. A jet chooses its period by itself: that is measured in a steady run of the same body, and reckoned in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.coloured import Coloured
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.resampling import CROSSINGS, KEPT, at_places
from harmonic_audio.synthesis.resonances import Resonance, Resonances
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
LATENCY: Final = 40
"""Samples that reading needs to know ahead: 32 crossings of the sinc and some."""
SETTLED, MEASURED = 400, 128
"""Periods before and while the period of a body is measured."""


class Body(Protocol):
    """A running body."""

    def __call__(self, force: Floats) -> Floats:
        """As many samples as there are of the force, 0..1."""


@dataclass(frozen=True)
class Steady:
    """How a body sounds when it has settled."""

    period: float
    """In its samples."""
    rms: float


class Excited(Expressive):
    """What bowed and blown voices have in common."""

    force: float = Field(
        default=0.5, ge=0.0, le=1.0, description="Bow's force or breath's pressure; the control `modulation` moves it"
    )
    speak_s: float = Field(default=0.03, ge=0.001, le=5.0, description="Time in which the force comes up [s]")
    settled_periods: int = Field(
        default=0,
        ge=0,
        le=2000,
        description="Periods of motion before the note begins, under its envelope; 0 begins at rest, with `speak_s`",
    )
    breath: float = Field(default=0.0, ge=0.0, le=1.0, description="Level of the air's or the hair's noise")
    resonances: tuple[Resonance, ...] = Field(default=(), max_length=16, description="Of the instrument's body")

    @property
    def fewest(self) -> int:
        """Samples of a period, at least."""
        return 64

    @property
    def locked(self) -> bool:
        """Whether the body's period is the whole number of samples that it was made for."""
        return True

    def body(self, period: int, rate_hz: float) -> Body:
        """A body at rest, so many samples a period, at a rate in hertz."""
        raise NotImplementedError("a bowed or blown model says how its body moves")

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note; notes above a quarter of the sample rate give none."""
        made = (Controls(self, note, hearing, number) for number, note in enumerate(notes))
        return [
            ToneSource(controls, partial(_Running, self, controls))
            for controls in made
            if controls.span_hz[1] < 0.25 * hearing.sample_rate
        ]


def samples_a_period(lowest_hz: float, sample_rate: int, fewest: int) -> int:
    """A power of two, at least ``fewest``, that puts the body's rate at twice the sample rate or above."""
    return max(fewest, 1 << int(np.ceil(np.log2(2.0 * sample_rate / lowest_hz))))


@lru_cache(maxsize=512)
def settled(model: Excited, period: int, rate_hz: float, force: float) -> Steady:
    """How the body of a model sounds in the end; the period it was made for, where it keeps that."""
    found = steady(partial(model.body, period, rate_hz), period, force)
    return Steady(float(period), found.rms) if model.locked else found


def steady(begin: Callable[[], Body], period: int, force: float) -> Steady:
    """The period and the level of a body that has settled, from a run of its own."""
    sound = begin()(np.full((SETTLED + MEASURED + 1) * period, force))[SETTLED * period :]
    half = MEASURED // 2 * period
    # The first partial's phase in two windows, whose middles are half the run apart, tells its frequency.
    window = np.hanning(half + 1)[:-1]
    guess = _first_partial(sound[: MEASURED * period], period)
    turn = np.exp(-2j * np.pi * guess * np.arange(len(sound)))
    early, late = (np.sum(window * (sound * turn)[a : a + half]) for a in (0, half))
    frequency = guess + float(np.angle(late / early)) / (2.0 * np.pi * half)
    return Steady(1.0 / frequency, float(np.sqrt(np.mean((sound - np.mean(sound)) ** 2))))


def _first_partial(sound: Floats, period: int) -> float:
    """Cycles a sample of the strongest partial within half an octave of the period's own."""
    spectrum = np.abs(np.fft.rfft((sound - np.mean(sound)) * np.hanning(len(sound))))
    axis = np.arange(len(spectrum)) / len(sound)
    near = (axis > 0.7 / period) & (axis < 1.42 / period)
    return float(axis[near][np.argmax(spectrum[near])])


class _Running:
    """The body of one note and what is read of it."""

    latency = LATENCY

    def __init__(self, model: Excited, controls: Controls) -> None:
        self._model, self._controls = model, controls
        low, _ = controls.span_hz
        period = samples_a_period(low, controls.rate, model.fewest)
        rate_hz = period * controls.note.frequency_hz
        end = settled(model, period, rate_hz, controls.steady("modulation", model.force))
        self._period, self._gain = end.period, 0.25 / max(end.rms, 1e-9)
        self._body = model.body(period, rate_hz)
        if model.settled_periods:
            self._body(np.full(model.settled_periods * period, controls.steady("modulation", model.force)))
        self._sound, self._from = np.zeros(0), 0
        self._pending = np.zeros((3, 0))
        self._last = (0.0, 0.0)
        self._noise = Coloured("pink", controls.seed, controls.rate) if model.breath else None
        self._rings = Resonances(model.resonances, controls.rate) if model.resonances else None

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono."""
        places = self._period * moment.cycles
        self._run(places, self._force(moment))
        speed = self._period * moment.hertz / self._controls.rate
        told = np.concatenate([self._pending, np.stack([places, speed, moment.level])], axis=1)
        ready, self._pending = told[:, :-LATENCY], told[:, -LATENCY:]
        sound = self._gain * at_places(self._sound, ready[0] - self._from, ready[1])
        self._forget_before(self._pending[0, 0] - CROSSINGS * float(np.max(self._pending[1])) / KEPT - 1.0)
        if self._noise:
            sound = sound + 0.1 * self._model.breath * self._noise(len(sound))
        return np.asarray((self._rings(sound) if self._rings else sound) * ready[2])

    def _force(self, moment: Moment) -> Floats:
        force = np.clip(self._controls.value("modulation", self._model.force, moment), 0.0, 1.0)
        if self._model.settled_periods:
            return np.asarray(force)
        rise = np.clip(moment.since / self._model.speak_s, 0.0, 1.0)
        return np.asarray(force * (0.5 - 0.5 * np.cos(np.pi * rise)))

    def _run(self, places: Floats, force: Floats) -> None:
        """Let the body go on to the last place; its force is a straight line between two samples."""
        made = self._from + len(self._sound)
        wanted = np.arange(made, int(places[-1]) + 1)
        at, values = np.concatenate([[self._last[0]], places]), np.concatenate([[self._last[1]], force])
        self._last = float(places[-1]), float(force[-1])
        self._sound = np.concatenate([self._sound, self._body(np.interp(wanted, at, values))])

    def _forget_before(self, place: float) -> None:
        count = min(max(int(place) - self._from, 0), len(self._sound))
        self._sound, self._from = self._sound[count:], self._from + count
