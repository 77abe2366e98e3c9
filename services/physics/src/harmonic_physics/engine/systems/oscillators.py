"""Oscillators that fall into step: Kuramoto's phases up to a million, metronomes on a plank, Van der Pol, Duffing."""

from math import isqrt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.oscillators.cost import EDGE_SHARE, SECONDS_AN_EVALUATION, edge_ends, steps_a_second
from harmonic_physics.engine.oscillators.frequencies import natural
from harmonic_physics.engine.oscillators.smooth import constants, problem, start
from harmonic_physics.engine.presets import oscillators as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.smooth.cost import estimate
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity, result_bytes
from harmonic_physics.engine.timeline import Timeline

MAX_COUNT = {"kuramoto": 1_000_000, "metronomes": 32, "van_der_pol": 64, "duffing": 64}
MAX_SHOWN = 256
Frequency = Annotated[float, Field(ge=-1e5, le=1e5)]
Edge = Annotated[list[float], Field(min_length=2, max_length=3)]


class OscillatorsSpec(Spec):
    """How many oscillators of which model, how they differ, and who feels whom."""

    duration: float = quantity("s", "How long to simulate", gt=0, le=1e6)
    frame_interval: float = quantity("s", "Time between frames", ge=1e-6, le=1e4)
    model: Literal["kuramoto", "metronomes", "van_der_pol", "duffing"] = "kuramoto"
    count: int = Field(default=1, ge=1, le=1_000_000, description="Oscillators")
    frequency: float = quantity("Hz", "Mean natural frequency", ge=-1e4, le=1e4, default=1.0)
    spread: float = quantity("Hz", "Width of the natural frequencies' distribution", ge=0, le=1e4, default=0.0)
    distribution: Literal["lorentz", "gauss", "uniform"] = Field(
        default="gauss", description="spread is the half width at half height, the standard deviation, the half width"
    )
    frequencies: list[Frequency] = Field(
        default=[], max_length=10_000, description="Natural frequencies one by one", json_schema_extra={"unit": "Hz"}
    )
    network: Literal["all", "ring", "lattice", "small_world", "edges"] = Field(
        default="all", description="Who feels whom; metronomes all feel the plank"
    )
    reach: int = Field(default=1, ge=1, le=1000, description="Neighbours on either side of a ring")
    rewire: float = quantity("1", "Share of a small world's edges that go anywhere", ge=0, le=1, default=0.1)
    edges: list[Edge] = Field(default=[], max_length=20_000, description="[one, other] or [one, other, weight], from 0")
    coupling: float = quantity(
        "1",
        "K in 1/s (phases), in 1/s2 (Van der Pol, Duffing), of the plank (metronomes)",
        ge=-1e5,
        le=1e5,
        default=0.0,
    )
    phase_lag: float = quantity("rad", "Sakaguchi's lag of the coupling, of phases", ge=-7, le=7, default=0.0)
    nonlinearity: float = quantity(
        "1", "mu of Van der Pol and metronomes, cubic term of Duffing", ge=-100, le=100, default=1.0
    )
    stiffness: float = quantity("1", "Linear term of Duffing; negative has two wells", ge=-100, le=100, default=1.0)
    damping: float = quantity("1/s", "Of Duffing", ge=0, le=1e4, default=0.0)
    drive: float = quantity("1/s2", "Amplitude of a push on every Van der Pol or Duffing", ge=-1e6, le=1e6, default=0.0)
    drive_frequency: float = quantity("Hz", "Its frequency", ge=0, le=1e4, default=1.0)
    amplitude: float = quantity("1", "Swing at the start (not of phases)", ge=0, le=100, default=0.3)
    start_spread: float = quantity("1", "Part of a turn over which the starts are spread", ge=0, le=1, default=1.0)
    synchrony_threshold: float = Field(
        default=0.8, gt=0, lt=1, description="Order parameter that counts as in step", json_schema_extra={"unit": "1"}
    )
    shown: int = Field(
        default=64, ge=1, le=MAX_SHOWN, description="Oscillators that frames and events tell, evenly chosen"
    )
    beats: bool = Field(default=True, description="Whether every beat of those is an event")
    time_step: float = quantity("s", "Of phases; 0 chooses it from the coupling", ge=0, le=100, default=0.0)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.count > MAX_COUNT[self.model]:
            raise ValueError(f"{self.model}: at most {MAX_COUNT[self.model]} oscillators")
        if self.frequencies and len(self.frequencies) != self.count:
            raise ValueError(f"give {self.count} frequencies, one an oscillator, or none")
        if (self.network == "edges") != bool(self.edges):
            raise ValueError("give `edges` with the network edges, and only then")
        for edge in self.edges:
            ends = edge[:2]
            if not all(end.is_integer() and 0 <= end < self.count for end in ends) or ends[0] == ends[1]:
                raise ValueError(f"the edge {edge} does not join two of the oscillators 0 to {self.count - 1}")
        if self.network == "lattice" and isqrt(self.count) ** 2 != self.count:
            raise ValueError("a lattice is square: count must be 4, 9, 16, ...")
        if self.network != "all" and self.model != "metronomes" and self.count < 2:
            raise ValueError("a network needs two oscillators at least")
        if self.network != "all" and self.count * max(1, self.reach) > 4_000_000:
            raise ValueError("the network has more than 4,000,000 edges: lower count or reach")
        if self.model != "kuramoto" and min(natural(self)) <= 0.0:
            raise ValueError("natural frequencies must be positive: lower the spread")
        if self.model == "metronomes" and self.coupling * self.count >= 0.9:
            raise ValueError("the plank is too light: coupling * count must stay below 0.9")
        return self

    def shown_indices(self) -> list[int]:
        """Evenly chosen oscillators."""
        many = min(self.shown, self.count)
        return [(k * self.count) // many for k in range(many)] if self.model == "kuramoto" else list(range(self.count))


class Oscillators(System[OscillatorsSpec]):
    """Many oscillators, coupled."""

    kind = "oscillators"
    title = "Coupled oscillators"
    description = (
        "Phases, metronomes, Van der Pol's and Duffing's oscillators that pull each other into step, or do not."
    )
    spec = OscillatorsSpec
    accepts = ("time_scale",)
    tunable = (
        "coupling", "phase_lag", "nonlinearity", "stiffness", "damping", "drive", "drive_frequency",
    )  # fmt: skip
    events = (
        EventDeclaration(kind="wrap", strength_unit="1", description="A phase begins a new turn; the order parameter"),
        EventDeclaration(kind="zero_crossing", strength_unit="1/s", description="A swing passes its middle; its speed"),
        EventDeclaration(kind="turning_point", strength_unit="1", description="A swing turns back; how far it went"),
        EventDeclaration(
            kind="synchrony", strength_unit="1", description="The order parameter rises over the threshold"
        ),
        EventDeclaration(kind="threshold", strength_unit="1", description="The order parameter falls below it"),
    )
    presets = presets.PRESETS
    equations = r"""Phases: $\dot\theta_i = \omega_i + \frac{K}{N} \sum_j \sin(\theta_j - \theta_i - \alpha)$, by the
mean field
$r e^{i\psi} = \frac1N \sum e^{i\theta_j}$ in $O(N)$; on a network, the mean over neighbours. Runge-Kutta of order 4,
$K h \le
1/20$. Van der Pol: $\ddot x = \mu\omega(1 - x^2)\dot x - \omega^2 x$; Duffing: $\ddot x = -\delta\dot x -
\omega^2(\alpha x +
\beta x^3)$, with $K (x_j - x_i)$ and $A \sin \Omega t$; metronomes after Pantaleone with the plank eliminated:
Taylor series of order 22.
"""
    accuracy = (
        "The order parameter of 2,000 phases with Lorentzian frequencies equals sqrt(1 - Kc / K) to 1e-3 at five "
        "couplings; "
        "energy less work of Van der Pol and Duffing is kept to 1e-12 (tests/engine/systems/test_oscillators.py)."
    )
    references = (
        "Y. Kuramoto, Chemical Oscillations, Waves, and Turbulence (Springer 1984), section 5.4.",
        "S. H. Strogatz, From Kuramoto to Crawford, Physica D 143 (2000) 1-20.",
        "J. Pantaleone, Synchronization of metronomes, Am. J. Phys. 70 (2002) 992-1000.",
        "D. M. Abrams and S. H. Strogatz, Chimera states, Phys. Rev. Lett. 93 (2004) 174102.",
        "D. J. Watts and S. H. Strogatz, Nature 393 (1998) 440-442.",
    )

    def units(self, spec: OscillatorsSpec) -> tuple[TimeUnit, str]:
        """Seconds; places are on the unit circle, or displacement and velocity."""
        return "s", "1"

    def observables(self, spec: OscillatorsSpec) -> list[Observable]:
        """Phases of those shown, and the order of all."""
        n = len(spec.shown_indices())
        order = [
            Observable(name="order", unit="1", shape=[], description="1: all in step; 0: none"),
            Observable(name="order_angle", unit="rad", shape=[], description="Of the mean phase"),
        ]
        place = Observable(
            name="position", unit="1", shape=[n, 3], per_body=True, description="On the circle, or (x, v)"
        )
        if spec.model == "kuramoto":
            return [
                Observable(name="phase", unit="rad", shape=[n], per_body=True, description="From 0 to 2 pi"),
                Observable(name="frequency", unit="Hz", shape=[n], per_body=True, description="At this moment"),
                place,
                *order,
            ]
        return [
            Observable(name="displacement", unit="1", shape=[n], per_body=True),
            Observable(name="velocity", unit="1/s", shape=[n], per_body=True),
            Observable(name="phase", unit="rad", shape=[n], per_body=True, description="Of the swing"),
            place,
            *order,
        ]

    def bodies(self, spec: OscillatorsSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """Those shown."""
        return [Body(name=f"oscillator {k + 1}") for k in spec.shown_indices()]

    def estimate(self, spec: OscillatorsSpec, environment: dict[str, float]) -> Estimate:
        """Evaluations of phases; or from the equations and how quickly they turn."""
        speed, shown = environment["time_scale"], self.observables(spec)
        if spec.model != "kuramoto":
            own = natural(spec)
            values = {name: float(getattr(spec, name)) for name in self.tunable}
            begin = start(spec, [0.3] * spec.count, own)
            edges = [(k, (k + 1) % spec.count, 1.0) for k in range(edge_ends(spec) // 2)] if spec.count > 1 else []
            edges = [(a % spec.count, b, w) for a, b, w in edges if a % spec.count != b]
            return estimate(problem(spec, edges), begin, constants(spec, values, own), spec, shown, speed, 0.6)
        frames = spec.frames
        a_frame = max(1.0, spec.frame_interval * speed * steps_a_second(spec))
        steps = int((frames - 1) * a_frame) + 1
        cpu = (
            0.02
            + steps * (5e-6 + 4 * SECONDS_AN_EVALUATION * (spec.count + EDGE_SHARE * edge_ends(spec)))
            + 2.5e-5 * frames
        )
        size = result_bytes(frames, shown)
        return Estimate(cpu_seconds=cpu, steps=steps, frames=frames, result_bytes=size)

    def start(
        self,
        spec: OscillatorsSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed places the starts."""
        if spec.model == "kuramoto":
            from harmonic_physics.engine.oscillators.kuramoto import KuramotoRun

            return KuramotoRun(self, spec, environment, seed, checkpoint, timeline)
        from harmonic_physics.engine.oscillators.run import SwingRun

        return SwingRun(self, spec, environment, seed, checkpoint, timeline)
