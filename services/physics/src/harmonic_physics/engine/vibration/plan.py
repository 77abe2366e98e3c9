"""What happens to the bodies, as changes of their modes: plucks and strikes, the beginnings and ends of drives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels.phases import TWO_PI, cosine_turns, sine_turns
from harmonic_physics.engine.vibration.bank import Bank
from harmonic_physics.engine.vibration.spec import Drive, Stroke, VibrationSpec, strokes

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moment:
    """Something at an exact time: a stroke, or the beginning or the end of a drive."""

    time: float
    stroke: Stroke | None = None
    drive: int = -1
    edge: Literal["begins", "ends"] = "begins"


def moments(spec: VibrationSpec) -> list[Moment]:
    """All of them, in order of time."""
    found = [Moment(stroke.time, stroke=stroke) for stroke in strokes(spec)]
    for index, drive in enumerate(spec.drives):
        found.append(Moment(drive.start, drive=index))
        found.append(Moment(drive.start + drive.length, drive=index, edge="ends"))
    return sorted(found, key=lambda moment: moment.time)


@dataclass
class Player:
    """Knows the shapes at the points that are played; each is computed once."""

    bank: Bank
    _shapes: dict[tuple[int, tuple[float, ...]], Floats] = field(default_factory=dict)

    def shape(self, body: int, point: list[float]) -> Floats:
        """Shapes of a body's modes at a point of it."""
        key = (body, tuple(point))
        if key not in self._shapes:
            self._shapes[key] = self.bank.vibrators[body].shape(point)
        return self._shapes[key]

    def play(self, stroke: Stroke, modes: Floats, q: Floats, v: Floats) -> None:
        """Add a stroke to the state of all modes, in place."""
        first, last = self.bank.offsets[stroke.body : stroke.body + 2]
        shape = self.shape(stroke.body, stroke.position)
        if stroke.kind == "strike":
            frequency = modes[first:last, 0]
            v[first:last] += stroke.amplitude * shape * hammer(frequency, stroke.contact_time)
        else:
            q[first:last] += pulled(shape, modes[first:last], stroke.amplitude)


def pulled(shape: Floats, modes: Floats, height: float) -> Floats:
    """The static shape under a point force, scaled so that the point is pulled to `height`: q = F phi / w^2."""
    soft = shape / ((TWO_PI * modes[:, 0]) ** 2 + modes[:, 1] ** 2)
    compliance = 0.0
    for a, b in zip(shape.tolist(), soft.tolist(), strict=True):
        compliance += a * b
    return soft * (height / compliance) if compliance > 0.0 else np.zeros_like(soft)


def hammer(frequency: Floats, contact: float) -> Floats:
    """Spectrum of a half-sine push of unit impulse around its middle: cos(w T / 2) / (1 - (w T / pi)^2).

    After the push a mode moves as if it had got this part of the impulse in the middle of it (exact without loss).
    """
    found = np.ones_like(frequency)
    for k, turns in enumerate((frequency * contact).tolist()):
        square = 4.0 * turns * turns
        near = abs(square - 1.0) < 1e-6  # the pole and the zero of the cosine meet: pi / 4
        found[k] = 0.7853981633974483 if near else cosine_turns(0.5 * turns) / (1.0 - square)
    return found


@dataclass
class Push:
    """A drive that is on: every mode's steady answer Re(P exp(i W (t - start)))."""

    drive: Drive
    real: Floats
    imaginary: Floats

    def add(self, time: float, q: Floats, v: Floats, sign: float = 1.0) -> None:
        """Add the steady answer at a time to displacements and velocities."""
        f = self.drive.frequency
        turns = f * (time - self.drive.start)
        c, s = cosine_turns(turns - np.floor(turns)), sine_turns(turns - np.floor(turns))
        q += sign * (self.real * c - self.imaginary * s)
        v -= sign * (TWO_PI * f) * (self.real * s + self.imaginary * c)


def push(drive: Drive, first: int, shape: Floats, modes: Floats) -> Push:
    """P = F phi / (w^2 - W^2 + 2 i d W) for the driven body's modes, 0 for the others."""
    real, imaginary = np.zeros(len(modes)), np.zeros(len(modes))
    own = modes[first : first + len(shape)]
    omega = TWO_PI * drive.frequency
    stiff = (TWO_PI * own[:, 0]) ** 2 + own[:, 1] ** 2 - omega * omega
    loss = 2.0 * own[:, 1] * omega
    size = drive.force * shape / np.maximum(stiff * stiff + loss * loss, 1e-300)
    real[first : first + len(shape)] = size * stiff
    imaginary[first : first + len(shape)] = -size * loss
    return Push(drive, real, imaginary)
