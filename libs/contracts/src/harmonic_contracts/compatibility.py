"""What may change in a published version: optional fields may be added, nothing else.

Both directions matter: a consumer of yesterday reads what is sent today, and today's consumer reads yesterday's log.
"""

from typing import Any

Schema = dict[str, Any]
NARROWING = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "pattern", "const")


def breaks(published: Schema, current: Schema) -> list[str]:
    """Every way in which `current` is not compatible with `published`, in words; empty where it is compatible."""
    return list(_breaks(published, current, published, current, "data"))


def _breaks(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    old, new = _resolved(old, old_root), _resolved(new, new_root)
    if "anyOf" in old or "anyOf" in new:
        return _union_breaks(old, new, old_root, new_root, path)
    found = []
    if old.get("type") != new.get("type"):
        found.append(f"{path}: type {old.get('type')} became {new.get('type')}")
    found += [
        f"{path}: {word} {old.get(word)} became {new.get(word)}" for word in NARROWING if old.get(word) != new.get(word)
    ]
    if old.get("enum") != new.get("enum"):
        found.append(f"{path}: allowed values {old.get('enum')} became {new.get('enum')}")
    found += _property_breaks(old, new, old_root, new_root, path)
    if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
        found += _breaks(old["items"], new["items"], old_root, new_root, f"{path}[]")
    return found


def _property_breaks(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    found = [f"{path}.{name}: was removed" for name in before if name not in after]
    newly_required = set(new.get("required", [])) - set(old.get("required", []))
    found += [f"{path}.{name}: became required" for name in sorted(newly_required)]
    dropped = set(old.get("required", [])) - set(new.get("required", []))
    found += [f"{path}.{name}: is not required any more" for name in sorted(dropped)]
    for name in before:
        if name in after:
            found += _breaks(before[name], after[name], old_root, new_root, f"{path}.{name}")
    return found


def _union_breaks(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    before, after = old.get("anyOf", [old]), new.get("anyOf", [new])
    if len(before) != len(after):
        return [f"{path}: {len(before)} alternatives became {len(after)}"]
    return [
        problem
        for number, (one, other) in enumerate(zip(before, after, strict=True))
        for problem in _breaks(one, other, old_root, new_root, f"{path}|{number}")
    ]


def _resolved(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    return dict(root["$defs"][reference.removeprefix("#/$defs/")]) if reference else schema
