"""Prometheus metrics of one service: requests as they happen; queues and jobs counted when they are asked for."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from harmonic_chassis.database import Database
from harmonic_chassis.flow import Flow
from harmonic_chassis.inbox import PENDING
from harmonic_chassis.tables.event_path import inbox, outbox
from harmonic_chassis.tables.jobs import job

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


_RETRIED = select(func.count(), func.max(inbox.c.attempts)).where(PENDING, inbox.c.attempts > 0)
_OLDEST = {
    "outbox": select(outbox.c.time).order_by(outbox.c.position).limit(1),
    "inbox": select(inbox.c.received_at).where(PENDING).order_by(inbox.c.position).limit(1),
    "job": select(func.min(job.c.due_at)).where(job.c.state == "queued"),
}


class Metrics:
    """The metrics of one service, in a registry of its own: several services may share a process."""

    def __init__(self, service: str, flow: Flow) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        flow.register(self.registry)
        self._requests = Counter(
            "harmonic_http_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "harmonic_http_request_seconds",
            "Time to answer, in seconds",
            ["method", "route"],
            registry=self.registry,
            buckets=BUCKETS,
        )
        self._outbox = self._gauge("harmonic_outbox_depth", "Messages not yet delivered")
        self._inbox = self._gauge("harmonic_inbox_depth", "Messages not yet handled")
        self._dead = self._gauge("harmonic_dead_letters", "Messages whose handler failed for good")
        self._oldest = Gauge(
            "harmonic_oldest_seconds",
            "Age of the oldest that waits: message in the outbox, message in the inbox, job that is due; 0 for none",
            ["stage"],
            registry=self.registry,
        )
        self._retrying = self._gauge("harmonic_inbox_retrying", "Messages that failed and are tried again")
        self._most = self._gauge("harmonic_inbox_attempts_max", "Most attempts of a message that waits")
        self._jobs = Gauge("harmonic_jobs", "Jobs by kind and state", ["kind", "state"], registry=self.registry)
        info = Gauge("harmonic_service", "The service", ["service"], registry=self.registry)
        info.labels(service).set(1)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    async def render(self, db: Database) -> bytes:
        """The exposition text, with the queues as they are now."""
        async with db.reading() as session:
            self._outbox.set(await session.scalar(select(func.count()).select_from(outbox)) or 0)
            states = select(inbox.c.state, func.count()).group_by(inbox.c.state)
            depths: dict[str, int] = {row[0]: row[1] for row in await session.execute(states)}
            by_state = select(job.c.kind, job.c.state, func.count()).group_by(job.c.kind, job.c.state)
            jobs = (await session.execute(by_state)).all()
            retried = (await session.execute(_RETRIED)).one()
            for stage, query in _OLDEST.items():
                self._oldest.labels(stage).set(_age(await session.scalar(query), db.clock.now()))
        self._retrying.set(retried[0])
        self._most.set(retried[1] or 0)
        self._dead.set(depths.pop("dead", 0))
        self._inbox.set(sum(depths.values()))
        self._jobs.clear()
        for kind, state, count in jobs:
            self._jobs.labels(kind, state).set(count)
        return generate_latest(self.registry)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
