"""Publishing to RabbitMQ with confirms: a window of messages on their way, written many at a time."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import orjson
from pamqp import commands

from harmonic_chassis.points import reach
from harmonic_chassis.transport import frames
from harmonic_chassis.transport.base import Outcome, Outgoing
from harmonic_chassis.transport.session import CONNECT_S, first_of
from harmonic_chassis.transport.topology import Topology
from harmonic_chassis.transport.wire import Channel, Wire, WireError
from harmonic_chassis.transport.wire_session import WireSession
from harmonic_contracts.envelope import CONTENT_TYPE

CONFIRM_S = 30.0
CHUNK = 64
"""Messages a write: enough to be cheap, few enough that the broker begins early."""


class Publisher(WireSession):
    """The connection of one process for what it says."""

    def __init__(self, url: str, topology: Topology, window: int) -> None:
        super().__init__(url, "publisher")
        self._topology = topology
        self._window = window
        self._turn = asyncio.Lock()
        self._events: Channel | None = None
        self._broadcasts: Channel | None = None
        self._methods: dict[str, bytes] = {}
        self._sent = 0

    async def open(self, connection: Wire) -> None:
        events, broadcasts = await connection.open_channel(), await connection.open_channel()
        await self._topology.declare_events(events)
        await self._topology.declare_broadcasts(broadcasts)
        await events.call(commands.Confirm.Select())
        self._events, self._broadcasts, self._sent = events, broadcasts, 0

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Publish in order, a window on its way; the outcome of each. After the first that fails no more are sent."""
        async with self._turn:
            if not await self.is_up(CONNECT_S) or self._events is None:
                return [Outcome.FAILED] * len(messages)
            flight = _Flight(messages, self._sent)
            self._events.on_confirm, self._events.on_return = flight.confirmed, flight.returned
            with contextlib.suppress(WireError, TimeoutError):
                await self._send(self._events, flight)
            self._sent += flight.sent
            if flight.waiting:  # a confirm that comes later must not be taken for another's
                self.drop()
            return flight.outcomes

    async def _send(self, channel: Channel, flight: "_Flight") -> None:
        marked = False
        while not self.lost.is_set():
            if flight.sent < len(flight.messages) and not flight.failed and len(flight.waiting) <= self._window - CHUNK:
                channel.wire.write(b"".join(self._frames(channel, message) for message in flight.take(CHUNK)))
                await channel.wire.drain()
                if not marked:
                    reach("relay.published")
                    marked = True
            elif not flight.waiting:
                return
            else:
                await self._news_of(flight)

    async def _news_of(self, flight: "_Flight") -> None:
        flight.news.clear()
        await first_of(flight.news, self.lost, patience_s=CONFIRM_S)
        if not flight.news.is_set():
            raise TimeoutError

    def _frames(self, channel: Channel, message: Outgoing) -> bytes:
        method = self._methods.get(message.type)
        if method is None:
            method = frames.publish_method(channel.number, self._topology.events, message.type, mandatory=True)
            self._methods[message.type] = method
        header = frames.event_header(
            channel.number,
            len(message.body),
            content_type=_CONTENT_TYPE,
            source=message.source,
            number=message.number,
            message_id=message.id,
            type_=frames.short(message.type),
        )
        return method + header + frames.bodies(channel.number, message.body, channel.wire.frame_max)

    def broadcast(self, topic: str, payload: dict[str, Any]) -> None:
        """Send what may be lost."""
        channel = self._broadcasts
        if channel is None or not self.up.is_set():
            return
        body = orjson.dumps(payload)
        with contextlib.suppress(WireError):
            channel.wire.write(
                frames.publish_method(channel.number, self._topology.broadcast, topic, mandatory=False)
                + frames.plain_header(channel.number, len(body))
                + frames.bodies(channel.number, body, channel.wire.frame_max)
            )


class _Flight:
    """Messages of one call: which are on their way, and what became of the others."""

    def __init__(self, messages: Sequence[Outgoing], tag: int) -> None:
        self.messages = messages
        self.outcomes = [Outcome.FAILED] * len(messages)
        self.waiting: dict[int, int] = {}
        self.news = asyncio.Event()
        self.sent = 0
        self.failed = False
        self._first_tag = tag + 1
        self._places = {message.id: place for place, message in enumerate(messages)}
        self._unrouted: set[int] = set()

    def take(self, count: int) -> Sequence[Outgoing]:
        """The next to be sent."""
        chosen = self.messages[self.sent : self.sent + count]
        for place in range(self.sent, self.sent + len(chosen)):
            self.waiting[self._first_tag + place] = place
        self.sent += len(chosen)
        return chosen

    def returned(self, message_id: str) -> None:
        """Nobody wants it; the broker says so before it confirms."""
        if message_id in self._places:
            self._unrouted.add(self._places[message_id])

    def confirmed(self, tag: int, multiple: bool, ok: bool) -> None:
        """The broker has it, or (not ``ok``) refuses it; ``multiple``: and all before it."""
        tags = [each for each in self.waiting if each <= tag] if multiple else [tag] * (tag in self.waiting)
        for each in tags:
            place = self.waiting.pop(each)
            if ok:
                self.outcomes[place] = Outcome.UNROUTED if place in self._unrouted else Outcome.DELIVERED
            else:
                self.failed = True
        self.news.set()


_CONTENT_TYPE = frames.short(CONTENT_TYPE)
