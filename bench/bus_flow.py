"""From commit to committed handler, on PostgreSQL and RabbitMQ: two processes of ours beside the plain pattern's two.

Processor time is read from the kernel's books, by process: on a machine that others use as well it says what the wall
clock cannot. What two cores can carry is two seconds of it, divided by what one event takes in all processes together.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.bus_stages import Place
from bench.platform_process import cpu_seconds
from bench.result import Figure

EVENTS, WARM_UP = 12_000, 1_000
SINGLE = 2_000
WRITERS = 32
PACED, PER_SECOND = 2000, 200
CORES = 2
Answer = dict[str, Any]


class Child:
    """A process that obeys orders."""

    def __init__(self, role: str, database: str, place: Place) -> None:
        where = json.dumps({"database": database, "amqp": place.amqp, "prefix": place.prefix})
        command = [sys.executable, "-m", "bench.bus_roles", role, where]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def order(self, **what: Any) -> None:
        """Tell it what to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Answer:
        """What it says of it. Raises RuntimeError when it died."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process ended with code {self.process.wait()}")
        answer: Answer = json.loads(line)
        return answer

    def end(self) -> None:
        """Let it stop."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


@dataclass(frozen=True)
class Cost:
    """Events a second, and CPU microseconds an event by process."""

    rate: float
    us: dict[str, float]

    @property
    def total_us(self) -> float:
        """In all processes together."""
        return sum(self.us.values())


def measure(place: Place) -> list[Figure]:
    """All figures of the distributed flow."""
    with _pair("produce", "consume", place) as (producer, consumer):
        _flood(place, producer, consumer, WARM_UP, 10)
        ten = _flood(place, producer, consumer, EVENTS, 10)
        one = _flood(place, producer, consumer, SINGLE, 1)
        waits = _paced(producer, consumer)
    with _pair("plain-produce", "plain-consume", place) as (producer, consumer):
        _flood(place, producer, consumer, WARM_UP // 2, 1)
        plain = _flood(place, producer, consumer, SINGLE, 1)
    carried = CORES * 1e6 / ten.total_us
    return [
        *_costs("ten events a transaction", ten),
        Figure("ten events a transaction: what two cores carry, by CPU", carried, "events/s", 3000, True),
        *_costs("one event a transaction", one),
        *_costs("plain pattern", plain),
        Figure("one event a transaction: times the plain pattern's rate", one.rate / plain.rate, "", 2.0, True),
        Figure("one event a transaction: plain pattern's CPU over ours", plain.total_us / one.total_us, ""),
        Figure(f"at {PER_SECOND}/s: commit to handler, median", 1e3 * waits[len(waits) // 2], "ms"),
        Figure(f"at {PER_SECOND}/s: commit to handler, 99 in 100", 1e3 * waits[int(0.99 * len(waits))], "ms", 25.0),
    ]


def _costs(name: str, cost: Cost) -> list[Figure]:
    parts = [Figure(f"{name}: {process}", us, "CPU us/event") for process, us in cost.us.items()]
    return [Figure(f"{name}: commit to handled", cost.rate, "events/s"), *parts]


@contextmanager
def _pair(produce: str, consume: str, place: Place) -> Iterator[tuple[Child, Child]]:
    consumer = Child(consume, place.consumer, place)
    producer = Child(produce, place.producer, place)
    try:
        yield producer, consumer
    finally:
        producer.end()
        consumer.end()


def _flood(place: Place, producer: Child, consumer: Child, events: int, a_transaction: int) -> Cost:
    books: dict[str, Callable[[], float]] = {
        "producer and relay": lambda: cpu_seconds(producer.process.pid),
        "inbox and handlers": lambda: cpu_seconds(consumer.process.pid),
        "PostgreSQL": lambda: _postgres(place),
        "RabbitMQ": _rabbit,
    }
    before = {name: read() for name, read in books.items()}
    producer.order(events=events, a_transaction=a_transaction, writers=WRITERS)
    consumer.order(events=events)
    began, last = producer.answer()["began"], consumer.answer()["last"]
    us = {name: 1e6 * (read() - before[name]) / events for name, read in books.items()}
    return Cost(events / (last - began), us)


def _paced(producer: Child, consumer: Child) -> list[float]:
    producer.order(events=PACED, per_second=PER_SECOND)
    consumer.order(events=PACED, times=True)
    said, at = producer.answer(), consumer.answer()["at"]
    return sorted(max(0.0, at[event_id] - committed) for event_id, committed in said.items())


def _postgres(place: Place) -> float:
    """The backends of our two databases."""
    names = [url.rsplit("/", 1)[1] for url in (place.producer, place.consumer)]
    return sum(cpu_seconds(pid) for pid, line in _processes() if line.startswith("postgres:") and _any(names, line))


def _rabbit() -> float:
    """The broker's one process: the oldest, where others run brokers of their own. It may serve others, too."""
    brokers = [pid for pid, line in _processes() if "beam" in line and "rabbit" in line]
    return cpu_seconds(min(brokers)) if brokers else 0.0


def _any(names: list[str], line: str) -> bool:
    return any(name in line for name in names)


def _processes() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                yield int(folder.name), (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:  # it has ended
                continue
