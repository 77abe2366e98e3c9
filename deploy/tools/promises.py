"""Writes docs/explanation/event-path-promises.md: every promise of the event path, of jobs and of the edge, as its test
states it, so that the table cannot differ from the tests."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "event-path-promises.md"
CONFORMANCE = ROOT / "libs" / "chassis" / "tests" / "conformance"
BESIDE = (
    ("Dedupe never forgets", "deploy/standalone/tests/test_rebuild.py"),
    ("Jobs", "libs/chassis/tests/jobs/test_jobs.py"),
    ("Jobs whose worker is killed or paused", "libs/chassis/tests/jobs/test_killed.py"),
    ("Orders to cancel", "libs/chassis/tests/jobs/test_orders.py"),
    ("The saga of a performance", "services/gateway/tests/saga/test_crashes.py"),
    ("The idempotent edge", "libs/chassis/tests/http/test_writes.py"),
    ("The idempotent edge, killed", "libs/chassis/tests/http/test_killed.py"),
)
WORLDS = {"world", "checked", "clock"}
"""Fixtures that run a test over {local, RabbitMQ} x {SQLite, PostgreSQL}."""
HEAD = """\
# The promises of the event path

Each row is one promise and the test that proves it. The page is written from the tests' own words by
`make contracts`, and a test fails where it differs from them. "all four" stands for
{local transport, RabbitMQ} x {SQLite, PostgreSQL}: the same test, the same code, four times.
"""


@dataclass(frozen=True)
class Promise:
    """What a test states, and where."""

    text: str
    test: str
    everywhere: bool


def promises(path: Path) -> Iterator[Promise]:
    """The promises of a file of tests, in its order. Raises ValueError for a test that states none."""
    for node in ast.parse(path.read_text()).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
            continue
        said = ast.get_docstring(node)
        if not said:
            raise ValueError(f"{path}: {node.name} states no promise")
        asked = {argument.arg for argument in node.args.args}
        yield Promise(" ".join(said.split()), node.name, bool(asked & WORLDS))


def title(path: Path) -> str:
    """What the file is about: the first sentence of its docstring, without the word that all of them share."""
    said = ast.get_docstring(ast.parse(path.read_text())) or path.stem
    first = said.split("\n\n")[0].replace("\n", " ").removeprefix("Conformance: ").rstrip(".")
    return first[0].upper() + first[1:]


def page() -> str:
    """The whole page."""
    files = sorted(CONFORMANCE.glob("test_*.py"))
    parts = [HEAD, *(_section(title(path), path) for path in files)]
    parts += [_section(name, ROOT / path) for name, path in BESIDE]
    return "\n".join(parts)


def _section(name: str, path: Path) -> str:
    where = path.relative_to(ROOT).as_posix()
    rows = [
        f"| {each.text.replace('|', chr(92) + '|')} | `{each.test}` | {'all four' if each.everywhere else ''} |"
        for each in promises(path)
    ]
    head = [f"## {name}", "", f"[{where}](../../{where})", "", "| promise | test | on |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def main() -> int:
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
