"""One rigid body about a fixed point: thrown in weightlessness (Dzhanibekov's flip), a spinning top, a gyroscope."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.presets import rotor as presets
from harmonic_physics.engine.rotor.problem import constants, problem, start
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.smooth.cost import estimate
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity
from harmonic_physics.engine.timeline import Timeline

Moment = Annotated[float, Field(ge=1e-9, le=1e6)]
Turn = Annotated[float, Field(ge=-1e4, le=1e4)]


class RotorSpec(Spec):
    """Principal moments about the fixed point (or the centre of mass of a free body), and how it is set going."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e7)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-6, le=1e5)
    name: str = Field(default="body", min_length=1, max_length=60)
    moments: tuple[Moment, Moment, Moment] = Field(
        description="Principal moments of inertia; the third axis carries the centre of mass",
        json_schema_extra={"unit": "kg.m2"},
    )
    angular_velocity: tuple[Turn, Turn, Turn] = Field(
        description="About the body's own axes, at the start", json_schema_extra={"unit": "rad/s"}
    )
    tilt: float = quantity("deg", "Of the third axis from straight up, at the start", ge=-180, le=180, default=0.0)
    mass: float = quantity("kg", "Mass", ge=1e-9, le=1e6, default=1.0)
    offset: float = quantity(
        "m", "Of the centre of mass from the fixed point, along the third axis; 0 is free", ge=-100, le=100, default=0.0
    )
    damping: float = quantity("N.m.s", "Torque against the turning", ge=0, le=1e3, default=0.0)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        least, middle, largest = sorted(self.moments)
        if largest > (least + middle) * (1 + 1e-12):
            raise ValueError("no body has these moments: the largest may not exceed the sum of the other two")
        if not any(self.angular_velocity) and self.offset == 0.0:
            raise ValueError("nothing moves: give an angular velocity, or an offset for gravity to pull at")
        return self


class Rotor(System[RotorSpec]):
    """A rigid body that turns."""

    kind = "rotor"
    title = "Spinning bodies"
    description = "A body that turns about a point: Dzhanibekov's flip in weightlessness, tops, gyroscopes, asteroids."
    spec = RotorSpec
    accepts = ("gravity", "time_scale")
    tunable = ("damping",)
    events = (
        EventDeclaration(
            kind="flip",
            strength_unit="rad/s2",
            description="Of a body of three moments: it turns over about its middle axis",
        ),
        EventDeclaration(kind="zero_crossing", strength_unit="rad/s2", description="About another axis, upwards"),
        EventDeclaration(kind="extremum", strength_unit="rad", description="The third axis nods: its tilt there"),
        EventDeclaration(kind="transit", strength_unit="1", description="The third axis comes round; its way out"),
    )
    presets = presets.PRESETS
    equations = r"""$\dot L = L \times \omega + \tau,\ \omega_i = L_i / I_i,\ \dot q = \tfrac12 q (0, \omega)$ in the
body's axes,
$\tau = m g l\,(u_2, -u_1, 0) - c\,\omega$ with $u$ straight up as the body sees it. Taylor series of order 22 with
adaptive steps; the quaternion and the momentum are compensated sums.
"""
    accuracy = (
        "Free: energy and angular momentum to 1e-12 over 1e5 periods; the flip's period equals the elliptic "
        "integral to "
        "1e-11; a top's regular precession stays regular to 1e-11 (tests/engine/systems/test_rotor.py)."
    )
    references = (
        "L. D. Landau and E. M. Lifshitz, Mechanics (3rd ed. 1976), sections 35 to 37.",
        "H. Goldstein, C. Poole and J. Safko, Classical Mechanics (3rd ed. 2002), section 5.7.",
    )

    def units(self, spec: RotorSpec) -> tuple[TimeUnit, str]:
        """Seconds; places are on the unit sphere."""
        return "s", "1"

    def observables(self, spec: RotorSpec) -> list[Observable]:
        """The axis' tip, how the body stands and turns."""
        return [
            Observable(name="position", unit="1", shape=[1, 3], per_body=True, description="Tip of the third axis"),
            Observable(name="angular_velocity", unit="rad/s", shape=[3], description="About the body's own axes"),
            Observable(
                name="orientation", unit="1", shape=[4], description="Unit quaternion, body to space, real first"
            ),
            Observable(name="angular_momentum", unit="kg.m2/s", shape=[3], description="In space"),
            Observable(name="tilt", unit="rad", shape=[], description="Of the third axis from straight up"),
            Observable(name="energy", unit="J", shape=[], description="Kinetic and potential"),
        ]

    def bodies(self, spec: RotorSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """The one."""
        return [Body(name=spec.name, mass=spec.mass)]

    def estimate(self, spec: RotorSpec, environment: dict[str, float]) -> Estimate:
        """From the equations and how quickly they turn."""
        numbers = constants(spec, environment | {"damping": spec.damping})
        speed = environment["time_scale"]
        return estimate(problem(spec), start(spec), numbers, spec, self.observables(spec), speed, 0.7)

    def start(
        self,
        spec: RotorSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """Nothing is random here: the seed changes nothing."""
        from harmonic_physics.engine.rotor.run import RotorRun

        return RotorRun(self, spec, environment, seed, checkpoint, timeline)
