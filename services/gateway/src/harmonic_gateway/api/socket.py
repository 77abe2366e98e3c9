"""One WebSocket for many streams: `/v1/ws`.

The first message is `{"token": "..."}`, within 5 s; another token may follow at any time, and must before the first
expires. Then `{"subscribe": "operation", "operation_id": "...", "after": 12}` or `{"subscribe": "events",
"organization_id": "...", "after": "..."}`, each with an optional `"as"` that names the subscription in what follows;
`{"unsubscribe": NAME}` ends one. The server sends `ready`, `event`, `progress`, `end`, `problem` and `heartbeat`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Field, TypeAdapter, ValidationError

from harmonic_chassis.http import Caller, ProblemError, authenticate
from harmonic_chassis.readers import Reader
from harmonic_chassis.service import Chassis
from harmonic_contracts import problems
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.problems import Problem
from harmonic_gateway.api.events import organizations_of, position_of
from harmonic_gateway.api.operations import place, readable
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.routing.problems import Refused
from harmonic_gateway.streams.follow import Item

router = APIRouter()

FIRST_MESSAGE_S = 5.0
MAX_SUBSCRIPTIONS = 64
POLICY_VIOLATION = 1008
GOING_AWAY = 1001
UNAUTHENTICATED = 4401
"""Close code, in the range for applications (RFC 6455, 7.4.2): the token was refused or has expired."""

Name = Annotated[str, Field(min_length=1, max_length=100)]


class SignIn(Contract):
    """A token or an API key."""

    token: Annotated[str, Field(min_length=1, max_length=8000)]


class SubscribeOperation(Contract):
    """Follow one operation."""

    subscribe: Literal["operation"]
    operation_id: Identifier
    after: int | str | None = None
    name: Name | None = Field(default=None, alias="as")


class SubscribeEvents(Contract):
    """Follow the events of one or all of the caller's organizations."""

    subscribe: Literal["events"]
    organization_id: Identifier | None = None
    after: str | None = None
    name: Name | None = Field(default=None, alias="as")


class Unsubscribe(Contract):
    """End a subscription."""

    unsubscribe: Name


Wish = SignIn | SubscribeOperation | SubscribeEvents | Unsubscribe
_wishes: TypeAdapter[Wish] = TypeAdapter(Wish)


@router.websocket("/v1/ws")
async def socket(websocket: WebSocket) -> None:
    """Accept, let the caller sign in, then serve its wishes until it leaves or its token ends."""
    await websocket.accept()
    session = Session(websocket, websocket.app.state.chassis)
    try:
        await session.serve()
    except WebSocketDisconnect:
        pass
    finally:
        await session.end()


