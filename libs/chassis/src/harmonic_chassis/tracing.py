"""One trace from the request through outbox, broker, inbox, handler and job, by OpenTelemetry.

The spans of a message's way have ids made of the message's own id, so that each stage knows its parent's, in whatever
process that was, and nothing travels but the envelope: request -> outbox -> publish -> receive -> process -> what that
says or starts. Nothing here costs more than a look at a global, unless spans have somewhere to go.

Names and attributes: OpenTelemetry's semantic conventions for HTTP and messaging.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

import orjson

from harmonic_chassis.context import MessageContext

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan

log = logging.getLogger(__name__)
Attributes = dict[str, str | int]


class Processor(Protocol):
    """Takes finished spans: a SpanProcessor of the OpenTelemetry SDK."""

    def on_end(self, span: "ReadableSpan") -> None: ...

    def force_flush(self, timeout_millis: int = 30000) -> bool: ...

    def shutdown(self) -> None: ...


_to: Processor | None = None
_url: str | None = None


def active() -> bool:
    """Whether spans have somewhere to go."""
    return _to is not None


def configure(url: str | None) -> None:
    """Send the spans of this process to ``http(s)://...`` (OTLP) or ``file:///path`` (a JSON object a line); None: to
    nobody. Called by each service of a process; the first URL counts. Raises ValueError for any other."""
    global _url
    if url is None or url == _url:
        return
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    send_to(BatchSpanProcessor(_exporter(url)))
    _url = url


def send_to(processor: Processor | None) -> None:
    """Send spans here from now on; None: nowhere."""
    global _to, _url
    if _to is not None:
        _to.shutdown()
    _to, _url = processor, None


def flush() -> None:
    """Send what waits to be sent: at a stop."""
    if _to is not None:
        _to.force_flush()


def _exporter(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme == "file":
        from harmonic_chassis.span_file import SpanFile

        return SpanFile(Path(unquote(parts.path)))
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{parts.scheme}: spans go to http://, https:// (OTLP) or file://")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as missing:
        raise ValueError("sending spans by OTLP needs: pip install 'harmonic-chassis[otlp]'") from missing
    return OTLPSpanExporter(endpoint=url)


def child(context: MessageContext) -> MessageContext:
    """The context of a span of its own below this one; the same context where nobody is told."""
    if _to is None or not _sampled(context.traceparent):
        return context
    return replace(context, traceparent=_within(context.traceparent, secrets.token_hex(8)))


def request(
    service: str, method: str, route: str, status: int, own: str | None, parent: str | None, began: float
) -> None:
    """A request was answered. ``own`` and ``parent`` are traceparents; ``began`` is of ``time.perf_counter``."""
    start = time.time_ns() - int((time.perf_counter() - began) * 1e9)
    attributes: Attributes = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
    }
    _record(service, f"{method} {route}", "SERVER", own, _span_id(parent), start, attributes, failed=status >= 500)


def published(service: str, bodies: Sequence[bytes], began_ns: int) -> None:
    """The broker holds these messages: their time in the outbox, and on the way."""
    for body in bodies:
        message = orjson.loads(body)
        traceparent, id_ = message.get("traceparent"), message["id"]
        if not _sampled(traceparent):
            continue
        named = _of_message(message)
        written = int(datetime.fromisoformat(message["time"]).timestamp() * 1e9)
        outbox = _within(traceparent, _derived("outbox", id_))
        _record(
            service, f"outbox {message['type']}", "INTERNAL", outbox, _span_id(traceparent), written, named, began_ns
        )
        sent = _within(traceparent, _derived("publish", id_))
        _record(service, f"send {message['type']}", "PRODUCER", sent, _span_id(outbox), began_ns, named)


def received(service: str, consumer: str, messages: Sequence[dict[str, Any]], began_ns: int) -> None:
    """The inbox keeps these messages."""
    for message in messages:
        traceparent = message.get("traceparent")
        if not _sampled(traceparent):
            continue
        own = _within(traceparent, _derived("receive", message["id"], consumer))
        named = _of_message(message) | {"messaging.consumer.group.name": consumer}
        sent = _derived("publish", message["id"])
        _record(service, f"receive {message['type']}", "CONSUMER", own, sent, began_ns, named)


@contextmanager
def processing(service: str, consumer: str, type_: str, context: MessageContext) -> Iterator[MessageContext]:
    """The handling of a message, in the context that its causation names; gives that of its own span."""
    own = child(context)
    if own is context:
        yield context
        return
    id_ = context.causation_id or ""
    parent = _derived("receive", id_, consumer)
    attributes: Attributes = {"messaging.message.id": id_, "messaging.consumer.group.name": consumer}
    with _recorded(service, f"process {type_}", "CONSUMER", own, parent, attributes):
        yield own


@contextmanager
def working(
    service: str, kind: str, job_id: str, attempt: int, own: MessageContext, cause: str | None
) -> Iterator[None]:
    """A run of a job. ``own`` is its context, ``cause`` the traceparent of what submitted it."""
    if _to is None:
        yield
        return
    attributes: Attributes = {"harmonic.job.id": job_id, "harmonic.job.attempt": attempt}
    with _recorded(service, f"job {kind}", "INTERNAL", own, _span_id(cause), attributes):
        yield


@contextmanager
def _recorded(
    service: str, name: str, kind: str, own: MessageContext, parent: str | None, attributes: Attributes
) -> Iterator[None]:
    start, failed = time.time_ns(), True
    try:
        yield
        failed = False
    finally:
        _record(service, name, kind, own.traceparent, parent, start, attributes, failed=failed)


def _record(
    service: str,
    name: str,
    kind: str,
    own: str | None,
    parent: str | None,
    start_ns: int,
    attributes: Attributes,
    end_ns: int | None = None,
    *,
    failed: bool = False,
) -> None:
    if _to is None or own is None or not _sampled(own):
        return
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    def spanning(id_: str | None) -> SpanContext | None:
        flags = TraceFlags(TraceFlags.SAMPLED)
        return SpanContext(int(own.split("-")[1], 16), int(id_, 16), False, flags) if id_ else None

    span = ReadableSpan(
        name,
        context=spanning(_span_id(own)),
        parent=spanning(parent),
        resource=_resource(service),
        attributes=attributes,
        kind=SpanKind[kind],
        status=Status(StatusCode.ERROR if failed else StatusCode.UNSET),
        start_time=start_ns,
        end_time=max(end_ns or time.time_ns(), start_ns),
    )
    try:
        _to.on_end(span)
    except Exception:  # whoever looks on must not stop the work
        log.exception("a span was lost")


@cache
def _resource(service: str) -> "Resource":
    from opentelemetry.sdk.resources import Resource

    return Resource.create({"service.name": service, "service.namespace": "harmonic"})


def _of_message(message: dict[str, Any]) -> Attributes:
    named = {"messaging.message.id": message["id"], "messaging.destination.name": message["type"]}
    return {**named, "harmonic.subject": message["subject"], "harmonic.number": message.get("number", 0)}


def _derived(*parts: str) -> str:
    """A span id, 16 hexadecimal digits, from names that every process knows. Never zero, which would be none."""
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
    return digest if digest.strip("0") else "0" * 15 + "1"


def _within(traceparent: str | None, span_id: str) -> str:
    """The same trace, at another span."""
    _, trace_id, _, flags = (traceparent or "").split("-")
    return f"00-{trace_id}-{span_id}-{flags}"


def _sampled(traceparent: str | None) -> bool:
    parts = (traceparent or "").split("-")
    return len(parts) == 4 and bool(int(parts[3], 16) & 1)


def _span_id(traceparent: str | None) -> str | None:
    parts = (traceparent or "").split("-")
    return parts[2] if len(parts) == 4 else None
