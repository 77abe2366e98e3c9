"""Durable work of physics: simulations."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonic_chassis.jobs import NO_WORK, JobContext, JobKind, JobRefused, Work
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.problems import INVALID, NOT_FOUND, Problem
from harmonic_contracts.trajectory import TRAJECTORY_MEDIA_TYPE
from harmonic_physics.engine.system import Refused
from harmonic_physics.simulations.work import SimulationWork
from harmonic_physics.store import simulations, universes
from harmonic_physics.store.simulations import KIND, Facts, SimulateInput
from harmonic_physics.store.tables import Simulation


@dataclass
class KnownResult:
    """Nothing to compute: an equal simulation has its trajectory."""

    facts: Facts

    def tick(self) -> float:
        """Done."""
        return NO_WORK.tick()  # type: ignore[return-value]  # it never awaits

    def checkpoint(self) -> None:
        """Nothing."""


class Simulate(JobKind[SimulateInput, Facts]):
    """Runs one simulation, or finds its result."""

    kind = KIND
    payload = SimulateInput

    async def prepare(self, job: JobContext[SimulateInput]) -> Work:
        async with job.chassis.db.reading() as session:
            simulation = await session.get(Simulation, job.payload.simulation_id)
            if simulation is None:
                raise JobRefused(NOT_FOUND.document("The universe was deleted"))
            known = await simulations.known_result(session, simulation.organization_id, simulation.digest)
            document = await universes.document(session, simulation.universe_id, simulation.revision)
        if known is not None:
            return KnownResult(known)
        if document is None:
            raise JobRefused(NOT_FOUND.document("The universe was deleted"))
        try:
            start = document.start()
        except Refused as refusal:
            raise JobRefused(INVALID.document(str(refusal), errors=refusal.errors)) from refusal
        return SimulationWork(start, simulation.seed, job.scratch, job.checkpoint)

    async def finish(self, job: JobContext[SimulateInput], work: Work) -> Facts:
        if isinstance(work, KnownResult):
            return work.facts
        assert isinstance(work, SimulationWork)
        import asyncio

        path, header, events = await asyncio.to_thread(work.finish)
        ref = await job.chassis.artifacts.put_file(Path(path), TRAJECTORY_MEDIA_TYPE)
        return Facts(
            trajectory=ref,
            frames=header.frames,
            events=events,
            duration=work.start.spec.duration,
            time_unit=header.time_unit,
            energy_error=header.certificate.invariants.get("energy"),
        )

    async def complete(self, job: JobContext[SimulateInput], result: Facts, uow: UnitOfWork) -> dict[str, Any] | None:
        return await simulations.complete(uow, job.payload.simulation_id, result)

    async def failed(self, job: JobContext[SimulateInput], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        await simulations.fail(uow, job.payload.simulation_id, problem, cancelled=cancelled)
