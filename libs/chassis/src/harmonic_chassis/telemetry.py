"""Logs: structured, with the trace and request they belong to, and without secrets."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from harmonic_chassis.context import current_or_none

REDACTED = "[redacted]"
SECRET_NAME = re.compile(r"password|secret|token|authorization|api_?key|cookie|credential|private", re.IGNORECASE)
SECRET_VALUE = re.compile(
    r"eyJ[\w-]{5,}\.[\w-]+\.[\w-]+"  # a JWT
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password of a URL
    r"|(?i:bearer)\s+[\w.~+/-]{8,}=*"
    r"|\bhu_[\w-]{16,}"  # an API key
    r"|(?<=DETAIL:  )[^\n]+"  # PostgreSQL's quotation of the row that it refuses
)
PLAIN_NAMES = frozenset({"token_type", "key_id", "idempotency_key"})
NOISY = ("uvicorn.access", "aiosqlite", "aiormq", "aio_pika", "asyncio", "multipart")

Event = MutableMapping[str, Any]


def redact(value: Any, name: str = "") -> Any:
    """The value as it may be logged."""
    if name and SECRET_NAME.search(name) and name not in PLAIN_NAMES and value is not None:
        return REDACTED
    if isinstance(value, str):
        return SECRET_VALUE.sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {key: redact(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact(inner) for inner in value]
    return value


def _redact_event(_logger: Any, _method: str, event: Event) -> Event:
    return {name: redact(value, name) for name, value in event.items()}


def _add_context(_logger: Any, _method: str, event: Event) -> Event:
    context = current_or_none()
    if context is not None:
        known = {
            "request_id": context.request_id,
            "trace_id": context.trace_id,
            "correlation_id": context.correlation_id,
            "organization_id": context.organization_id,
            "actor_id": context.actor_id,
        }
        for name, value in known.items():
            if value is not None:
                event.setdefault(name, value)
    return event


class _StandardError(logging.Handler):
    """Writes to standard error as it is at the moment: it may be replaced while the process runs."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


def configure(level: str = "info", format_: str = "json", *, service: str | None = None) -> None:
    """Send every log line of the process, ours and the libraries', to standard error in one form."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_context,
    ]
    if service is not None:
        shared.append(_adding("service", service))
    structlog.configure(
        processors=[*shared[:2], *shared[3:], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_last(format_)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _last(format_: str) -> list[Any]:
    clean = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    if format_ == "console":
        return [*clean, structlog.dev.ConsoleRenderer()]
    return [*clean, structlog.processors.JSONRenderer(serializer=_dumps)]


def _adding(name: str, value: str) -> Any:
    def add(_logger: Any, _method: str, event: Event) -> Event:
        event.setdefault(name, value)
        return event

    return add


def _dumps(event: Any, **_options: Any) -> str:
    import orjson

    return orjson.dumps(event, default=repr).decode()
