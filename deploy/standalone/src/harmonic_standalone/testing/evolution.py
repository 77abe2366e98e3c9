"""``python -m harmonic_standalone.testing.evolution``: the last recorded release beside the code of today.

The release is taken from its recorded commit into a git worktree. On one broker and one set of databases, migrated by
today's code, each service runs twice: once its `serve` is the release's and its `work` today's, once the other way
round. Both processes of a service relay, receive, handle and (the worker) run jobs, so each version reads what the
other wrote, on both sides of every event. Under load, and at the end the books are checked.

The universes are such as their organization may read. What is private has an owner since release 1: its artifacts have
narrower grants and its jobs a wider context, and that release, by design, refuses grants that it does not understand,
and, by its strictness, contexts: stop its workers before newer code serves private universes.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from harmonic_chassis import threads
from harmonic_chassis.main import NAMES
from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.own import OwnServer
from harmonic_client.errors import OperationFailed
from harmonic_standalone.testing.chaos.history import Histories, check
from harmonic_standalone.testing.chaos.load import Editor, Ledger
from harmonic_standalone.testing.chaos.reading import read_jobs, read_log, stuck, unsettled
from harmonic_standalone.testing.distributed import DistributedPlatform, worker_of
from harmonic_standalone.testing.players import SHORT, SMALL, signed_up

ROOT = Path(__file__).parents[5]
SETTLE_S = 120.0
VISIBILITY = "organization"
DIRECTIONS = ("old serves, new works", "new serves, old works")


def last_release(root: Path = ROOT) -> dict[str, Any]:
    """The record of the newest release. Raises FileNotFoundError where none is recorded."""
    records = sorted((root / "releases").glob("*/release.json"), key=lambda path: int(path.parent.name))
    if not records:
        raise FileNotFoundError(f"no release is recorded under {root / 'releases'}")
    return dict(json.loads(records[-1].read_text()))


@contextmanager
def sources_of(commit: str, root: Path = ROOT) -> Iterator[Path]:
    """The tree of a commit, in a worktree that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="hu-release-") as folder:
        tree = Path(folder) / "tree"
        git = ["git", "-C", str(root), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(tree), commit], check=True)  # noqa: S603
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)  # noqa: S603


def python_path(tree: Path) -> str:
    """Where Python finds the house in a tree, before what is installed."""
    return os.pathsep.join(str(path) for path in sorted([*tree.glob("*/*/src"), tree / "deploy/standalone/src"]))


async def beside(tree: Path, direction: str, answers: int, seed: int, folder: Path) -> list[str]:
    """Run both versions in one direction under load; the faults."""
    database, broker = postgres.own(), rabbit.own()
    try:
        await asyncio.gather(asyncio.to_thread(database.start), asyncio.to_thread(broker.start))
        urls = await _databases(database)
        platform = _mixed(tree, direction, folder, urls, broker)
        try:
            await asyncio.to_thread(platform.start)
            ledger = Ledger.at(folder / "ledger.jsonl")
            performance = await _load(platform, ledger, answers, seed)
            await _settled(urls)
            stuck_ = [f"stuck: {line}" for line in await stuck(urls)]
            return [*performance, *await _faults(urls, ledger), *stuck_]
        finally:
            platform.stop()
    finally:
        for server in (broker, database):
            server.stop()


async def _databases(server: OwnServer) -> dict[str, str]:
    admin = await asyncpg.connect(server.url)
    for name in NAMES:
        await admin.execute(f"CREATE DATABASE evolution_{name}")
    await admin.close()
    head = server.url.rpartition("/")[0]
    return {name: f"{head}/evolution_{name}" for name in NAMES}


def _mixed(tree: Path, direction: str, folder: Path, urls: Mapping[str, str], broker: OwnServer) -> DistributedPlatform:
    drivers = iter([urls[name].replace("postgresql:", "postgresql+asyncpg:") for name in NAMES])
    platform = DistributedPlatform(folder, lambda: next(drivers), broker.url, {"HARMONIC_LOG_LEVEL": "warning"})
    for name in NAMES:
        old = name if direction == DIRECTIONS[0] else worker_of(name)
        program = platform.programs[old]
        program.environment = {**program.environment, "PYTHONPATH": python_path(tree)}
    platform.migrate_with = {"PYTHONPATH": python_path(ROOT)}
    return platform


async def _load(platform: DistributedPlatform, ledger: Ledger, answers: int, seed: int) -> list[str]:
    """Edits and simulations, and a whole performance beside them; what is wrong with that."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20.0)))
        player = await stack.enter_async_context(signed_up(platform.url))
        token = player.who.access_token
        chances = [random.Random(f"{seed} {each}") for each in range(8)]
        editors = [Editor(http, platform.url, token, ledger, each, visibility=VISIBILITY) for each in chances]
        await asyncio.gather(*[editor.begin() for editor in editors])
        universe = await player.universe({**SMALL, "visibility": VISIBILITY}, SHORT)
        performing = asyncio.create_task(player.perform(universe.universe_id))
        await asyncio.gather(*[editor.work(lambda: ledger.answers >= answers) for editor in editors])
        try:
            await performing
        except OperationFailed as failed:
            return [f"performance: {failed}"]
        return []


async def _settled(urls: Mapping[str, str]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while busy := await unsettled(urls):
        if time.monotonic() > deadline:
            raise AssertionError(f"not quiet after {SETTLE_S:.0f} s: {', '.join(busy)}")
        await asyncio.sleep(0.25)


async def _faults(urls: Mapping[str, str], ledger: Ledger) -> list[str]:
    """What the logs and the projections do not hold as the client was told."""
    logs = {name: await read_log(url) for name, url in urls.items()}
    done, told = await read_jobs(urls["physics"], logs["physics"])
    jobs = {job: (done.get(job, 0), told.get(job, 0)) for job in ledger.jobs}
    found = Histories(
        logs, done={job: one for job, (one, _) in jobs.items()}, told={job: one for job, (_, one) in jobs.items()}
    )
    faults = [str(fault) for fault in check(ledger.promised, found)]
    for (service, subject), revisions in ledger.documents.items():
        if service == "physics":
            faults += await _stale(urls["audio"], subject.removeprefix("universe/"), revisions[-1])
    return faults


async def _stale(url: str, universe_id: str, revision: int) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        known = await connection.fetchval("SELECT revision FROM universe WHERE universe_id = $1", universe_id)
    finally:
        await connection.close()
    return [] if known == revision else [f"lost: audio knows revision {known} of {universe_id}, not {revision}"]


def main() -> int:
    """Both directions; fails on any fault."""
    parser = argparse.ArgumentParser(prog="python -m harmonic_standalone.testing.evolution", description=__doc__)
    parser.add_argument("--answers", type=int, default=2000, help="in each direction")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    threads.pin()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped, however this ends
    release, bad = last_release(), 0
    with sources_of(release["commit"]) as tree:
        for direction in DIRECTIONS:
            folder = Path(tempfile.mkdtemp(prefix="hu-evolution-"))
            began = time.monotonic()
            faults = asyncio.run(beside(tree, direction, options.answers, options.seed, folder))
            bad += len(faults)
            line = f"release {release['release']} beside today's code, {direction}: {len(faults)} faults"
            print(f"{line} in {options.answers} answers, {time.monotonic() - began:.0f} s; logs in {folder}")  # noqa: T201
            for fault in faults[:20]:
                print(f"  {fault}")  # noqa: T201
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
