"""The wire: HTTP requests to one gateway with retries, problem documents as exceptions. Knows nothing of sign-ins."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from pydantic import ValidationError

from harmonic_client.errors import ApiError, Unreachable, error_of
from harmonic_client.retries import TRANSIENT, RetryPolicy, repeatable
from harmonic_client.uploads import Upload
from harmonic_contracts import problems
from harmonic_contracts.problems import Problem

CONNECT_S = 5.0
SILENCE_S = 60.0
"""A response that stands still for so long is given up. Streams of events send a heartbeat well within it."""


@dataclass(frozen=True)
class Reply:
    """A whole response that is no problem. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Wire:
    """Requests to one gateway."""

    def __init__(self, gateway: str, policy: RetryPolicy | None = None) -> None:
        self.gateway = gateway.rstrip("/")
        self.policy = policy or RetryPolicy()
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: Upload | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The reply. Raises ApiError for a problem, Unreachable where nobody answers; retries where it is safe.

        Raises UnfitFile for a file that cannot be sent.
        """
        keyed = next((value for name, value in (headers or {}).items() if name.lower() == "idempotency-key"), None)
        again = repeatable(method, keyed)
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._once(method, path, json, body, params, headers)
            except Unreachable:
                wait = self.policy.wait(attempt, None) if again else None
                if wait is None:
                    raise
            except ApiError as error:
                worth = error.problem.status in TRANSIENT and (again or error.problem.status == 429)
                wait = self.policy.wait(attempt, error.retry_after_s) if worth else None
                if wait is None:
                    raise
            await asyncio.sleep(wait)

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A response whose body is still coming; one try. Raises like `request`, and while the body is read."""
        try:
            async with self._http().request(
                method, self.gateway + path, params=params, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status >= 300:
                    raise _refusal(answer.status, answer.headers, await answer.read())
                yield answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(_nobody(self.gateway, error)) from error

    async def _once(
        self,
        method: str,
        path: str,
        document: Any,
        body: Upload | None,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> Reply:
        url = self.gateway + path
        file = await body.opened() if body is not None else None
        sent = {**(headers or {}), **({"Content-Type": body.media_type} if body is not None else {})}
        request = self._http().request(
            method, url, json=document, data=file, params=params, headers=sent, allow_redirects=False
        )
        try:
            async with request as answer:
                content = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unreachable(_nobody(self.gateway, error)) from error
        finally:
            if file is not None:
                file.close()
        if answer.status >= 300:
            raise _refusal(answer.status, answer.headers, content)
        return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=SILENCE_S)
            self._session = aiohttp.ClientSession(timeout=timeout, headers={"User-Agent": "harmonic-client/0.1.0"})
        return self._session


def _nobody(gateway: str, error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    reason = os.strerror(number) if number else str(error) or type(error).__name__
    return f"{gateway} does not answer: {reason}. Is the platform running there? Start it with `harmonic serve`."


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    return error_of(_problem(status, body), _retry_after(headers.get("Retry-After")))


def _problem(status: int, body: bytes) -> Problem:
    """The problem document of a response; one made up where something between us and the platform answered."""
    try:
        document = json.loads(body)
        known = {name: value for name, value in document.items() if name in Problem.model_fields}
        return Problem.model_validate({**known, "status": status})
    except (ValueError, AttributeError, ValidationError):
        text = body[:200].decode(errors="replace").strip()
        return Problem(type=problems.BASE + "unknown", title=f"HTTP {status}", status=status, detail=text or None)


def _retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, which is seconds or a date (RFC 9110 section 10.2.3)."""
    if value is None:
        return None
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
