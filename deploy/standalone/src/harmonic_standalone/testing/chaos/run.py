"""One run of chaos: start, load, kill, settle, check; and what is to be told of it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from harmonic_standalone.testing.chaos.history import Fault, Histories, check
from harmonic_standalone.testing.chaos.load import Editor, Ledger
from harmonic_standalone.testing.chaos.plan import Plan
from harmonic_standalone.testing.chaos.platform import ChaosPlatform
from harmonic_standalone.testing.chaos.reading import count_events, histories, stuck, unsettled
from harmonic_standalone.testing.players import signed_up

SETTLE_S = 180.0
HEAL_S = 40.0
"""Longer than reconciliation sleeps."""
CUT_S = (0.5, 3.0)
COUNT_S = 1.0


@dataclass(frozen=True)
class Storm:
    """What befalls the servers once this share of the run is over."""

    at: float
    kind: str
    """``kill`` or ``cut``"""
    what: str
    """``broker`` or ``database``"""
    seconds: float = 0.0


@dataclass(frozen=True)
class Wanted:
    """A run: so many events in the producers' logs at least, every kill of the plan, and the storms."""

    seed: int
    events: int
    plan: Plan
    storms: Sequence[Storm]
    editors: int = 16
    users: int = 4
    limit_s: float = 2400.0
    """The load ends then, whatever is left of the plan."""


