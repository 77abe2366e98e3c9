"""Merging OpenAPI 3.1 documents: pure. Every path under one roof, every name unique, every reference still right.

A schema that two services have alike is kept once; one that differs gets the service's name in front.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Document = dict[str, Any]
Public = Callable[[str, str], str | None]
"""(service, path) -> the public path, or None for what is not public."""

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SECTIONS = ("schemas", "responses", "parameters", "requestBodies", "headers", "examples")


def merge(documents: Mapping[str, Document], info: Document, public: Public) -> Document:
    """The documents of the services by name, as one."""
    merged: Document = {"openapi": "3.1.0", "info": info, "paths": {}, "components": {}, "tags": []}
    used_ids: set[str] = set()
    for service, document in documents.items():
        renamed = _with_unique_schemas(document, service, merged["components"])
        _merge_components(merged["components"], renamed.get("components", {}))
        for path, item in _public_paths(renamed, service, public):
            if path not in merged["paths"]:
                merged["paths"][path] = _item(item, service, used_ids)
        merged["tags"].append({"name": service, "description": document.get("info", {}).get("description", "")})
    return merged


def _public_paths(document: Document, service: str, public: Public) -> Iterator[tuple[str, Document]]:
    for path, item in sorted(document.get("paths", {}).items()):
        shown = public(service, path)
        if shown is not None:
            yield shown, item


def _item(item: Document, service: str, used_ids: set[str]) -> Document:
    return {key: _operation(value, service, used_ids) if key in METHODS else value for key, value in item.items()}


def _operation(operation: Document, service: str, used_ids: set[str]) -> Document:
    identifier = operation.get("operationId", "operation")
    if identifier in used_ids:
        identifier = f"{service}_{identifier}"
    while identifier in used_ids:
        identifier += "_"
    used_ids.add(identifier)
    return {**operation, "operationId": identifier, "tags": [service]}


def _merge_components(into: Document, components: Document) -> None:
    for section, entries in components.items():
        into.setdefault(section, {}).update(entries)


def _with_unique_schemas(document: Document, service: str, taken: Document) -> Document:
    """The document with every component renamed whose name is taken by another content."""
    renames = {}
    for section in _SECTIONS:
        known = taken.get(section, {})
        for name, content in document.get("components", {}).get(section, {}).items():
            if name in known and _canonical(known[name]) != _canonical(content):
                renames[f"#/components/{section}/{name}"] = f"#/components/{section}/{service.capitalize()}{name}"
    return _renamed(document, renames) if renames else document


def _renamed(document: Document, renames: Mapping[str, str]) -> Document:
    moved = _with_references(document, renames)
    for old, new in renames.items():
        section, name = old.split("/")[2:]
        entries = moved["components"][section]
        entries[new.rsplit("/", 1)[1]] = entries.pop(name)
    return dict(moved)


def _with_references(node: Any, renames: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _with_references(value, renames) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_references(value, renames) for value in node]
    return renames.get(node, node) if isinstance(node, str) and node.startswith("#/components/") else node


def _canonical(node: Any) -> str:
    return json.dumps(node, sort_keys=True)
