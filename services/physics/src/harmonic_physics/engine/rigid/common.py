"""What a run of rigid bodies in the plane and in space share: steps, air, frames, conserved quantities."""

from __future__ import annotations

from abc import abstractmethod
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.rigid.shapes import extent
from harmonic_physics.engine.stepping import SteppedRun
from harmonic_physics.engine.systems.rigid_bodies import RigidBodiesSpec, step_seconds

Floats = NDArray[np.float64]


class RigidRun(SteppedRun[RigidBodiesSpec]):
    """A run whose bodies are looked at through an engine."""

    stops_at = "the state is no longer finite: use a shorter time_step, or smaller speeds and forces"

    def setup(self) -> None:
        """Constants of the spec."""
        self.seconds_a_step = step_seconds(self.spec)
        self.masses = np.zeros(len(self.spec.bodies))
        self.drag = np.zeros(len(self.spec.bodies))
        self.silent = False
        self.unit_step = 0.0
        p, bodies = self.base, self.spec.bodies
        lossless = all((b.elasticity if b.elasticity is not None else p["elasticity"]) == 1 for b in bodies)
        smooth = all((b.friction if b.friction is not None else p["friction"]) == 0 for b in bodies)
        calm = p["air_resistance"] * p["fluid_density"] == 0
        free = all(j.motor_speed is None and j.damping == 0 and j.breaking_force is None for j in self.spec.joints)
        self.conserves = lossless and smooth and calm and free

    def substeps(self, span: float) -> int:
        """Steps no longer than asked for, in the universe's own time."""
        return max(1, ceil(span * self.parameters["time_scale"] / self.spec.time_step * (1 - 1e-9)))

    def _brakes(self, dimensions: int) -> None:
        """kappa = rho C A / 2m of each body that can move; A is a disc, or in the plane a strip, around it."""
        p = self.parameters
        for k, body in enumerate(self.spec.bodies):
            r, mass = extent(body) or 0.0, float(self.masses[k])
            section = 2 * r if dimensions == 2 else pi * r**2
            self.drag[k] = 0.5 * p["fluid_density"] * p["air_resistance"] * section / mass if mass else 0.0

    @property
    def clock(self) -> float:
        """The frames' time that the steps have reached."""
        return float(self.state["clock"][0])

    def tick(self, h: float) -> None:
        """One step more (Kahan 1965): a sum that is the same however the steps are cut into calls."""
        clock = self.state["clock"]
        more = h + clock[1]
        reached = clock[0] + more
        clock[0], clock[1] = reached, more - (reached - clock[0])

    @abstractmethod
    def motion(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Position (n, 3), quaternion (n, 4), velocity (n, 3), angular velocity (n, 3), kinetic energy (n,)."""

    @abstractmethod
    def inertia(self) -> Floats:
        """Spin's own angular momentum of every body (n, 3)."""

    @abstractmethod
    def spring_energy(self) -> float:
        """Energy of the springs [J]."""

    def observe(self) -> dict[str, Floats]:
        """Everybody now."""
        x, q, v, w, kinetic = self.motion()
        momentum = self.masses[:, None] * v
        return {
            "position": x,
            "orientation": q,
            "velocity": v,
            "angular_velocity": w,
            "kinetic_energy": kinetic,
            "energy": np.array(self._energy(x, kinetic)),
            "momentum": momentum.sum(axis=0),
            "angular_momentum": (np.cross(x, momentum) + self.inertia()).sum(axis=0),
        }

    def _energy(self, x: Floats, kinetic: Floats) -> float:
        height = x[:, self.spec.dimensions - 1]
        return float(kinetic.sum() + self.parameters["gravity"] * (self.masses * height).sum() + self.spring_energy())

    def invariants(self) -> dict[str, float]:
        """Energy, where nothing takes or gives any by intention."""
        if not self.conserves:
            return {}
        x, _, _, _, kinetic = self.motion()
        return {"energy": self._energy(x, kinetic)}

    def scales(self) -> dict[str, float]:
        """The energy that falling through the bodies' own heights would give, or what moves at the start."""
        if not self.conserves:
            return {}
        x, _, _, _, kinetic = self.motion()
        height = x[:, self.spec.dimensions - 1]
        spread = float(height.max() - height.min()) + max(extent(b) or 0.0 for b in self.spec.bodies)
        fall = self.parameters["gravity"] * float(self.masses.sum()) * spread
        return {"energy": max(float(kinetic.sum()) + self.spring_energy(), fall)}

    def notes(self) -> list[str]:
        """Why no drift of energy is given."""
        return [] if self.conserves else ["energy is given and taken by design: its drift is no measure"]
