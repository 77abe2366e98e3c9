"""A run of particles: buffers around the compiled loop, drag as exact half steps, stops told in words."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import contacts
from harmonic_physics.engine.kernels import particles as kernel
from harmonic_physics.engine.kernels.spheres import ABSORB, BOUNCE, NOBODY, NONE, WRAP, Spheres, World
from harmonic_physics.engine.packing import Array, pack, unpack
from harmonic_physics.engine.particles.cost import drag_rates, drag_steps
from harmonic_physics.engine.particles.start import Placed, place
from harmonic_physics.engine.run import TICK_SECONDS, Chunk, Events, Quality, Stopped
from harmonic_physics.engine.system import MAX_EVENTS
from harmonic_physics.engine.systems.particles import ParticlesSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FACES = {"none": NONE, "wrap": WRAP, "bounce": BOUNCE, "absorb": ABSORB}
EVENT_BUFFER = 8192
BUFFER_BYTES = 4 * 2**20
TESTS_A_SECOND = 1.5e8


class ParticlesRun:
    """One run of particles."""

    def __init__(self, spec: ParticlesSpec, environment: dict[str, float], seed: int, checkpoint: bytes | None) -> None:
        self.spec = spec
        self.frames = spec.frames
        self.per_frame = drag_steps(spec, environment)
        placed = place(spec, environment, seed)
        self.names = placed.names
        self.world = self._world(placed, environment)
        self.spheres = _spheres(placed, environment["time_scale"])
        self.anchor = self.spheres.x.copy()
        self.count, self.tally = np.zeros(6, np.int64), np.zeros(3, np.int64)
        self.book, self.ledger = np.zeros(5), np.zeros(1)
        self.found = np.zeros(1, np.int64)
        if checkpoint is None:
            kernel.open_book(self.spheres, self.world, self.book)
        else:
            self._restore(checkpoint)
        n = spec.count
        self.frame_buffer = max(1, min(self.frames, BUFFER_BYTES // (8 * (7 * n + 2))))

    def _world(self, placed: Placed, environment: dict[str, float]) -> World:
        """Constants of the run. Time runs s times faster: gravity s^2, viscous rate s, velocities s."""
        scale = environment["time_scale"]
        half = 0.5 * self.spec.frame_interval / max(1, self.per_frame)
        rates = [drag_rates(environment, r, m) for r, m in zip(placed.radii, placed.masses, strict=True)]
        gamma, kappa = np.array(rates).T
        viscous = gamma > 0
        brake = kappa * np.where(viscous, -np.expm1(-gamma * half) / np.where(viscous, gamma, 1.0), half)
        swift = float(np.sqrt((placed.velocities**2).sum(axis=1).mean()))
        fall, size = np.zeros(3), np.ones(3)
        fall[self.spec.dimensions - 1] = -environment["gravity"] * scale**2
        size[: self.spec.dimensions] = self.spec.size
        faces = np.zeros(3, np.int64)
        faces[: self.spec.dimensions] = [FACES[face] for face in self.spec.faces]
        return World(
            radius=placed.radii,
            mass=placed.masses,
            keep=np.exp(-gamma * half),
            brake=brake,
            size=size,
            faces=faces,
            fall=fall,
            elasticity=np.array([environment["elasticity"]]),
            friction=np.array([environment["friction"]]),
            contact_time=np.array([self.spec.contact_time]),
            rest_speed=np.array([max(4 * -fall.min() * self.spec.contact_time, 1e-3 * scale * swift)]),
            axes=np.array([self.spec.dimensions], np.int64),
        )

    @property
    def done(self) -> bool:
        return bool(self.count[kernel.FRAME] >= self.frames)

    @property
    def progress(self) -> float:
        behind = self.count[kernel.FRAME] - 1 + self.count[kernel.SUBSTEP] / max(1, self.per_frame)
        return float(min(1.0, max(0.0, behind / max(1, self.frames - 1)))) if self.count[0] else 0.0

    def advance(self) -> Chunk:
        n, first = self.spec.count, int(self.count[kernel.FRAME])
        vectors, energies = np.empty((self.frame_buffer, 2, n, 3)), np.empty((self.frame_buffer, n))
        totals = np.empty((self.frame_buffer, 2))
        event_floats, event_ints = np.empty((EVENT_BUFFER, 5)), np.empty((EVENT_BUFFER, 3), np.int64)
        written = np.zeros(2, np.int64)
        verdict = kernel.advance(
            self.spheres, self.world, self.anchor, self.count, self.book, self.ledger, self.tally,
            self.spec.frame_interval, self.per_frame, self.frames, self.spec.event_threshold,
            int(TICK_SECONDS * TESTS_A_SECOND), vectors, energies, totals, event_floats, event_ints, written,
        )  # fmt: skip
        frames, events = int(written[0]), int(written[1])
        self.found[0] += events
        self._judge(verdict)
        arrays = {
            "position": vectors[:frames, 0].copy(),
            "velocity": vectors[:frames, 1].copy(),
            "kinetic_energy": energies[:frames].copy(),
            "energy": totals[:frames, 0].copy(),
            "energy_error": totals[:frames, 1].copy(),
        }
        time = np.arange(first, first + frames, dtype=np.float64) * self.spec.frame_interval
        return Chunk(time, arrays, _events(event_floats[:events], event_ints[:events]))

    def _judge(self, verdict: int) -> None:
        now = float((self.count[kernel.FRAME] - 1) * self.spec.frame_interval)
        if self.found[0] > MAX_EVENTS:
            raise Stopped(now, "s", f"more than {MAX_EVENTS} events: raise event_threshold, or run shorter")
        if verdict == kernel.COLLAPSED:
            raise Stopped(now, "s", "the bodies collapsed into endless contacts: raise contact_time or elasticity")
        if verdict == kernel.BROKEN:
            raise Stopped(now, "s", "the state is no longer finite: use smaller speeds")

    def checkpoint(self) -> bytes:
        return pack(self.spheres._asdict() | self._loose())

    def _loose(self) -> dict[str, Array]:
        names = ("anchor", "count", "tally", "book", "ledger", "found")
        return {name: cast(Array, getattr(self, name)) for name in names}

    def _restore(self, checkpoint: bytes) -> None:
        arrays = unpack(checkpoint)
        self.spheres = Spheres(**{name: arrays[name] for name in Spheres._fields})  # type: ignore[arg-type]  # as packed
        for name in self._loose():
            setattr(self, name, arrays[name])

    def quality(self) -> Quality:
        drag = f", drag by exact half steps, {self.per_frame} a frame" if self.per_frame else ""
        notes = []
        if self.tally[contacts.PERSISTENT]:
            notes.append(f"{self.tally[contacts.PERSISTENT]} contacts were lasting ones (within contact_time)")
        if self.tally[contacts.ABSORBED]:
            notes.append(f"{self.tally[contacts.ABSORBED]} bodies were absorbed")
        steps = int(self.count[kernel.MEETINGS])
        return Quality(f"event-driven hard spheres{drag}", steps, {"energy": float(self.book[kernel.WORST])}, notes)


def _spheres(placed: Placed, scale: float) -> Spheres:
    n = len(placed.names)
    return Spheres(
        x=placed.positions.copy(),
        v=placed.velocities * scale,
        t=np.zeros(n),
        alive=np.ones(n, np.int64),
        touched=np.full(n, -np.inf),
        due=np.full(n, np.inf),
        partner=np.full(n, NOBODY, np.int64),
    )


def _events(floats: Floats, ints: Ints) -> Events:
    return Events(
        time=floats[:, 0].copy(),
        kind=ints[:, 0].astype(np.int32),
        body_a=ints[:, 1].astype(np.int32),
        body_b=ints[:, 2].astype(np.int32),
        strength=floats[:, 1].copy(),
        position=floats[:, 2:].copy(),
    )
