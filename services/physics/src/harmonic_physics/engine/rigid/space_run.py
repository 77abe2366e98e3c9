"""A run in space. MuJoCo's state can be read in full: a checkpoint holds its integration state, warm start included."""

from __future__ import annotations

from typing import Any, cast

import mujoco
import numpy as np
from numpy.typing import NDArray

from harmonic_physics.engine.rigid.common import RigidRun
from harmonic_physics.engine.rigid.filters import seen
from harmonic_physics.engine.rigid.roots import first_touch
from harmonic_physics.engine.rigid.shapes import extent
from harmonic_physics.engine.rigid.space import Space
from harmonic_physics.engine.run import Stopped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WHOLE_STATE = mujoco.mjtState.mjSTATE_INTEGRATION
LINE_OF_SIGHT = 1e3
"""Distances of shapes beyond this are not needed [m]."""
Pair = tuple[int, int]


class SpaceRun(RigidRun):
    """One run in space."""

    def setup(self) -> None:
        """Nothing stands yet."""
        super().setup()
        self.stage: Space | None = None
        self.order = 1
        self.method = "MuJoCo: implicit in velocity, soft contacts, elliptic friction cones"
        self.breakable = [k for k, joint in enumerate(self.spec.joints) if joint.breaking_force is not None]
        bodies = self.spec.bodies
        self.watched = [
            (s, k)
            for s, sensor in enumerate(bodies)
            for k, guest in enumerate(bodies)
            if sensor.sensor and not (guest.fixed or guest.sensor) and seen(sensor, guest)
        ]

    def prepare(self) -> None:
        """A model of the parameters now, in the same state."""
        self.stage = stage = Space(self.spec, self.parameters)
        self.model: Any = stage.model
        self.data, self.trial = mujoco.MjData(self.model), mujoco.MjData(self.model)
        self.masses = stage.masses
        self._brakes(3)
        n = len(self.spec.bodies)
        self.ids = [self.model.body(f"b{k}").id for k in range(n)]
        self.geoms = {self.model.geom(f"g{k}").id: k for k in range(n)}
        self.geom_of = {k: g for g, k in self.geoms.items()}
        for index, joint in enumerate(self.spec.joints):
            if joint.motor_speed is not None:
                self.data.ctrl[self.model.actuator(f"m{index}").id] = joint.motor_speed
        if self.state:
            for index in np.flatnonzero(self.state["whole"] == 0).tolist():
                self._cut(index)
            mujoco.mj_setState(self.model, self.data, self.state["mujoco"], WHOLE_STATE)
            mujoco.mj_forward(self.model, self.data)

    def begin(self) -> None:
        """Everybody where the spec says; speeds of tied bodies are those of least squares that their joints allow."""
        model, data = self.model, self.data
        mujoco.mj_forward(model, data)
        wanted, rows = [], []
        for k, body in enumerate(self.spec.bodies):
            if not body.fixed and (body.velocity or body.spin):
                along, around = np.zeros((3, model.nv)), np.zeros((3, model.nv))
                mujoco.mj_jacBodyCom(model, data, along, around, self.ids[k])
                rows += [along, around]
                wanted += [body.velocity or [0.0] * 3, body.spin or [0.0] * 3]
        if rows:
            data.qvel[:] = np.linalg.lstsq(np.concatenate(rows), np.concatenate(wanted), rcond=None)[0]
        size = mujoco.mj_stateSize(model, WHOLE_STATE)
        self.state = {
            "mujoco": np.zeros(size),
            "whole": np.ones(len(self.spec.joints), np.int64),
            "touching": np.zeros((0, 2), np.int64),
            "inside": np.zeros((0, 2), np.int64),
            "clock": np.zeros(2),
        }
        mujoco.mj_forward(model, data)
        self._keep()

    def _keep(self) -> None:
        mujoco.mj_getState(self.model, self.data, cast(Floats, self.state["mujoco"]), WHOLE_STATE)

    def march(self, time: float, h: float, count: int) -> None:
        """Steps of MuJoCo, and what came of each."""
        self.model.opt.timestep = h * self.parameters["time_scale"]
        for _ in range(count):
            self._step(self.clock, h)
            self.tick(h)
        self._keep()

    def _step(self, time: float, h: float) -> None:
        model, data = self.model, self.data
        before = data.qpos.copy()
        self._air()
        mujoco.mj_step(model, data)
        if not np.isfinite(data.qvel).all() or data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number:
            raise Stopped(time, self.unit, self.stops_at)
        strains = [(index, self._force(index)) for index in self.breakable if self.state["whole"][index]]
        mujoco.mj_fwdPosition(model, data)
        mujoco.mj_fwdVelocity(model, data)
        self._contacts(time, h, before)
        if self.watched:
            self._enter(time, h, before)
        for index, force in strains:
            if force > (self.spec.joints[index].breaking_force or np.inf):
                self._break(time + h, index, force)

    def _air(self) -> None:
        """F = -m kappa |v| v on every body."""
        if not self.drag.any():
            return
        v = self._velocities()[0]
        speed = np.sqrt((v**2).sum(axis=1))
        self.data.xfrc_applied[self.ids, :3] = -(self.masses * self.drag * speed)[:, None] * v

    def _contacts(self, time: float, h: float, before: Floats) -> None:
        data, now, old = self.data, set(), {(a, b) for a, b in self.state["touching"].tolist()}
        pairs = data.contact.geom.tolist()
        for row, ((one, other), distance) in enumerate(zip(pairs, data.contact.dist.tolist(), strict=True)):
            a, b = sorted((self.geoms[one], self.geoms[other]))
            if distance > 0 or (a, b) in now:
                continue
            now.add((a, b))
            if (a, b) not in old:
                strength = self._impulse(row, a, b)
                if strength >= self.spec.event_threshold:
                    share = self._first_touch(a, b, before)
                    where = cast("tuple[float, float, float]", tuple(data.contact.pos[row].tolist()))
                    self.emit(time + share * h, "collision", a, b, strength, where)
        if now != old:
            self.state["touching"] = np.array(sorted(now), np.int64).reshape(-1, 2)

    def _impulse(self, row: int, a: int, b: int) -> float:
        """(1 + e) m_eff v_n of two free bodies that close in with v_n at the contact: a measure of its strength."""
        data = self.data
        point, normal = data.contact.pos[row], data.contact.frame[row][:3]
        v, w, _ = self._velocities()
        closing, inverse = 0.0, 0.0
        for k, sign in ((a, 1.0), (b, -1.0)):
            if not self.masses[k]:
                continue
            arm = point - data.xipos[self.ids[k]]
            closing += sign * float(((v[k] + np.cross(w[k], arm)) * normal).sum())
            axes = data.ximat[self.ids[k]].reshape(3, 3)
            lever = (np.cross(arm, normal)[:, None] * axes).sum(axis=0)
            inverse += 1 / self.masses[k] + float((lever**2 / self.model.body_inertia[self.ids[k]]).sum())
        return (1 + self.parameters["elasticity"]) * abs(closing) / inverse if inverse else 0.0

    def _first_touch(self, a: int, b: int, before: Floats) -> float:
        """Share of the step just taken at which two shapes touch, along MuJoCo's own motion."""
        return first_touch(lambda share: self._distance(a, b, before, share))

    def _distance(self, a: int, b: int, before: Floats, share: float) -> float:
        self.trial.qpos[:] = before
        mujoco.mj_integratePos(self.model, self.trial.qpos, self.data.qvel, share * self.model.opt.timestep)
        mujoco.mj_kinematics(self.model, self.trial)
        one, other = self.geom_of[a], self.geom_of[b]
        return float(mujoco.mj_geomDistance(self.model, self.trial, one, other, LINE_OF_SIGHT, None))

    def _enter(self, time: float, h: float, before: Floats) -> None:
        old, now = {(s, k) for s, k in self.state["inside"].tolist()}, set()
        x = self.data.xipos
        for s, k in self.watched:
            room = (extent(self.spec.bodies[s]) or np.inf) + (extent(self.spec.bodies[k]) or np.inf)
            if ((x[self.ids[s]] - x[self.ids[k]]) ** 2).sum() < room**2 and self._distance(s, k, before, 1.0) < 0:
                now.add((s, k))
        speeds = self._velocities()[0]
        for s, k in sorted(now - old):
            share = self._first_touch(s, k, before)
            where = cast("tuple[float, float, float]", tuple(x[self.ids[k]].tolist()))
            self.emit(time + share * h, "sensor", k, s, float(np.sqrt((speeds[k] ** 2).sum())), where)
        if now != old:
            self.state["inside"] = np.array(sorted(now), np.int64).reshape(-1, 2)

    def _force(self, index: int) -> float:
        """What a joint carried in the last step [N]: of its equalities or its tendon's limit, and of a spring."""
        model, data, joint = self.model, self.data, self.spec.joints[index]
        stage = cast(Space, self.stage)
        total = np.zeros(3)
        for name in stage.ties.get(index, []):
            rows = (data.efc_type == mujoco.mjtConstraint.mjCNSTR_EQUALITY) & (data.efc_id == model.equality(name).id)
            found = data.efc_force[rows][:3]
            total[: len(found)] += found
        force = float(np.sqrt((total**2).sum()))
        if joint.kind in ("spring", "distance") and index not in stage.ties:
            tendon = model.tendon(f"t{index}").id
            rows = (data.efc_type == mujoco.mjtConstraint.mjCNSTR_LIMIT_TENDON) & (data.efc_id == tendon)
            stretch = data.ten_length[tendon] - model.tendon_lengthspring[tendon][0]
            force = abs(float(data.efc_force[rows].sum())) + abs(float(model.tendon_stiffness[tendon] * stretch))
        return force

    def _break(self, time: float, index: int, force: float) -> None:
        joint, names = self.spec.joints[index], cast(Space, self.stage).names
        self.state["whole"][index] = 0
        self._cut(index)
        a, b = names[joint.a], -1 if joint.b is None else names[joint.b]
        where = cast("tuple[float, float, float]", tuple(self.data.xipos[self.ids[a]].tolist()))
        self.emit(time, "break", a, b, force, where)

    def _cut(self, index: int) -> None:
        for name in cast(Space, self.stage).ties.get(index, []):
            self.data.eq_active[self.model.equality(name).id] = 0
        if self.spec.joints[index].kind in ("spring", "distance"):
            tendon = self.model.tendon(f"t{index}").id
            self.model.tendon_limited[tendon] = 0
            self.model.tendon_stiffness[tendon] = 0
            self.model.tendon_damping[tendon] = 0

    def _velocities(self) -> tuple[Floats, Floats, Floats]:
        """Of each body (n, 3): velocity of its centre, angular velocity, own angular momentum, in the world's axes."""
        n = len(self.spec.bodies)
        v, w, spin, six = np.zeros((n, 3)), np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(6)
        for k, i in enumerate(self.ids):
            if self.masses[k]:
                mujoco.mj_objectVelocity(self.model, self.data, mujoco.mjtObj.mjOBJ_BODY, i, six, 0)
                w[k], v[k] = six[:3], six[3:]
                axes = self.data.ximat[i].reshape(3, 3)
                own = (axes * six[:3, None]).sum(axis=0) * self.model.body_inertia[i]
                spin[k] = (axes * own).sum(axis=1)
        return v, w, spin

    def motion(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Position, quaternion, velocity, angular velocity and kinetic energy of every body."""
        v, w, spin = self._velocities()
        kinetic = 0.5 * (self.masses * (v**2).sum(axis=1) + (w * spin).sum(axis=1))
        return self.data.xipos[self.ids].copy(), self.data.xquat[self.ids].copy(), v, w, kinetic

    def inertia(self) -> Floats:
        """Spin's own angular momentum of every body (n, 3)."""
        return self._velocities()[2]

    def spring_energy(self) -> float:
        """Energy of the springs [J]."""
        if not self.model.ntendon:
            return 0.0
        stretch = self.data.ten_length - self.model.tendon_lengthspring[:, 0]
        return float((0.5 * self.model.tendon_stiffness * stretch**2).sum())
