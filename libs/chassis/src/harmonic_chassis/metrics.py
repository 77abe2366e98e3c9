"""Prometheus metrics of one service: requests as they happen; queues and jobs counted when they are asked for."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select

from harmonic_chassis.database import Database
from harmonic_chassis.tables.event_path import inbox, outbox
from harmonic_chassis.tables.jobs import job

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one service, in a registry of its own: several services may share a process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
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
        self._dead.set(depths.pop("dead", 0))
        self._inbox.set(sum(depths.values()))
        self._jobs.clear()
        for kind, state, count in jobs:
            self._jobs.labels(kind, state).set(count)
        return generate_latest(self.registry)
