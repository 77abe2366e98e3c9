"""A run of charges: constants from the spec, Boris' push in one compiled loop, events as it finds them."""

from __future__ import annotations

from math import ceil, pi
from typing import cast

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.charges.cost import longest_step, seconds_a_step
from harmonic_physics.engine.charges.start import begin
from harmonic_physics.engine.kernels import arcs, boris
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.charges import ChargesSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROWS = 4096
KINDS = {
    arcs.CROSSING: "zero_crossing",
    arcs.TURNING: "turning_point",
    arcs.APPROACH: "close_approach",
    boris.WALL: "wall",
}
AXES = "xyz"


class ChargesRun(SteppedRun[ChargesSpec]):
    """State: x, v (n, 3), alive (n,), clock (1,), the universe's own time."""

    method = "Boris' push with exact rotation, drag by exact decay"
    stops_at = "the state is no longer finite: take a shorter time_step, weaker fields, or more softening"

    def setup(self) -> None:
        """What nothing changes: the step, the start, the watched axes, and whether energy is kept."""
        spec = self.spec
        self.longest, self.seconds_a_step = longest_step(spec), seconds_a_step(spec)
        self.start = begin(spec, self.parameters["temperature"], self.seed)
        self.watched = np.array([AXES.find(spec.crossing_axis), AXES.find(spec.turning_axis)], np.int64)
        pairs = spec.count * (spec.count - 1) // 2 if spec.interaction else 0
        self.rows = np.empty((ROWS + 6 * spec.count + 2 * pairs, 9))
        driven = spec.rf_voltage > 0 or spec.gap_voltage > 0 or spec.wall_radius > 0
        self.keeps_energy = not driven and not bool((self.start.radius > 0).any())

    def prepare(self) -> None:
        """Fields and the medium now."""
        spec, now, held = self.spec, self.parameters, self.start
        square = spec.trap_size * spec.trap_size
        self.fields = boris.Fields(
            b=np.array(spec.magnetic) * now["magnetic_factor"],
            e=np.array(spec.electric) * now["electric_factor"],
            mirror=1.0 / (spec.mirror_length * spec.mirror_length) if spec.mirror_length else 0.0,
            trap=now["trap_voltage"] / square,
            rf=now["rf_voltage"] / square,
            omega=2.0 * pi * spec.rf_frequency,
            gap=np.array([0.5 * spec.gap_voltage, spec.gap_width, 2.0 * pi * spec.gap_frequency, spec.gap_phase]),
            fall=now["gravity"],
            wall=spec.wall_radius,
            soft=spec.softening,
            mutual=spec.interaction,
        )
        volume = 4.0 / 3.0 * pi * held.radius * held.radius * held.radius
        self.weight = 1.0 - now["fluid_density"] * volume / held.mass
        self.drag = 6.0 * pi * now["viscosity"] * held.radius / held.mass

    def begin(self) -> None:
        """Particles where they were put, clouds by the seed."""
        held = self.start
        self.state |= {"x": held.x.copy(), "v": held.v.copy(), "clock": np.zeros(1)}
        self.state["alive"] = np.ones(self.spec.count, np.int64)

    @property
    def swarm(self) -> boris.Swarm:
        """State and constants as the kernels take them."""
        s, held = cast("dict[str, Floats]", self.state), self.start
        alive = cast(Ints, self.state["alive"])
        ratio = held.charge / held.mass
        return boris.Swarm(s["x"], s["v"], alive, ratio, held.mass, held.charge, self.weight, self.drag)

    def substeps(self, span: float) -> int:
        """As many as the longest step of the universe's own time asks for."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.longest * (1 - 1e-12)))

    def march(self, time: float, h: float, count: int) -> None:
        """All steps in one compiled loop, in parts where events fill the buffer."""
        own, swarm, done = h * self.parameters["time_scale"], self.swarm, 0
        clock = cast(Floats, self.state["clock"])
        while done < count:
            taken, found = boris.march(
                swarm, self.fields, clock, own, min(count - done, STRIDE), self.watched, self.spec.approach, self.rows
            )
            self._tell(self.rows[:found], done, h)
            done += taken

    def _tell(self, rows: Floats, done: int, h: float) -> None:
        if not len(rows):
            return
        out = np.zeros((len(rows), 8))
        starts = [self.moment(done + int(step), h) for step in rows[:, 0]]
        out[:, 0] = np.array(starts) + rows[:, 1] * h
        kinds = self.kinds
        out[:, 1] = [kinds[KINDS[int(kind)]] for kind in rows[:, 2]]
        out[:, 2:5] = rows[:, 3:6]
        out[:, 5:] = rows[:, 6:]
        self.emit_rows(out)

    def observe(self) -> dict[str, Floats]:
        """Every particle now."""
        swarm, energy = self.swarm, np.zeros((2, self.spec.count))
        boris.energies(swarm, self.fields, energy)
        measures = np.zeros((3, self.spec.count))
        size = boris.measure(swarm, self.fields, measures)
        return {
            "position": swarm.x.copy(),
            "velocity": swarm.v.copy(),
            "speed": measures[0].copy(),
            "kinetic_energy": energy[0].copy(),
            "magnetic_moment": measures[1].copy(),
            "energy": np.array(boris.total(energy)),
            "cloud_size": np.array(size),
            "alive": np.array(float(swarm.alive.sum())),
        }

    def invariants(self) -> dict[str, float]:
        """Energy, where no field oscillates and no particle is braked or lost."""
        if not self.keeps_energy:
            return {}
        energy = np.zeros((2, self.spec.count))
        boris.energies(self.swarm, self.fields, energy)
        return {"energy": boris.total(energy)}

    def scales(self) -> dict[str, float]:
        """The sum of the energies' sizes: potentials may well cancel."""
        if not self.keeps_energy:
            return {}
        energy = np.zeros((2, self.spec.count))
        boris.energies(self.swarm, self.fields, energy)
        return {"energy": boris.total(np.abs(energy))}

    def notes(self) -> list[str]:
        """Particles lost."""
        lost = self.spec.count - int(self.state["alive"].sum())
        return [f"{lost} particles were lost at the wall"] if lost else []


STRIDE = 1024
"""Steps of one call at most, so that a cancel is seen soon."""
