"""From pydantic's errors to field, reason and allowed range in words; ranges are read from the JSON schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from harmonic_contracts.problems import FieldError

Schema = Mapping[str, Any]
MAX_ERRORS = 50
REASONS = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "finite_number": "must be a finite number",
    "json_type": "must be JSON",
}


def field_errors(faults: Sequence[Mapping[str, Any]], schemas: Mapping[str, Schema]) -> list[FieldError]:
    """One FieldError for each fault. `schemas` maps a beginning of locations, e.g. `body`, to its JSON schema."""
    return [_field_error(fault, schemas) for fault in faults[:MAX_ERRORS]]


def _field_error(fault: Mapping[str, Any], schemas: Mapping[str, Schema]) -> FieldError:
    location = list(fault["loc"])
    path, node = _locate(location, schemas)
    reason = REASONS.get(fault["type"], str(fault["msg"]).removeprefix("Value error, "))
    return FieldError(field=".".join(path), reason=reason, allowed=_words(node) or _from_context(fault))


def _locate(location: list[Any], schemas: Mapping[str, Schema]) -> tuple[list[str], Schema]:
    """The path as the client wrote it, without pydantic's union tags, and the schema found there."""
    for start in range(len(location), 0, -1):
        schema = schemas.get(".".join(map(str, location[:start])))
        if schema is not None:
            inner, node = _walk(location[start:], schema)
            return [*map(str, location[:start]), *inner], node
    return [str(part) for part in location], {}


def _walk(location: list[Any], root: Schema) -> tuple[list[str], Schema]:
    path: list[str] = []
    node: Schema = root
    for step in location:
        found = _step(step, node, root)
        if found is not None:
            path.append(str(step))
            node = found
            continue
        branch = _branch(step, node, root)
        if branch is None:
            path.append(str(step))
            node = {}
        else:
            node = branch
    return path, _resolve(node, root)


def _resolve(node: Schema, root: Schema) -> Schema:
    while "$ref" in node:
        node = root.get("$defs", {}).get(node["$ref"].rsplit("/", 1)[-1], {})
    return node


def _alternatives(node: Schema, root: Schema) -> list[Schema]:
    node = _resolve(node, root)
    options = [*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())]
    return [node, *(inner for option in options for inner in _alternatives(option, root))]


def _step(step: Any, node: Schema, root: Schema) -> Schema | None:
    """The schema of a property or of an item."""
    for option in _alternatives(node, root):
        if isinstance(step, int):
            prefix = option.get("prefixItems", ())
            found = prefix[step] if step < len(prefix) else option.get("items")
        else:
            found = option.get("properties", {}).get(step)
        if isinstance(found, Mapping):
            return found
        extra = option.get("additionalProperties")
        if isinstance(step, str) and isinstance(extra, Mapping) and "properties" not in option:
            return extra
    return None


def _branch(step: Any, node: Schema, root: Schema) -> Schema | None:
    """The member of a union that pydantic names in a location but the client did not write."""
    options = _alternatives(node, root)
    for option in options:
        target = option.get("discriminator", {}).get("mapping", {}).get(step)
        if target is not None:
            return _resolve({"$ref": target}, root)
    for option in options:
        if option.get("title") == step or option.get("type") == step:
            return option
    return node if len(options) > 1 else None


def _words(node: Schema) -> str | None:
    """The allowed values of a schema in words, or None where it sets no bounds."""
    options = [option for option in [node, *node.get("anyOf", ())] if option.get("type") != "null"]
    parts = [words for option in options for words in (_range(option), _choice(option), _length(option)) if words]
    if node.get("type") == "object" and not parts:
        return None
    return "; ".join(dict.fromkeys(parts)) or None


def _range(node: Schema) -> str | None:
    low = _bound(node, "minimum", "exclusiveMinimum", "at least", "above")
    high = _bound(node, "maximum", "exclusiveMaximum", "at most", "below")
    step = f"a multiple of {node['multipleOf']:g}" if "multipleOf" in node else None
    return ", ".join(part for part in (low, high, step) if part) or None


def _bound(node: Schema, inclusive: str, exclusive: str, words: str, exclusive_words: str) -> str | None:
    if inclusive in node:
        return f"{words} {node[inclusive]:.15g}"
    if exclusive in node:
        return f"{exclusive_words} {node[exclusive]:.15g}"
    return None


def _choice(node: Schema) -> str | None:
    if "const" in node:
        return str(node["const"])
    return "one of " + ", ".join(str(value) for value in node["enum"]) if "enum" in node else None


def _length(node: Schema) -> str | None:
    parts = []
    for low, high, unit in (("minLength", "maxLength", "characters"), ("minItems", "maxItems", "items")):
        if low in node and high in node:
            parts.append(f"{node[low]} to {node[high]} {unit}")
        elif low in node:
            parts.append(f"at least {node[low]} {unit}")
        elif high in node:
            parts.append(f"at most {node[high]} {unit}")
    if "pattern" in node:
        parts.append(f"matching {node['pattern']}")
    return ", ".join(parts) or None


def _from_context(fault: Mapping[str, Any]) -> str | None:
    """The bound that the error itself states."""
    context = fault.get("ctx") or {}
    words = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most", "multiple_of": "a multiple of"}
    parts = [f"{said} {context[key]}" for key, said in words.items() if key in context]
    for key in ("expected", "expected_tags"):
        if key in context:
            parts.append(f"one of {context[key]}")
    if "min_length" in context or "max_length" in context:
        parts.append(f"length {context.get('min_length', 0)} to {context.get('max_length', 'any')}")
    if fault["type"] == "finite_number":
        parts.append("any finite number")
    return ", ".join(parts) or None
