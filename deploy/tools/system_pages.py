"""Writes docs/reference/systems: a page a system, from its declaration; with `--pictures` also a picture of a preset.

The pages are compared with the declarations by a test. Pictures are made anew where a preset changed; their bytes are
of one machine type and are not compared.
"""

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference" / "systems"
HEAD = "<!-- Written by `make contracts` from the system's declaration: change it there. -->\n\n"


def pages() -> dict[str, str]:
    """File name -> text."""
    from harmonic_physics.engine.registry import systems

    found = {f"{kind}.md": _page(system) for kind, system in systems().items()}
    rows = [
        f"| [`{kind}`]({kind}.md) | {s.title} | {len(s.presets)} | {_flat(s.description)} |"
        for kind, s in systems().items()
    ]
    table = "\n".join(["| kind | | presets | |", "|---|---|---|---|", *rows])
    found["README.md"] = f"{HEAD}# The systems\n\nEvery kind of physics that a universe can be made of.\n\n{table}\n"
    return found


def _page(system: Any) -> str:
    preset = system.presets[0]
    parts = [
        f"# {system.title}\n\n`{system.kind}`: {_flat(system.description)}",
        f"![{preset.title}]({system.kind}.png)\n\n*{preset.title}*: {_flat(preset.description)}",
        f"## Equations and method\n\n{_block(system.equations)}",
        f"## Accuracy\n\n{_flat(system.accuracy)}",
        f"## Specification\n\n{_table(('field', 'unit', 'range', 'default', 'meaning'), _fields(system))}",
        f"## Environment\n\n{_environment(system)}",
        f"## Observables\n\nOf the preset {preset.title}.\n\n"
        + _table(("name", "unit", "shape of a frame", "meaning"), _observables(system, preset)),
        f"## Events\n\n{_table(('kind', 'strength', 'meaning'), _events(system))}",
        f"## Presets\n\n{_table(('name', '', ''), _presets(system))}",
        "## Sources\n\n" + "\n".join(f"- {_flat(each)}" for each in system.references),
    ]
    return HEAD + "\n\n".join(parts) + "\n"


def _fields(system: Any) -> list[tuple[str, ...]]:
    schema = system.spec.model_json_schema()
    rows = []
    for name, field in schema["properties"].items():
        change = " *(scenes may change it)*" if name in system.tunable else ""
        default = "" if name in schema.get("required", []) else f"`{field.get('default', '')}`"
        rows.append((f"`{name}`", field.get("unit", ""), _range(field), default, field.get("description", "") + change))
    return rows


def _range(field: dict[str, Any]) -> str:
    signs = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    found = [f"{sign} {field[key]:g}" for key, sign in signs.items() if key in field]
    if "enum" in field:
        found = [", ".join(f"`{each}`" for each in field["enum"])]
    if "maxItems" in field:
        found.append(f"at most {field['maxItems']}")
    return ", ".join(found) or str(field.get("type", ""))


def _environment(system: Any) -> str:
    from harmonic_contracts.environment import PARAMETERS

    if not system.accepts:
        return "It takes none of the environment's parameters."
    rows = []
    for name in system.accepts:
        p = PARAMETERS[name]
        rows.append((f"`{name}`", p.unit, f"{p.minimum:g} to {p.maximum:g}", f"{p.default:g}", p.description))
    return _table(("parameter", "unit", "range", "default", "meaning"), rows)


def _observables(system: Any, preset: Any) -> list[tuple[str, ...]]:
    spec = system.spec.model_validate(preset.spec)
    rows = []
    for each in system.observables(spec):
        shape = " x ".join(str(axis) for axis in each.shape) or "one number"
        rows.append(
            (f"`{each.name}`", each.unit, shape + (", bodies first" if each.per_body else ""), each.description)
        )
    return rows


def _events(system: Any) -> list[tuple[str, ...]]:
    return [(f"`{each.kind}`", each.strength_unit, each.description) for each in system.events]


def _presets(system: Any) -> list[tuple[str, ...]]:
    return [(f"`{each.name}`", each.title, each.description) for each in system.presets]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_flat(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _block(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def main(arguments: list[str]) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for stale in set(FOLDER.glob("*.md")) - {FOLDER / name for name in wanted}:
        stale.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text)
    if "--pictures" in arguments:
        from system_pictures import draw_all  # beside this file

        draw_all(FOLDER, [each for each in arguments if not each.startswith("-")])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
