"""Strange attractors, and any equations of motion that a user writes as formulas; Lyapunov exponents on the way."""

from math import sqrt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from harmonic_contracts.base import Contract
from harmonic_contracts.quantities import TimeUnit
from harmonic_contracts.trajectory import Body, Observable
from harmonic_physics.engine.attractor.formulas import problem, start
from harmonic_physics.engine.attractor.models import LETTERS, MODELS
from harmonic_physics.engine.formulas.parser import CONSTANTS, FUNCTIONS
from harmonic_physics.engine.presets import attractor as presets
from harmonic_physics.engine.run import Run
from harmonic_physics.engine.smooth.cost import estimate
from harmonic_physics.engine.system import Estimate, EventDeclaration, Spec, System, quantity
from harmonic_physics.engine.timeline import Timeline

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,19}$")]
Formula = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Value = Annotated[float, Field(ge=-1e6, le=1e6)]
MAX_TANGENT = 8
"""Variables of a system whose Lyapunov exponents are worked out: there are this many, squared, more equations."""


class Variable(Contract):
    """A variable of the user's own system: its rate of change, and where it starts."""

    name: Name
    rate: Formula = Field(description="d(name)/dt in the variables, the constants, a to f, t, pi, e, tau and functions")
    start: float = quantity("1", "Value at time 0", ge=-1e6, le=1e6)


class Section(Contract):
    """A surface in the space of the variables: each passage through it is an event."""

    formula: Formula = Field(description="Its zero is the surface")
    direction: Literal["up", "down", "both"] = "up"


class Extremum(Contract):
    """A quantity whose maxima or minima along the motion are events, with the value there as strength."""

    formula: Formula
    which: Literal["maxima", "minima", "both"] = "maxima"


class AttractorSpec(Spec):
    """A famous flow, or `custom` with your own variables. Time has no unit."""

    duration: float = quantity("1", "How long to simulate", gt=0, le=1e7)
    frame_interval: float = quantity("1", "Time between frames", ge=1e-6, le=1e6)
    model: Literal["lorenz", "roessler", "thomas", "aizawa", "halvorsen", "chua", "lotka_volterra", "custom"] = "lorenz"
    a: float = quantity("1", "First parameter; the model's standard value without it", ge=-1e4, le=1e4, default=0.0)
    b: float = quantity("1", "Second parameter", ge=-1e4, le=1e4, default=0.0)
    c: float = quantity("1", "Third parameter", ge=-1e4, le=1e4, default=0.0)
    d: float = quantity("1", "Fourth parameter", ge=-1e4, le=1e4, default=0.0)
    e: float = quantity("1", "Fifth parameter; in formulas, e is this one", ge=-1e4, le=1e4, default=0.0)
    f: float = quantity("1", "Sixth parameter", ge=-1e4, le=1e4, default=0.0)
    start: list[Value] = Field(default=[], max_length=3, description="Of a famous flow; its usual start without it")
    variables: list[Variable] = Field(default=[], max_length=24, description="Of `custom`")
    constants: dict[Name, Value] = Field(default={}, max_length=32, description="Named numbers for the formulas")
    copies: int = Field(default=1, ge=1, le=16, description="Runs side by side from starts close together")
    spread: float = quantity("1", "Half width of the random differences of their starts", ge=0, le=100, default=1e-3)
    sections: list[Section] = Field(default=[], max_length=8, description="Besides those of a famous flow")
    extrema: list[Extremum] = Field(default=[], max_length=8, description="Besides those of a famous flow")
    lobe: Formula | None = Field(default=None, description="Of `custom`: its sign tells the lobe")
    conserved: Formula | None = Field(default=None, description="Of `custom`: what should not change")
    lyapunov: bool = Field(default=False, description="Whether to work out all exponents of the first copy")

    @model_validator(mode="before")
    @classmethod
    def _standard_values(cls, data: Any) -> Any:
        chosen = MODELS.get(str(data.get("model", "lorenz"))) if isinstance(data, dict) else None
        return chosen.letters | data if chosen else data

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.model == "custom") != bool(self.variables):
            raise ValueError("give `variables` with the model custom, and only then")
        if self.model != "custom" and (self.lobe or self.conserved or self.constants):
            raise ValueError("`lobe`, `conserved` and `constants` go with the model custom")
        if self.model == "custom" and self.start:
            raise ValueError("give each variable its own start")
        if self.start and len(self.start) != len(MODELS[self.model].rates):
            raise ValueError(f"`start` needs {len(MODELS[self.model].rates)} numbers")
        self._names()
        if self.lyapunov and len(self.all_starts()) > MAX_TANGENT:
            raise ValueError(f"exponents are worked out for up to {MAX_TANGENT} variables")
        problem(self)  # every formula is read now, and refused with its place
        return self

    def _names(self) -> None:
        names = [v.name for v in self.variables] + list(self.constants)
        taken = {*LETTERS, "t", *CONSTANTS, *FUNCTIONS}
        for name in names:
            if name in taken or names.count(name) > 1:
                raise ValueError(f"the name {name!r} is taken: choose another")

    def all_rates(self) -> dict[str, str]:
        """Variable -> formula of its rate."""
        return MODELS[self.model].rates if self.variables == [] else {v.name: v.rate for v in self.variables}

    def all_starts(self) -> list[float]:
        """Values at time 0."""
        return [v.start for v in self.variables] or self.start or list(MODELS[self.model].start)

    def all_lobes(self) -> str:
        """The formula whose sign tells the lobe, if any."""
        return (self.lobe or "") if self.model == "custom" else MODELS[self.model].lobe

    def all_sections(self) -> list[Section]:
        """The model's and the user's."""
        own = () if self.model == "custom" else MODELS[self.model].sections
        return [*(Section(formula=text) for text in own), *self.sections]

    def all_extrema(self) -> list[Extremum]:
        """The model's and the user's."""
        own = () if self.model == "custom" else MODELS[self.model].maxima
        return [*(Extremum(formula=text) for text in own), *self.extrema]

    def all_conserved(self) -> str:
        """The formula of a quantity that should not change, if any."""
        return (self.conserved or "") if self.model == "custom" else MODELS[self.model].conserved


