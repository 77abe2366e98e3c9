"""Pendulums: one to eight rods in a row, driven and damped, or a bob over magnets. Energy to the last digits."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.pendulum.values import constants, problem, start
from harmonic_physics.engine.presets import pendulum as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.smooth.cost import estimate
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity
from harmonic_physics.engine.timeline import Timeline

MAX_BOBS, MAX_MAGNETS = 8, 8
Place = Annotated[float, Field(ge=-100, le=100)]


class Bob(Contract):
    """A rod without mass, and the bob at its lower end."""

    name: str = Field(default="bob", min_length=1, max_length=60)
    length: float = quantity("m", "Length of the rod", ge=1e-3, le=100, default=1.0)
    mass: float = quantity("kg", "Mass of the bob", ge=1e-6, le=1e6, default=1.0)
    angle: float = quantity("deg", "From straight down, at the start", ge=-3600, le=3600, default=0.0)
    angular_velocity: float = quantity("deg/s", "Of the rod, at the start", ge=-36000, le=36000, default=0.0)
    radius: float = quantity("m", "For the air; 0 is a point that feels none", ge=0, le=10, default=0.0)


class Magnet(Contract):
    """A point pole below the bob that draws it with strength / distance^2."""

    name: str = Field(default="magnet", min_length=1, max_length=60)
    position: tuple[Place, Place] = Field(description="East and north of the pivot", json_schema_extra={"unit": "m"})
    strength: float = quantity("N.m2", "Negative repels", ge=-1e4, le=1e4)


class PendulumSpec(Spec):
    """Bobs from the pivot down; with magnets, one bob that swings in all directions."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e6)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-6, le=1e4)
    bobs: list[Bob] = Field(min_length=1, max_length=MAX_BOBS)
    damping: float = quantity(
        "N.m.s",
        "Friction of every hinge for its angular velocity; with magnets, N.s/m of the bob",
        ge=0,
        le=1e4,
        default=0.0,
    )
    drive_amplitude: float = quantity("m", "How far the pivot is shaken", ge=0, le=10, default=0.0)
    drive_frequency: float = quantity("Hz", "How fast the pivot is shaken", ge=0, le=1e4, default=1.0)
    drive_direction: float = quantity("deg", "0 shakes sideways, 90 up and down", ge=-360, le=360, default=0.0)
    torque: float = quantity("N.m", "Amplitude of a torque on the first rod", ge=-1e6, le=1e6, default=0.0)
    torque_frequency: float = quantity("Hz", "Its frequency", ge=0, le=1e4, default=0.5)
    magnets: list[Magnet] = Field(default=[], max_length=MAX_MAGNETS)
    gap: float = quantity("m", "Between the lowest point of the bob and the magnets", ge=1e-3, le=10, default=0.05)
    azimuth: float = quantity(
        "deg", "Direction in which a bob over magnets is drawn aside", ge=-360, le=360, default=0.0
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [bob.name for bob in self.bobs] + [magnet.name for magnet in self.magnets]
        if len(set(names)) < len(names):
            raise ValueError("two bobs or magnets have the same name: give each its own")
        if self.magnets and len(self.bobs) > 1:
            raise ValueError("over magnets there is one bob: leave the others out")
        if self.magnets and (self.drive_amplitude or self.torque):
            raise ValueError("a bob over magnets is not driven: leave drive_amplitude and torque at 0")
        return self


class Pendulum(System[PendulumSpec]):
    """Rods and bobs under gravity."""

    kind = "pendulum"
    title = "Pendulums"
    description = (
        "One to eight rods in a row, driven and damped, or a bob over magnets; with every swing, turn and flip."
    )
    spec = PendulumSpec
    accepts = ("gravity", "air_resistance", "fluid_density", "time_scale")
    tunable = ("damping", "drive_amplitude", "drive_frequency", "torque", "torque_frequency")
    events = (
        EventDeclaration(
            kind="zero_crossing", strength_unit="m/s", description="A rod hangs straight; the bob's speed"
        ),
        EventDeclaration(
            kind="turning_point",
            strength_unit="1",
            description="A rod turns back; sin(angle / 2) (over magnets: metres)",
        ),
        EventDeclaration(kind="flip", strength_unit="m/s", description="A rod goes over the top; the bob's speed"),
        EventDeclaration(
            kind="close_approach", strength_unit="N.m", description="Nearest to a magnet; its pull times distance"
        ),
        EventDeclaration(
            kind="arrival", strength_unit="m/s", description="Captured: too little energy is left to leave this magnet"
        ),
    )
    presets = presets.PRESETS
    equations = r"""$\sum_j \mu_{\max(i,j)} l_i l_j [\cos(\theta_i - \theta_j)\,\ddot\theta_j + \sin(\theta_i -
\theta_j)\,
\dot\theta_j^2] = Q_i$, $\mu_i = \sum_{k \ge i} m_k$; $Q$: gravity less buoyancy, the shaken pivot, hinge friction,
the drag $\tfrac12 \rho C A v \sqrt{v^2 + v_0^2}$ with $v_0$ = 5 cm/s, the torque. Over magnets: a point on a sphere,
$m \ddot r = F - \lambda r$, with poles that pull as $s / d^2$. Taylor series of order 22, adaptive steps,
compensated sums.
"""
    accuracy = (
        "Periods at 1 to 179 degrees equal the elliptic integral to 1e-12; the double pendulum keeps its energy "
        "to 1e-13 "
        "over 100 s (tests/engine/systems/test_pendulum.py). With losses and drives, energy less work is kept."
    )
    references = (
        "L. D. Landau and E. M. Lifshitz, Mechanics (3rd ed. 1976), sections 5, 11 and 39.",
        "A. Jorba and M. Zou, Experimental Mathematics 14 (2005) 99-117.",
    )

    def units(self, spec: PendulumSpec) -> tuple[TimeUnit, str]:
        """Seconds and metres."""
        return "s", "m"

    def observables(self, spec: PendulumSpec) -> list[Observable]:
        """Angles and places from the pivot, the third axis up."""
        n = len(spec.bobs) + len(spec.magnets)
        found = [
            Observable(name="angle", unit="rad", shape=[n], per_body=True, description="From straight down, unwound")
        ]
        turning = Observable(name="angular_velocity", unit="rad/s", shape=[n], per_body=True)
        found += [] if spec.magnets else [turning]
        found += [
            Observable(
                name="position", unit="m", shape=[n, 3], per_body=True, description="From the pivot, third axis up"
            ),
            Observable(name="speed", unit="m/s", shape=[n], per_body=True),
        ]
        if spec.magnets:
            found.append(Observable(name="distance", unit="m", shape=[n], per_body=True, description="Bob to magnet"))
        return [*found, Observable(name="energy", unit="J", shape=[], description="Kinetic and potential")]

    def bodies(self, spec: PendulumSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Bobs, then magnets."""
        bobs = [Body(name=bob.name, mass=bob.mass, radius=bob.radius or None) for bob in spec.bobs]
        return bobs + [Body(name=magnet.name) for magnet in spec.magnets]

    def estimate(self, spec: PendulumSpec, environment: dict[str, float]) -> Estimate:
        """From the equations and how quickly they turn."""
        values = environment | {name: float(getattr(spec, name)) for name in self.tunable}
        numbers, speed = constants(spec, values), environment["time_scale"]
        turns = 0.25 if spec.magnets else 1.0  # a bob meets its magnets in between
        return estimate(problem(spec), start(spec), numbers, spec, self.observables(spec), speed, turns)

    def start(
        self,
        spec: PendulumSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """Nothing is random here: the seed changes nothing."""
        from harmonic_physics.engine.pendulum.run import PendulumRun

        return PendulumRun(self, spec, environment, seed, checkpoint, timeline)
