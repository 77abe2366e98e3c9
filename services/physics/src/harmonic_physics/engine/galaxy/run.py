"""A run of galaxies: leapfrog on the field of direct sums or the tree; passages of tracers and centres on the way."""

from __future__ import annotations

from itertools import combinations
from math import ceil, sqrt
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.galaxy.cost import KMS_A_KPC_YR, longest_step, seconds_a_step
from harmonic_physics.engine.galaxy.field import pull, uses_tree
from harmonic_physics.engine.galaxy.look import Look
from harmonic_physics.engine.galaxy.start import G_YR, Frame, draw, frame
from harmonic_physics.engine.kernels import arcs
from harmonic_physics.engine.kernels.softened import kick
from harmonic_physics.engine.kernels.stars import ledger
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.galaxy import GalaxySpec

Floats = NDArray[np.float64]


class GalaxyRun(SteppedRun[GalaxySpec]):
    """Stars and centres: state x, v (3, n), field (4, n), and core, core_v (3, c), back (4, c)."""

    stops_at = "the state is no longer finite: take a shorter time_step, or more softening"

    def setup(self) -> None:
        """Masses, planes, tracers, pairs of centres, and where a bar stands out from the noise of 1 / sqrt(N)."""
        self.held: Frame = frame(self.spec)
        self.look = Look(self.spec, self.held)
        self.longest = longest_step(self.spec)
        self.seconds_a_step = seconds_a_step(self.spec)
        kind = f"octree with quadrupoles, opening angle {self.spec.opening_angle:g}"
        self.method = f"leapfrog, {kind if uses_tree(self.spec.count) else 'direct sum'}, Plummer softening"
        self.pairs = list(combinations(range(len(self.spec.galaxies)), 2))
        told, meridian = len(self.held.tracer), self.held.axes[self.held.owner]
        self.along, self.across = meridian[:, 0].copy(), meridian[:, 1].copy()
        self.barred = [max(0.1, 4.0 / sqrt(galaxy.count)) for galaxy in self.spec.galaxies]
        self.rows = np.empty((max(told, len(self.pairs)) + 1, arcs.ROW))

    def prepare(self) -> None:
        """The strength of gravity now; a change of it or of the softening acts from this moment on."""
        factor = self.parameters["gravity_factor"]
        self.gm, self.core_gm = self.held.gm * factor, self.held.core_gm * factor
        if self.state:
            self._pull()

    @property
    def own_state(self) -> dict[str, Floats]:
        """The state: every array of it is of float64."""
        return cast("dict[str, Floats]", self.state)

    def begin(self) -> None:
        """Stars by the seed, in the true field of gravity, whatever the factor."""
        self.state.update(draw(self.spec, self.held, self.seed))
        self.state["field"] = np.zeros((4, self.spec.count))
        self.state["back"] = np.zeros((4, len(self.spec.galaxies)))
        self._pull()
        self.own_state["bar"] = np.zeros((len(self.spec.galaxies), 2))
        self.own_state["bar"][:] = self.look.bars(self.own_state)[:, None]

    def substeps(self, span: float) -> int:
        """As many as the longest step of the universe's own time asks for."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.longest * (1 - 1e-12)))

    def march(self, time: float, h: float, count: int) -> None:
        """Kick, drift, kick; then the passages of the step."""
        own = h * self.parameters["time_scale"]
        s = self.own_state
        before, unbound = self._watched(), self._unbound()
        for step in range(count):
            kick(s["v"], s["field"], 0.5 * own)
            kick(s["core_v"], s["back"], 0.5 * own)
            kick(s["x"], s["v"], own)
            kick(s["core"], s["core_v"], own)
            self._pull()
            kick(s["v"], s["field"], 0.5 * own)
            kick(s["core_v"], s["back"], 0.5 * own)
            after, free = self._watched(), self._unbound()
            self._passages(before, after, self.moment(step, h), h, own)
            self._escapes(unbound, free, self.moment(step, h), h)
            self._bars(self.moment(step, h), h)
            before, unbound = after, free

    def observe(self) -> dict[str, Floats]:
        """Places and measures now."""
        return self.look.now(self.own_state, self._ledger())

    def invariants(self) -> dict[str, float]:
        """Energy, and the sizes of momentum and angular momentum per component."""
        book = self._ledger()
        names = ("momentum_x", "momentum_y", "momentum_z")
        turns = ("angular_momentum_x", "angular_momentum_y", "angular_momentum_z")
        values = {"energy": float(book[0] + book[1])}
        return values | dict(zip((*names, *turns), book[2:8].tolist(), strict=True))

    def scales(self) -> dict[str, float]:
        """Energy against itself; momenta against the sum of the stars' sizes."""
        book = self._ledger()
        return {
            name: abs(float(book[0] + book[1])) if name == "energy" else float(book[8 if name.startswith("m") else 9])
            for name in self.invariants()
        }

    def notes(self) -> list[str]:
        """How the tree keeps momentum is told raw: its forces are not exactly opposite."""
        if not uses_tree(self.spec.count):
            return []
        return ["momentum is as the tree leaves it: nothing is subtracted"]

    def _pull(self) -> None:
        s = self.own_state
        pull(
            s["x"], self.gm, s["core"], self.core_gm, self.held.scale,
            self.parameters["softening"], self.spec.opening_angle, s["field"], s["back"],
        )  # fmt: skip

    def _ledger(self) -> Floats:
        """Sums of stars and centres in Msun, kpc and km/s."""
        book, s = np.zeros(10), self.own_state
        ledger(s["x"], s["v"], self.held.gm, s["field"][3], book)
        ledger(s["core"], s["core_v"], self.held.core_gm, s["back"][3], book)
        speed = KMS_A_KPC_YR
        units = np.array([speed**2, speed**2, *[speed] * 8]) / G_YR
        return book * units

    def _watched(self) -> tuple[Floats, Floats]:
        """Place, velocity, acceleration of tracers from their centre (3, told, 3) and of centre pairs (3, pairs, 3)."""
        s, held = self.own_state, self.held
        stars = [s["x"], s["v"], s["field"][:3]]
        cores = [s["core"], s["core_v"], s["back"][:3]]
        told = [a[:, held.tracer] - c[:, held.owner] for a, c in zip(stars, cores, strict=True)]
        tracers = np.stack([row.T for row in told])
        pairs = np.zeros((3, len(self.pairs), 3))
        for row, core in enumerate(cores):
            for p, (a, b) in enumerate(self.pairs):
                pairs[row, p] = core[:, b] - core[:, a]
        return np.ascontiguousarray(tracers), pairs

    def _passages(
        self, before: tuple[Floats, Floats], after: tuple[Floats, Floats], time: float, h: float, own: float
    ) -> None:
        (x0, v0, a0), (x1, v1, a1) = before[0], after[0]
        for kind, name in ((arcs.PLANE, "transit"), (arcs.APPROACH, "perihelion")):
            found = arcs.passages(kind, x0, v0, a0, x1, v1, a1, own, self.along, self.across, self.rows)
            for row in self.rows[:found]:
                star = int(row[2])
                centre = self.own_state["core"][:, self.held.owner[star]]
                place = (row[5] + centre[0], row[6] + centre[1], row[7] + centre[2])
                body = len(self.spec.galaxies) + star
                self._tell(name, time + row[0] * h, body, int(self.held.owner[star]), row[4] * KMS_A_KPC_YR, place)
        if self.pairs:
            (x0, v0, a0), (x1, v1, a1) = before[1], after[1]
            found = arcs.passages(arcs.APPROACH, x0, v0, a0, x1, v1, a1, own, x0, x0, self.rows)
            for row in self.rows[:found]:
                a, b = self.pairs[int(row[2])]
                centre = 0.5 * (self.own_state["core"][:, a] + self.own_state["core"][:, b])
                self._tell("close_approach", time + row[0] * h, a, b, row[4] * KMS_A_KPC_YR, tuple(centre.tolist()))

    def _tell(self, kind: str, time: float, a: int, b: int, strength: float, place: tuple[float, ...]) -> None:
        x, y, z = (float(c) for c in place)
        self.emit(float(time), kind, a, b, float(strength), (x, y, z))

    def _unbound(self) -> Floats:
        """Energy of each tracer in the field of all [kpc^2/yr^2]."""
        s, told = self.own_state, self.held.tracer
        v = s["v"][:, told]
        kinetic = 0.5 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2])
        return np.asarray(kinetic + s["field"][3, told])

    def _escapes(self, before: Floats, after: Floats, time: float, h: float) -> None:
        for star in np.flatnonzero((before < 0.0) & (after >= 0.0)).tolist():
            when = time + h * float(before[star] / (before[star] - after[star]))
            i = int(self.held.tracer[star])
            v, x = self.own_state["v"][:, i].tolist(), self.own_state["x"][:, i].tolist()
            speed = KMS_A_KPC_YR * float(np.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]))
            self._tell("escape", when, len(self.spec.galaxies) + star, int(self.held.owner[star]), speed, tuple(x))

    def _bars(self, time: float, h: float) -> None:
        """The top of the parabola through three steps' bar strengths, where the middle one is the largest."""
        bar, now = self.own_state["bar"], self.look.bars(self.own_state)
        for k in range(len(now)):
            last, middle, new = float(bar[k, 0]), float(bar[k, 1]), float(now[k])
            if last < middle >= new and middle > self.barred[k]:
                shift = 0.5 * (last - new) / (last - 2.0 * middle + new)
                height = middle - 0.25 * (last - new) * shift
                centre = tuple(self.own_state["core"][:, k].tolist())
                self._tell("extremum", max(time + shift * h, 0.0), k, -1, height, centre)
        bar[:, 0], bar[:, 1] = bar[:, 1].copy(), now
