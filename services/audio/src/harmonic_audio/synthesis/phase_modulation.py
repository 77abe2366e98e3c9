"""Frequency modulation as synthesizers do it, by phase: two to six operators, their algorithm as data.

Operators run at four times the sample rate; a filter takes away what lies above its Nyquist frequency. The bandwidth is
bounded (`harmonic_audio.synthesis.bandwidth`): all indices of a note are scaled down together, as far as needed, so
that every sideband above -120 dB lies below 3.4 times the sample rate. What is above twice the rate folds to above 0.6
of it, and the filter takes it away too: nothing is heard that is not a sideband.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from harmonic_audio.synthesis.bandwidth import MOST_FEEDBACK, bandwidth_hz, greatest_scale
from harmonic_audio.synthesis.decimation import REACH, Decimation
from harmonic_audio.synthesis.envelope import Envelope
from harmonic_audio.synthesis.performing import Controls, Expressive, Moment, ToneSource
from harmonic_audio.synthesis.source import Hearing, Source
from harmonic_contracts.base import Contract
from harmonic_contracts.score import Note

Floats = NDArray[np.float64]
LIMIT = 3.4
"""Of the sample rate: the bound of the bandwidth, at four times the rate."""
TOP = 0.46
"""Of the sample rate: the highest operator by itself."""
GRID = 65


class Operator(Contract):
    """A sine under its own envelope."""

    ratio: float = Field(default=1.0, gt=0.0, le=64.0, description="Its frequency over the note's")
    detune_cents: float = Field(default=0.0, ge=-1200.0, le=1200.0, description="Off that ratio [cents]")
    heard: float = Field(default=0.0, ge=0.0, le=1.0, description="Its level in the sound; 0 modulates only")
    feedback: float = Field(default=0.0, ge=0.0, le=MOST_FEEDBACK, description="Its index on itself [rad]")
    attack_s: float = Field(default=0.001, ge=0.0, le=60.0, description="Time of its rise [s]")
    decay_s: float = Field(default=1.0, ge=0.0, le=60.0, description="Time constant of the fall to `sustain` [s]")
    sustain: float = Field(default=1.0, ge=0.0, le=1.0, description="Level in the end")


class Link(Contract):
    """One operator modulates another."""

    source: int = Field(ge=1, le=5, description="Number of the operator that modulates, counted from 0")
    to: int = Field(ge=0, le=4, description="Number of the one whose phase moves; lower than the source's")
    index: float = Field(ge=0.0, le=20.0, description="Phase deviation at modulation 1, at its full level [rad]")


class PhaseModulation(Expressive):
    """Operators and links. Brightness and modulation scale all indices, within the bound of the bandwidth."""

    kind: Literal["phase_modulation"] = "phase_modulation"
    operators: tuple[Operator, ...] = Field(
        min_length=2, max_length=6, description="Counted from 0; one is modulated by those of higher numbers alone"
    )
    links: tuple[Link, ...] = Field(default=(), max_length=15, description="The algorithm: which modulates which")
    modulation: float = Field(default=0.7, ge=0.0, le=1.0, description="Share of the indices")
    harmonicity: float = Field(default=1.0, ge=0.0, le=1.0, description="Below 1 the modulators leave their ratios")

    @model_validator(mode="after")
    def _linked(self) -> Self:
        if not any(operator.heard for operator in self.operators):
            raise ValueError("no operator is heard: give at least one a level above 0 in `heard`")
        for link in self.links:
            if not link.to < link.source < len(self.operators):
                raise ValueError(
                    f"link {link.source} -> {link.to}: the source needs the higher number, below {len(self.operators)}"
                )
        return self

    def sources(self, notes: Sequence[Note], hearing: Hearing) -> list[Source]:
        """One source a note; notes whose operators lie above the band give none."""
        made: list[Source] = []
        for number, note in enumerate(notes):
            controls = Controls(self, note, hearing, number)
            if controls.span_hz[0] * self.top < TOP * hearing.sample_rate:
                made.append(ToneSource(controls, partial(_Running, self, controls)))
        return made

    @property
    def ratios(self) -> Floats:
        """Frequencies over the note's; shape (operators,)."""
        return np.array([o.ratio * 2.0 ** (o.detune_cents / 1200.0) for o in self.operators])

    @property
    def matrix(self) -> Floats:
        """Index in radians by which the row's operator is modulated by the column's."""
        links = np.zeros((len(self.operators), len(self.operators)))
        for link in self.links:
            links[link.to, link.source] += link.index
        return links

    @property
    def feedback(self) -> Floats:
        """Index of each operator on itself."""
        return np.array([operator.feedback for operator in self.operators])

    @property
    def clangs(self) -> Floats:
        """How far each operator leaves its ratio as harmonicity goes to 0: by the golden section, the carrier not."""
        steps = (np.arange(len(self.operators)) * 0.6180339887498949) % 1.0
        return np.asarray(self.ratios * 0.5 * steps)

    @property
    def top(self) -> float:
        """The highest ratio that is heard by itself."""
        heard = [operator.heard > 0.0 for operator in self.operators]
        return float(np.max((self.ratios + self.clangs)[heard]))

    def bandwidth_hz(self, frequency_hz: float, sample_rate: int, modulation: float = 1.0) -> float:
        """The stated bound of a note: nothing above it is louder than -120 dB of the carrier."""
        hertz = np.array([frequency_hz])
        scale = np.minimum(self.greatest_scale(hertz, sample_rate), modulation)
        return float(bandwidth_hz(hertz, scale, self.ratios + self.clangs, self.matrix, self.feedback)[0])

    def greatest_scale(self, hertz: Floats, sample_rate: int) -> Floats:
        """Of the indices, at each frequency, so that the bound stays below 3.4 times the sample rate."""
        return greatest_scale(hertz, LIMIT * sample_rate, self.ratios + self.clangs, self.matrix, self.feedback)


