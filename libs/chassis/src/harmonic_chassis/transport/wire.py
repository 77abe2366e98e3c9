"""One AMQP 0.9.1 connection, made for batches: many messages a write, no task and no future a message.

It does what the house needs of the protocol: connect (plain or TLS), channels, calls, publishing with confirms and
returns, deliveries, heartbeats. What fails ends the connection; whoever uses it opens another.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import pamqp.frame
from pamqp import commands
from pamqp.base import Frame
from pamqp.header import ContentHeader, ProtocolHeader

from harmonic_chassis.transport import frames

log = logging.getLogger(__name__)
HEARTBEAT_S = 30
CLOSE_S = 2.0
CALL_S = 20.0
FRAME_MAX = 131_072
PORTS = {"amqp": 5672, "amqps": 5671}
CAPABILITIES = {
    "authentication_failure_close": True,
    "basic.nack": True,
    "connection.blocked": True,
    "consumer_cancel_notify": True,
    "publisher_confirms": True,
}


class WireError(ConnectionError):
    """The broker ended the connection or a channel, or did not answer."""


class Channel:
    """One channel. What comes is handed to the callbacks, at once and in order."""

    def __init__(self, wire: "Wire", number: int) -> None:
        self.number = number
        self.wire = wire
        self.on_deliver: Callable[[frames.Deliver, bytes], None] = lambda _deliver, _body: None
        self.on_confirm: Callable[[int, bool, bool], None] = lambda _tag, _multiple, _ok: None
        self.on_return: Callable[[str], None] = lambda _message_id: None
        self._calls = asyncio.Lock()
        self._answer: asyncio.Future[Frame] | None = None
        self._deliver: frames.Deliver | None = None
        self._returned: str | None = None
        self._missing = 0
        self._parts: list[bytes] = []

    async def call(self, method: Frame) -> Any:
        """Send a method and wait for its answer. Raises WireError."""
        async with self._calls:
            self._answer = asyncio.get_running_loop().create_future()
            self.wire.write(pamqp.frame.marshal(method, self.number))
            try:
                async with asyncio.timeout(CALL_S):
                    return await self._answer
            except TimeoutError:
                raise WireError(f"no answer to {method.name} in {CALL_S:.0f} s") from None
            finally:
                self._answer = None

    def take_method(self, payload: bytes, whole: bytes) -> None:
        """A method frame has come."""
        name = frames.CLASS_METHOD.unpack_from(payload)
        if name == frames.DELIVER:
            self._deliver = frames.read_deliver(payload)
        elif name in (frames.ACK, frames.NACK):
            tag, multiple = frames.read_confirm(payload)
            self.on_confirm(tag, multiple, name == frames.ACK)
        elif name == frames.RETURN:
            self._deliver, self._returned = None, ""
        else:
            self._take_answer(pamqp.frame.unmarshal(whole)[2])

    def _take_answer(self, method: Any) -> None:
        if isinstance(method, (commands.Channel.Close, commands.Connection.Close)):
            self.wire.lose(WireError(f"{method.reply_code} {method.reply_text}"))
        elif isinstance(method, commands.Basic.Cancel):
            self.wire.lose(WireError("the broker cancelled the consumer: its queue is gone"))
        elif isinstance(method, (commands.Connection.Blocked, commands.Connection.Unblocked)):
            log.warning("the broker %s publishing", "blocks" if method.name.endswith("Blocked") else "allows")
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(method)

    def take_header(self, payload: bytes, whole: bytes) -> None:
        """A content header has come."""
        self._missing = frames.read_size(payload)
        if self._returned is not None:
            header = pamqp.frame.unmarshal(whole)[2]
            assert isinstance(header, ContentHeader)
            self._returned = str(header.properties.message_id or "")
        if not self._missing:
            self._complete()

    def take_body(self, payload: bytes) -> None:
        """A part of a body has come."""
        self._parts.append(payload)
        self._missing -= len(payload)
        if self._missing <= 0:
            self._complete()

    def _complete(self) -> None:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        if self._returned is not None:
            returned, self._returned = self._returned, None
            self.on_return(returned)
        elif self._deliver is not None:
            self.on_deliver(self._deliver, body)

    def fail(self, error: Exception) -> None:
        """The connection is gone: so is the call under way."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class Wire(asyncio.Protocol):
    """A connection. Made by `connect`."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        self.frame_max = FRAME_MAX
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._error: Exception | None = None
        self._rest = b""
        self._channels = {0: Channel(self, 0)}
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()
        self._heard_at = 0.0
        self._beat: asyncio.TimerHandle | None = None

    @property
    def lost(self) -> bool:
        """Whether nothing passes any more."""
        return self._error is not None

    async def open_channel(self) -> Channel:
        """Another channel."""
        channel = Channel(self, len(self._channels))
        self._channels[channel.number] = channel
        await channel.call(commands.Channel.Open())
        return channel

    def write(self, octets: bytes) -> None:
        """Send. Raises WireError on a lost connection."""
        if self._error is not None or self._transport is None:
            raise WireError(f"connection lost: {self._error}")
        self._transport.write(octets)

    async def drain(self) -> None:
        """Wait until the operating system takes more."""
        await self._writable.wait()

    async def close(self) -> None:
        """Say goodbye, and wait a little for the answer."""
        if self._error is None:
            goodbye = commands.Connection.Close(reply_code=200, reply_text="", class_id=0, method_id=0)
            try:
                async with asyncio.timeout(CLOSE_S):
                    await self._channels[0].call(goodbye)
            except (WireError, TimeoutError):
                log.debug("the broker did not say goodbye")
        self.lose(WireError("closed"))
        await asyncio.wait({asyncio.ensure_future(self._gone.wait())}, timeout=CLOSE_S)

    def lose(self, error: Exception) -> None:
        """Give the connection up."""
        if self._error is not None:
            return
        self._error = error
        if self._beat is not None:
            self._beat.cancel()
        if self._transport is not None:
            self._transport.close()
        self._writable.set()
        for channel in self._channels.values():
            channel.fail(error)
        self._on_lost()

    async def greet(self, user: str, password: str, vhost: str, name: str) -> None:
        """The handshake. Raises WireError when the broker refuses."""
        control = self._channels[0]
        control._answer = started = asyncio.get_running_loop().create_future()
        self.write(ProtocolHeader().marshal())
        async with asyncio.timeout(CALL_S):
            await started
        properties: dict[str, Any] = {"product": "harmonic", "connection_name": name, "capabilities": CAPABILITIES}
        tune = await control.call(
            commands.Connection.StartOk(
                client_properties=properties, mechanism="PLAIN", response=f"\0{user}\0{password}", locale="en_US"
            )
        )
        self.frame_max = min(FRAME_MAX, tune.frame_max or FRAME_MAX)
        tuned = commands.Connection.TuneOk(tune.channel_max, self.frame_max, HEARTBEAT_S)
        self.write(pamqp.frame.marshal(tuned, 0))
        await control.call(commands.Connection.Open(virtual_host=vhost))
        self._show_life()

    def _show_life(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._heard_at > 2 * HEARTBEAT_S:
            self.lose(WireError(f"the broker was silent for {2 * HEARTBEAT_S} s"))
            return
        self.write(frames.heartbeat())
        self._beat = loop.call_later(HEARTBEAT_S / 2, self._show_life)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._heard_at = asyncio.get_running_loop().time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._gone.set()
        self.lose(WireError(repr(exc) if exc else "the broker closed the connection"))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        octets = self._rest + data if self._rest else data
        at, end = 0, len(octets)
        while end - at >= frames.OVERHEAD and self._error is None:
            kind, number, size = frames.FRAME.unpack_from(octets, at)
            after = at + frames.OVERHEAD + size
            if after > end:
                break
            self._take(kind, number, octets, at, after)
            at = after
        self._rest = octets[at:]

    def _take(self, kind: int, number: int, octets: bytes, at: int, after: int) -> None:
        payload = octets[at + frames.OVERHEAD - 1 : after - 1]
        channel = self._channels.get(number)
        if octets[after - 1] != frames.END:
            self.lose(WireError("a frame does not end where it says"))
        elif channel is None or kind == frames.HEARTBEAT:
            return
        elif kind == frames.METHOD:
            channel.take_method(payload, octets[at:after])
        elif kind == frames.HEADER:
            channel.take_header(payload, octets[at:after])
        elif kind == frames.BODY:
            channel.take_body(payload)


async def connect(url: str, *, name: str, timeout_s: float, on_lost: Callable[[], None]) -> Wire:
    """A connection to ``amqp://`` or ``amqps://user:password@host:port/vhost``. In the query of the latter ``cafile``
    names whom to trust, ``certfile`` and ``keyfile`` who we are. Raises WireError, OSError or TimeoutError."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError(f"{parts.scheme}://...: a broker's URL begins with amqp:// or amqps://")
    loop, wire = asyncio.get_running_loop(), Wire(on_lost)
    async with asyncio.timeout(timeout_s):
        await loop.create_connection(
            lambda: wire,
            parts.hostname or "127.0.0.1",
            parts.port or PORTS[parts.scheme],
            ssl=_trust(parse_qs(parts.query)) if parts.scheme == "amqps" else None,
        )
        vhost = unquote(parts.path[1:]) or "/"
        try:
            await wire.greet(unquote(parts.username or "guest"), unquote(parts.password or "guest"), vhost, name)
        except BaseException as error:
            wire.lose(WireError(repr(error)))
            raise
    return wire


def _trust(query: dict[str, list[str]]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=query.get("cafile", [None])[0])
    if "certfile" in query:
        context.load_cert_chain(query["certfile"][0], query.get("keyfile", [None])[0])
    return context