@dataclass
class Report:
    """What a run has shown."""

    seed: int
    seconds: float = 0.0
    load_seconds: float = 0.0
    answers: int = 0
    """What the client was told: each revision, each job accepted."""
    events: int = 0
    """Business events in the producers' logs, all of them in the books that are checked."""
    handled: int = 0
    retries: dict[str, int] = field(default_factory=dict)
    """How often the editors asked again, by what they were told."""
    kills: dict[str, int] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    """Kills that the plan wanted and did not get."""
    storms: list[str] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    """Processes that ended otherwise (as a start does while the database is away), by exit code."""
    given_up: list[str] = field(default_factory=list)
    """Jobs that ended as failed, as promised, because every attempt was killed."""
    healed: int = 0
    """Faults that reconciliation mended after the first look."""
    faults: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Faults by kind."""
        found = Counter(line.partition(":")[0] for line in self.faults)
        return {kind: found[kind] for kind in ("lost", "doubled", "disordered", "stuck")}

    def document(self) -> dict[str, Any]:
        """For a file."""
        return {**asdict(self), **self.counts}


def storms(seed: int, count: int) -> list[Storm]:
    """So many of each of the four storms, at times and for lengths that the seed chooses."""
    chance = random.Random(f"storms {seed}")
    found = [
        Storm(chance.uniform(0.05, 0.9), kind, what, chance.uniform(*CUT_S) if kind == "cut" else 0.0)
        for kind in ("kill", "cut")
        for what in ("broker", "database")
        for _ in range(count)
    ]
    return sorted(found, key=lambda storm: storm.at)


async def run(wanted: Wanted, folder: Path, say: Callable[[str], None] = lambda _: None) -> Report:
    """Run it in this folder, which keeps ledger and logs."""
    began = time.monotonic()
    report = Report(wanted.seed)
    ledger = Ledger.at(folder / "ledger.jsonl")
    async with ChaosPlatform(folder, wanted.plan) as platform:
        say(f"platform is up after {time.monotonic() - began:.0f} s")
        await _load(wanted, platform, ledger, report, say)
        platform.calm()
        await _settle(platform, say)
        faults, found = await _judge(platform, ledger, report, say)
        report.faults = [str(fault) for fault in faults] + [f"stuck: {line}" for line in await stuck(platform.urls)]
        report.events = sum(len(log) for log in found.logs.values())
        report.handled = sum(len(rows) for rows in found.handled.values())
        report.answers, report.given_up = ledger.answers, sorted(found.given_up)
    report.kills, report.ends = dict(wanted.plan.killed), dict(platform.ends)
    report.missing = {point: count for point, count in wanted.plan.wanted.items() if count > 0}
    report.passed = sorted(platform.passed)
    report.seconds = time.monotonic() - began
    return report


async def _judge(
    platform: ChaosPlatform, ledger: Ledger, report: Report, say: Callable[[str], None]
) -> tuple[list[Fault], Histories]:
    """The faults; where something is lost at the first look, again after reconciliation had its turn."""
    found = await histories(platform.urls)
    faults = check(ledger.promised, found)
    if any(fault.kind == "lost" for fault in faults):
        await asyncio.sleep(HEAL_S)
        await _settle(platform, say)
        found = await histories(platform.urls)
        left = check(ledger.promised, found)
        report.healed, faults = len(faults) - len(left), left
    return faults, found


async def _load(
    wanted: Wanted, platform: ChaosPlatform, ledger: Ledger, report: Report, say: Callable[[str], None]
) -> None:
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=20.0)
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        players = [await stack.enter_async_context(signed_up(platform.gateway)) for _ in range(wanted.users)]
        tokens = [player.who.access_token for player in players]
        editors = [
            Editor(http, platform.gateway, tokens[each % len(tokens)], ledger, random.Random(f"{wanted.seed} {each}"))
            for each in range(wanted.editors)
        ]
        await asyncio.gather(*[editor.begin() for editor in editors])
        platform.arm()
        began = time.monotonic()

        def enough() -> bool:
            over = time.monotonic() - began > wanted.limit_s
            return over or (report.events >= wanted.events and wanted.plan.fulfilled)

        def progress() -> float:
            return min(report.events / wanted.events, 1.0)

        weather = asyncio.create_task(_weather(wanted.storms, platform, progress, enough, report, say))
        counting = asyncio.create_task(_count(wanted, platform, ledger, report, enough, say))
        await asyncio.gather(*[editor.work(enough) for editor in editors])
        await asyncio.gather(weather, counting)
        report.retries = dict(sum((editor.retries for editor in editors), Counter()))
        report.load_seconds = time.monotonic() - began


async def _weather(
    wanted: Sequence[Storm],
    platform: ChaosPlatform,
    progress: Callable[[], float],
    enough: Callable[[], bool],
    report: Report,
    say: Callable[[str], None],
) -> None:
    """Each storm in its time; those that are left when the load ends come then."""
    for storm in wanted:
        while progress() < storm.at and not enough():  # noqa: ASYNC110  # two conditions, one of them a count
            await asyncio.sleep(0.05)
        say(f"{storm.kind} {storm.what} {storm.seconds:.1f}")
        if storm.kind == "kill":
            await platform.fell_server(storm.what)
        else:
            await platform.cut_wire(storm.what, storm.seconds)
        report.storms.append(f"{storm.kind} {storm.what}")


async def _count(
    wanted: Wanted,
    platform: ChaosPlatform,
    ledger: Ledger,
    report: Report,
    enough: Callable[[], bool],
    say: Callable[[str], None],
) -> None:
    """Follow the length of the logs, and tell of it now and then."""
    told = time.monotonic()
    while not enough():
        await asyncio.sleep(COUNT_S)
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # the database may be down just now
            report.events = await count_events(platform.urls)
        if time.monotonic() - told > 15.0:
            told = time.monotonic()
            say(f"{report.events} events, {ledger.answers} answers, {sum(wanted.plan.killed.values())} kills")


async def _settle(platform: ChaosPlatform, say: Callable[[str], None]) -> None:
    """Wait until nothing is under way, seen twice. Raises AssertionError when that takes too long."""
    deadline, quiet, told = time.monotonic() + SETTLE_S, 0, time.monotonic()
    while quiet < 2:
        busy = await _patiently(lambda: unsettled(platform.urls))
        if time.monotonic() - told > 5.0:
            told = time.monotonic()
            say(f"settling: {', '.join(busy)}")
        quiet = 0 if busy else quiet + 1
        if time.monotonic() > deadline:
            raise AssertionError(f"not quiet after {SETTLE_S:.0f} s: {', '.join(busy)}\n{platform.logs()}")
        await asyncio.sleep(0.25)


async def _patiently(look: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        return await look()
    except OSError as error:
        return [repr(error)]
