"""The demonstration: a fresh user makes a performance of TRAPPIST-1 through the public API, and its claims are checked.

`python -m harmonic_standalone.demo [--gateway URL] [--out FOLDER]`. Without a gateway the embedded platform is started
in a process and a folder of its own, so that nothing is taken from a cache.
"""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from harmonic_client.cli.bars import Bars
from harmonic_client.cli.follow import fetch, follow, rows_of
from harmonic_client.client import Harmonic
from harmonic_client.credentials import CredentialStore
from harmonic_client.models import files_of
from harmonic_standalone.resonance import TOLERANCE, Link, links, transits

PRESET = "trappist-1"
LEAST_DAYS = 300.0
START_S = 60.0
console = Console()


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[str]:
    """The embedded platform as a process; its address."""
    command = ("-m", "harmonic_client", "serve", "--data", str(data), "--port", "0")
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    try:
        yield await asyncio.wait_for(_address(process), START_S)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async for line in process.stdout:
        if b"listens at " in line:
            return line.decode().rsplit(" ", 1)[1].strip().rstrip("/")
    raise RuntimeError(f"The platform ended with code {await process.wait()} before it was ready; see above")


async def perform(gateway: str, folder: Path, store: Path) -> dict[str, Any]:
    """Sign up, perform, download; the facts of the performance."""
    async with Harmonic(gateway, store=CredentialStore(store)) as harmonic:
        await harmonic.auth.register(f"demo-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(18))
        universe = await harmonic.universes.create({"preset": PRESET})
        begun = await harmonic.performances.create(universe.universe_id)
        with Bars() as bars:
            ended = await follow(harmonic, begun.operation_id, bars)
            await fetch(harmonic, ended, folder, bars)
    facts = (ended.result or {}).get("facts")
    if not isinstance(facts, dict) or not files_of(ended):
        raise RuntimeError("The performance succeeded without facts or files: this is a fault of the platform")
    return facts


def report(facts: dict[str, Any], chain: list[Link], folder: Path, wall_s: float) -> None:
    """Print the table of facts and the chain of resonances."""
    table = Table("what", "measured", title="TRAPPIST-1", title_justify="left")
    for label, value in rows_of(facts).items():
        table.add_row(label, value)
    table.add_row("wall time of all", f"{wall_s:.2f} s")
    console.print(table)
    chords = Table("planets", "transit rates", "published periods", "difference", title="The chain of resonances")
    for link in chain:
        colour = "green" if link.holds else "red"
        difference = f"[{colour}]{link.error:+.4%}[/]"
        chords.add_row(f"{link.inner} : {link.outer}", f"{link.measured:.5f}", f"{link.published:.5f}", difference)
    console.print(chords)
    for path in sorted(folder.iterdir()):
        console.print(f"  {path}  {path.stat().st_size:,} bytes", highlight=False)


def faults(facts: dict[str, Any], chain: list[Link]) -> list[str]:
    """What does not hold of what the demonstration claims."""
    found = [
        f"{link.inner}:{link.outer} differs from the published ratio by more than {TOLERANCE:.1%}"
        for link in chain
        if not link.holds
    ]
    if float(facts["simulated"]) < LEAST_DAYS:
        found.append(f"only {facts['simulated']} days were simulated: {LEAST_DAYS:.0f} are needed")
    return found


async def demonstrate(gateway: str | None, folder: Path) -> int:
    """Run it; the exit code."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="harmonic-demo-") as scratch:
        store = Path(scratch) / "credentials.json"
        if gateway is not None:
            facts = await perform(gateway.rstrip("/"), folder, store)
        else:
            async with embedded(Path(scratch) / "data") as address:
                facts = await perform(address, folder, store)
    chain = links(transits(folder / "trajectory.npz"))
    report(facts, chain, folder, time.perf_counter() - began)
    wrong = faults(facts, chain)
    for fault in wrong:
        console.print(f"[red]{fault}[/]")
    return 1 if wrong else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="TRAPPIST-1 becomes music.")
    parser.add_argument("--gateway", help="a running platform, e.g. http://127.0.0.1:8000 (default: start one)")
    parser.add_argument("--out", type=Path, default=Path("out") / PRESET, help="folder for the files")
    options = parser.parse_args()
    return asyncio.run(demonstrate(options.gateway, options.out))


if __name__ == "__main__":
    sys.exit(main())
