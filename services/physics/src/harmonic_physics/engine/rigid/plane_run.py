"""A run in the plane.

Chipmunk keeps things to itself (contact caches, the tree of boxes, timers of sleep), and none of them can be read. So
every KEY_STEPS steps the space is built anew from what can be read, in a fixed order: a checkpoint holds that key and
the number of steps since, and a thaw builds the same space and takes the same steps. Bits agree by construction,
whatever is hidden. Contact caches stay on: with `collision_persistence` 0 a pile that has fallen asleep drops through
its floor.
"""

from __future__ import annotations

from math import ceil, cos, sin
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pymunk import batch

from harmonic_physics.engine.rigid.common import RigidRun
from harmonic_physics.engine.rigid.filters import seen
from harmonic_physics.engine.rigid.plane import SLEEP_AFTER, Plane
from harmonic_physics.engine.rigid.roots import first_touch
from harmonic_physics.engine.rigid.shapes import Pose, core, extent, gap, gap_along, placed, skin
from harmonic_physics.engine.run import Stopped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KEY_STEPS = 512
"""Steps between two keys, at least; and long enough for bodies to fall asleep between them."""
POSE = batch.BodyFields.POSITION | batch.BodyFields.ANGLE
WHO = batch.ArbiterFields.BODY_A_ID | batch.ArbiterFields.BODY_B_ID
PUSH = batch.ArbiterFields.TOTAL_IMPULSE
Pair = tuple[int, int]


