"""Writes docs/reference/soundscape.md: every field of the soundscape document, from its JSON Schema.

A test compares the page with the schema.
"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "reference" / "soundscape.md"
HEAD = """<!-- Written by `make contracts` from the document's JSON Schema: change a field's description there. -->

# The soundscape

How a universe sounds, as one JSON document. Everything has a default: `{}` is a soundscape. The same schema, with the
same words, is served at `GET /v1/soundscapes/schema`, for forms to be made from.

What a rule of the document made of the data of a run is told by the [legend](../how-to/read-a-legend.md).
"""
LONGEST_DEFAULT = 60
Schema = dict[str, Any]


def page() -> str:
    """The whole page."""
    from harmonic_audio.soundscape import Soundscape

    schema = Soundscape.model_json_schema()
    definitions: dict[str, Schema] = schema.get("$defs", {})
    order = _in_order_of_use(schema, definitions)
    parts = [HEAD.rstrip(), f"## Soundscape\n\n{_body(schema)}"]
    parts += [f"## {name}\n\n{_body(definitions[name])}" for name in order]
    return "\n\n".join([*parts, _combination()]) + "\n"


def _in_order_of_use(schema: Schema, definitions: dict[str, Schema]) -> list[str]:
    """Names of the definitions as a reader from the top meets them."""
    found: list[str] = []
    waiting = [schema]
    while waiting:
        for name in _references(waiting.pop(0)):
            if name not in found:
                found.append(name)
                waiting.append(definitions[name])
    return found


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [name for each in part for name in _references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"].rsplit("/", 1)[1]] if isinstance(part.get("$ref"), str) else []
    return own + [
        name for key, each in part.items() if key not in ("$defs", "discriminator") for name in _references(each)
    ]


def _body(schema: Schema) -> str:
    text = _flat(schema.get("description", ""))
    if "enum" in schema:
        return f"{text}\n\nOne of {_choices(schema['enum'])}.".lstrip()
    required = schema.get("required", [])
    rows = [_row(name, field, name in required) for name, field in schema.get("properties", {}).items()]
    head = ["| field | takes | default | meaning |", "|---|---|---|---|"]
    return "\n".join([text, "", *head, *("| " + " | ".join(row) + " |" for row in rows)])


def _row(name: str, field: Schema, required: bool) -> tuple[str, ...]:
    default = "required" if required else _default(field.get("default"))
    return f"`{name}`", _cell(_takes(field)), _cell(default), _cell(_flat(field.get("description", "")))


def _default(value: Any) -> str:
    if value is None:
        return "none"
    text = json.dumps(value)
    return f"`{text}`" if len(text) <= LONGEST_DEFAULT else "as described there"


def _takes(field: Schema) -> str:
    """What a field takes, with links to what is described on the page."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if options := field.get("anyOf") or field.get("oneOf"):
        return " or ".join(dict.fromkeys(_takes(option) for option in options if option.get("type") != "null"))
    if "allOf" in field:
        return " and ".join(_takes(option) for option in field["allOf"])
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return _choices(field["enum"])
    if field.get("type") == "array":
        return f"list of {_takes(field.get('items', {}))}{_range(field, 'minItems', 'maxItems')}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"by name: {_takes(field['additionalProperties'])}"
    return f"{field.get('type', 'anything')}{_numbers(field)}"


def _numbers(field: Schema) -> str:
    signs = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {field[key]:g}" for key, sign in signs.items() if key in field]
    return f" {', '.join(bounds)}" if bounds else _range(field, "minLength", "maxLength")


def _range(field: Schema, low: str, high: str) -> str:
    bounds = [f"{word} {field[key]}" for key, word in ((low, "at least"), (high, "at most")) if field.get(key)]
    return f" ({', '.join(bounds)})" if bounds else ""


def _choices(values: list[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _combination() -> str:
    """How drawn curves meet data, from the table that the mapping uses."""
    from harmonic_audio.soundscape.automation import COMBINED, RANGES

    rows = [
        f"| `{name}` | {COMBINED.get(name, 'the drawn one alone')} | {low:g} to {high:g} |"
        for name, (low, high) in RANGES.items()
    ]
    head = "## How automation meets data\n\nWhere data (or a scene) and a drawn curve steer the same target:"
    return "\n".join([head, "", "| target | joined as | range |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _flat(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    FILE.write_text(page())
