"""A kept AMQP connection."""

from harmonic_chassis.transport import wire
from harmonic_chassis.transport.session import CONNECT_S, Session
from harmonic_chassis.transport.wire import Wire

BROKEN = (OSError, TimeoutError)
"""What a call on a broken connection raises; `WireError` is an OSError."""


class WireSession(Session):
    """Opened again, with its channels, whenever it is lost."""

    broken = BROKEN

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name)
        self._url = url

    async def connect(self) -> Wire:
        return await wire.connect(self._url, name=self.name, timeout_s=CONNECT_S, on_lost=self.drop)
