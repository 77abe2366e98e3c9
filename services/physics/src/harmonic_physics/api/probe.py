"""Probes for the other services: a small simulation at once, nothing kept."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import Field, JsonValue
from starlette.responses import Response

from harmonic_chassis.http import ChassisDep, ProblemError, ServiceCallerDep, problems, refused
from harmonic_chassis.jobs import JobRefused
from harmonic_contracts.base import Contract
from harmonic_contracts.trajectory import TRAJECTORY_MEDIA_TYPE
from harmonic_physics.api import rights
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.system import Refused
from harmonic_physics.simulations.probe import MAX_BYTES, MAX_CPU_SECONDS, Probes

router = APIRouter(include_in_schema=False)
AT_ONCE = 2


class ProbeInput(Contract):
    """What to simulate. `duration` shortens the spec's."""

    system: str = Field(max_length=60)
    spec: dict[str, JsonValue]
    environment: dict[str, JsonValue] = {}
    seed: int = Field(default=0, ge=0, lt=2**63)
    duration: float | None = Field(default=None, gt=0)


@router.post("/internal/probe")
async def probe(body: ProbeInput, request: Request, caller: ServiceCallerDep, chassis: ChassisDep) -> Response:
    """The trajectory file. A run that stops on the way is 422 with the time and the reason."""
    spec = dict(body.spec) | ({"duration": body.duration} if body.duration is not None else {})
    try:
        start = check(body.system, spec, dict(body.environment), max_cpu=MAX_CPU_SECONDS)
    except Refused as error:
        raise rights.refusal(error) from None
    if start.estimate.result_bytes > MAX_BYTES:
        raise refused("body.duration", f"the result would have {start.estimate.result_bytes} bytes", f"{MAX_BYTES}")
    probes: Probes = chassis.state.setdefault("probes", Probes())
    gate: asyncio.Semaphore = chassis.state.setdefault("probe_gate", asyncio.Semaphore(AT_ONCE))
    try:
        async with gate:
            digest, made = await asyncio.to_thread(probes.run, start, body.seed)
    except JobRefused as stop:
        found = stop.problem
        type_ = problems.SIMULATION_STOPPED if found.type == problems.SIMULATION_STOPPED.uri else problems.INVALID
        raise ProblemError(type_, detail=found.detail, errors=found.errors) from None
    return Response(made, headers={"X-Harmonic-Digest": digest}, media_type=TRAJECTORY_MEDIA_TYPE)
