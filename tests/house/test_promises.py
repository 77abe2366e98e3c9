"""The table of promises is what the tests state."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("promises", ROOT / "deploy" / "tools" / "promises.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_of_promises_is_what_the_tests_state() -> None:
    """docs/explanation/event-path-promises.md is written from the docstrings; run `make contracts` where it differs."""
    module = tool()
    assert module.PAGE.read_text() == module.page()


def test_one_suite_proves_sixty_promises_on_every_way_and_database() -> None:
    """At least sixty promises run identically over both transports and both databases."""
    module = tool()
    found = [each for path in module.CONFORMANCE.glob("test_*.py") for each in module.promises(path)]
    assert len({each.test for each in found if each.everywhere}) >= 60
