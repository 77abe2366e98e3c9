"""Orders to cancel, as they come from the gateway: obeyed for one's own organization, even when they come too early."""

from dataclasses import replace

from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import cancel_handlers, read
from harmonic_chassis.testing.house import House, running
from harmonic_chassis.testing.job_bench import Count, CountKind
from harmonic_chassis.testing.sample.service import service
from harmonic_contracts.messages.operation import CANCEL_OPERATION, OPERATION_CHANGED
from harmonic_contracts.operations import OperationState

counting = replace(service, jobs=lambda: (CountKind(),))
LONG = Count(ticks=10_000, tick_s=0.02)


async def submit(house: House, job_id: str) -> None:
    async with house.chassis.db.transaction() as uow:
        await uow.submit("physics.count", LONG, organization_id=house.organization_id, job_id=job_id)


async def state(house: House, job_id: str) -> OperationState:
    async with house.chassis.db.reading() as session:
        found = await read(session, job_id, organization_id=house.organization_id)
    assert found is not None
    return found.state


async def test_an_order_ends_the_job_and_the_end_is_told() -> None:
    """The cancel command ends a running job, and the service says so."""
    job_id = new_id()
    async with running(counting) as house:
        await submit(house, job_id)
        await house.deliver(CANCEL_OPERATION["physics"](operation_id=job_id))
        await house.drain()
        assert await state(house, job_id) == OperationState.CANCELLED
        assert (await house.emitted(OPERATION_CHANGED["physics"]))[-1].state == OperationState.CANCELLED


async def test_an_order_that_came_before_its_job_is_not_lost() -> None:
    """A cancel that overtook the order to begin is tried again, and ends the job when it is there."""
    job_id = new_id()
    async with running(counting) as house:
        await house.deliver(CANCEL_OPERATION["physics"](operation_id=job_id))
        await submit(house, job_id)
        await house.drain()
        assert await state(house, job_id) == OperationState.CANCELLED


async def test_another_organization_cannot_cancel() -> None:
    """An order in another organization's name changes nothing."""
    job_id = new_id()
    async with running(counting, roles={"serve"}) as house:
        await submit(house, job_id)
        await house.deliver(CANCEL_OPERATION["physics"](operation_id=job_id), organization_id=new_id())
        while not await house.chassis.event_path.idle():
            pass
        assert await state(house, job_id) == OperationState.QUEUED


def test_a_service_without_operations_has_no_such_orders() -> None:
    """The gateway knows order, not work: it takes no cancel orders."""
    assert cancel_handlers("gateway").by_consumer("gateway") == {}
