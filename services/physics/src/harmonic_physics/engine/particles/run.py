"""A run of particles: arrays around the compiled loop, scenes that change gravity and forces, stops told in words."""

from __future__ import annotations

from math import ceil, fsum
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import contacts, meetings
from harmonic_physics.engine.kernels import particles as kernel
from harmonic_physics.engine.kernels.spheres import ALIVE, MASS, NOBODY, PARTNER, TOUCHED, R, V
from harmonic_physics.engine.particles import worlds
from harmonic_physics.engine.particles.cost import kick_seconds, kicked, longest_step, meeting_rate
from harmonic_physics.engine.particles.start import masses, place
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.particles import ParticlesSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROOM = 4096
"""Events that the loop writes before it hands them over."""
TICK_SHARE = 5e-3
"""Seconds of work of one step of a gas, about."""
SINCE, OWN_SINCE, SCALE = range(3)
"""Slots of the anchor: the universe's time and the bodies' own time when the time scale last changed, and the scale."""


class ParticlesRun(SteppedRun[ParticlesSpec]):
    """One run. Bodies live in the universe's own time, which runs `time_scale` times as fast as the frames."""

    stops_at = "the state is no longer finite: use smaller speeds or fields"

    def setup(self) -> None:
        """Places by the seed, the grid, and buffers."""
        self.placed = place(self.spec, self.parameters, self.seed)
        self.grid, self.edges = worlds.grid(self.spec, float(self.placed.radii.max()))
        leaves = max(2, 1 << (self.spec.count - 1).bit_length())
        self.tree, self.best = np.zeros(2 * leaves, np.int64), np.full(2 * leaves, np.inf)
        self.world: worlds.World | None = None
        self.rows = np.empty((ROOM, 8))
        self.noise = self.seed & (2**63 - 1)

    def prepare(self) -> None:
        """The world of the parameters now. Bodies are first brought to now under the old gravity."""
        p, old = self.parameters, self.world
        if old is not None:
            meetings.settle(self._body, self._ties, old.box, self.now)
        self.masses = masses(self.spec, p, self.placed.radii)
        self.world = worlds.world(self.spec, p, self.placed, self.masses, self.edges)
        self._pace()
        if not self.state:
            return
        self._bind()
        if old is None:
            meetings.seat(self._plan, self.tree, self.best)
        else:
            self._plan[:, MASS] = self.masses
            self._rescale()
            self._predict()

    def _pace(self) -> None:
        """How long a step may be, what it costs, and the name of the method."""
        p = self.parameters
        self.kicks, self.longest = kicked(self.spec, p), longest_step(self.spec, p)
        self.seconds_a_step = kick_seconds(self.spec) if self.kicks else TICK_SHARE
        self.load = meeting_rate(self.spec, p) * 2e-6
        self.order = 2 if self.kicks else None
        self.method = "event-driven hard spheres"
        if self.kicks:
            self.method += ", Strang splitting with kicks of drag and forces"

    def begin(self) -> None:
        """All bodies in their cells' lists, with what they will meet."""
        n = self.spec.count
        body, plan, ties = np.zeros((n, 8)), np.full((n, 4), np.inf), np.zeros((n, 5), np.int64)
        body[:, :3], body[:, V : V + 3], body[:, R] = self.placed.positions, self.placed.velocities, self.placed.radii
        plan[:, TOUCHED], plan[:, MASS] = -1e300, self.masses
        ties[:, PARTNER], ties[:, ALIVE] = NOBODY, 1
        cells = int(self.grid[6:9].prod())
        self.state = {
            "body": body,
            "plan": plan,
            "ties": ties,
            "links": np.full((2, n), NOBODY, np.int64),
            "cell": np.zeros((n, 3), np.int64),
            "head": np.full(cells, NOBODY, np.int64),
            "anchor": np.array([0.0, 0.0, self.parameters["time_scale"]]),
            "count": np.zeros(4, np.int64),
            "book": np.zeros(4),
            "tally": np.zeros(2, np.int64),
        }
        self._bind()
        meetings.house(body, ties, self._links, self._cell, self._head, self._world.box, self.grid)
        self._predict()

    def _bind(self) -> None:
        state = self.state
        self._body, self._plan, self._books = (cast(Floats, state[name]) for name in ("body", "plan", "book"))
        self._ties, self._links, self._cell = (cast(Ints, state[name]) for name in ("ties", "links", "cell"))
        self._head, self._count, self._tally = (cast(Ints, state[name]) for name in ("head", "count", "tally"))
        self.anchor = cast(Floats, state["anchor"])

    @property
    def _world(self) -> worlds.World:
        assert self.world is not None  # prepare is called first
        return self.world

    def _predict(self) -> None:
        meetings.predict_all(
            self._body, self._plan, self._ties, self._links, self._cell, self._head, self._world.box, self.grid,
            self.now, self.tree, self.best,
        )  # fmt: skip

    @property
    def now(self) -> float:
        """The bodies' own time."""
        return float(self._books[meetings.OWN])

    def _rescale(self) -> None:
        """From here on the universe's time is counted from a new anchor, if its scale changed."""
        scale = self.parameters["time_scale"]
        if scale != self.anchor[SCALE]:
            self.anchor[:] = self._frame_time(self.now), self.now, scale

    def _frame_time(self, own: float) -> float:
        return float(self.anchor[SINCE] + (own - self.anchor[OWN_SINCE]) / self.anchor[SCALE])

    def substeps(self, span: float) -> int:
        """Kicks no longer than asked for; a gas without forces is cut for progress alone."""
        own = span * self.parameters["time_scale"]
        if self.kicks:
            return max(1, ceil(own / self.longest * (1 - 1e-12)))
        return max(1, ceil(span * self.load / TICK_SHARE))

    def march(self, time: float, h: float, count: int) -> None:
        """Flights, contacts and kicks, all in the bodies' own time."""
        world, progress = self._world, np.zeros(3, np.int64)
        while True:
            progress[meetings.ROWS] = 0
            verdict = kernel.march(
                self._body, self._plan, self._ties, self._links, self._cell, self._head, world.box, self.grid,
                world.fields, world.traits, world.coulomb, world.rates, world.bath, self.noise, self.tree, self.best,
                h * self.parameters["time_scale"], count, self.kicks, self.spec.event_threshold, self._count,
                self._books, self._tally, self.rows, progress,
            )  # fmt: skip
            rows = self.rows[: progress[meetings.ROWS]].copy()
            rows[:, 0] = self.anchor[SINCE] + (rows[:, 0] - self.anchor[OWN_SINCE]) / self.anchor[SCALE]
            self.emit_rows(rows)
            if verdict == meetings.DONE:
                return
            self._judge(verdict)

    def _judge(self, verdict: int) -> None:
        now = self._frame_time(self.now)
        if verdict == meetings.COLLAPSED:
            raise Stopped(now, "s", "the bodies collapsed into endless contacts: raise contact_time or elasticity")
        if verdict == meetings.BROKEN:
            raise Stopped(now, "s", self.stops_at)

    def _look(self) -> tuple[Floats, Floats, Floats]:
        n, world = self.spec.count, self._world
        vectors, energies, totals = np.empty((n, 6)), np.empty(n), np.empty(5)
        kernel.look(
            self._body, self._plan, self._ties, world.box, self.grid, world.fields, world.traits, world.coulomb,
            self.now, vectors, energies, totals,
        )  # fmt: skip
        return vectors, energies, totals

    def observe(self) -> dict[str, Floats]:
        """Everybody at the frame's time; nobody is moved for it."""
        vectors, energies, totals = self._look()
        book = self.state["_book"]
        error = (totals[0] + self._books[meetings.LEDGER] - book[0, 0]) / book[1, 0]
        return {
            "position": vectors[:, :3].copy(),
            "velocity": vectors[:, 3:].copy(),
            "kinetic_energy": energies,
            "energy": np.array(totals[0]),
            "momentum": totals[2:].copy(),
            "energy_error": np.array(error),
        }

    def invariants(self) -> dict[str, float]:
        """Energy, with what left by contacts, drag, absorption and the heat bath."""
        return {"energy": float(self._look()[2][0] + self._books[meetings.LEDGER])}

    def scales(self) -> dict[str, float]:
        """The energies of all bodies without their signs; of a gas at rest, what gravity could give it."""
        fall = self.parameters["gravity"] * fsum(self.masses.tolist()) * max(self.spec.size)
        return {"energy": max(float(self._look()[2][1]), 1e-3 * fall)}

    def notes(self) -> list[str]:
        """Lasting contacts and absorbed bodies."""
        tally = self.state["tally"]
        notes = []
        if tally[contacts.PERSISTENT]:
            notes.append(f"{tally[contacts.PERSISTENT]} contacts were lasting ones (within contact_time)")
        if tally[contacts.ABSORBED]:
            notes.append(f"{tally[contacts.ABSORBED]} bodies were absorbed")
        return notes
