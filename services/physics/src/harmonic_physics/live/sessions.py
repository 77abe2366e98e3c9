"""All live sessions of this process: bounded in number, ended when nobody looks."""

import asyncio
from time import monotonic

from harmonic_physics.live.session import Session

MAX_SESSIONS = 8
MAX_OF_AN_ORGANIZATION = 2
IDLE_S = 60.0
"""A session that nobody has watched or changed for so long is over."""
KEPT_S = 600.0
"""How long an ended session can still be recorded."""


class TooMany(Exception):
    """There are as many sessions as there may be."""


class Sessions:
    """The sessions by id, each seen by the user who opened it alone."""

    def __init__(self) -> None:
        self._all: dict[str, Session] = {}
        self._care: asyncio.Task[None] | None = None

    def open(self, session: Session) -> None:
        """Begin a session. Raises TooMany."""
        playing = [each for each in self._all.values() if each.ended is None]
        if len(playing) >= MAX_SESSIONS:
            raise TooMany(f"{MAX_SESSIONS} sessions are playing here: try again later")
        if sum(each.organization_id == session.organization_id for each in playing) >= MAX_OF_AN_ORGANIZATION:
            raise TooMany(f"your organization has {MAX_OF_AN_ORGANIZATION} sessions: end one first")
        self._all[session.live_id] = session
        session.begin()
        if self._care is None:
            self._care = asyncio.create_task(self._tidy())

    def find(self, live_id: str, user_id: str) -> Session | None:
        """The user's own session."""
        found = self._all.get(live_id)
        if found is None or found.user_id != user_id:
            return None
        found.watched_at = monotonic()
        return found

    async def remove(self, session: Session) -> None:
        """End a session and forget it."""
        await session.end("it was ended")
        self._all.pop(session.live_id, None)

    async def close(self) -> None:
        """End all, as at a stop."""
        if self._care is not None:
            self._care.cancel()
        await asyncio.gather(*(each.end("the service stops") for each in self._all.values()))

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for session in list(self._all.values()):
                unseen = monotonic() - session.watched_at
                if session.ended is None and unseen > IDLE_S:
                    await session.end("nobody watched it")
                if unseen > KEPT_S:
                    self._all.pop(session.live_id, None)
