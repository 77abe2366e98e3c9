"""Reads the histories out of the databases of a settled platform."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from harmonic_chassis.main import NAMES, load_service
from harmonic_physics.jobs import Simulate
from harmonic_standalone.testing.chaos.history import Handled, Histories, Logged
from harmonic_standalone.testing.chaos.witness import consumers

LOG = """SELECT number, type, subject, sequence, (envelope::json -> 'data' ->> 'revision')::int AS revision
         FROM event_log ORDER BY number"""
WITNESS = "SELECT place, source, number, type, subject, sequence FROM chaos_witness WHERE consumer = $1 ORDER BY place"
DONE = """SELECT job.job_id, count(*) FROM job JOIN simulation ON simulation_id = job.job_id
          WHERE job.state = 'succeeded' AND simulation.state IN ('completed', 'succeeded') GROUP BY job.job_id"""
GIVEN_UP = """SELECT job.job_id, job.reasons FROM job JOIN simulation ON simulation_id = job.job_id
              WHERE job.state = 'failed' AND simulation.state = 'failed'"""
"""Jobs whose worker died under them at every attempt: they end as failed, and the reasons say so."""
KILLED = "stopped without a word"
ENDS = frozenset({"physics.simulation.completed.v1", "physics.simulation.failed.v1"})
DOCUMENTS = ("universe/", "soundscape/")


async def histories(urls: Mapping[str, str]) -> Histories:
    """The histories in the databases at these PostgreSQL URLs, by service."""
    logs: dict[str, list[Logged]] = {}
    handled: dict[str, list[Handled]] = {}
    types: dict[str, frozenset[str]] = {}
    for name in NAMES:
        connection = await asyncpg.connect(urls[name])
        try:
            logs[name] = await read_log(urls[name])
            for consumer, known in consumers(load_service(name)).items():
                rows = await connection.fetch(WITNESS, consumer)
                handled[consumer], types[consumer] = [Handled(*row) for row in rows], known
        finally:
            await connection.close()
    done, told = await read_jobs(urls["physics"], logs["physics"])
    given_up = await _given_up(urls["physics"])
    return Histories(logs, handled, types, {**dict.fromkeys(given_up, 1), **done}, told, given_up)


async def read_log(url: str) -> list[Logged]:
    """The event log of one service."""
    connection = await asyncpg.connect(url)
    try:
        return [_logged(row) for row in await connection.fetch(LOG)]
    finally:
        await connection.close()


async def count_events(urls: Mapping[str, str]) -> int:
    """How many events the logs of all services hold: their numbers have no holes."""
    total = 0
    for url in urls.values():
        connection = await asyncpg.connect(url)
        try:
            total += await connection.fetchval("SELECT coalesce(max(number), 0) FROM event_log")
        finally:
            await connection.close()
    return total


async def read_jobs(url: str, log: Sequence[Logged]) -> tuple[dict[str, int], Counter[str]]:
    """How often each simulation is done, in the database of physics, and how often its log tells of it."""
    connection = await asyncpg.connect(url)
    try:
        done = {str(job_id): count for job_id, count in await connection.fetch(DONE)}
    finally:
        await connection.close()
    return done, Counter(each.subject.removeprefix("simulation/") for each in log if each.type in ENDS)


async def _given_up(url: str) -> frozenset[str]:
    """Jobs that ended as failed because every one of their attempts was killed, and for no other reason."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(GIVEN_UP)
    finally:
        await connection.close()
    told = {str(job_id): json.loads(reasons) for job_id, reasons in rows}
    most = Simulate.max_attempts
    return frozenset(
        job_id
        for job_id, reasons in told.items()
        if len(reasons) == most and all(KILLED in reason["error"] for reason in reasons)
    )


def _logged(row: Any) -> Logged:
    revision = row["revision"] if row["subject"].startswith(DOCUMENTS) else None
    return Logged(row["number"], row["type"], row["subject"], row["sequence"], revision)


async def unsettled(urls: Mapping[str, str]) -> list[str]:
    """What is still under way, in words."""
    busy = []
    for name in NAMES:
        connection = await asyncpg.connect(urls[name])
        try:
            row = await connection.fetchrow(
                """SELECT (SELECT count(*) FROM outbox) AS outbox,
                          (SELECT count(*) FROM inbox WHERE state = 'pending') AS inbox,
                          (SELECT count(*) FROM job WHERE public AND ended_at IS NULL) AS jobs"""
            )
        finally:
            await connection.close()
        busy += [f"{name}.{what}: {count}" for what, count in row.items() if count]
    return busy


async def stuck(urls: Mapping[str, str]) -> list[str]:
    """Messages that nobody will handle by himself: dead letters and unknown types."""
    found = []
    for name in NAMES:
        connection = await asyncpg.connect(urls[name])
        try:
            rows = await connection.fetch("SELECT consumer, type, state, error FROM inbox WHERE state <> 'pending'")
        finally:
            await connection.close()
        found += [f"{name}: {row['type']} is {row['state']}: {(row['error'] or '')[-300:]}" for row in rows]
    return found
