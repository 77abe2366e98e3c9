"""A Chipmunk space from a spec: bodies in the spec's order, joints as constraints. Keyed by our own index alone."""

from __future__ import annotations

from math import cos, fsum, sin, sqrt
from typing import Any

import pymunk
from pymunk import Body, Circle, Poly, Segment, Shape, ShapeFilter, Space, Vec2d

from harmonic_physics.engine.rigid.input import Joint, RigidBody
from harmonic_physics.engine.rigid.shapes import centroid, core, extent, mass_of, moment
from harmonic_physics.engine.systems.rigid_bodies import RigidBodiesSpec

SLEEP_AFTER = 0.5
"""Seconds of rest before a body sleeps."""
Values = dict[str, float]
FAR = 1e4
"""Half length of a slider's way without limits [m]."""


class Plane:
    """The space, its bodies and constraints by index. Built always in the same order, so that it runs the same."""

    def __init__(self, spec: RigidBodiesSpec, p: Values) -> None:
        self.spec, self.p = spec, p
        self.masses = [mass_of(body, 2, p["density"]) for body in spec.bodies]
        self.space = Space()
        self.space.iterations = spec.iterations
        self.space.gravity = (0.0, -p["gravity"])
        if spec.sleeping:
            self.space.sleep_time_threshold = SLEEP_AFTER
        self.space.collision_slop = 2e-3 * min(extent(body) or 1.0 for body in spec.bodies)
        self.bodies = [self._body(body, mass) for body, mass in zip(spec.bodies, self.masses, strict=True)]
        self.index = {body.id: k for k, body in enumerate(self.bodies)}
        self.names = {body.name: k for k, body in enumerate(spec.bodies)}
        self.free = [k for k, body in enumerate(spec.bodies) if not body.fixed]
        self.joints = [self._joint(joint) for joint in spec.joints]

    def _body(self, body: RigidBody, mass: float) -> Body:
        made = Body(body_type=Body.STATIC) if body.fixed else Body(mass, moment(body, mass))
        self.place(made, body)
        shape = self._shape(made, body)
        shape.friction = sqrt(body.friction if body.friction is not None else self.p["friction"])
        shape.elasticity = sqrt(body.elasticity if body.elasticity is not None else self.p["elasticity"])
        shape.sensor = body.sensor
        shape.filter = ShapeFilter(group=body.group, categories=body.category, mask=body.mask)
        self.space.add(made, shape)
        return made

    def place(self, made: Body, body: RigidBody) -> None:
        """Put a body where it starts: a polygon's position is that of its corners' origin."""
        angle, (cx, cy) = body.rotation[0], centroid(body)
        x, y = body.position
        made.position = (x + cos(angle) * cx - sin(angle) * cy, y + sin(angle) * cx + cos(angle) * cy)
        made.angle = angle
        if not body.fixed:
            made.velocity = tuple(body.velocity or (0.0, 0.0))  # type: ignore[assignment]  # two of them, as checked
            made.angular_velocity = (body.spin or [0.0])[0]

    def _shape(self, made: Body, body: RigidBody) -> Shape:
        points = core(body)
        if body.shape == "circle":
            return Circle(made, body.radius)
        if body.shape == "capsule":
            return Segment(made, points[0], points[1], body.radius)
        return Poly(made, points)

    def _joint(self, joint: Joint) -> list[pymunk.Constraint]:
        a = self.bodies[self.names[joint.a]]
        b = self.bodies[self.names[joint.b]] if joint.b is not None else self.space.static_body
        made: list[pymunk.Constraint] = _CONSTRAINTS[joint.kind](
            joint, a, b, Vec2d(*(joint.anchor or _middle(joint, a, b)))
        )
        for constraint in made:
            constraint.collide_bodies = joint.collide
            self.space.add(constraint)
        return made

    def drive(self, joint: Joint, h: float) -> None:
        """The motor of a slider: the force that reaches its speed within the step, up to the most it has."""
        if joint.kind != "slider" or joint.motor_speed is None:
            return
        a = self.bodies[self.names[joint.a]]
        b = self.bodies[self.names[joint.b]] if joint.b is not None else self.space.static_body
        axis = Vec2d(*(joint.axis or (1.0, 0.0))).normalized()
        inverse = fsum(1 / body.mass for body in (a, b) if body.body_type == Body.DYNAMIC)
        lack = joint.motor_speed - (a.velocity - b.velocity).dot(axis)
        force = max(-joint.motor_force, min(joint.motor_force, lack / (inverse * h)))
        for body, sign in ((a, 1.0), (b, -1.0)):
            if body.body_type == Body.DYNAMIC:
                body.apply_force_at_world_point(axis * force * sign, body.position)

    def force(self, index: int, h: float) -> float:
        """What a joint carried in the last step [N]; a turning moment counts over its lever of 1 m."""
        return max((constraint.impulse for constraint in self.joints[index]), default=0.0) / h

    def cut(self, index: int) -> None:
        """A joint is no more."""
        for constraint in self.joints[index]:
            self.space.remove(constraint)
        self.joints[index] = []

    def spring_energy(self) -> float:
        """Energy of all springs that are whole."""
        total = 0.0
        for constraint in (c for joint in self.joints for c in joint if isinstance(c, pymunk.DampedSpring)):
            ends = constraint.a.local_to_world(constraint.anchor_a) - constraint.b.local_to_world(constraint.anchor_b)
            total += 0.5 * constraint.stiffness * (ends.length - constraint.rest_length) ** 2
        return total


