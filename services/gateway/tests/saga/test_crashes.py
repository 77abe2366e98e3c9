"""The saga on its database: a crash at any step loses no step and begins none twice; silence and cancels end it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.faults import StepClock
from harmonic_chassis.testing.house import House, eventually, running
from harmonic_contracts.base import MessageData
from harmonic_contracts.messages.audio import Render
from harmonic_contracts.messages.export import Package
from harmonic_contracts.messages.gateway import PerformanceCompleted, PerformanceFailed
from harmonic_contracts.messages.operation import CANCEL_OPERATION, OPERATION_CHANGED
from harmonic_contracts.messages.physics import Simulate
from harmonic_contracts.operations import OperationState
from harmonic_gateway.saga.steps import PERFORMANCE
from harmonic_gateway.saga.transitions import STEP_SILENCE
from harmonic_gateway.service import service
from harmonic_gateway.testing import samples
from harmonic_gateway.testing.neighbours import Neighbours

ORDERS: dict[str, tuple[type[MessageData], str]] = {
    "simulate": (Simulate, "simulation_id"),
    "render": (Render, "rendering_id"),
    "export": (Package, "export_id"),
}
STEPS = [(step.phase.value, step.service) for step in PERFORMANCE]


class Installation:
    """A gateway on one folder, that may die and be started again; its caller and its clock outlive it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority, self.clock, self.neighbours = Authority(), StepClock(), Neighbours()
        self.who = (new_id(), new_id(), new_id())
        self.steps: dict[str, str] = {}

    @asynccontextmanager
    async def running(self, *, dies: bool = False) -> AsyncIterator[House]:
        """The gateway, until the end of the block; where it dies there, nothing of its event path is finished."""
        peers = {"physics": self.neighbours.physics, "audio": self.neighbours.audio}
        async with running(
            service, peers=peers, data_dir=self.folder, authority=self.authority, clock=self.clock
        ) as house:
            house.user_id, house.organization_id, house.project_id = self.who
            self.neighbours.organization_id = house.organization_id
            yield house
            if dies:
                await house.chassis.event_path.kill()

    async def begin(self, house: House) -> str:
        body = {"universe_id": samples.UNIVERSE}
        answer = await house.client.post("/v1/performances", json=body, headers=house.auth())
        assert answer.status_code == 202, answer.text
        return str(answer.json()["operation_id"])

    async def order(self, house: House, step: str) -> str:
        """Wait until the step is ordered; its id. It is ordered once."""
        model, name = ORDERS[step]
        found = await eventually(lambda: house.emitted(model))
        assert len(found) == 1
        self.steps[step] = getattr(found[0], name)
        return self.steps[step]

    async def complete(self, house: House, step: str) -> None:
        """The service of the step says that it is done."""
        mine, organization = self.steps[step], house.organization_id
        told: dict[str, Any] = {
            "simulate": lambda: samples.simulated(mine, organization),
            "render": lambda: samples.rendered(mine, self.steps["simulate"], organization),
            "export": lambda: samples.exported(mine, organization),
        }
        await house.deliver(told[step]())


async def state(house: House, operation_id: str) -> dict[str, Any]:
    fresh = house.auth(issued_at=house.chassis.clock.now().timestamp())
    answer = await house.client.get(f"/v1/operations/{operation_id}", headers=fresh)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def until_at(installation: Installation, house: House, last: str) -> str:
    """Begin a performance and bring it into this step."""
    operation_id = await installation.begin(house)
    for step, _ in STEPS:
        await installation.order(house, step)
        if step == last:
            break
        await installation.complete(house, step)
    return operation_id


def test_the_performance_reads_as_a_sentence() -> None:
    """Simulate in physics, then render in audio, then export in export, each with what takes it back."""
    assert STEPS == [("simulate", "physics"), ("render", "audio"), ("export", "export")]
    for step in PERFORMANCE:
        assert step.taken_back_by(samples.UNIVERSE) == CANCEL_OPERATION[step.service](operation_id=samples.UNIVERSE)


@pytest.mark.parametrize("dead_in", [step for step, _ in STEPS])
async def test_a_crash_in_a_step_loses_and_repeats_nothing(tmp_path: Path, dead_in: str) -> None:
    """The gateway dies while the step runs, and again right after it heard of the step's end: started again it goes
    on, each step is ordered once, and the performance ends once."""
    installation = Installation(tmp_path)
    async with installation.running(dies=True) as house:
        operation_id = await until_at(installation, house, dead_in)
    async with installation.running(dies=True) as house:
        await installation.complete(house, dead_in)
    async with installation.running() as house:
        rest = [step for step, _ in STEPS][[step for step, _ in STEPS].index(dead_in) + 1 :]
        for step in rest:
            await installation.order(house, step)
            await installation.complete(house, step)
        done = await eventually(lambda: house.emitted(PerformanceCompleted))
        assert len(done) == 1
        assert (await state(house, operation_id))["state"] == OperationState.SUCCEEDED
        assert [len(await house.emitted(model)) for model, _ in ORDERS.values()] == [1, 1, 1]


@pytest.mark.parametrize(("step", "downstream"), STEPS)
async def test_a_silent_step_times_out_with_its_reason(tmp_path: Path, step: str, downstream: str) -> None:
    """A step that says nothing for its time ends the performance with a reason that names step and service, and its
    job is cancelled."""
    installation = Installation(tmp_path)
    async with installation.running() as house:
        operation_id = await until_at(installation, house, step)
        installation.clock.step(seconds=(STEP_SILENCE + timedelta(seconds=1)).total_seconds())
        (failed,) = await eventually(lambda: house.emitted(PerformanceFailed))
        assert step in failed.reason
        assert f"worker of the {downstream} service" in failed.reason
        (order,) = await house.emitted(CANCEL_OPERATION[downstream])
        assert order.operation_id == installation.steps[step]
        assert (await state(house, operation_id))["state"] == OperationState.FAILED


@pytest.mark.parametrize(("step", "downstream"), STEPS)
async def test_a_cancel_reaches_the_job_of_the_running_step(tmp_path: Path, step: str, downstream: str) -> None:
    """Whichever step runs, its service is told to cancel that step's job and no other; the order survives a crash
    right after the answer."""
    installation = Installation(tmp_path)
    async with installation.running(dies=True) as house:
        operation_id = await until_at(installation, house, step)
        answer = await house.client.post(f"/v1/operations/{operation_id}/cancel", headers=house.auth())
        assert answer.status_code < 300, answer.text
    async with installation.running() as house:
        (order,) = await eventually(lambda: house.emitted(CANCEL_OPERATION[downstream]))
        assert order.operation_id == installation.steps[step]
        assert (await state(house, operation_id))["state"] == OperationState.CANCELLED
        others = [name for _, name in STEPS if name != downstream]
        assert [await house.emitted(CANCEL_OPERATION[name]) for name in others] == [[], []]


async def test_a_job_that_begins_after_the_end_is_taken_back(tmp_path: Path) -> None:
    """A worker that takes the step's job after the performance was cancelled is told to cancel it then."""
    installation = Installation(tmp_path)
    async with installation.running() as house:
        operation_id = await until_at(installation, house, "simulate")
        await house.client.post(f"/v1/operations/{operation_id}/cancel", headers=house.auth())
        begun = OPERATION_CHANGED["physics"](
            operation_id=installation.steps["simulate"],
            kind="physics.simulate",
            organization_id=house.organization_id,
            state=OperationState.RUNNING,
        )
        await house.deliver(begun)

        async def twice() -> bool:
            return len(await house.emitted(CANCEL_OPERATION["physics"])) == 2

        await eventually(twice)
