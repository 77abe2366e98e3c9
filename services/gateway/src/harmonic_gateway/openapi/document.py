"""The merged document of a running gateway: fetched from the services when it is asked for, and kept for a while."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

import orjson

from harmonic_gateway.openapi.merge import Document, merge
from harmonic_gateway.routing.table import OWN, SERVICES, RouteTable
from harmonic_gateway.routing.upstream import Upstream, get_json

KEPT_S = 300.0
KEPT_INCOMPLETE_S = 5.0
INFO: Document = {
    "title": "Harmonic Universe",
    "version": "1",
    "summary": "Physical systems become sound and music.",
    "description": (
        "One public API in front of all services. Sign in with `POST /v1/auth/login`, send the token as "
        "`Authorization: Bearer TOKEN`. Errors are problem documents (RFC 9457). Long work answers 202 with an "
        "operation: follow it at `/v1/operations/{operation_id}/events`."
    ),
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
_ARTIFACT = "/v1/artifacts/{sha256}"
_table = RouteTable()
log = logging.getLogger(__name__)


def public_path(service: str, path: str) -> str | None:
    """Where the gateway serves a service's path; None where it does not."""
    if path == _ARTIFACT:
        return "/v1/artifacts/{producer}/{sha256}" if service in SERVICES else None
    route = _table.find(path)
    return path if route is not None and route.row.service == service else None


class MergedDocument:
    """Merges what the sources say now. A service that does not answer is left out, and asked again soon."""

    def __init__(self) -> None:
        self.sources: Mapping[str, Upstream] = {}
        self._body = b""
        self._until = 0.0
        self._making = asyncio.Lock()

    async def body(self) -> bytes:
        """The document as JSON."""
        async with self._making:
            if time.monotonic() >= self._until:
                await self._make()
        return self._body

    async def _make(self) -> None:
        names = [name for name in (OWN, *SERVICES) if name in self.sources]
        found = await asyncio.gather(*(self._fetch(name) for name in names))
        documents = {name: document for name, document in zip(names, found, strict=True) if document is not None}
        self._body = orjson.dumps(_finished(merge(documents, INFO, public_path)))
        whole = len(documents) == len(names)
        self._until = time.monotonic() + (KEPT_S if whole else KEPT_INCOMPLETE_S)

    async def _fetch(self, name: str) -> Document | None:
        try:
            async with asyncio.timeout(10):
                return dict(await get_json(self.sources[name], "/openapi.json"))
        except Exception as error:
            log.warning("no OpenAPI document", extra={"of": name, "reason": str(error)})
            return None


def _finished(document: Document) -> Document:
    """With the parameter that the gateway adds, and the security scheme under the name that the services use."""
    artifact = document["paths"].get("/v1/artifacts/{producer}/{sha256}")
    if artifact is not None:
        producer = {"name": "producer", "in": "path", "required": True, "schema": {"enum": list(SERVICES)}}
        for operation in _operations(artifact):
            operation["parameters"] = [producer, *operation.get("parameters", [])]
            operation["tags"] = ["artifacts"]
    return document


def _operations(item: Document) -> list[dict[str, Any]]:
    return [value for key, value in item.items() if key in {"get", "head"}]