class PlaneRun(RigidRun):
    """One run in the plane."""

    def setup(self) -> None:
        """Nothing stands yet."""
        super().setup()
        self.plane: Plane | None = None
        self.buffer = batch.Buffer()
        self.sensors = [k for k, body in enumerate(self.spec.bodies) if body.sensor]
        self.breakable = [k for k, joint in enumerate(self.spec.joints) if joint.breaking_force is not None]
        self.driven = [joint for joint in self.spec.joints if joint.kind == "slider" and joint.motor_speed is not None]
        bodies = self.spec.bodies
        self.guests = [
            (
                s,
                np.array(
                    [k for k, b in enumerate(bodies) if not (b.fixed or b.sensor) and seen(bodies[s], bodies[k])],
                    np.int64,
                ),
            )
            for s in self.sensors
        ]
        self.cores = [core(body) for body in bodies]
        self.reach = np.array([extent(body) or 0.0 for body in self.spec.bodies])
        self.order = 1
        self.method = "Chipmunk: symplectic Euler, impulses by warm iterations"

    def prepare(self) -> None:
        """Build the space of the parameters now; after a thaw, take the steps since the key once more."""
        if self.plane is not None:
            self._key(float(self.state["h"][0]))
            self._build()
            return
        if self.state:
            self._build()
            self.silent = True
            since, self.state["since"][0] = int(self.state["since"][0]), 0
            for _ in range(since):
                self._step(0.0, float(self.state["h"][0]))
            self.silent = False

    def begin(self) -> None:
        """Everybody where the spec says, awake, nobody touching, all joints whole."""
        fresh = Plane(self.spec, self.parameters)
        rows = [(*b.position, b.angle, *b.velocity, b.angular_velocity, 0.0) for b in fresh.bodies]
        self.state = {
            "key": np.array(rows, dtype=np.float64),
            "whole": np.ones(max(1, len(self.spec.joints)), np.int64),
            "touching": np.zeros((0, 2), np.int64),
            "inside": np.zeros((0, 2), np.int64),
            "since": np.zeros(1, np.int64),
            "h": np.zeros(1),
            "clock": np.zeros(2),
        }
        self._build()

    def _build(self) -> None:
        """The space of the key, in the spec's order."""
        self.plane = plane = Plane(self.spec, self.parameters)
        self.masses = np.array([0.0 if b.fixed else m for b, m in zip(self.spec.bodies, plane.masses, strict=True)])
        self._brakes(2)
        self.whole = self.state["whole"].tolist()
        for index in range(len(self.spec.joints)):
            if not self.whole[index]:
                plane.cut(index)
        for k in plane.free:
            x, y, angle, vx, vy, spin, _ = self.state["key"][k].tolist()
            body = plane.bodies[k]
            body.position, body.angle, body.velocity, body.angular_velocity = (x, y), angle, (vx, vy), spin
        for k in plane.free:
            if self.state["key"][k, 6]:
                plane.bodies[k].sleep()
        known = np.array([body.id for body in plane.bodies], dtype=np.uintp)
        self.by_id = np.argsort(known)
        self.ids = known[self.by_id]
        self.poses = np.array([(*body.position, body.angle) for body in plane.bodies])
        self.asleep = [bool(self.state["key"][k, 6]) for k in range(len(self.spec.bodies))]
        self.touching = {(a, b) for a, b in self.state["touching"].tolist()}
        self.inside = {(a, b) for a, b in self.state["inside"].tolist()}

    def _key(self, h: float) -> None:
        """Note all that can be read: from here the space will be built again."""
        plane = self._plane
        rows = [
            (*b.position, b.angle, *b.velocity, b.angular_velocity, float(k in plane.free and b.is_sleeping))
            for k, b in enumerate(plane.bodies)
        ]
        self.state["key"] = np.array(rows, dtype=np.float64)
        self.state["touching"] = np.array(sorted(self.touching), np.int64).reshape(-1, 2)
        self.state["inside"] = np.array(sorted(self.inside), np.int64).reshape(-1, 2)
        self.state["whole"] = np.array(self.whole, np.int64)
        self.state["since"][0] = 0
        self.state["h"][0] = h

    @property
    def _plane(self) -> Plane:
        assert self.plane is not None  # begin or prepare is called first
        return self.plane

    def march(self, time: float, h: float, count: int) -> None:
        """Steps of the space, with a new key now and then, or when the step changes by more than rounding."""
        own = h * self.parameters["time_scale"]
        since = self.state["since"]
        for _ in range(count):
            step = float(self.state["h"][0])
            other = abs(own - step) > 1e-9 * step
            if other or since[0] >= max(KEY_STEPS, ceil(2 * SLEEP_AFTER / own)):
                self._key(own if other else step)
                self._build()
                step = float(self.state["h"][0])
            self.unit_step = h
            self._step(self.clock, step)
            self.tick(h)

    def _step(self, time: float, h: float) -> None:
        """One step of the universe's own h that begins at the frames' `time`, and what came of it."""
        plane, before = self._plane, self.poses
        for joint in self.driven:
            plane.drive(joint, h)
        plane.space.step(h)
        self.state["since"][0] += 1
        self._slow(h)
        self.poses = after = self._poses()
        if not np.isfinite(after).all():
            raise Stopped(time, self.unit, self.stops_at)
        self._contacts(time, before, after)
        if self.sensors:
            self._enter(time, before, after)
        for index in self.breakable:
            self._strain(time, index, h)
        if self.spec.sleeping:
            self._rest(time)

    def _poses(self) -> Floats:
        """x, y and angle of every body (n, 3): those that are awake are read, the others have not moved."""
        self.buffer.clear()
        batch.get_space_bodies(self._plane.space, batch.BodyFields.BODY_ID | POSE, self.buffer)
        ids = np.frombuffer(self.buffer.int_buf(), dtype=np.uintp)
        rows = np.frombuffer(self.buffer.float_buf(), dtype=np.float64).reshape(-1, 3)
        poses = self.poses.copy()
        slots = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        ours = self.ids[slots] == ids  # the world that joints hold on to is listed too
        poses[self.by_id[slots[ours]]] = rows[ours]
        return poses

    def _slow(self, h: float) -> None:
        """Drag of the air after a step: v / (1 + kappa |v| h), the exact solution."""
        if not self.drag.any():
            return
        for k in self._plane.free:
            body = self._plane.bodies[k]
            if not body.is_sleeping:
                body.velocity = body.velocity / (1 + self.drag[k] * body.velocity.length * h)

    def _contacts(self, time: float, before: Floats, after: Floats) -> None:
        plane = self._plane
        self.buffer.clear()
        batch.get_space_arbiters(plane.space, WHO | PUSH, self.buffer)
        ids = np.frombuffer(self.buffer.int_buf(), dtype=np.uintp).reshape(-1, 2)
        pushes = np.frombuffer(self.buffer.float_buf(), dtype=np.float64).reshape(-1, 2)
        now: set[Pair] = set()
        for row, (one, other) in enumerate(ids.tolist()):
            a, b = sorted((plane.index[one], plane.index[other]))
            if self.spec.bodies[a].sensor or self.spec.bodies[b].sensor:
                continue
            now.add((a, b))
            if (a, b) not in self.touching and not self.silent:
                strength = float(np.hypot(*pushes[row]))
                if strength >= self.spec.event_threshold:
                    self._report("collision", time, (a, b), before, after, strength)
        still = {pair for pair in self.touching - now if self._both_rest(pair)}
        self.touching = now | still

    def _both_rest(self, pair: Pair) -> bool:
        """Contacts of those that sleep are not listed, and last."""
        bodies = self._plane.bodies
        return all(self.spec.bodies[k].fixed or bodies[k].is_sleeping for k in pair)

    def _report(self, kind: str, time: float, pair: Pair, before: Floats, after: Floats, strength: float) -> None:
        a, b = pair
        start = cast("tuple[Pose, Pose]", (tuple(before[a].tolist()), tuple(before[b].tolist())))
        end = cast("tuple[Pose, Pose]", (tuple(after[a].tolist()), tuple(after[b].tolist())))
        one, other = self.spec.bodies[a], self.spec.bodies[b]
        share = first_touch(lambda part: gap_along(one, other, start, end, part))
        mover = a if not self.spec.bodies[a].fixed else b
        x, y = (before[mover, :2] + share * (after[mover, :2] - before[mover, :2])).tolist()
        self.emit(time + share * self.unit_step, kind, a, b, strength, (x, y, 0.0))

    def _enter(self, time: float, before: Floats, after: Floats) -> None:
        now = {(s, k) for s, k in self.inside if self.asleep[k]}
        for s, guests in self.guests:
            away = after[guests, :2] - after[s, :2]
            for k in guests[np.hypot(away[:, 0], away[:, 1]) < self.reach[guests] + self.reach[s]].tolist():
                if not self.asleep[k] and self._overlap(s, k, after):
                    now.add((s, k))
        for s, k in sorted(now - self.inside):
            if not self.silent:
                speed = self._plane.bodies[k].velocity.length
                self._report("sensor", time, (k, s), before, after, speed)
        self.inside = now

    def _overlap(self, a: int, b: int, poses: Floats) -> bool:
        shapes = [placed(self.cores[k], cast(Pose, tuple(poses[k].tolist()))) for k in (a, b)]
        return gap(shapes[0], shapes[1], skin(self.spec.bodies[a]) + skin(self.spec.bodies[b])) < 0

    def _strain(self, time: float, index: int, h: float) -> None:
        plane, joint = self._plane, self.spec.joints[index]
        force = plane.force(index, h)
        if joint.breaking_force is not None and force > joint.breaking_force:
            plane.cut(index)
            self.whole[index] = 0
            a, b = plane.names[joint.a], -1 if joint.b is None else plane.names[joint.b]
            body = plane.bodies[a]
            if not self.silent:
                self.emit(time + self.unit_step, "break", a, b, force, (body.position.x, body.position.y, 0.0))

    def _rest(self, time: float) -> None:
        for k in self._plane.free:
            body = self._plane.bodies[k]
            asleep = body.is_sleeping
            if asleep != self.asleep[k]:
                self.asleep[k] = asleep
                where = (body.position.x, body.position.y, 0.0)
                if not self.silent:
                    speed = 1.0 if asleep else body.velocity.length
                    self.emit(time + self.unit_step, "sleep" if asleep else "wake", k, -1, speed, where)

    def motion(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Position, quaternion, velocity, angular velocity and kinetic energy of every body."""
        n = len(self.spec.bodies)
        x, q, v, w, k = np.zeros((n, 3)), np.zeros((n, 4)), np.zeros((n, 3)), np.zeros((n, 3)), np.zeros(n)
        x[:, :2] = self.poses[:, :2]
        q[:, 0], q[:, 3] = zip(*((cos(angle / 2), sin(angle / 2)) for angle in self.poses[:, 2].tolist()), strict=True)
        for i in self._plane.free:
            body = self._plane.bodies[i]
            speed, spin = body.velocity, body.angular_velocity
            v[i, :2], w[i, 2] = speed, spin
            k[i] = 0.5 * (body.mass * speed.dot(speed) + body.moment * spin * spin)
        return x, q, v, w, k

    def inertia(self) -> Floats:
        """Spin's own angular momentum of every body (n, 3)."""
        rows = np.zeros((len(self.spec.bodies), 3))
        for k in self._plane.free:
            rows[k, 2] = self._plane.bodies[k].moment * self._plane.bodies[k].angular_velocity
        return rows

    def spring_energy(self) -> float:
        """Energy of the springs [J]."""
        return self._plane.spring_energy()