class Closed(Exception):
    """The server closes the connection."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Session:
    """One connection: its caller, its subscriptions, and the loop that reads."""

    def __init__(self, websocket: WebSocket, chassis: Chassis) -> None:
        self._websocket = websocket
        self._chassis = chassis
        self._gateway = gateway_of(chassis)
        self._caller: Caller | None = None
        self._expires_at = chassis.clock.now().timestamp() + FIRST_MESSAGE_S
        self._streams: dict[str, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()

    async def serve(self) -> None:
        """Read wishes until the end."""
        try:
            while True:
                await self._grant(await self._next())
        except Closed as closed:
            await self._websocket.close(closed.code, str(closed))

    async def end(self) -> None:
        """End all subscriptions."""
        for task in self._streams.values():
            task.cancel()
        await asyncio.gather(*self._streams.values(), return_exceptions=True)

    async def _next(self) -> Wish | None:
        """The next wish; None for one that was refused. Raises Closed when the token ends or the server stops."""
        reading = asyncio.ensure_future(self._websocket.receive_text())
        stopping = asyncio.ensure_future(self._chassis.stopping.wait())
        left = self._expires_at - self._chassis.clock.now().timestamp()
        try:
            await asyncio.wait({reading, stopping}, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return await self._read(reading.result())
        finally:
            reading.cancel()
            stopping.cancel()
        if stopping.done() and not stopping.cancelled():
            raise Closed(GOING_AWAY, "the server stops; connect again")
        raise Closed(UNAUTHENTICATED, "send a token in time" if self._caller is None else "the token has expired")

    async def _read(self, text: str) -> Wish | None:
        try:
            return _wishes.validate_json(text)
        except ValidationError:
            if self._caller is None:
                raise Closed(UNAUTHENTICATED, 'the first message must be {"token": "..."}') from None
            await self._refuse(None, problems.INVALID.document("No such message. See the AsyncAPI document."))
            return None

    async def _grant(self, wish: Wish | None) -> None:
        if isinstance(wish, SignIn):
            await self._sign_in(wish.token)
        elif wish is None:
            return
        elif self._caller is None:
            raise Closed(UNAUTHENTICATED, 'the first message must be {"token": "..."}')
        elif isinstance(wish, Unsubscribe):
            self._unsubscribe(wish.unsubscribe)
        else:
            self._subscribe(wish, self._caller)

    async def _sign_in(self, token: str) -> None:
        try:
            admission = await self._gateway.gate.admit(f"Bearer {token}")
            caller = await authenticate(self._chassis, admission.token)
        except (Refused, ProblemError) as error:
            raise Closed(UNAUTHENTICATED, str(error)[:100]) from None
        if self._caller is not None and self._caller.user_id != caller.user_id:
            raise Closed(POLICY_VIOLATION, "the token is another user's")
        self._caller, self._expires_at = caller, admission.expires_at
        await self._send({"type": "ready", "user_id": caller.user_id, "expires_at": admission.expires_at})

    def _subscribe(self, wish: SubscribeOperation | SubscribeEvents, caller: Caller) -> None:
        default = wish.operation_id if isinstance(wish, SubscribeOperation) else "events"
        name = wish.name or default
        self._streams = {known: task for known, task in self._streams.items() if not task.done()}
        if len(self._streams) >= MAX_SUBSCRIPTIONS:
            raise Closed(POLICY_VIOLATION, f"one connection may have {MAX_SUBSCRIPTIONS} subscriptions")
        self._unsubscribe(name)
        self._streams[name] = asyncio.create_task(self._stream(name, wish, caller))

    def _unsubscribe(self, name: str) -> None:
        task = self._streams.pop(name, None)
        if task is not None:
            task.cancel()

    async def _stream(self, name: str, wish: SubscribeOperation | SubscribeEvents, caller: Caller) -> None:
        try:
            async for item in await self._follow(wish, caller):
                await self._send(_message(name, item))
            await self._send({"type": "end", "subscription": name})
        except ProblemError as error:
            await self._refuse(name, error.type.document(error.detail, errors=error.errors))
        except (WebSocketDisconnect, RuntimeError):
            return  # the client has left; the reading loop ends the session

    async def _follow(self, wish: SubscribeOperation | SubscribeEvents, caller: Caller) -> AsyncIterator[Item]:
        chassis = self._chassis
        if isinstance(wish, SubscribeOperation):
            operation = await readable(chassis, caller, wish.operation_id)
            follower = self._gateway.follower(self._reader([operation.organization_id]))
            after = place(None, str(wish.after) if wish.after is not None else None)
            return follower.operation(operation.model_dump(mode="json"), after)
        organizations = await organizations_of(chassis, caller, wish.organization_id)
        position = await position_of(chassis, organizations, wish.after)
        return self._gateway.follower(self._reader(organizations)).organizations(position, organizations)

    def _reader(self, organizations: list[str]) -> Callable[[], Awaitable[Reader | None]]:
        async def reader() -> Reader | None:
            async with self._chassis.db.reading() as session:
                assert self._caller is not None
                found = await self._caller.reader(session)
            return found if set(organizations) <= set(found.roles) else None

        return reader

    async def _refuse(self, name: str | None, problem: Problem) -> None:
        document = problem.model_dump(mode="json", exclude_none=True)
        await self._send({"type": "problem", "subscription": name, "problem": document})

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._sending:
            await self._websocket.send_json(message)


def _message(name: str, item: Item) -> dict[str, Any]:
    if item.is_heartbeat:
        return {"type": "heartbeat", "subscription": name}
    if item.id is None:
        return {"type": item.name, "subscription": name, "data": item.data}
    return {"type": "event", "subscription": name, "id": item.id, "event": item.name, "data": item.data}