class _Running:
    """The operators of one note."""

    latency = REACH

    def __init__(self, model: PhaseModulation, controls: Controls) -> None:
        self._model, self._controls = model, controls
        self._state = np.zeros((len(model.operators), 2))
        self._before: Floats | None = None
        self._decimation = Decimation()
        self._clang = 0.0
        self._envelopes = [
            Envelope(o.attack_s, o.decay_s, o.sustain, controls.envelope.total_s, 0.0) for o in model.operators
        ]
        low, high = controls.span_hz
        self._hertz = np.geomspace(low, max(high, low * 1.0001), GRID)
        # What holds a step higher up holds here: between two points of the grid the scale stays on the safe side.
        step = self._hertz[1] / self._hertz[0]
        self._most = model.greatest_scale(self._hertz * step, controls.rate)

    def __call__(self, moment: Moment) -> Floats:
        """The next stretch, mono."""
        from harmonic_audio.kernels.phase_modulation import operators

        model = self._model
        level = moment.level * self._faded(moment.hertz)
        levels = np.stack([envelope.at(moment.since) for envelope in self._envelopes])
        clang, scale = self._clanging(moment), self._scale(moment)
        if self._before is None:
            # The sample before the onset: on the lines through the first two.
            rows = np.stack([moment.cycles[:2], clang[:2], scale[:2], *levels[:, :2]])
            self._before = 2.0 * rows[:, 0] - rows[:, 1]
            self._quiet = float(max(2.0 * level[0] - level[1], 0.0))
        heard = np.array([operator.heard for operator in model.operators])
        sound = operators(
            moment.cycles,
            clang,
            model.ratios,
            model.clangs,
            levels,
            scale,
            model.matrix,
            model.feedback,
            heard / np.sqrt(np.sum(heard**2)),
            self._state,
            self._before,
        )
        steps = np.concatenate([[self._quiet], level])
        self._quiet = float(level[-1])
        fine = np.stack([steps[:-1] + u * np.diff(steps) for u in (0.25, 0.5, 0.75, 1.0)], axis=1)
        return self._decimation(sound * fine.ravel())

    def _scale(self, moment: Moment) -> Floats:
        wanted = self._controls.value("modulation", self._model.modulation, moment)
        wanted = wanted * 4.0 ** (self._controls.brightness(moment) - 0.5)
        return np.minimum(wanted, np.interp(moment.hertz, self._hertz, self._most))

    def _clanging(self, moment: Moment) -> Floats:
        """The integral of (1 - harmonicity) times the frequency."""
        apart = 1.0 - np.clip(self._controls.value("harmonicity", self._model.harmonicity, moment), 0.0, 1.0)
        passed = self._clang + np.cumsum(apart * moment.hertz) / self._controls.rate
        self._clang = float(passed[-1])
        return np.asarray(passed)

    def _faded(self, hertz: Floats) -> Floats:
        """Silence where even a plain operator would lie above the band."""
        top = hertz * self._model.top / self._controls.rate
        return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.clip((top - 0.44) / (TOP - 0.44), 0.0, 1.0)))
