"""The merged document: every public path once, every name unique, every reference right."""

import json
from typing import Any

import httpx2

from harmonic_gateway.openapi.document import public_path
from harmonic_gateway.openapi.merge import merge

INFO = {"title": "T", "version": "1"}


def document(path: str, schema: dict[str, Any]) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Thing"}
    answer = {"200": {"content": {"application/json": {"schema": reference}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "S"},
        "paths": {path: {"get": {"operationId": "read", "responses": answer}}, "/internal/x": {"get": {}}},
        "components": {"schemas": {"Thing": schema, "Page": {"items": reference}}},
    }


def everything(service: str, path: str) -> str | None:
    return None if path.startswith("/internal") else path


def test_names_are_unique_and_references_follow() -> None:
    """Two different schemas of one name both live on; operation ids differ; internal paths are gone."""
    services = {"audio": document("/a", {"type": "string"}), "physics": document("/p", {"type": "number"})}
    merged = merge(services, INFO, everything)
    assert sorted(merged["paths"]) == ["/a", "/p"]
    ids = [item["get"]["operationId"] for item in merged["paths"].values()]
    assert sorted(ids) == ["physics_read", "read"]
    schema = merged["paths"]["/p"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert merged["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] == {"type": "number"}
    for reference in references(merged):
        assert reference.rsplit("/", 1)[1] in merged["components"]["schemas"]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def test_what_is_alike_is_kept_once() -> None:
    """The same schema in two services is one."""
    services = {"audio": document("/a", {"type": "string"}), "physics": document("/p", {"type": "string"})}
    assert sorted(merge(services, INFO, everything)["components"]["schemas"]) == ["Page", "Thing"]


def test_only_public_paths_are_shown() -> None:
    """A path is shown for the service that serves it, artifacts under their producer, internal ones never."""
    assert public_path("physics", "/v1/universes/{universe_id}") == "/v1/universes/{universe_id}"
    assert public_path("audio", "/v1/universes/{universe_id}") is None
    assert public_path("audio", "/v1/artifacts/{sha256}") == "/v1/artifacts/{producer}/{sha256}"
    assert public_path("gateway", "/v1/artifacts/{sha256}") is None
    assert public_path("physics", "/internal/probe") is None


async def test_the_document_of_a_running_gateway(outside: httpx2.AsyncClient) -> None:
    """It has the gateway's own routes and the services', and says how to sign in."""
    answer = await outside.get("/openapi.json")
    merged = answer.json()
    assert merged["openapi"].startswith("3.1")
    assert {"/v1/universes", "/v1/performances", "/v1/operations/{operation_id}/events"} <= set(merged["paths"])
    assert "/v1/events" in merged["paths"]
    assert not [path for path in merged["paths"] if "internal" in path or path == "/metrics"]
    assert merged["components"]["securitySchemes"]
    known = merged["components"]["schemas"]
    assert all(reference.rsplit("/", 1)[1] in known for reference in references(merged))
    identifiers = [
        operation["operationId"]
        for item in merged["paths"].values()
        for operation in item.values()
        if "tags" in operation
    ]
    assert len(identifiers) == len(set(identifiers)), json.dumps(sorted(identifiers))
