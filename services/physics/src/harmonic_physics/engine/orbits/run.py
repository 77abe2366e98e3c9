"""A run of orbits: buffers around the compiled loop, detectors from the spec, stops told in words."""

from __future__ import annotations

from itertools import combinations
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.integrators.kahan_li import KAHAN_LI_8, Composition
from harmonic_physics.engine.kernels import crossings as on
from harmonic_physics.engine.kernels import orbits as kernel
from harmonic_physics.engine.orbits.elements import cross
from harmonic_physics.engine.orbits.start import Initial, begin
from harmonic_physics.engine.packing import pack, unpack
from harmonic_physics.engine.run import TICK_SECONDS, Chunk, Events, Quality, Stopped
from harmonic_physics.engine.system import MAX_EVENTS
from harmonic_physics.engine.systems.orbits import OrbitsSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FRAME_BUFFER = 1024
ESCAPE_FACTOR = 100.0
"""A body counts as escaped beyond this many times the largest initial distance, if it is unbound."""


def leapfrog_weights(composition: Composition) -> tuple[Floats, Floats]:
    """Drifts (stages + 1,) and kicks (stages,) of drift-kick-drift leapfrogs, neighbouring half drifts joined."""
    kicks = np.array(composition.weights)
    drifts = np.concatenate([kicks[:1] / 2, (kicks[:-1] + kicks[1:]) / 2, kicks[-1:] / 2])
    return drifts, kicks


