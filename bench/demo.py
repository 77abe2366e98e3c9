"""The main job as a newcomer sees it: TRAPPIST-1 from sign-up to files, stage by stage, in wall and processor time."""

import asyncio
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.platform_process import Platform, platform
from bench.result import Figure, Measurement
from harmonic_client.client import Harmonic
from harmonic_client.credentials import MemoryStore
from harmonic_client.models import files_of
from harmonic_contracts.operations import Operation, OperationState

DEMO_BAR_S = 20.0
SOUND_BAR_S = 3.0
PRESET = "trappist-1"


class Laps:
    """Wall and processor seconds since the last lap, by stage."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.taken: dict[str, tuple[float, float]] = {}
        self._wall, self._cpu = time.perf_counter(), platform.cpu_s

    def lap(self, stage: str) -> None:
        """What has passed belongs to this stage."""
        wall, cpu = time.perf_counter(), self.platform.cpu_s
        before = self.taken.get(stage, (0.0, 0.0))
        self.taken[stage] = (before[0] + wall - self._wall, before[1] + cpu - self._cpu)
        self._wall, self._cpu = wall, cpu


async def perform(laps: Laps, folder: Path) -> dict[str, float]:
    """The performance through the public API; the stages' own wall times as the platform tells them."""
    async with Harmonic(laps.platform.address, store=MemoryStore()) as harmonic:
        await harmonic.auth.register(f"bench-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(18))
        laps.lap("sign up")
        universe = await harmonic.universes.create({"preset": PRESET})
        begun = await harmonic.performances.create(universe.universe_id)
        ended = await _follow(harmonic, begun.operation_id, laps)
        await harmonic.artifacts.download_all(files_of(ended), folder)
        laps.lap("download")
    facts: Any = (ended.result or {})["facts"]
    return dict(facts["wall_seconds"])


async def _follow(harmonic: Harmonic, operation_id: str, laps: Laps) -> Operation:
    stage = "begin"
    async for operation in harmonic.operations.watch(operation_id):
        running = [step.name for step in operation.steps if step.state is OperationState.RUNNING]
        now = running[0] if running else stage
        if now != stage or operation.state.final:
            laps.lap(stage)
            stage = now
        if operation.state.final:
            if operation.state is not OperationState.SUCCEEDED:
                raise RuntimeError(f"the performance ended {operation.state}: {operation.problem}")
            return operation
    raise RuntimeError("the stream of the operation ended before the operation")


def measure() -> Measurement:
    """One performance on fresh data: nothing is found in a cache but the compiled kernels."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="harmonic-bench-") as scratch:
        folder = Path(scratch)
        with platform(folder / "data") as running:
            laps = Laps(running)
            walls = asyncio.run(perform(laps, folder / "out"))
            total_cpu = running.cpu_s
            start = running.ready_s, running.ready_cpu_s
    whole = time.perf_counter() - began
    figures = [
        Figure("whole demo, wall", whole, "s", DEMO_BAR_S),
        Figure("whole demo, processor time of the platform", total_cpu, "s", DEMO_BAR_S),
        Figure("simulation and rendering together, wall", walls["simulate"] + walls["render"], "s", SOUND_BAR_S),
    ]
    for stage, (wall, cpu) in {"start with new databases": start, **laps.taken}.items():
        figures += [Figure(f"{stage}, wall", wall, "s"), Figure(f"{stage}, processor time", cpu, "s")]
    note = "Processor time is that of the whole platform while the stage ran: messages, descriptors and progress too."
    return Measurement("demo", "python -m bench demo", figures, [note])
