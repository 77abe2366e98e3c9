"""Writes libs/contracts/{schemas,golden,asyncapi.json} from the registry. A golden sample, once written, is kept."""

import json
import sys
from pathlib import Path
from typing import Any

from harmonic_contracts import asyncapi, registry, schemas

ROOT = Path(__file__).parents[2] / "libs" / "contracts"
SAMPLES: dict[str, Any] = {
    "Identifier": "01903a5e-7c1b-7d3f-8a2b-4c5d6e7f8091",
    "date-time": "2026-01-01T00:00:00Z",
    "^[0-9a-f]{64}$": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "^[a-z]+/[A-Za-z0-9.+_-]+$": "application/json",
}


def sample(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A valid instance of a schema, the same one every time, with every optional field present."""
    if "$ref" in schema:
        return sample(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], root)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return {name: sample(field, root) for name, field in schema.get("properties", {}).items()}
        case "array":
            return [sample(schema["items"], root)]
        case "string":
            return _string(schema)
        case "integer":
            return schema.get("minimum", 0)
        case "number":
            return float(schema.get("minimum", 0.5))
        case "boolean":
            return False
        case _:
            return {}


def _string(schema: dict[str, Any]) -> str:
    if "UUID" in schema.get("description", ""):
        return str(SAMPLES["Identifier"])
    return str(SAMPLES.get(schema.get("pattern", schema.get("format", "")), "sample"))


def rendered(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def generated() -> dict[Path, str]:
    """Every generated file but the golden samples, by path."""
    files = {ROOT / "schemas" / name: rendered(schema) for name, schema in schemas.all_schemas().items()}
    return {**files, ROOT / "asyncapi.json": rendered(asyncapi.document("1"))}


def write_golden() -> None:
    for message in registry.all_messages():
        path = ROOT / "golden" / f"{message.name}.json"
        if path.exists():
            continue
        schema = schemas.message_schema(message)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered(message.model.model_validate(sample(schema, schema)).model_dump(mode="json")))


def main() -> int:
    files = generated()
    for stale in set((ROOT / "schemas").rglob("*.json")) - set(files):
        stale.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    write_golden()
    print(f"{len(files)} generated files, {len(registry.all_messages())} messages with a golden sample")
    return 0


if __name__ == "__main__":
    sys.exit(main())
