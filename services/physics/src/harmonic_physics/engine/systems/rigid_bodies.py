"""Rigid bodies: contacts with friction, joints that break, sensors, sleep. In the plane; in space with MuJoCo."""

from importlib.util import find_spec
from typing import Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.problems import FieldError
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets.rigid_bodies import IN_SPACE as SPATIAL
from harmonic_physics.engine.presets.rigid_bodies import PRESETS as PLANAR
from harmonic_physics.engine.rigid.input import (
    IN_PLANE,
    IN_SPACE,
    JOINTS_IN_PLANE,
    MAX_BODIES,
    MAX_JOINTS,
    Joint,
    RigidBody,
)
from harmonic_physics.engine.rigid.reference import ACCURACY, EQUATIONS, REFERENCES
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.system import Estimate, EventDeclaration, Refused, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

STEP_SECONDS, BODY_SECONDS, SPACE_STEP_SECONDS, SPACE_BODY_SECONDS = 1.5e-5, 1.8e-6, 4e-5, 6e-6
"""Measured cost of a step, and of a body in it; in the plane and in space."""
SPACE_JOINT_SECONDS = 2e-6
"""Of a body on a joint, in space."""


class RigidBodiesSpec(Spec):
    """Bodies and joints. Gravity pulls towards the low end of the last axis: y in the plane, z in space."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=3600)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-4, le=10)
    dimensions: Literal[2, 3] = Field(default=2, description="2: the plane; 3: space, which needs MuJoCo")
    bodies: list[RigidBody] = Field(min_length=1, max_length=MAX_BODIES)
    joints: list[Joint] = Field(default=[], max_length=MAX_JOINTS)
    time_step: float = quantity("s", "Longest step", ge=1e-5, le=0.02, default=1 / 480)
    iterations: int = Field(default=20, ge=1, le=200, description="Of the solver of contacts and joints, a step")
    sleeping: bool = Field(default=True, description="In the plane: bodies that rest for half a second sleep")
    event_threshold: float = quantity("N.s", "Weaker contacts are not reported", ge=0, le=1e6, default=0.0)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [body.name for body in self.bodies]
        if len(set(names)) < len(names):
            raise ValueError("two bodies have the same name: give each its own")
        if all(body.fixed for body in self.bodies):
            raise ValueError("nothing can move: let at least one body be not fixed")
        for body in self.bodies:
            self._fits(body)
        for index, joint in enumerate(self.joints):
            self._ties(index, joint, names)
        return self

    def _fits(self, body: RigidBody) -> None:
        d: int = self.dimensions
        allowed = IN_PLANE if d == 2 else IN_SPACE
        if body.shape not in allowed:
            raise ValueError(f"{body.name}: in {d} dimensions a shape is one of {', '.join(allowed)}")
        turns = 1 if d == 2 else 3
        lengths: list[tuple[list[float] | None, int, str]]
        lengths = [(body.position, d, "position"), (body.velocity, d, "velocity"), (body.size, d, "size")]
        lengths += [(body.spin, turns, "spin")]
        lengths += [(body.rotation, turns, "rotation")] if body.rotation != [0.0] else []
        for vector, count, name in lengths:
            if vector is not None and len(vector) != count:
                raise ValueError(f"{body.name}: {name} needs {count} components in {d} dimensions")

    def _ties(self, index: int, joint: Joint, names: list[str]) -> None:
        d, where = self.dimensions, f"joints.{index}"
        for name in (joint.a, joint.b):
            if name is not None and name not in names:
                raise ValueError(f"{where}: there is no body {name}")
        if d == 2 and joint.kind not in JOINTS_IN_PLANE:
            raise ValueError(f"{where}: in the plane a joint is one of {', '.join(JOINTS_IN_PLANE)}")
        for vector, name in ((joint.anchor, "anchor"), (joint.axis, "axis")):
            if vector is not None and len(vector) != d:
                raise ValueError(f"{where}: {name} needs {d} components")
        if joint.kind == "slider" and joint.axis is None:
            raise ValueError(f"{where}: a slider needs an axis")
        if d == 3 and joint.breaking_force is not None and joint.kind in ("slider", "cone_twist"):
            raise ValueError(f"{where}: in space a {joint.kind} cannot break: use ball_socket, hinge or fixed")
        held = [body for body in self.bodies if body.name in (joint.a, joint.b)]
        if all(body.fixed for body in held):
            raise ValueError(f"{where}: it holds nothing that can move")


class RigidBodies(System[RigidBodiesSpec]):
    """Things that fall, knock, roll, swing, tip and break."""

    kind = "rigid_bodies"
    title = "Rigid bodies"
    description = (
        "Circles, boxes, capsules and polygons in the plane, or spheres, boxes, capsules, cylinders and cones in "
        "space, with friction, joints, motors, sensors and sleep."
    )
    spec = RigidBodiesSpec
    accepts = ("gravity", "friction", "elasticity", "air_resistance", "density", "fluid_density", "time_scale")
    events = (
        EventDeclaration(kind="collision", strength_unit="N.s", description="Two bodies begin to touch; the impulse"),
        EventDeclaration(kind="sensor", strength_unit="m/s", description="A body enters a sensor; its speed"),
        EventDeclaration(kind="break", strength_unit="N", description="A joint breaks; the force on it"),
        EventDeclaration(kind="sleep", strength_unit="1", description="A body falls asleep"),
        EventDeclaration(kind="wake", strength_unit="m/s", description="A sleeping body is woken; its speed"),
    )
    presets = PLANAR + (SPATIAL if find_spec("mujoco") is not None else ())
    equations = EQUATIONS
    accuracy = ACCURACY
    references = REFERENCES

    def units(self, spec: RigidBodiesSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: RigidBodiesSpec) -> list[Observable]:
        """The same in the plane and in space; velocities are by the universe's own time."""
        n = len(spec.bodies)
        return [
            Observable(name="position", unit="m", shape=[n, 3], per_body=True, description="Centre of mass"),
            Observable(name="orientation", unit="1", shape=[n, 4], per_body=True, description="Quaternion w, x, y, z"),
            Observable(name="velocity", unit="m/s", shape=[n, 3], per_body=True, description="Of the centre of mass"),
            Observable(name="angular_velocity", unit="rad/s", shape=[n, 3], per_body=True, description="World's axes"),
            Observable(name="kinetic_energy", unit="J", shape=[n], per_body=True, description="Moving and turning"),
            Observable(name="energy", unit="J", shape=[], description="Kinetic, of gravity and of springs"),
            Observable(name="momentum", unit="kg.m/s", shape=[3], description="Of all that can move"),
            Observable(name="angular_momentum", unit="kg.m2/s", shape=[3], description="About the origin"),
        ]

    def bodies(self, spec: RigidBodiesSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Names, masses (kg; none for what is fixed) and the radius of the circle around each (m)."""
        from harmonic_physics.engine.rigid.shapes import extent, mass_of

        density = environment["density"]
        return [
            Body(name=b.name, mass=None if b.fixed else mass_of(b, spec.dimensions, density), radius=extent(b))
            for b in spec.bodies
        ]

    def estimate(self, spec: RigidBodiesSpec, environment: dict[str, float]) -> Estimate:
        """Steps times the cost of bodies and joints. Space is refused where MuJoCo is not installed."""
        if spec.dimensions == 3 and find_spec("mujoco") is None:
            reason = "bodies in space need MuJoCo, which is not installed: install harmonic-physics[mujoco], or use 2"
            raise Refused([FieldError(field="body.spec.dimensions", reason=reason, allowed="2")])
        own = spec.frame_interval * environment["time_scale"]
        steps = max(1, round(own / spec.time_step + 0.499)) * (spec.frames - 1)
        seconds = 0.05 + steps * step_seconds(spec) + spec.frames * 2e-4
        size = result_bytes(spec.frames, self.observables(spec))
        return Estimate(cpu_seconds=seconds, steps=steps, frames=spec.frames, result_bytes=size)

    def start(
        self,
        spec: RigidBodiesSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """Nothing is random here: the seed changes nothing."""
        if spec.dimensions == 3:
            from harmonic_physics.engine.rigid.space_run import SpaceRun

            return SpaceRun(self, spec, environment, seed, checkpoint, timeline)
        from harmonic_physics.engine.rigid.plane_run import PlaneRun

        return PlaneRun(self, spec, environment, seed, checkpoint, timeline)


def step_seconds(spec: RigidBodiesSpec) -> float:
    """One step of all bodies."""
    things = len(spec.bodies) + len(spec.joints)
    if spec.dimensions == 3:
        loose = max(0, len(spec.bodies) - len(spec.joints))  # what hangs on joints touches little
        return SPACE_STEP_SECONDS + SPACE_BODY_SECONDS * loose + SPACE_JOINT_SECONDS * len(spec.joints)
    return STEP_SECONDS + BODY_SECONDS * things * (1 + spec.iterations / 40)
