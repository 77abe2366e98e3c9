"""The reference pages of the systems are what the declarations say."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_pages_are_those_of_the_declarations() -> None:
    """Each page equals what its declaration gives now, and has its picture: `make contracts` writes them."""
    spec = importlib.util.spec_from_file_location("system_pages", ROOT / "deploy" / "tools" / "system_pages.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    wanted = tool.pages()
    written = {path.name: path.read_text() for path in tool.FOLDER.glob("*.md")}
    assert written == wanted
    kinds = {name.removesuffix(".md") for name in wanted} - {"README"}
    assert {path.stem for path in tool.FOLDER.glob("*.png")} == kinds
