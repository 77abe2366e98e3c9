"""The gateway's own loops: performances that wait for their soundscape or are overdue, and events past their days."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from harmonic_chassis.background import Background
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.http.write import forget_keys
from harmonic_gateway.conductor import expire_performance, pin_soundscape
from harmonic_gateway.documents import find_soundscape
from harmonic_gateway.store import erasure, performances

if TYPE_CHECKING:
    from harmonic_chassis.service import Stop
    from harmonic_gateway.composition import Gateway

WATCH_S = 1.0
TRIM_S = 3600.0
KEYS_KEPT = timedelta(days=1)
log = logging.getLogger(__name__)


def start_loops(gateway: "Gateway") -> "Stop":
    """Start both loops; gives what stops them. Every replica may run them: each transition holds its row."""
    watch = Background("performances", lambda: watch_performances(gateway))
    trim = Background("stream", lambda: trim_stream(gateway))
    gateway.look_again = watch.wake.ring
    watch.start()
    trim.start()

    async def stop() -> None:
        await watch.stop()
        await trim.stop()

    return stop


async def watch_performances(gateway: "Gateway") -> float:
    """Look again for the soundscapes that are waited for, then end what is overdue; gives the pause that follows."""
    db = gateway.chassis.db
    async with db.reading() as session:
        waiting = await performances.pinning(session)
        overdue = await performances.overdue(session, db.clock.now())
    for performance_id in waiting:
        await _look_for_soundscape(gateway, performance_id)
    for performance_id in overdue:
        async with db.transaction() as uow:
            await expire_performance(uow, performance_id, gateway.moved)
    return WATCH_S


async def _look_for_soundscape(gateway: "Gateway", performance_id: str) -> None:
    """The event that tells of a soundscape may have come before the performance was begun."""
    db = gateway.chassis.db
    async with db.reading() as session:
        performance = await performances.find(session, performance_id)
    if performance is None:
        return
    try:
        soundscape = await find_soundscape(gateway.chassis.peers, performance)
    except DependencyDown as error:
        log.info("soundscape not asked", extra={"performance_id": performance_id, "reason": str(error)})
        return
    if soundscape is not None:
        async with db.transaction() as uow:
            await pin_soundscape(uow, performance_id, soundscape, gateway.moved)


async def trim_stream(gateway: "Gateway") -> float:
    """Forget the events that can no more be resumed, and old idempotency keys: the gateway has no worker that would.
    Gives the pause that follows."""
    db = gateway.chassis.db
    now = db.clock.now()
    async with db.transaction() as uow:
        await erasure.trim_stream(uow.session, now - timedelta(days=gateway.settings.stream_days))
        await forget_keys(uow.session, now - KEYS_KEPT)
    return TRIM_S