class OrbitsRun:
    """One run of orbits."""

    def __init__(self, spec: OrbitsSpec, environment: dict[str, float], checkpoint: bytes | None) -> None:
        self.spec = spec
        self.frames = spec.frames
        self.unit = "d" if spec.units == "astronomical" else ""
        initial = begin(spec, environment)
        self._fixed(initial)
        self.state = np.zeros((4, len(initial.masses), 3))
        self.state[0], self.state[1] = initial.positions, initial.velocities
        self.last = np.zeros(len(self.detectors))
        self.approach = np.zeros(len(self.detectors))
        self.count = np.zeros(3, np.int64)
        self.book = np.zeros(8)
        self.found = np.zeros(1, np.int64)
        if checkpoint is None:
            kernel.open_book(self.state[0], self.state[1], self.masses, self.g, self.book)
        else:
            self._restore(checkpoint)

    def _fixed(self, initial: Initial) -> None:
        self.g, self.masses = initial.g, np.array(initial.masses)
        self.per_frame = initial.steps_per_frame
        self.step = self.spec.frame_interval / self.per_frame
        self.drift, self.kick = leapfrog_weights(KAHAN_LI_8)
        self.centre = 0 if self.spec.centre == "primary" else -1
        across = cross(initial.normal, initial.sight)
        self.axes = np.array([initial.sight, across, initial.normal])
        self.detectors, self.limits = self._detectors(np.array(initial.positions))
        self.stops = np.array([self.spec.on_collision == "stop", self.spec.on_escape == "stop"], np.int64)
        self.steps_a_call = max(1, int(TICK_SECONDS / initial.step_seconds))

    def _detectors(self, positions: Floats) -> tuple[Ints, Floats]:
        bodies = range(len(self.masses))
        seen = [i for i in bodies if i != self.centre]
        rows: list[tuple[int, int, int, float]] = []
        if "transit" in self.spec.events and np.dot(self.axes[1], self.axes[1]) > 1e-12:
            rows += [(on.TRANSIT, i, -1, 0.0) for i in seen]
        if "perihelion" in self.spec.events:
            rows += [(on.PERIHELION, i, -1, 0.0) for i in seen]
        if "conjunction" in self.spec.events:
            rows += [(on.CONJUNCTION, i, j, 0.0) for i, j in combinations(seen, 2)]
        radii = [body.radius for body in self.spec.bodies]
        rows += [
            (on.COLLISION, i, j, (radii[i] + radii[j]) ** 2) for i, j in combinations(bodies, 2) if radii[i] + radii[j]
        ]
        reach = ESCAPE_FACTOR * float(np.sqrt((positions**2).sum(axis=1)).max())
        rows += [(on.ESCAPE, i, -1, reach**2) for i in seen]
        return np.array([row[:3] for row in rows], np.int64), np.array([row[3] for row in rows])

    @property
    def done(self) -> bool:
        return bool(self.count[kernel.FRAME] >= self.frames)

    @property
    def progress(self) -> float:
        behind = self.count[kernel.FRAME] - 1 + self.count[kernel.SUBSTEP] / self.per_frame
        return float(min(1.0, max(0.0, behind / max(1, self.frames - 1)))) if self.count[0] else 0.0

    def advance(self) -> Chunk:
        n = len(self.masses)
        first = int(self.count[kernel.FRAME])
        vectors, scalars = np.empty((FRAME_BUFFER, 2, n, 3)), np.empty((FRAME_BUFFER, n + 2))
        room = 2048 + len(self.detectors)
        event_floats, event_ints = np.empty((room, 5)), np.empty((room, 3), np.int64)
        written = np.zeros(2, np.int64)
        verdict = kernel.advance(
            self.state, self.last, self.approach, self.count, self.book, self.masses, self.g, self.step,
            self.spec.frame_interval, self.per_frame, self.frames, self.drift, self.kick, self.detectors, self.limits,
            self.axes, self.centre, self.spec.energy_tolerance, self.stops, self.steps_a_call,
            vectors, scalars, event_floats, event_ints, written,
        )  # fmt: skip
        frames, events = int(written[0]), int(written[1])
        self.found[0] += events
        self._judge(verdict, event_floats[:events], event_ints[:events])
        arrays = {
            "position": vectors[:frames, 0].copy(),
            "velocity": vectors[:frames, 1].copy(),
            "distance": scalars[:frames, :n].copy(),
            "energy_error": scalars[:frames, n].copy(),
            "angular_momentum_error": scalars[:frames, n + 1].copy(),
        }
        time = np.arange(first, first + frames, dtype=np.float64) * self.spec.frame_interval
        return Chunk(time, arrays, _events(event_floats[:events], event_ints[:events]))

    def _judge(self, verdict: int, event_floats: Floats, event_ints: Ints) -> None:
        if self.found[0] > MAX_EVENTS:
            raise Stopped(self._now, self.unit, f"more than {MAX_EVENTS} events: report fewer kinds, or run shorter")
        if verdict in (kernel.BUSY, kernel.DONE):
            return
        code = {kernel.COLLIDED: on.COLLISION, kernel.ESCAPED: on.ESCAPE}.get(verdict)
        if code is not None:
            index = int(np.flatnonzero(event_ints[:, 0] == code)[-1])
            a, b = (self.spec.bodies[i].name for i in event_ints[index, 1:])
            field = "on_collision" if code == on.COLLISION else "on_escape"
            what = f"{a} and {b} collided" if code == on.COLLISION else f"{a} escaped"
            raise Stopped(float(event_floats[index, 0]), self.unit, f"{what}: set {field} to report to go on")
        finer = "raise steps_per_period, or start the bodies farther apart"
        worst = float(self.book[kernel.E_WORST])
        reasons = {
            kernel.DRIFTED: f"the energy error {worst:.3g} passed energy_tolerance: {finer}",
            kernel.ENCOUNTER: f"a close encounter is too fast for the step of {self.step:.3g}: {finer}",
            kernel.BROKEN: f"the state is no longer finite: {finer}",
        }
        raise Stopped(self._now, self.unit, reasons[verdict])

    @property
    def _now(self) -> float:
        return float((self.count[kernel.FRAME] - 1) * self.spec.frame_interval + self.count[1] * self.step)

    def checkpoint(self) -> bytes:
        return pack(
            {
                "state": self.state,
                "last": self.last,
                "approach": self.approach,
                "count": self.count,
                "book": self.book,
                "found": self.found,
            }
        )

    def _restore(self, checkpoint: bytes) -> None:
        arrays = unpack(checkpoint)
        self.state, self.last = cast(Floats, arrays["state"]), cast(Floats, arrays["last"])
        self.approach, self.book = cast(Floats, arrays["approach"]), cast(Floats, arrays["book"])
        self.count, self.found = cast(Ints, arrays["count"]), cast(Ints, arrays["found"])

    def quality(self) -> Quality:
        invariants = {
            "energy": float(self.book[kernel.E_WORST]),
            "angular_momentum": float(self.book[kernel.L_WORST]),
        }
        return Quality(KAHAN_LI_8.name, int(self.count[kernel.STEPS]), invariants)


def _events(floats: Floats, ints: Ints) -> Events:
    return Events(
        time=floats[:, 0].copy(),
        kind=ints[:, 0].astype(np.int32),
        body_a=ints[:, 1].astype(np.int32),
        body_b=ints[:, 2].astype(np.int32),
        strength=floats[:, 1].copy(),
        position=floats[:, 2:].copy(),
    )
