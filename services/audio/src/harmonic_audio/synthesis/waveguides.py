"""Bowed strings and blown pipes: the bodies of voices under continuous excitation."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harmonic_audio.synthesis.excited import Body, Excited

Floats = NDArray[np.float64]
REFERENCE_HZ = 5000.0


def _blur(rate_hz: float, lost: float) -> float:
    """Outer taps of a symmetric filter that takes a part of the amplitude away at 5 kHz, as far as three taps can."""
    turn = 2.0 * np.pi * min(REFERENCE_HZ / rate_hz, 0.5)
    return float(min(0.5 * lost / (1.0 - np.cos(turn)), 0.25))


class Bowed(Excited):
    """A string under a bow: stick and slip, Helmholtz's corner going round."""

    kind: Literal["bowed"] = "bowed"
    settled_periods: int = Field(
        default=1000,
        ge=0,
        le=2000,
        description="Periods of motion before the note begins, under its envelope; 0 begins at rest, with a scratch",
    )
    position: float = Field(
        default=0.127,
        ge=0.12,
        le=0.15,
        description="Of the bow from the bridge, part of the string; beyond, the string slips twice a period",
    )
    speed: float = Field(default=0.2, ge=0.15, le=0.25, description="Of the bow")
    loss: float = Field(default=0.05, ge=0.03, le=0.07, description="Lost at the bridge, each period")
    dullness: float = Field(default=0.3, ge=0.0, le=0.9, description="Lost of 5 kHz, each period")

    def body(self, period: int, rate_hz: float) -> Body:
        """A string at rest."""
        from harmonic_audio.kernels.bowing import bow

        near = min(max(round(self.position * period), 3), period - 3)
        # The loss filter is one sample of the way to the bridge.
        bridge, nut = np.zeros(near - 1), np.zeros(period - near)
        ends, at = np.zeros(2), np.zeros(2, dtype=np.int64)
        loss, blur = 1.0 - self.loss, _blur(rate_hz, self.dullness)

        def run(force: Floats) -> Floats:
            # Between the least and the most force of Schelleng's diagram; the bow begins to move as it is laid on.
            speed = self.speed * np.minimum(force * 10.0, 1.0)
            return np.asarray(bow(0.86 + 0.09 * force, speed, bridge, nut, ends, at, loss, blur))

        return run


class Blown(Excited):
    """A pipe blown through a reed (closed: odd harmonics) or over an edge (open)."""

    kind: Literal["blown"] = "blown"
    mouth: Literal["reed", "edge"] = Field(
        default="reed", description="A reed on a closed pipe, or a jet over the edge of an open one"
    )
    loss: float = Field(default=0.05, ge=0.01, le=0.3, description="Lost at the open end, each time")
    dullness: float = Field(default=0.5, ge=0.0, le=0.9, description="Lost of 5 kHz, each time")
    opening: float = Field(default=0.7, ge=0.3, le=0.9, description="Reed's reflection at rest")
    stiffness: float = Field(default=0.3, ge=0.1, le=0.8, description="How fast pressure closes the reed")

    @property
    def fewest(self) -> int:
        """Samples of a period, at least: more for a jet, which does not keep to whole numbers of them."""
        return 64 if self.mouth == "reed" else 512

    @property
    def locked(self) -> bool:
        """A reed keeps the pipe's period; a jet bends it."""
        return self.mouth == "reed"

    def body(self, period: int, rate_hz: float) -> Body:
        """A pipe at rest."""
        ends, at = np.zeros(3), np.zeros(2, dtype=np.int64)
        loss, blur = 1.0 - self.loss, _blur(rate_hz, self.dullness)
        if self.mouth == "reed":
            from harmonic_audio.kernels.reed import blow as reed

            pipe = np.zeros(period // 2 - 1)

            def run_reed(force: Floats) -> Floats:
                breath = 0.5 + 0.5 * force
                breath = breath * np.minimum(force * 10.0, 1.0)
                return np.asarray(reed(breath, pipe, ends, at, loss, blur, self.opening, -self.stiffness))

            return run_reed
        from harmonic_audio.kernels.jet import blow as jet

        # The jet's delay and the losses lengthen the period: both lines are shortened by as much as was measured.
        bore = np.zeros(round(period / 1.138 * 2.0 / 3.0))
        crossing = np.zeros(round(0.46 * len(bore)))
        dull, pole = float(np.exp(-3.0 * np.pi / period)), 1.0 - 0.1 / period

        def run_jet(force: Floats) -> Floats:
            breath = (1.05 + 0.13 * force) * np.minimum(force * 10.0, 1.0)
            return np.asarray(jet(breath, bore, crossing, ends, at, loss, dull, pole))

        return run_jet
