"""What a run of a smooth system will cost, from its equations alone."""

from collections.abc import Mapping, Sequence

from harmonic_contracts.trajectory import Observable
from harmonic_physics.engine.formulas.plain import quickness
from harmonic_physics.engine.integrators.taylor import TAYLOR_22
from harmonic_physics.engine.smooth.problem import Problem, step_seconds
from harmonic_physics.engine.system import Estimate, Spec, result_bytes

BUILDING, PYTHON, LOOKING, STEP, KERNEL = 6e-6, 1.5e-5, 1e-8, 4e-6, 1.3
"""Measured seconds of an instruction at the start, of a frame outside the kernels and of its instructions, of a step
outside its series; and what events and their roots add to the series."""


def estimate(
    problem: Problem,
    start: Sequence[float],
    constants: Mapping[str, float],
    spec: Spec,
    observables: Sequence[Observable],
    speed: float = 1.0,
    turns_a_step: float = 1.0,
) -> Estimate:
    """Steps of `turns_a_step` over the quickness of the rates."""
    free = problem.tangents[0] or len(problem.rates)
    quick = quickness(problem.graph, problem.rates[:free], start, constants)
    steps = max(1, int(spec.duration * speed * quick / turns_a_step) + 1)
    moving, looking = problem.moving(), len(problem.looking().body)
    cpu = 0.001 + BUILDING * (len(moving.body) + looking)
    cpu += steps * (STEP + KERNEL * step_seconds(moving, TAYLOR_22.order)) + spec.frames * (PYTHON + LOOKING * looking)
    return Estimate(
        cpu_seconds=cpu, steps=steps, frames=spec.frames, result_bytes=result_bytes(spec.frames, observables)
    )
