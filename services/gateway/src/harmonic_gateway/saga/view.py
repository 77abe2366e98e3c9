"""A performance as its operation, and as the table of facts that a listener reads."""

from typing import Any

from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.operations import Operation
from harmonic_gateway.saga.state import Performance, Phase
from harmonic_gateway.saga.steps import STEPS

KIND = "performance"


def operation_of(performance: Performance) -> Operation:
    """The public face: one operation with a step for each of simulate, render and export."""
    steps = [performance.step(phase) for phase in STEPS]
    return Operation(
        operation_id=performance.performance_id,
        kind=KIND,
        organization_id=performance.organization_id,
        state=performance.state,
        progress=round(sum(step.progress for step in steps) / len(steps), 6),
        steps=steps,
        result=result_of(performance) if performance.phase is Phase.SUCCEEDED else None,
        problem=performance.problem,
        created_at=performance.created_at,
        updated_at=performance.updated_at,
    )


def result_of(performance: Performance) -> dict[str, Any]:
    """What came out: the ids of the parts, the files with their addresses, and the facts."""
    ids = {f"{name}_id": performance.step(phase).operation_id for phase, name in _PARTS.items()}
    return {
        "performance_id": performance.performance_id,
        "universe_id": performance.universe.id,
        **ids,
        "files": [file_of(file) for file in performance.files],
        "facts": facts_of(performance),
    }


_PARTS = {Phase.SIMULATE: "simulation", Phase.RENDER: "rendering", Phase.EXPORT: "export"}


def file_of(file: NamedArtifact) -> dict[str, Any]:
    """A file with the address where the gateway gives it."""
    artifact = file.artifact
    url = f"/v1/artifacts/{artifact.producer}/{artifact.sha256}"
    return {"name": file.name, "url": url, "artifact": artifact.model_dump(mode="json")}


def facts_of(performance: Performance) -> dict[str, Any]:
    """What is known of the sound and of the motion so far; what is not known yet is left out."""
    facts: dict[str, Any] = {}
    if simulation := performance.simulation:
        facts |= {
            "simulated": simulation.duration,
            "simulated_unit": simulation.time_unit,
            "frames": simulation.frames,
            "physical_events": simulation.events,
            "largest_relative_energy_error": simulation.energy_error,
        }
    if rendering := performance.rendering:
        facts |= {
            "notes": rendering.notes,
            "key": rendering.key,
            "duration_s": rendering.duration_s,
            "integrated_loudness_lufs": rendering.integrated_loudness_lufs,
            "true_peak_dbtp": rendering.true_peak_dbtp,
        }
    walls = {step.name: step.wall_seconds for step in performance.steps.values() if step.wall_seconds is not None}
    return {**facts, "wall_seconds": walls} if walls else facts


def performance_view(performance: Performance) -> dict[str, Any]:
    """The resource of GET /v1/performances/{id}."""
    dumped = performance.model_dump(mode="json", include={"universe", "soundscape", "seed", "formats", "stems"})
    operation = operation_of(performance).model_dump(mode="json", exclude={"kind", "result"})
    return {**operation, **dumped, **result_of(performance), "operation_id": performance.performance_id}