def _middle(joint: Joint, a: Body, b: Body) -> tuple[float, float]:
    held = b if joint.kind in ("spring", "distance") else a
    return held.position.x, held.position.y


def _fixed(joint: Joint, a: Body, b: Body, anchor: Vec2d) -> list[pymunk.Constraint]:
    return [pymunk.PivotJoint(a, b, (anchor.x, anchor.y)), pymunk.GearJoint(a, b, b.angle - a.angle, 1.0)]


def _hinge(joint: Joint, a: Body, b: Body, anchor: Vec2d) -> list[pymunk.Constraint]:
    made: list[pymunk.Constraint] = [pymunk.PivotJoint(a, b, (anchor.x, anchor.y))]
    if joint.lower is not None and joint.upper is not None:  # the angle of a seen from b, 0 at the start
        turned = a.angle - b.angle
        made.append(pymunk.RotaryLimitJoint(b, a, joint.lower + turned, joint.upper + turned))
    if joint.motor_speed is not None:
        motor = pymunk.SimpleMotor(b, a, -joint.motor_speed)
        motor.max_force = joint.motor_force
        made.append(motor)
    return made


def _slider(joint: Joint, a: Body, b: Body, anchor: Vec2d) -> list[pymunk.Constraint]:
    axis = Vec2d(*(joint.axis or (1.0, 0.0))).normalized()
    low, high = (joint.lower, joint.upper) if joint.lower is not None and joint.upper is not None else (-FAR, FAR)
    ends = [b.world_to_local(anchor + axis * way) for way in (low, high)]
    held = a.world_to_local(anchor)
    return [
        pymunk.GrooveJoint(b, a, ends[0], ends[1], held),
        pymunk.GearJoint(a, b, b.angle - a.angle, 1.0),
    ]


def _spring(joint: Joint, a: Body, b: Body, anchor: Vec2d) -> list[pymunk.Constraint]:
    held = b.world_to_local(anchor)
    rest = joint.rest_length if joint.rest_length is not None else (a.position - anchor).length
    made: list[pymunk.Constraint] = [pymunk.DampedSpring(a, b, (0, 0), held, rest, joint.stiffness, joint.damping)]
    if joint.lower is not None and joint.upper is not None:
        made.append(pymunk.SlideJoint(a, b, (0, 0), held, joint.lower, joint.upper))
    return made


def _distance(joint: Joint, a: Body, b: Body, anchor: Vec2d) -> list[pymunk.Constraint]:
    held = b.world_to_local(anchor)
    if joint.lower is not None and joint.upper is not None:
        return [pymunk.SlideJoint(a, b, (0, 0), held, joint.lower, joint.upper)]
    return [pymunk.PinJoint(a, b, (0, 0), held)]


_CONSTRAINTS: dict[str, Any] = {
    "fixed": _fixed, "hinge": _hinge, "slider": _slider, "spring": _spring, "distance": _distance
}  # fmt: skip
