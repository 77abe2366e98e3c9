"""A run of molecules: velocity Verlet on cluster lists, a heat bath inside each step, encounters on the way."""

from __future__ import annotations

from math import ceil
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.kernels import arcs, baths, clusters
from harmonic_physics.engine.kernels import lennard_jones as lj
from harmonic_physics.engine.kernels.softened import kick
from harmonic_physics.engine.molecules.cost import seconds_a_step
from harmonic_physics.engine.molecules.start import crystal, freedoms, velocities
from harmonic_physics.engine.run import Stopped
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.molecules import BINS, MoleculesSpec, ball

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
STEP, CRYSTAL = range(2)
"""Slots of `count`: steps taken, which number the noise, and whether the atoms count as a crystal."""
ORDER_EVERY = 10
"""Steps between looks at the bond order."""
HYSTERESIS = 0.05
SHELL = {2: 1.5, 3: 1.4}
"""Distances within which atoms count as bonded, between the first and the second shell."""


class MoleculesRun(SteppedRun[MoleculesSpec]):
    """State: x, v, f (3, n) sorted by cluster, sums (2, n), anchor (3, n) of the lists, name, tag (n,), heat, count."""

    stops_at = "the state is no longer finite: take a shorter time_step"

    def setup(self) -> None:
        """Box, truncation, method."""
        spec = self.spec
        self.box = np.array(spec.box)
        self.volume = spec.count / spec.density
        self.freedoms = freedoms(spec)
        w6 = 1.0 / (spec.cutoff * spec.cutoff * spec.cutoff) ** 2
        shifted = spec.truncation == "shifted_force"
        self.u0 = 4.0 * w6 * (w6 - 1.0) if shifted else 0.0
        self.u1 = -24.0 * w6 * (2.0 * w6 - 1.0) / spec.cutoff if shifted else 0.0
        bath = {"none": "", "langevin": ", Langevin bath (BAOAB)", "bussi": ", stochastic velocity rescaling"}
        self.method = f"velocity Verlet, cluster lists with a skin{bath[spec.thermostat]}"
        self.seconds_a_step = seconds_a_step(spec)
        self.closing = np.empty((8 * spec.told, 3))
        self.rows = np.empty((8 * spec.told, arcs.ROW))

    def prepare(self) -> None:
        """The bath's reduced temperature; after a thaw, the lists from the places that they were made of."""
        self.temperature = self.parameters["temperature"] / self.parameters["well_depth"]
        if self.state and not hasattr(self, "lists"):
            self._list(self.own_state["anchor"])

    @property
    def own_state(self) -> dict[str, Floats]:
        """Arrays of float64; `name` and `count` are whole numbers."""
        return cast("dict[str, Floats]", self.state)

    @property
    def name(self) -> Ints:
        """Which atom is where, as whole numbers."""
        return cast(Ints, self.state["name"])

    @property
    def count(self) -> Ints:
        """Whole numbers of the run."""
        return cast(Ints, self.state["count"])

    def begin(self) -> None:
        """A crystal with Maxwellian velocities."""
        spec, n = self.spec, self.spec.count
        warm = self.temperature
        if spec.initial_temperature is not None:
            warm = spec.initial_temperature / self.parameters["well_depth"]
        tag = np.full(n, -1.0)
        tag[(np.arange(spec.told) * n) // spec.told] = np.arange(spec.told)
        self.state |= {
            "x": crystal(spec), "v": velocities(spec, warm, self.seed), "f": np.zeros((3, n)), "sums": np.zeros((2, n)),
            "anchor": np.zeros((3, n)), "name": np.arange(n), "tag": tag, "heat": np.zeros(1),
            "count": np.zeros(2, np.int64), "order": np.zeros(1),
        }  # fmt: skip
        self._rebuild()
        self._push()
        self.state["order"][0] = self._order()
        self.count[CRYSTAL] = self.state["order"][0] > spec.order_threshold

    def substeps(self, span: float) -> int:
        """As many as the longest step asks for."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.spec.time_step * (1 - 1e-12)))

    def march(self, time: float, h: float, count: int) -> None:
        """Kick, half drift, bath, half drift, kick; then the encounters of the step."""
        own = h * self.parameters["time_scale"]
        for step in range(count):
            s = self.own_state
            pairs = self._closing()
            kick(s["v"], s["f"], 0.5 * own)
            kick(s["x"], s["v"], 0.5 * own)
            s["heat"][0] += self._bath(own)
            kick(s["x"], s["v"], 0.5 * own)
            if not self._listed(own):
                raise Stopped(
                    self.moment(step, h), self.unit, "an atom crossed the skin in one step: take a shorter time_step"
                )
            self._push()
            kick(s["v"], s["f"], 0.5 * own)
            self.count[STEP] += 1
            self._encounters(pairs, self.moment(step, h), h, own)
            if self.count[STEP] % ORDER_EVERY == 0:
                self._phase(self.moment(step, h), h)

    def _bath(self, h: float) -> float:
        v, rate, step = self.own_state["v"], self.parameters["coupling"], int(self.count[STEP])
        if self.spec.thermostat == "langevin":
            return baths.langevin(v, self.name, self.spec.dimensions, rate, self.temperature, h, self.seed, step)
        if self.spec.thermostat == "bussi":
            return baths.rescale(v, self.freedoms, rate, self.temperature, h, self.seed, step)
        return 0.0

    def _listed(self, h: float) -> bool:
        """Make the lists anew where an atom has used up half of the skin. False if one went farther than all of it."""
        s = self.own_state
        way = clusters.farthest_square(s["x"], s["v"], 0.0, s["anchor"])
        if not way < 1e6:
            return False
        if way > (0.5 * self.spec.skin) ** 2:
            self._rebuild()
        return True

    def _rebuild(self) -> None:
        s = self.own_state
        clusters.wrap(s["x"], self.box)
        order, _ = clusters.arrange(s["x"], self.box)
        for name in ("x", "v", "f", "sums"):
            s[name][:] = s[name][:, order]
        for name in ("name", "tag"):
            self.state[name][:] = self.state[name][order]
        s["anchor"][:] = s["x"]
        self._list(s["x"])

    def _list(self, x: Floats) -> None:
        """Lists of sorted atoms; sorting them again changes nothing, so that a thawed run has the same lists."""
        _, end = clusters.arrange(x, self.box)
        self.lists = clusters.list_neighbours(x, self.box, end, self.spec.cutoff + self.spec.skin)
        self.where = np.empty(self.spec.count, np.int64)
        self.where[self.name] = np.arange(self.spec.count)

    def _push(self) -> None:
        s = self.own_state
        lj.push(s["x"], self.lists, self.spec.cutoff, self.u0, self.u1, s["f"], s["sums"])

    def _closing(self) -> tuple[Ints, Floats]:
        """Names (pairs, 2) of approaching pairs of tagged atoms, and their relative place, velocity, acceleration."""
        s = self.own_state
        near = self.spec.encounter + 0.1
        found = lj.closing_pairs(s["x"], s["v"], self.lists, s["tag"], near, self.closing)
        rows = self.closing[:found].astype(np.int64)
        names = self.name[rows[:, :2]]
        start = self._relative(names)
        start[0] += self.lists.shift[rows[:, 2]]
        return names, start

    def _relative(self, names: Ints) -> Floats:
        """Place, velocity and acceleration (3, pairs, 3) of the second from the first, in the box as they are."""
        s, at = self.own_state, self.where[names]
        rows = [s[name][:, at[:, 1]] - s[name][:, at[:, 0]] for name in ("x", "v", "f")]
        return np.ascontiguousarray(np.stack(rows).transpose(0, 2, 1))

    def _encounters(self, pairs: tuple[Ints, Floats], time: float, h: float, own: float) -> None:
        names, start = pairs
        if not len(names):
            return
        end = self._relative(names)
        boxes = np.where(self.box > 0.0, self.box, 1.0)
        end[0] -= boxes * np.round((end[0] - start[0]) / boxes)  # the same image, also after a rebuild
        (x0, v0, a0), (x1, v1, a1) = start, end
        found = arcs.passages(arcs.APPROACH, x0, v0, a0, x1, v1, a1, own, x0, x0, self.rows)
        tags = self.state["tag"]
        for row in self.rows[:found]:
            r2 = float(row[5] * row[5] + row[6] * row[6] + row[7] * row[7])
            if r2 < self.spec.encounter**2:
                first, second = names[int(row[2])].tolist()
                w6 = 1.0 / (r2 * r2 * r2)
                a, b = int(tags[self.where[first]]), int(tags[self.where[second]])
                x, y, z = self.own_state["x"][:, self.where[first]].tolist()
                self.emit(time + float(row[0]) * h, "collision", a, b, 4.0 * w6 * (w6 - 1.0) + 1.0, (x, y, z))

    def _order(self) -> float:
        return lj.order(self.own_state["x"], self.lists, self.spec.dimensions == 2, SHELL[self.spec.dimensions])

    def _phase(self, time: float, h: float) -> None:
        """Tell a melting or freezing at the linear crossing between two looks, with hysteresis against trembling."""
        old, new, limit = float(self.own_state["order"][0]), self._order(), self.spec.order_threshold
        solid = bool(self.count[CRYSTAL])
        limit += -HYSTERESIS if solid else HYSTERESIS
        if (new < limit) if solid else (new > limit):
            share = min(1.0, max(0.0, (limit - old) / (new - old))) if new != old else 1.0
            when = max(0.0, time + h - (1.0 - share) * ORDER_EVERY * h)
            self.emit(when, "threshold", strength=new)
            self.count[CRYSTAL] = not solid
        self.own_state["order"][0] = new

    def observe(self) -> dict[str, Floats]:
        """Tagged atoms and the whole now."""
        s, spec = self.own_state, self.spec
        at = self.where[(np.arange(spec.told) * spec.count) // spec.told]
        x, v = s["x"][:, at].T.copy(), s["v"][:, at].T.copy()
        x -= np.floor(x / np.where(self.box > 0.0, self.box, 1.0)) * self.box
        kinetic, potential, virial = (
            baths.kinetic(s["v"]),
            float(baths.total(s["sums"][0])),
            float(baths.total(s["sums"][1])),
        )
        n = spec.count
        return {
            "position": x,
            "velocity": v,
            "kinetic_energy": 0.5 * (v[:, 0] * v[:, 0] + v[:, 1] * v[:, 1] + v[:, 2] * v[:, 2]),
            "bond_energy": s["sums"][0][at],
            "temperature": np.array(2.0 * kinetic / self.freedoms * self.parameters["well_depth"]),
            "pressure": np.array((2.0 * kinetic + virial) / (spec.dimensions * self.volume)),
            "potential_energy": np.array(potential / n),
            "energy": np.array((kinetic + potential) / n),
            "heat": s["heat"][0] / n + np.zeros(()),
            "order": np.array(self._order()),
            "pair_distribution": self._pairs(),
        }

    def _pairs(self) -> Floats:
        """g(r): pairs found over pairs of an ideal gas."""
        spec = self.spec
        counts, width = np.zeros(BINS), spec.cutoff / BINS
        lj.distances(self.own_state["x"], self.lists, width, counts)
        shells = [ball(spec.dimensions, (k + 1) * width) - ball(spec.dimensions, k * width) for k in range(BINS)]
        return counts / (spec.count * spec.density * np.array(shells))

    def invariants(self) -> dict[str, float]:
        """Energy of atoms and bath together; the atoms' momentum where no bath kicks them one by one."""
        s = self.own_state
        energy = baths.kinetic(s["v"]) + float(baths.total(s["sums"][0])) - float(s["heat"][0])
        if self.spec.thermostat == "langevin":
            return {"energy": energy}
        return {"energy": energy} | {
            f"momentum_{'xyz'[k]}": float(baths.total(s["v"][k])) for k in range(self.spec.dimensions)
        }

    def scales(self) -> dict[str, float]:
        """Energy against kinetic plus binding energy at the start, momentum against N times the thermal speed."""
        s = self.own_state
        kinetic = baths.kinetic(s["v"])
        energy = kinetic + abs(float(baths.total(s["sums"][0])))
        speed = (2.0 * kinetic * self.spec.count) ** 0.5
        return {name: energy if name == "energy" else speed for name in self.invariants()}
