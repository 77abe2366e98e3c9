"""The work of a sweep: take a point, simulate it, tell its descriptors; as often as there are points left.

The sweep's own job works and waits for the last point; helpers work beside it, one for each other worker, and go when
nothing is left. Every result lies in the database as soon as it is there, so a checkpoint is empty.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from harmonic_chassis.clock import Clock
from harmonic_chassis.database import Database
from harmonic_physics.engine.run import Run, Stopped
from harmonic_physics.engine.summary import Summary
from harmonic_physics.engine.system import Refused, Start
from harmonic_physics.store import sweeps
from harmonic_physics.store.tables import SweepPoint
from harmonic_physics.sweeps.plan import Point, at_point
from harmonic_physics.universes.document import UniverseDocument

TOUCH_EVERY = 100
"""Ticks, of about 50 ms, after which a point is told to be still worked on."""
WAIT_S = 0.05


@dataclass
class _Running:
    point: SweepPoint
    start: Start[Any]
    run: Run
    summary: Summary
    ticks: int = 0


class Sweeping:
    """Work on a sweep's points. The leader ends when all are done; a helper when none is left to take."""

    def __init__(
        self, db: Database, clock: Clock, sweep_id: str, worker: str, document: UniverseDocument, *, leads: bool
    ) -> None:
        self._db, self._clock = db, clock
        self._sweep_id, self._worker, self._leads = sweep_id, worker, leads
        self._document = document.model_dump(mode="json")
        self._current: _Running | None = None
        self._share = 0.0

    async def tick(self) -> float:
        """One stretch of a simulation, or the taking or telling of a point."""
        if self._current is None:
            return await self._next()
        current = self._current
        try:
            chunk = await asyncio.to_thread(current.run.advance)
        except Stopped as stop:
            return await self._done(None, str(stop))
        current.summary.add(chunk)
        current.ticks += 1
        if current.run.done:
            drift = current.run.quality().invariants
            return await self._done(current.summary.descriptors(drift), None)
        if current.ticks % TOUCH_EVERY == 0:
            await sweeps.touch(self._db, current.point, self._worker, self._clock.now())
        return self._share

    def checkpoint(self) -> bytes:
        """Nothing but what lies in the database: the point under way is begun anew."""
        return b"sweep"

    async def _next(self) -> float:
        async with self._db.reading() as session:
            running = await sweeps.is_running(session, self._sweep_id)
            done, total = await sweeps.progress(session, self._sweep_id)
        self._share = min(0.999, done / max(1, total))
        if done == total or (not running and not self._leads):
            return 1.0
        point = await sweeps.claim(self._db, self._sweep_id, self._worker, self._clock.now())
        if point is None:
            if not self._leads:
                return 1.0
            await asyncio.sleep(WAIT_S)
            return self._share
        return await self._begin(point)

    async def _begin(self, point: SweepPoint) -> float:
        try:
            self._current = await asyncio.to_thread(self._opened, point)
        except Refused as refusal:
            await sweeps.finish(self._db, point, None, str(refusal))
        return self._share

    def _opened(self, point: SweepPoint) -> _Running:
        chosen = Point(parameters=point.parameters, seed=point.seed)
        start = UniverseDocument.model_validate(at_point(self._document, chosen)).start()
        return _Running(point, start, start.run(point.seed), Summary(start.system, start.spec))

    async def _done(self, descriptors: dict[str, float] | None, problem: str | None) -> float:
        assert self._current is not None
        await sweeps.finish(self._db, self._current.point, descriptors, problem)
        self._current = None
        return self._share
