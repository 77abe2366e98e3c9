"""Promises of what is measured on the event path: batches, lags and attempts in the process, ages in the database."""

from prometheus_client import CollectorRegistry, generate_latest

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.metrics import Metrics
from harmonic_chassis.testing.world import World, created
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated


def _value(text: str, line: str) -> float:
    return next((float(each.rpartition(" ")[2]) for each in text.splitlines() if each.startswith(line)), 0.0)


async def test_batches_lags_and_attempts_are_counted(world: World) -> None:
    """Ten messages of one transaction: the relay's batches add up to ten, each stage has seen a lag, and every attempt
    is counted by what came of it: one message fails for good after three, nine are handled."""
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def fail_on_the_third(message: Message[UniverseCreated], uow: UnitOfWork, chassis: object) -> None:
        if message.data.name == "poison":
            raise ValueError("poison")

    await world.run("physics")
    await world.run("audio", handlers)
    await world.emit(*[created(name="poison" if place == 3 else "Kepler") for place in range(10)])
    await world.settle()
    producer, consumer = _shown(world, "physics"), _shown(world, "audio")
    assert _value(producer, "harmonic_relay_batch_size_sum") == 10
    assert _value(producer, 'harmonic_stage_lag_seconds_count{stage="relay"}') >= 1
    assert _value(consumer, 'harmonic_stage_lag_seconds_count{stage="inbox"}') >= 1
    assert _value(consumer, 'harmonic_handler_attempts_total{consumer="audio",outcome="handled"}') == 9
    assert _value(consumer, 'harmonic_handler_attempts_total{consumer="audio",outcome="failed"}') == 2
    assert _value(consumer, 'harmonic_handler_attempts_total{consumer="audio",outcome="dead"}') == 1


async def test_the_age_of_the_oldest_row_is_shown(world: World) -> None:
    """What waits in the outbox of a service that does not relay grows old, and the metrics say how old."""
    await world.emit(created())
    database = world.physics
    text = (await Metrics("physics", database.flow).render(database)).decode()
    assert _value(text, "harmonic_outbox_depth") == 1
    assert 0 < _value(text, 'harmonic_oldest_seconds{stage="outbox"}') < 60


def _shown(world: World, service: str) -> str:
    registry = CollectorRegistry()
    world.databases[service].flow.register(registry)
    return generate_latest(registry).decode()
