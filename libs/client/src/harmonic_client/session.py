"""The signed-in session: every request with a fresh token, and one refresh for all who need it at the same time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp

from harmonic_client.credentials import Credentials, CredentialStore
from harmonic_client.errors import NotSignedIn
from harmonic_client.uploads import Upload
from harmonic_client.wire import Reply, Wire
from harmonic_contracts import problems

SIGN_IN = "`harmonic login`, or `harmonic register` for a new account."


class Session:
    """Requests as somebody: by an API key, or by credentials of the store, which are refreshed as needed."""

    def __init__(self, wire: Wire, store: CredentialStore, api_key: str | None = None) -> None:
        self.wire = wire
        self._store = store
        self._api_key = api_key
        self._refreshing = asyncio.Lock()

    @property
    def credentials(self) -> Credentials | None:
        """Who is signed in at this gateway."""
        return self._store.load(self.wire.gateway)

    async def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: Upload | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> Reply:
        """The reply. With `once` the request carries a fresh Idempotency-Key, so that a retry changes nothing twice.

        The body is a JSON document or a file, not both; a file is read anew for every try.
        """
        extra = {**(headers or {}), **({"Idempotency-Key": str(uuid4())} if once else {})}
        token = await self.token()

        async def sent(token: str) -> Reply:
            headers = extra | _bearer(token)
            return await self.wire.request(method, path, json=json, body=body, params=params, headers=headers)

        try:
            return await sent(token)
        except NotSignedIn:
            token = await self._another(token)
        return await sent(token)

    @asynccontextmanager
    async def stream(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A GET whose body is still coming."""
        token, sent = await self.token(), dict(headers or {})
        async with AsyncExitStack() as stack:
            try:
                opening = self.wire.stream("GET", path, params=params, headers=sent | _bearer(token))
                answer = await stack.enter_async_context(opening)
            except NotSignedIn:
                token = await self._another(token)
                opening = self.wire.stream("GET", path, params=params, headers=sent | _bearer(token))
                answer = await stack.enter_async_context(opening)
            yield answer

    async def token(self) -> str:
        """A bearer that is good for a while. Raises NotSignedIn."""
        if self._api_key:
            return self._api_key
        kept = self.credentials
        if kept is None:
            raise NotSignedIn(problems.UNAUTHENTICATED.document(SIGN_IN))
        return kept.access_token if kept.fresh() else (await self._refresh(kept)).access_token

    def keep(self, credentials: Credentials) -> None:
        """Remember a sign-in."""
        self._store.save(self.wire.gateway, credentials)

    def forget(self) -> None:
        """Forget the sign-in."""
        self._store.forget(self.wire.gateway)

    async def _another(self, refused: str) -> str:
        """Another token for one that the gateway refused. Raises NotSignedIn when there is none."""
        kept = self.credentials
        if self._api_key or kept is None:
            raise NotSignedIn(problems.UNAUTHENTICATED.document("The API key or token is void."))
        if kept.access_token != refused:
            return kept.access_token
        return (await self._refresh(kept)).access_token

    async def _refresh(self, old: Credentials) -> Credentials:
        async with self._refreshing, self._held():
            kept = self.credentials
            if kept is not None and kept.refresh_token != old.refresh_token:
                return kept  # somebody else did it meanwhile
            try:
                reply = await self.wire.request("POST", "/v1/auth/refresh", json={"refresh_token": old.refresh_token})
            except NotSignedIn:
                self.forget()
                raise NotSignedIn(problems.UNAUTHENTICATED.document(f"the session has ended. {SIGN_IN}")) from None
            fresh = Credentials.of_reply(reply.json())
            self.keep(fresh)
            return fresh

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        lock = self._store.locked()
        await asyncio.to_thread(lock.__enter__)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