class Attractor(System[AttractorSpec]):
    """Any smooth or piecewise smooth flow."""

    kind = "attractor"
    title = "Attractors and your own equations"
    description = (
        "Lorenz, Roessler, Thomas, Aizawa, Halvorsen, Chua, predator and prey, or any equations that you write; "
        "with lobe changes, sections, extrema and Lyapunov exponents."
    )
    spec = AttractorSpec
    accepts = ("time_scale",)
    tunable = LETTERS
    events = (
        EventDeclaration(kind="lobe_change", strength_unit="1", description="Into the other lobe; its speed there"),
        EventDeclaration(kind="zero_crossing", strength_unit="1", description="Through a section; its speed there"),
        EventDeclaration(kind="extremum", strength_unit="1", description="Of a chosen quantity; its value there"),
    )
    presets = presets.PRESETS
    equations = r"""$\dot x = f(x, t; a, \dots, f)$ with $f$ as written: for Lorenz
$\dot x = a (y - x),\ \dot y = x (b - z) - y,\ \dot z = x y - c z$. Formulas know `+ - * / ^`, parentheses, the
variables, your constants, `a` to `f`, `t`, `pi`, `tau` and the functions sin cos tan exp log sqrt sinh cosh tanh asin
acos atan atan2 pow abs sign step min max clip.

Taylor series of order 22 with adaptive steps; a step ends where abs, sign, min or max change their branch, found as a
root. Lyapunov exponents: the tangent flow $\dot v = J v$ from exact derivatives, made orthonormal after every step.
"""
    accuracy = (
        "Lorenz at (10, 28, 8/3): the exponents add up to -13.6667 within 1e-6, the largest is 0.906 within 0.001 over "
        "1e5 time units (tests/engine/systems/test_attractor.py); Lotka and Volterra's integral keeps to 1e-13."
    )
    references = (
        *(model.source for model in MODELS.values()),
        "G. Benettin, L. Galgani, A. Giorgilli and J.-M. Strelcyn, Lyapunov exponents, Meccanica 15 (1980) 9-30.",
        "A. Jorba and M. Zou, Experimental Mathematics 14 (2005) 99-117.",
    )

    def units(self, spec: AttractorSpec) -> tuple[TimeUnit, str]:
        """Pure numbers."""
        return "1", "1"

    def observables(self, spec: AttractorSpec) -> list[Observable]:
        """Places of the copies, their speeds and distances, and the exponents so far."""
        n, size = spec.copies, len(spec.all_starts())
        found = [
            Observable(name="position", unit="1", shape=[n, 3], per_body=True, description="The first three variables"),
            Observable(name="speed", unit="1", shape=[n], per_body=True, description="Size of the rates of change"),
            Observable(name="separation", unit="1", shape=[n], per_body=True, description="From the first copy"),
        ]
        if size > 3:
            found.append(Observable(name="variables", unit="1", shape=[n, size], per_body=True))
        if spec.lyapunov:
            text = "Lyapunov exponents so far, largest first, in 1 / universe time"
            found.append(Observable(name="lyapunov", unit="1", shape=[size], description=text))
        return found

    def bodies(self, spec: AttractorSpec, environment: dict[str, float], seed: int) -> list[Body]:
        """One a copy."""
        names = ["point"] if spec.copies == 1 else [f"point {k}" for k in range(1, spec.copies + 1)]
        return [Body(name=name) for name in names]

    def estimate(self, spec: AttractorSpec, environment: dict[str, float]) -> Estimate:
        """From the formulas, and how quickly the rates turn along a rough path from the start."""
        found = problem(spec)
        constants = {name: float(getattr(spec, name)) for name in LETTERS} | spec.constants
        zeros = [[0.0] * len(spec.all_starts())] * spec.copies
        speed = environment.get("time_scale", 1.0)
        return estimate(found, start(spec, zeros), constants, spec, self.observables(spec), speed, sqrt(0.5))

    def start(
        self,
        spec: AttractorSpec,
        environment: dict[str, float],
        seed: int,
        checkpoint: bytes | None,
        timeline: Timeline,
    ) -> Run:
        """The seed places the copies after the first."""
        from harmonic_physics.engine.attractor.run import AttractorRun

        return AttractorRun(self, spec, environment, seed, checkpoint, timeline)
