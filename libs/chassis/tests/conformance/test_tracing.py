"""Promises of tracing: the stages of a message's way are one chain of spans, and without a taker nothing is done."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from harmonic_chassis import tracing
from harmonic_chassis.context import MessageContext, fresh
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.testing.world import World, created
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated

NOT_SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """All spans of this process."""
    exporter = InMemorySpanExporter()
    tracing.send_to(SimpleSpanProcessor(exporter))
    yield exporter
    tracing.send_to(None)


def _parent(span: ReadableSpan) -> int:
    assert span.parent is not None
    return span.parent.span_id


def _own(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


async def test_each_stage_of_an_event_is_the_child_of_the_one_before(world: World, spans: InMemorySpanExporter) -> None:
    """outbox, send, receive and process are one chain below the context that said the event, in one trace, on every
    transport and database; what the handler says goes on from its own span."""
    seen: list[MessageContext] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def remember(message: Message[UniverseCreated], uow: UnitOfWork, chassis: object) -> None:
        seen.append(uow.context)

    await world.run("physics")
    await world.run("audio", handlers)
    context = fresh()
    async with world.physics.transaction(context) as uow:
        uow.emit(created())
    await world.settle()
    found = {span.name.split()[0]: span for span in spans.get_finished_spans()}
    assert {span.context.trace_id for span in found.values() if span.context} == {int(context.trace_id or "", 16)}
    chain = [int((context.traceparent or "").split("-")[2], 16)]
    for stage in ("outbox", "send", "receive", "process"):
        assert _parent(found[stage]) == chain[-1], stage
        assert (found[stage].start_time or 0) <= (found[stage].end_time or 0)
        chain.append(_own(found[stage]))
    assert int((seen[0].traceparent or "").split("-")[2], 16) == chain[-1]
    assert found["receive"].resource.attributes["service.name"] == "audio"


async def test_what_the_caller_does_not_sample_leaves_no_span(world: World, spans: InMemorySpanExporter) -> None:
    """A trace whose caller did not sample it stays unsampled through the house."""
    await world.run("physics")
    context = MessageContext(None, None, fresh().correlation_id, None, NOT_SAMPLED, None)
    async with world.physics.transaction(context) as uow:
        uow.emit(created())
    await world.settle()
    assert spans.get_finished_spans() == ()


def test_without_a_taker_a_context_stays_what_it_is() -> None:
    """Nothing is copied and nothing is made where no spans are sent."""
    context = fresh()
    assert tracing.child(context) is context
    with tracing.processing("audio", "audio", "physics.universe.created.v1", context) as own:
        assert own is context


def test_without_a_taker_the_sdk_is_not_loaded() -> None:
    """A process that sends no spans does not even import OpenTelemetry's SDK."""
    code = (
        "import sys; from harmonic_chassis.main import load_service; load_service('physics'); "
        "import harmonic_chassis.http.app, harmonic_chassis.jobs.workers; "
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("url", ["ftp://collector", "collector:4318"])
def test_a_wrong_address_is_refused(url: str) -> None:
    """An address that no spans can be sent to is named, with those that can."""
    with pytest.raises(ValueError, match="https://"):
        tracing.configure(url)


def test_spans_of_several_processes_share_a_file(tmp_path: Path) -> None:
    """Each span is one whole line of JSON, whoever appends at the same time."""
    import json

    file = tmp_path / "spans" / "all.jsonl"
    code = (
        "import sys; from harmonic_chassis import tracing; from harmonic_chassis.context import fresh\n"
        "tracing.configure(sys.argv[1])\n"
        "for _ in range(200): tracing.request('physics', 'GET', '/v1/x', 200, fresh().traceparent, None, 0.0)\n"
        "tracing.flush()"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, file.as_uri()]) for _ in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == 600
    assert len({line["context"]["span_id"] for line in lines}) == 600
