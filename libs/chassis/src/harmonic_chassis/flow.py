"""How messages flow through this process: batch sizes, lag at each stage, attempts. Counted a batch at a time.

The queues themselves (depth, age of the oldest row) are in the database and are asked there, by ``metrics``, for all
processes of a service together; what is here is of the process that is asked.
"""

from datetime import UTC, datetime
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram

SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500)
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
Outcome = Literal["handled", "failed", "dead", "waited"]
"""``failed``: tried again later; ``waited``: a dependency was down, which is no attempt."""


class Flow:
    """The counters of one database's event path in one process."""

    def __init__(self) -> None:
        self._batch = Histogram(
            "harmonic_relay_batch_size", "Messages that the relay published at once", registry=None, buckets=SIZES
        )
        self._lag = Histogram(
            "harmonic_stage_lag_seconds",
            "Age of the oldest message of a batch once it has passed the stage: relay and inbox since it was said, "
            "handler since it was received",
            ["stage"],
            registry=None,
            buckets=SECONDS,
        )
        self._attempts = Counter(
            "harmonic_handler_attempts", "Messages tried, by what came of it", ["consumer", "outcome"], registry=None
        )

    def register(self, registry: CollectorRegistry) -> None:
        """Show them with the others of a service."""
        for each in (self._batch, self._lag, self._attempts):
            registry.register(each)

    def relayed(self, count: int, oldest_id: str, now: datetime) -> None:
        """The broker has taken a batch; its oldest message tells by its id when it was said."""
        self._batch.observe(count)
        self._passed("relay", said_at(oldest_id), now)

    def received(self, oldest_id: str, now: datetime) -> None:
        """The inbox has kept a batch."""
        self._passed("inbox", said_at(oldest_id), now)

    def handled(self, consumer: str, count: int, oldest: datetime, now: datetime) -> None:
        """The handlers of a batch are committed."""
        self._attempts.labels(consumer, "handled").inc(count)
        self._passed("handler", oldest, now)

    def tried(self, consumer: str, outcome: Outcome) -> None:
        """One message was tried by itself."""
        self._attempts.labels(consumer, outcome).inc()

    def _passed(self, stage: str, oldest: datetime, now: datetime) -> None:
        self._lag.labels(stage).observe(max((now - oldest).total_seconds(), 0.0))


def said_at(message_id: str) -> datetime:
    """When a message was made: the first 48 bits of a UUIDv7 are milliseconds since 1970 (RFC 9562, section 5.7)."""
    return datetime.fromtimestamp(int(message_id[:8] + message_id[9:13], 16) / 1000, UTC)
