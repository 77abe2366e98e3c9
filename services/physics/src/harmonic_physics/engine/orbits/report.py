"""What an orbit run says in words and arrays: observables, the notes of its certificate, and why it stopped."""

from __future__ import annotations

from math import degrees, pi

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import crossings as on
from harmonic_physics.engine.kernels import flight as at
from harmonic_physics.engine.kernels.flight import Flight, Settings
from harmonic_physics.engine.orbits.choice import Choice
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.systems.orbits import OrbitsSpec

Floats = NDArray[np.float64]


def observables(n: int, vectors: Floats, scalars: Floats) -> dict[str, Floats]:
    """The kernels' frames by name."""
    found = {
        "position": vectors[:, 0].copy(),
        "velocity": vectors[:, 1].copy(),
        "distance": scalars[:, :n].copy(),
        "energy_error": scalars[:, n].copy(),
        "angular_momentum_error": scalars[:, n + 1].copy(),
    }
    if scalars.shape[1] > n + 2:
        found["resonance_angle"] = scalars[:, n + 2 :].copy()
    return found


def notes(spec: OrbitsSpec, choice: Choice, flight: Flight, unit: str) -> list[str]:
    """Why this method, what happened on the way, and where the resonant angles are."""
    told = [f"method: {choice.reason}"]
    if flight.count[at.SWITCHED]:
        when = f"{flight.time[at.SWITCH]:.9g} {unit}".strip()
        told.append(f"adaptive from t = {when} on: an encounter, a collision or a change of gravity")
    if flight.count[at.MERGED]:
        told.append(f"{flight.count[at.MERGED]} mergers")
    if flight.count[at.BOUNCED]:
        told.append(f"{flight.count[at.BOUNCED]} rebounds")
    told += [_libration(r.name, angles) for r, angles in zip(spec.resonances, flight.angles, strict=True)]
    return told


def _libration(name: str, angles: Floats) -> str:
    """The angle's mean and half its range, or that it circulates."""
    _, low, high, total, frames = (float(value) for value in angles)
    if frames == 0:
        return f"resonant angle {name}: not observed"
    if high - low >= 2 * pi:
        return f"resonant angle {name}: circulates, {(high - low) / (2 * pi):.3g} turns"
    middle = degrees(total / frames) % 360
    return f"resonant angle {name}: librates about {middle:.2f} deg by {degrees(high - low) / 2:.2f} deg"


def stopped(verdict: int, spec: OrbitsSpec, flight: Flight, settings: Settings, rows: Floats, unit: str) -> Stopped:
    """The verdict in words, with the time."""
    code = {at.COLLIDED: on.COLLISION, at.ESCAPED: on.ESCAPE}.get(verdict)
    if code is not None:
        row = rows[np.flatnonzero(rows[:, 1] == code)[-1]]
        a, b = (spec.bodies[int(i)].name for i in row[2:4])
        field = "on_collision" if code == on.COLLISION else "on_escape"
        what = f"{a} and {b} collided" if code == on.COLLISION else f"{a} escaped"
        return Stopped(float(row[0]), unit, f"{what}: set {field} to report to go on")
    worst = float(flight.book[at.WORST])
    finer = "raise steps_per_period, or take the adaptive method"
    reasons = {
        at.DRIFTED: f"the energy error {worst:.3g} passed energy_tolerance: {finer}",
        at.ENCOUNTER: f"a close encounter is too fast for the step of {settings.step:.3g}: {finer}",
        at.BROKEN: "the state is no longer finite: start the bodies farther apart",
        at.COLLAPSED: "two points fall into each other, and no step is short enough: give them radii, or softening",
    }
    return Stopped(float(flight.time[at.REACHED]), unit, reasons[verdict])
